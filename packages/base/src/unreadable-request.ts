import type { Socket } from 'node:net'

/** `head-too-large`: request line and headers beyond the limit; `not-http`: bytes that are no HTTP request. */
export type UnreadableProblem = 'head-too-large' | 'not-http'

export interface UnreadableAnswer {
  readonly contentType: string
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
}

const STATUS: Record<UnreadableProblem, string> = { 'head-too-large': '431 Request Header Fields Too Large', 'not-http': '400 Bad Request' }

/**
 * A handler of `clientError` for what never becomes a request: there is nothing to reply to, so the answer, in the words of the protocol that
 * is served, is written to the socket itself, which is closed then.
 */
export function refuseUnreadable(describe: (problem: UnreadableProblem) => UnreadableAnswer) {
  return (error: Error & { readonly code?: string }, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy()
      return
    }
    const problem: UnreadableProblem = error.code === 'HPE_HEADER_OVERFLOW' ? 'head-too-large' : 'not-http'
    const { contentType, body, headers = {} } = describe(problem)
    const fields = { ...headers, 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(body), Connection: 'close' }
    const head = Object.entries(fields).map(([name, value]) => `${name}: ${value}`)
    socket.end(`HTTP/1.1 ${STATUS[problem]}\r\n${head.join('\r\n')}\r\n\r\n${body}`)
  }
}
