import { once } from 'node:events'
import { access, readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  databasePrefix,
  fileScope,
  p2c,
  p2cJson,
  p2cProcess,
  type StartedInstallation,
  scratchFolder,
  startInstallation,
} from '../support/command-line.ts'
import { until } from '../support/until.ts'

const NOWHERE = '/nonexistent/p2c'
// biome-ignore lint/suspicious/noControlCharactersInRegex: the character that begins a colour code
const COLOUR = /\u001B\[/

const COMMANDS: readonly (readonly string[])[] = [
  [],
  ['start'],
  ['token'],
  ['run'],
  ['executions'],
  ['errors'],
  ['compare'],
  ['doctor'],
  ['solution'],
  ['solution', 'status'],
  ['solution', 'install'],
  ['solution', 'uninstall'],
  ['load'],
  ['load', 'sample'],
  ['load', 'adventureworks'],
  ['demo'],
]

/** Rows for `test.each`: the words as one text for the name, and as they are. */
const named = (commands: readonly (readonly string[])[]) => commands.map((words) => [['p2c', ...words].join(' '), words] as const)

test.each(named(COMMANDS))('%s --help shows how to use it, with examples', async (_name, command) => {
  const { code, stdout, stderr } = await p2c([...command, '--help'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toContain(['Usage: p2c', ...command].join(' '))
  expect(stdout).toMatch(/Examples:\n {2}(p2c|curl)/)
  if (command.length > 0) expect(stdout.slice(stdout.indexOf('Examples:'))).toContain(['p2c', ...command].join(' '))
  expect(stdout).not.toMatch(COLOUR)
})

test('p2c --version prints the version', async () => {
  const { code, stdout } = await p2c(['--version'])
  expect(code).toBe(0)
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
})

test.each([
  ['done', ['--version'], 0, /^\d/],
  ['failed', ['errors', '--data', NOWHERE, '--json'], 1, /"code":"nothing-running"/],
  ['wrong use', ['fly', '--json'], 2, /"code":"wrong-use"/],
])('the program itself ends with the code of its command: %s', async (_what, args, code, printed) => {
  expect(await p2cProcess(args)).toMatchObject({ code, stdout: expect.stringMatching(printed) })
})

const WRONG_USES: readonly (readonly [string, readonly string[], RegExp])[] = [
  ['no command', [], /Usage: p2c/],
  ['an unknown command', ['fly'], /unknown command 'fly'/],
  ['a command that is nearly right', ['execution'], /unknown command 'execution'.*executions/s],
  ['an unknown option', ['start', '--bogus'], /unknown option '--bogus'/],
  ['a missing argument', ['run'], /name one project, or give --all/],
  ['one argument too many', ['run', 'accounts', 'contacts'], /too many arguments/],
  ['a part that does not exist', ['token', 'portal'], /sales, supply-chain, common-data-service, server/],
  ['a port that is text', ['start', '--port-base', 'http'], /'http' is invalid.*whole number from 0 to 65000/],
  ['a port that is too high', ['start', '--port-base', '65530'], /whole number from 0 to 65000/],
  ['a negative count', ['load', 'sample', '--accounts', '-5'], /'-5' is invalid.*whole number/],
  ['half an account', ['load', 'sample', '--accounts', '1.5'], /whole number/],
  ['a limit of nothing', ['errors', '--limit', '0'], /whole number from 1 to 1000/],
  ['a limit beyond the server', ['executions', '--limit', '1001'], /whole number from 1 to 1000/],
  ['a status that does not exist', ['executions', '--status', 'done'], /queued, validating, running/],
  ['a state that does not exist', ['errors', '--state', 'closed'], /open, waiting, resolved/],
  ['a language that there is not', ['errors', '--lang', 'de'], /en, fr, pt-BR, es, ru/],
  ['an option without its value', ['errors', '--data'], /argument missing/],
]

test.each(WRONG_USES)('%s is wrong use: exit code 2 and a text that says what', async (_name, args, text) => {
  const { code, stdout, stderr } = await p2c(args)
  expect(code).toBe(2)
  expect(stdout).toBe('')
  expect(stderr).toMatch(text)
  expect(stderr).not.toMatch(/\bat .*\.ts:\d+/)
})

test('wrong use with --json is one line of JSON, too', async () => {
  const { code, stdout } = await p2c(['run', '--json'])
  expect(code).toBe(2)
  expect(stdout.split('\n')).toHaveLength(2)
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'wrong-use', message: expect.stringContaining('project') } })
})

const NEED_AN_INSTALLATION: readonly (readonly string[])[] = [
  ['token', 'sales'],
  ['run', 'accounts'],
  ['executions'],
  ['errors'],
  ['compare', 'accounts'],
  ['doctor'],
  ['load', 'sample', '--accounts', '1'],
]

test.each(named(NEED_AN_INSTALLATION))('%s where nothing runs says so and how to start it', async (_name, command) => {
  const { code, stdout, stderr } = await p2c([...command, '--data', NOWHERE], { LC_ALL: 'C' })
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toMatch(/^Error: .*p2c start --data \/nonexistent\/p2c.*nothing-running.*\n$/)
  const json = await p2c([...command, '--data', NOWHERE, '--json'])
  expect({ code: json.code, stderr: json.stderr }).toEqual({ code: 1, stderr: '' })
  expect(json.stdout.split('\n')).toHaveLength(2)
  expect(JSON.parse(json.stdout)).toMatchObject({
    error: { category: 'connectivity', code: 'nothing-running', message: expect.stringContaining('p2c start') },
  })
})

test('failures speak the language that was asked for, by option before environment', async () => {
  const french = await p2c(['errors', '--data', NOWHERE, '--lang', 'fr'], { LC_ALL: 'ru_RU.UTF-8' })
  expect(french.stderr).toMatch(/^Erreur[\s\u00a0]?: /)
  const russian = await p2c(['errors', '--data', NOWHERE], { LC_ALL: 'ru_RU.UTF-8', P2C_LOCALE: 'ru' })
  expect(russian.stderr).toMatch(/^Ошибка: /)
})

let installation: StartedInstallation
let data: string
let startLines: string

const scope = fileScope(afterAll)

beforeAll(async () => {
  data = await scratchFolder(scope)
  installation = await startInstallation(data, { P2C_COMMON_DATA_SERVICE: 'on' })
  scope.onTestFinished(async () => void (await installation.stop()))
  startLines = ''
  installation.process.stdout?.on('data', (chunk) => {
    startLines += chunk
  })
}, 120_000)

const running = <Result>(...args: readonly string[]): Promise<Result> => p2cJson<Result>([...args, '--data', data])

test('every command finds the installation by its folder; an empty one has no executions and no errors', async () => {
  expect(await running('executions')).toEqual([])
  expect(await running('errors')).toEqual([])
  const plain = await p2c(['executions', '--data', data], { LC_ALL: 'C' })
  expect(plain.stdout).toBe('No executions yet. Start one: p2c run <project>\n')
})

const DIRECT = [
  'accounts',
  'contacts',
  'contacts-to-customer',
  'invoices',
  'orders-to-sales',
  'orders-to-supply-chain',
  'products',
  'quotes',
]
const NAMES = [...DIRECT, ...DIRECT.map((name) => `${name}-two-hop`)].sort()

const WRONG_PROJECTS: readonly (readonly string[])[] = [
  ['run', 'acounts'],
  ['compare', 'acounts'],
  ['executions', '--project', 'acounts'],
  ['errors', '--project', 'acounts'],
]

test.each(named(WRONG_PROJECTS))('%s: a project that does not exist is an error that names the ones there are', async (_name, args) => {
  const { code, stdout } = await p2c([...args, '--data', data, '--json'])
  expect(code).toBe(1)
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'project-unknown', details: { names: NAMES } } })
  expect(JSON.parse(stdout).error.message).toContain(NAMES.join(', '))
})

test('p2c doctor finds a new installation ready, and says in words and exit code when it is not', async () => {
  const ready = await running<{ ready: boolean; checks: readonly { id: string; status: string }[] }>('doctor')
  expect(ready.checks.filter(({ status }) => status !== 'passed')).toEqual([])
  expect(ready.ready).toBe(true)
  const { code, stdout } = await p2c(['doctor', 'local-two-hop', '--data', data, '--lang', 'fr'])
  expect(code).toBe(0)
  expect(stdout).toMatch(/^local-two-hop\u00a0: prêt\. \d+ contrôles\u00a0: 0 en échec, 2 avertissements, 0 inconnus, 0 corrigés\.$/m)
  expect(stdout).toContain('(discount-method)')
  expect(stdout).toContain('  attendu\u00a0: Per unit, for two-hop quotes and orders')
  const unknown = await p2c(['doctor', 'nowhere', '--data', data, '--json'])
  expect(unknown.code).toBe(1)
  expect(JSON.parse(unknown.stdout)).toMatchObject({ error: { code: 'connection-set-unknown' } })
})

test('the solution of Sales knows the projects that use it, and is not taken away from them', async () => {
  interface Status {
    readonly version: string
    readonly uses: readonly { readonly name: string }[]
  }
  const namesOf = (status: Status) => status.uses.map((use) => use.name).sort()
  const status = await until('the integrator has told Sales its projects', 20_000, async () => {
    const found = await running<Status>('solution', 'status')
    return found.uses.length === NAMES.length ? found : undefined
  })
  expect([status.version, namesOf(status)]).toEqual(['1.15.0.0', NAMES])
  const { code, stdout } = await p2c(['solution', 'uninstall', '--data', data, '--json'])
  expect([code, JSON.parse(stdout).error.code]).toEqual([1, 'application-refused'])
  expect(JSON.parse(stdout).error.message).toContain(NAMES.map((name) => `'${name}'`).join(', '))
  const older = await p2c(['solution', 'install', '1.14.0.0', '--data', data])
  expect([older.code, older.stderr]).toEqual([1, expect.stringContaining('is not replaced by the older 1.14.0.0')])
  const same = await p2c(['solution', 'install', '--data', data], { LC_ALL: 'C' })
  expect([same.code, same.stdout]).toEqual([0, 'Version 1.15.0.0 was there already. Nothing changed.\n'])
  const shown = await p2c(['solution', 'status', '--data', data, '--lang', 'fr'])
  expect(shown.stdout).toContain(`Projets qui l’utilisent\u00a0: ${NAMES.join(', ')}`)
})

test('an execution that does not exist is an error', async () => {
  const { code, stderr } = await p2c(['executions', 'nothing', '--data', data])
  expect(code).toBe(1)
  expect(stderr).toContain('execution-unknown')
})

test('tables and messages come in the language of --lang, without colour codes where nobody watches', async () => {
  await running('run', 'products')
  const texts = await Promise.all(
    ['en', 'fr', 'pt-BR', 'es', 'ru'].map((lang) => p2c(['executions', '--data', data, '--lang', lang], { FORCE_COLOR: '', NO_COLOR: '' })),
  )
  const words = ['Completed', 'Terminé', 'Concluído', 'Completado', 'Завершено']
  for (const [index, word] of words.entries()) {
    const text = texts[index]?.stdout ?? ''
    expect(text.toLowerCase()).toContain(word.toLowerCase())
    expect(text).not.toMatch(COLOUR)
    expect(text).not.toMatch(/\{\w+\}|undefined|NaN/)
  }
})

test.each([
  'sales',
  'supply-chain',
  'common-data-service',
  'server',
] as const)('p2c token %s prints a token that works, and nothing else', async (part) => {
  const { code, stdout, stderr } = await p2c(['token', part, '--data', data])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/)
  const { sales, supplyChain, commonDataService, server } = installation.urls
  const paths = {
    sales: `${sales}/api/data/v9.2/WhoAmI`,
    'supply-chain': `${supplyChain}/data/CustomerGroups`,
    'common-data-service': `${commonDataService}/api/data/v9.2/Organization`,
    server: `${server}/api/projects`,
  }
  const headers = { authorization: `Bearer ${stdout.trim()}` }
  expect((await fetch(paths[part], { headers })).status).toBe(200)
  for (const other of Object.values(paths).filter((path) => path !== paths[part])) {
    expect((await fetch(other, { headers })).status).toBe(401)
  }
})

test('a second start in the same folder is refused and does not disturb the first', async () => {
  const second = await p2c(['start', '--data', data, '--port-base', '0', '--json'])
  expect(second.code).toBe(1)
  expect(JSON.parse(second.stdout)).toMatchObject({ error: { code: 'already-running', details: { pid: installation.process.pid } } })
  expect(await running('errors')).toEqual([])
})

test('a port in use ends a start with the port and what to do, and leaves nothing running', async (t) => {
  const folder = await scratchFolder(t)
  const { base, close } = await takeOffsetPort(10)
  t.onTestFinished(close)
  const { code, stdout } = await p2c(['start', '--data', folder, '--port-base', String(base), '--json'], {
    P2C_DATABASE_PREFIX: databasePrefix(folder),
  })
  expect(code).toBe(1)
  expect(JSON.parse(stdout)).toMatchObject({
    error: { code: 'port-in-use', message: expect.stringMatching(new RegExp(`Port ${base + 10} is in use.*Sales.*--port-base`)) },
  })
  await expect(access(join(folder, 'running.json'))).rejects.toThrow()
  await expect(access(join(folder, 'postgres', 'cluster', 'postmaster.pid'))).rejects.toThrow()
}, 60_000)

/** Listens on a port and gives the base that is `offset` below it. */
async function takeOffsetPort(offset: number): Promise<{ base: number; close: () => Promise<void> }> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('not listening')
  return { base: address.port - offset, close: () => new Promise((closed) => server.close(() => closed())) }
}

// Last, since it stops what the others use.
test('start --json printed one line; Ctrl-C stops everything with exit code 0 and takes the announcement back', async () => {
  const announced = JSON.parse(await readFile(join(data, 'running.json'), 'utf8'))
  const { data: folder, ...said } = installation.urls as StartedInstallation['urls'] & { data: string }
  expect(folder).toBe(data)
  expect(announced).toMatchObject({ ...said, pid: installation.process.pid })
  expect(await installation.stop()).toBe(0)
  expect(startLines).toBe('')
  await expect(access(join(data, 'running.json'))).rejects.toThrow()
  for (const url of Object.values(installation.urls).filter((value) => String(value).startsWith('http'))) {
    await expect(fetch(`${url}/health`)).rejects.toThrow()
  }
  const { stdout } = await p2c(['errors', '--data', data, '--json'])
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'nothing-running' } })
}, 60_000)
