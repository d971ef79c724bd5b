import { type DestinationStream, type Logger, pino } from 'pino'

export type { Logger } from 'pino'

/** From most to least; `silent` writes nothing. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

const HIDDEN = '[hidden]'

/** Names whose values never reach a log line, compared without case, hyphens and underscores; also names that end in the first two. */
const SECRET_ENDINGS = ['password', 'secret']
const SECRET_NAMES = new Set([
  'accesstoken',
  'apikey',
  'authorization',
  'clientassertion',
  'connectionstring',
  'cookie',
  'encryptionkey',
  'idtoken',
  'proxyauthorization',
  'refreshtoken',
  'secretkey',
  'setcookie',
  'token',
  'tokenkey',
])

function isSecretName(name: string): boolean {
  const plain = name.toLowerCase().replace(/[-_]/g, '')
  return SECRET_NAMES.has(plain) || SECRET_ENDINGS.some((ending) => plain.endsWith(ending))
}

/** Deeper than any object of ours; what is below is left out, so that a cycle ends too. */
const DEEPEST = 8

function hideSecrets(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Date || Buffer.isBuffer(value)) return value
  if (depth >= DEEPEST) return '[...]'
  if (value instanceof Error) return hideSecrets(pino.stdSerializers.err(value), depth)
  if (Array.isArray(value)) return value.map((item) => hideSecrets(item, depth + 1))
  if ('toJSON' in value && typeof value.toJSON === 'function') return hideSecrets(value.toJSON(), depth + 1)
  return hideSecretsOf(value, depth)
}

const hideSecretsOf = (value: object, depth = 0): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).map(([name, item]) => [name, isSecretName(name) ? HIDDEN : hideSecrets(item, depth + 1)]))

/** Secrets inside texts: the password of an address, the signature of a blob's address, the secret of a form, the token of a header. */
const SECRETS_IN_TEXT: readonly (readonly [RegExp, string])[] = [
  [/(\b[a-z][a-z0-9+.-]*:\/\/[^\s:@/"\\]*:)[^\s@/"\\]+@/gi, `$1${HIDDEN}@`],
  [/\b((?:client_secret|client_assertion|access_token|refresh_token|password|sig)=)[^\s&"'\\]+/gi, `$1${HIDDEN}`],
  [/\b(bearer|basic) +[\w.~+/-]{8,}=*/gi, `$1 ${HIDDEN}`],
]

const hideInText = (line: string): string => SECRETS_IN_TEXT.reduce((text, [pattern, by]) => text.replace(pattern, by), line)

const BOUND_SECRETS = ['token', 'password', 'secret', 'clientSecret', 'authorization', 'connectionString'].flatMap((name) => [
  name,
  `*.${name}`,
])

/** A JSON-lines logger named for its program; secrets are replaced by `[hidden]`, at any depth and inside texts. */
export function createLogger(options: { name: string; level: LogLevel; destination?: DestinationStream }): Logger {
  const settings = {
    name: options.name,
    level: options.level,
    formatters: { log: (entry: object) => hideSecretsOf(entry) },
    serializers: { err: (error: unknown) => error }, // the formatter has made it an object already
    redact: { paths: BOUND_SECRETS, censor: HIDDEN }, // what a child logger is bound to passes no formatter
    hooks: { streamWrite: hideInText },
  }
  return options.destination === undefined ? pino(settings) : pino(settings, options.destination)
}

/** A logger that writes nothing. */
export const silentLogger: Logger = pino({ level: 'silent' })
