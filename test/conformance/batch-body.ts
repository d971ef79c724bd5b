import type { Json } from './calls.ts'

/** A request inside a batch. */
export interface Part {
  readonly line: string
  readonly body?: Json
  readonly contentId?: string
  readonly headers?: readonly string[]
}

const operation = ({ line, body, contentId, headers = [] }: Part): readonly string[] => [
  'Content-Type: application/http',
  'Content-Transfer-Encoding: binary',
  ...(contentId === undefined ? [] : [`Content-ID: ${contentId}`]),
  '',
  `${line} HTTP/1.1`,
  ...headers,
  ...(body === undefined ? ['Accept: application/json'] : ['Content-Type: application/json; type=entry']),
  '',
  body === undefined ? '' : JSON.stringify(body),
]

/** One request of a batch whose boundary is `b`. */
export const single = (part: Part): readonly string[] => ['--b', ...operation(part)]

/** Requests of a batch that succeed or fail together. */
export const changeSet = (...parts: readonly Part[]): readonly string[] => [
  '--b',
  'Content-Type: multipart/mixed; boundary=c',
  '',
  ...parts.flatMap((part) => ['--c', ...operation(part)]),
  '--c--',
]

/** The body of a batch; `end` ends its lines. */
export const batchBody = (parts: readonly (readonly string[])[], end = '\r\n'): string => [...parts.flat(), '--b--', ''].join(end)

export const BATCH_TYPE = 'multipart/mixed; boundary=b'

/** The statuses of the parts of a batch reply. */
export const statusesOf = (text: string): readonly number[] => [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => Number(match[1]))
