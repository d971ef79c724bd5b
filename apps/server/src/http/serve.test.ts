import { contract } from '@p2c/api'
import { silentLogger } from '@p2c/base'
import Fastify from 'fastify'
import { expect, test } from 'vitest'
import { route, serveRoutes } from './serve.ts'

/** The answer to a list of templates whose handler fails with `error`. */
async function answerTo(error: unknown) {
  const app = Fastify()
  const failing = route(contract.listTemplates, () => Promise.reject(error))
  serveRoutes(app, [failing], { log: silentLogger, verify: async () => ({ ok: true }) })
  const { statusCode, body } = await app.inject(contract.listTemplates.path)
  return { status: statusCode, error: JSON.parse(body).error }
}

test('a database that is away is told as such, and that asking again may help', async () => {
  const recovering = Object.assign(new Error('the database system is starting up'), { code: '57P03' })
  expect(await answerTo(recovering)).toMatchObject({ status: 503, error: { category: 'connectivity', code: 'database-away' } })
})

test('what nobody foresaw is told without its text, which goes to the log', async () => {
  const answer = await answerTo(new Error('password of the server'))
  expect(answer).toMatchObject({ status: 500, error: { code: 'unexpected' } })
  expect(JSON.stringify(answer)).not.toContain('password')
})
