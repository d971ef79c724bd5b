import { fork } from 'node:child_process'
import { once } from 'node:events'
import { LEAN_HEAP, type ProgramMessage } from '@p2c/base'

/** The client that the local applications of a bench know. */
export interface Client {
  readonly clientId: string
  readonly clientSecret: string
}

/** A local application in a process of its own. */
export interface Application {
  readonly url: string
  readonly pid: number
  kill(): Promise<void>
}

export interface ApplicationSettings {
  readonly databaseUrl: string
  readonly client: Client
}

/** Starts Sales or Supply Chain on a free port and waits until it answers, with its own set-up rows in an empty database. */
export async function startApplication(name: 'sales' | 'supply-chain', { databaseUrl, client }: ApplicationSettings): Promise<Application> {
  const child = fork(new URL(`../../apps/${name}/src/main.ts`, import.meta.url), {
    // As an installation starts them.
    execArgv: name === 'sales' ? [] : [...LEAN_HEAP],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      ...process.env,
      P2C_PROGRAM_PORT: '0',
      P2C_PROGRAM_DATABASE_URL: databaseUrl,
      P2C_PROGRAM_CLIENT_ID: client.clientId,
      P2C_PROGRAM_CLIENT_SECRET: client.clientSecret,
      P2C_PROGRAM_TOKEN_KEY: Buffer.alloc(32, 9).toString('base64'),
      P2C_LOG_LEVEL: 'error',
    },
  })
  const gone = once(child, 'exit')
  const [message] = (await Promise.race([once(child, 'message'), gone])) as [ProgramMessage | number | null]
  if (typeof message !== 'object' || message?.type !== 'ready') throw new Error(`${name} did not start: ${JSON.stringify(message)}`)
  return {
    url: message.url,
    pid: child.pid ?? 0,
    kill: async () => {
      child.kill('SIGKILL')
      await gone
    },
  }
}
