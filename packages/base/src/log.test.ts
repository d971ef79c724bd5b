import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { AppError } from './app-error.ts'
import { createLogger, type Logger } from './log.ts'

function logged(write: (log: Logger) => void): string {
  let text = ''
  const destination = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk)
      done()
    },
  })
  write(createLogger({ name: 'test', level: 'info', destination }))
  return text
}

const cyclic: { name: string; self?: unknown; password: string } = { name: 'ring', password: 'pa55word' }
cyclic.self = cyclic

const SECRET_LINES: readonly (readonly [string, (log: Logger) => void])[] = [
  ['at the top', (log) => log.info({ password: 'pa55word' }, 'x')],
  ['four levels down', (log) => log.info({ a: { b: { c: { clientSecret: 'pa55word' } } } }, 'x')],
  ['in a list', (log) => log.info({ connections: [{ settings: [{ client_secret: 'pa55word' }] }] }, 'x')],
  ['an object under a secret name', (log) => log.info({ secret: { value: 'pa55word' } }, 'x')],
  ['a header in any case', (log) => log.info({ headers: { Authorization: 'pa55word', 'Set-Cookie': 'pa55word' } }, 'x')],
  ['names with an ending', (log) => log.info({ salesClientSecret: 'pa55word', DB_PASSWORD: 'pa55word' }, 'x')],
  ['a child logger', (log) => log.child({ token: 'pa55word' }).info('x')],
  [
    'details of an error',
    (log) => log.error({ err: new AppError({ category: 'auth', code: 'c', message: 'm', details: { token: 'pa55word' } }) }),
  ],
  ['details of a cause', (log) => log.error({ err: new Error('outer', { cause: new Error('from postgres://u:pa55word@h/d') }) })],
  ['an address in a message', (log) => log.info('connect to postgres://postgres:pa55word@127.0.0.1/x')],
  ['an address in an error', (log) => log.error(new Error('no answer from postgres://u:pa55word@h:5432/d'))],
  ['a token in a message', (log) => log.info('sent Bearer pa55word.pa55word.pa55word')],
  ['the signature of an address', (log) => log.info('reads https://h/blob?sp=r&sig=pa55word%3D&se=1')],
  ['the secret of a form', (log) => log.info('sent client_id=a&client_secret=pa55word&scope=b')],
  ['a cycle', (log) => log.info({ cyclic }, 'x')],
]

test.each(SECRET_LINES)('a secret does not reach the log: %s', (_name, write) => {
  const line = logged(write)
  expect(line).toContain('[hidden]')
  expect(line).not.toContain('pa55word')
  expect(() => JSON.parse(line)).not.toThrow()
})

test('what is no secret is logged as it is, errors with type, message and code', () => {
  const error = new AppError({ category: 'conflict', code: 'port-in-use', message: 'Port 4000 is in use', details: { port: 4000 } })
  const line = JSON.parse(logged((log) => log.info({ err: error, row: { key: 'A-1', name: 'Åse', when: new Date(0) } }, 'ready')))
  expect(line).toMatchObject({ name: 'test', level: 30, msg: 'ready', row: { key: 'A-1', name: 'Åse', when: '1970-01-01T00:00:00.000Z' } })
  expect(line.err).toMatchObject({ type: 'AppError', message: 'Port 4000 is in use', code: 'port-in-use', details: { port: 4000 } })
})

test('an address without a password stays readable', () => {
  expect(logged((log) => log.info('http://127.0.0.1:4000/api and 2024-01-01T10:00:00'))).toContain(
    'http://127.0.0.1:4000/api and 2024-01-01T10:00:00',
  )
})
