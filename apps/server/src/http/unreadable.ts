import type { Socket } from 'node:net'
import type { ErrorBody } from '@p2c/api'

/** Bytes that are no HTTP request, or a head beyond the limit: there is no request to answer, so the reply is written to the socket itself. */
export function refuseUnreadable(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const tooLarge = error.code === 'HPE_HEADER_OVERFLOW'
  const message = tooLarge
    ? 'The address and headers of the request are too long. Shorten the query.'
    : 'These bytes are no HTTP request. The contract is at /openapi.json.'
  const body = JSON.stringify({ error: { category: 'schema', code: 'request-invalid', message } } satisfies ErrorBody)
  const status = tooLarge ? '431 Request Header Fields Too Large' : '400 Bad Request'
  const head = [
    `HTTP/1.1 ${status}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
