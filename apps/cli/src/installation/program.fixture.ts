/** A stand-in for the programs that the supervisor starts. What it does wrong comes from its environment: `sales:crash` and the like. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { AppError, createTokenIssuer, runProgram, type TokenIssuer } from '@p2c/base'
import { z } from 'zod'

const settings = z
  .object({
    P2C_FIXTURE_FAULT: z.string().default(''),
    P2C_PROGRAM_SALES_URL: z.url().optional(),
    P2C_PROGRAM_SUPPLY_CHAIN_URL: z.url().optional(),
    P2C_PROGRAM_COMMON_DATA_SERVICE_URL: z.url().optional(),
    P2C_PROGRAM_TEMPLATES: z.string().optional(),
  })
  .transform((env) => ({ fault: env.P2C_FIXTURE_FAULT, given: env }))

await runProgram({
  name: 'fixture',
  settings,
  start: async ({ fault, given, host, port, databaseUrl, tokenKey, clientId, clientSecret }, log, clock) => {
    // Whatever the prefix: the databases of a start without one are `p2c_sales` and so on.
    const part = /_(sales|supply_chain|cds|integrator)$/.exec(new URL(databaseUrl).pathname)?.[1]
    const isTold = (name: string): boolean => fault === `${part}:${name}`
    if (isTold('refuse')) throw new AppError({ category: 'schema', code: 'fixture-refused', message: 'Told to refuse.' })
    if (isTold('exit')) {
      process.stdout.write('last words\n')
      process.exit(7)
    }
    if (isTold('hang')) await once(process, 'never')
    let url = ''
    const issuer = createTokenIssuer({
      issuer: 'fixture',
      key: tokenKey,
      clock,
      clients: [{ clientId, clientSecret }],
      resources: () => [url],
    })
    const server = createServer((request, response) => answer({ request, response, issuer, given })).listen(port, host)
    await once(server, 'listening')
    const address = server.address()
    url = `http://${host}:${typeof address === 'object' && address !== null ? address.port : 0}`
    if (isTold('crash')) setImmediate(() => setImmediate(() => process.exit(9)))
    return {
      url,
      stop: async () => {
        log.info('fixture stops')
        if (isTold('never-stop')) await once(process, 'never')
        server.closeAllConnections()
        server.close()
      },
    }
  },
})

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly issuer: TokenIssuer
  readonly given: object
}

/** The token end point, a page that wants a token, one that never ends, one that tells what the program was given. */
async function answer({ request, response, issuer, given }: Exchange): Promise<void> {
  const send = (status: number, body: unknown): void =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  if (request.url === '/hold') response.writeHead(200).write('held')
  else if (request.url === '/given') send(200, given)
  else if (request.url === '/local/oauth2/v2.0/token') {
    const { status, body } = issuer.answerTokenRequest(new URLSearchParams(await text(request)))
    send(status, body)
  } else send(issuer.verifyToken(request.headers.authorization).ok ? 200 : 401, {})
}
