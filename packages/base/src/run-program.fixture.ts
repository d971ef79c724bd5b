/** A program for the tests of `runProgram`; what it does wrong is its own setting. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { z } from 'zod'
import { AppError } from './app-error.ts'
import { runProgram } from './run-program.ts'

const settings = z
  .object({ P2C_FIXTURE: z.enum(['none', 'refuses', 'breaks', 'never-stops', 'throws-later']) })
  .transform((env) => ({ fault: env.P2C_FIXTURE }))

await runProgram({
  name: 'fixture',
  settings,
  start: async ({ fault, port, host }, log) => {
    if (fault === 'refuses')
      throw new AppError({ category: 'schema', code: 'fixture-refused', message: 'The fixture was told to refuse.', details: { port } })
    if (fault === 'breaks') throw new Error('broken inside')
    const server = createServer((_request, response) => response.end('hello')).listen(port, host)
    await once(server, 'listening')
    if (fault === 'throws-later') setImmediate(() => Promise.reject(new Error('nobody handles this')))
    const address = server.address()
    return {
      url: `http://${host}:${typeof address === 'object' && address !== null ? address.port : 0}`,
      stop: async () => {
        log.info('stop was called')
        if (fault === 'never-stops') await new Promise(() => undefined)
        server.closeAllConnections()
        server.close()
      },
    }
  },
})
