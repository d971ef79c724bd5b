import type { TokenIssuer } from '@p2c/base'
import type { FastifyInstance } from 'fastify'

/** A token request is a few hundred bytes. */
const LARGEST_FORM = 16 * 1024

/** The token end point of the integrator, client credentials as both applications offer it: `/<tenant>/oauth2/v2.0/token` and the v1 form. */
export function serveSignIn(app: FastifyInstance, issuer: TokenIssuer): void {
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string', bodyLimit: LARGEST_FORM }, (_request, body, done) => {
    done(null, new URLSearchParams(String(body)))
  })
  for (const url of ['/:tenant/oauth2/v2.0/token', '/:tenant/oauth2/token']) {
    app.post(url, async (request, reply) => {
      const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams()
      const answer = issuer.answerTokenRequest(form)
      return reply.status(answer.status).header('cache-control', 'no-store').send(answer.body)
    })
  }
}
