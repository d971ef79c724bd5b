import type { FastifyReply } from 'fastify'

const TITLES = { 502: '502 Bad Gateway', 503: '503 Service Unavailable', 504: '504 Gateway Time-out' } as const

/** The page of a gateway in front of the application, which knows nothing of its API. */
export function gatewayPage(reply: FastifyReply, status: keyof typeof TITLES): void {
  const title = TITLES[status]
  reply
    .code(status)
    .type('text/html')
    .send(
      Buffer.from(
        `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`,
      ),
    )
}
