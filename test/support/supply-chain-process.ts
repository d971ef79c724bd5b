import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { createTokenIssuer, type ProgramMessage, systemClock, type TestScope } from '@p2c/base'

const MAIN = fileURLToPath(new URL('../../apps/supply-chain/src/main.ts', import.meta.url))
const CLIENT = { clientId: '6f1c2a90-3b7e-4d11-9a55-0d3c8e21f0a1', clientSecret: 's3cret~value' }
const KEY = Buffer.alloc(32, 7)

/** Supply Chain in a process of its own, as a computer runs it: it can be killed and started again at the same address. */
export interface SupplyChainProcess {
  /** `http://127.0.0.1:<port>`, the same after each start. */
  readonly url: string
  /** A bearer token that outlives restarts. */
  readonly token: string
  readonly pid: number | undefined
  /** `kill -9`; resolves when the process is gone. */
  kill(): Promise<void>
  /** Starts it again after a kill; resolves when it takes requests. Throws what it says when it does not start. */
  start(): Promise<void>
  /** Ends it as a computer does that is shut down; resolves with the exit code. */
  stop(): Promise<number | null>
}

/** Starts Supply Chain over a database on a free port; it is killed when the scope ends. */
export async function startSupplyChainProcess(scope: TestScope, connectionString: string): Promise<SupplyChainProcess> {
  const first = await startOnce(connectionString, 0)
  const { port } = new URL(first.url)
  let child: ChildProcess = first.child
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) {
      const gone = once(child, 'exit')
      child.kill(signal)
      await gone
    }
    return child.exitCode
  }
  scope.onTestFinished(async () => void (await end('SIGKILL')))
  return {
    url: first.url,
    token: tokenFor(first.url),
    get pid() {
      return child.pid
    },
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
    async start() {
      child = (await startOnce(connectionString, Number(port))).child
    },
  }
}

/** The process without waiting for it; the caller ends it. Port 0: any free one. */
export const launchSupplyChain = (connectionString: string, port: number): ChildProcess =>
  fork(MAIN, {
    // What it logs as an error is to be seen beside the test.
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: {
      ...process.env,
      P2C_PROGRAM_PORT: String(port),
      P2C_PROGRAM_HOST: '127.0.0.1',
      P2C_PROGRAM_DATABASE_URL: connectionString,
      P2C_PROGRAM_CLIENT_ID: CLIENT.clientId,
      P2C_PROGRAM_CLIENT_SECRET: CLIENT.clientSecret,
      P2C_PROGRAM_TOKEN_KEY: KEY.toString('base64'),
      P2C_LOG_LEVEL: 'error',
    },
  })

async function startOnce(connectionString: string, port: number): Promise<{ readonly child: ChildProcess; readonly url: string }> {
  const child = launchSupplyChain(connectionString, port)
  const [message] = (await Promise.race([once(child, 'message'), once(child, 'exit').then(() => [undefined])])) as [
    ProgramMessage | undefined,
  ]
  if (message?.type === 'ready') return { child, url: message.url }
  throw new Error(`Supply Chain did not start: ${JSON.stringify(message)}, exit code ${child.exitCode}, signal ${child.signalCode}`)
}

function tokenFor(url: string): string {
  const tokens = createTokenIssuer({ issuer: 'p2c-supply-chain', key: KEY, clock: systemClock, clients: [CLIENT], resources: () => [url] })
  const answer = tokens.answerTokenRequest({
    ...{ grant_type: 'client_credentials', client_id: CLIENT.clientId, client_secret: CLIENT.clientSecret, scope: `${url}/.default` },
  })
  if (answer.status !== 200) throw new Error('no token')
  return answer.body.access_token
}
