import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { openScratchDatabase, type ProgramMessage } from '@p2c/base'
import { expect, test } from 'vitest'

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url))
const CLIENT = { id: 'tests', secret: 'secret-of-the-tests' }

test('the program starts on a port, signs a client in, answers it and stops when told', async (t) => {
  const database = await openScratchDatabase(t)
  const child = fork(MAIN, [], {
    env: {
      PATH: process.env.PATH,
      P2C_PROGRAM_PORT: '0',
      P2C_PROGRAM_DATABASE_URL: database.connectionString,
      P2C_PROGRAM_CLIENT_ID: CLIENT.id,
      P2C_PROGRAM_CLIENT_SECRET: CLIENT.secret,
      P2C_PROGRAM_TOKEN_KEY: Buffer.alloc(32, 9).toString('base64'),
      P2C_LOG_LEVEL: 'error',
    },
  })
  t.onTestFinished(() => void child.kill('SIGKILL'))
  const ended = once(child, 'exit').then(([code]) => Promise.reject(new Error(`ended with ${code}`)))
  ended.catch(() => undefined)
  const [message] = (await Promise.race([once(child, 'message'), ended])) as [ProgramMessage]
  if (message.type !== 'ready') throw new Error(message.error.message)
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: CLIENT.id,
    client_secret: CLIENT.secret,
    scope: `${message.url}/.default`,
  })
  const token = (await (await fetch(`${message.url}/local/oauth2/v2.0/token`, { method: 'POST', body: form })).json()) as {
    access_token: string
  }
  const headers = { authorization: `Bearer ${token.access_token}` }
  const answer = await fetch(`${message.url}/api/data/v9.2/Organization?$select=organizationid`, { headers })
  expect(await answer.json()).toMatchObject({ value: [{ organizationid: 'ORG001' }] })
  child.send({ type: 'stop' })
  const [code] = await once(child, 'exit')
  expect(code).toBe(0)
})
