/** A stand-in for the worker: its health end point tells what it was given. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { processSettings, runProgram } from '@p2c/base'
import { z } from 'zod'

await runProgram({
  name: 'worker-fixture',
  common: processSettings,
  settings: z.object({}),
  start: async ({ host, port }) => {
    const given = Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('P2C_')))
    const server = createServer((_request, response) => response.end(JSON.stringify(given))).listen(port, host)
    await once(server, 'listening')
    const address = server.address()
    return {
      url: `http://${host}:${typeof address === 'object' && address !== null ? address.port : 0}`,
      stop: async () => {
        server.closeAllConnections()
        server.close()
      },
    }
  },
})
