import { type ApiClient, createApiClient } from '@p2c/api'
import { type Clock, systemClock } from '@p2c/base'
import { fetchToken, findRunning } from './installation/installation.ts'
import { createMessages, type Locale, localeOf, type Messages } from './messages/messages.ts'
import { createOutput, type Output } from './output/output.ts'

/** Options that every command has. */
export interface CommonOptions {
  readonly data: string
  readonly json?: boolean
  readonly lang?: Locale
}

/** What a command works with; made anew for each call from its options. */
export interface CommandContext {
  readonly dataDir: string
  readonly clock: Clock
  readonly messages: Messages
  readonly output: Output
  readonly stderr: NodeJS.WritableStream
}

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean }
  readonly stderr: NodeJS.WritableStream
}

export function createContext(options: CommonOptions, surroundings: Surroundings): CommandContext {
  const messages = createMessages(options.lang ?? localeOf(surroundings.env))
  const json = options.json ?? false
  const colour = !json && surroundings.stdout.isTTY === true && surroundings.env.NO_COLOR === undefined
  return {
    dataDir: options.data,
    clock: systemClock,
    messages,
    output: createOutput({ stdout: surroundings.stdout, messages, json, colour }),
    stderr: surroundings.stderr,
  }
}

/** A client of the running integrator; throws `nothing-running`. Tokens are fetched anew when a minute old: a long wait outlives one. */
export async function connect(context: Pick<CommandContext, 'dataDir' | 'clock'>): Promise<ApiClient> {
  const running = await findRunning(context.dataDir)
  return createApiClient({ baseUrl: running.server, token: cachedToken(context, 'server'), fetch })
}

const TOKEN_AGE_MS = 60_000

/** A function that gives a bearer token of one part, renewed once it is a minute old. */
export function cachedToken(
  context: Pick<CommandContext, 'dataDir' | 'clock'>,
  part: 'server' | 'sales' | 'supply-chain',
): () => Promise<string> {
  let fetchedAt = Number.NEGATIVE_INFINITY
  let token = Promise.resolve('')
  return () => {
    const now = context.clock.now().getTime()
    if (now - fetchedAt > TOKEN_AGE_MS) {
      fetchedAt = now
      token = fetchToken(context.dataDir, part)
      token.catch(() => {
        fetchedAt = Number.NEGATIVE_INFINITY // the caller is told; the next call asks again
      })
    }
    return token
  }
}
