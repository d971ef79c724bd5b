import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { openDatabase } from '@p2c/base'
import { mapExample, parseProject } from '@p2c/engine'
import { expect, type TestContext, test } from 'vitest'
import { MEASURES, parseArguments, WrongUse } from './arguments.ts'
import { isMet, median, percentile, type Result } from './measures/result.ts'
import { type Child, startChild } from './processes/child.ts'
import { allMet, toMarkdown, toTable } from './report.ts'
import { accountNumber, accountOf, phoneOf } from './stub/account.ts'
import type { StubOrders } from './stub/stub-service.ts'
import { toCustomer } from './subjects/customer.ts'
import { accountSchema, accountsTask, customerSchema } from './subjects/fields.ts'
import { topFunctions } from './subjects/profile.ts'
import { createStubClient, type StubClient } from './subjects/stub-client.ts'

const MAIN = join(import.meta.dirname, 'main.ts')
const LONGEST_MS = 120_000
const ENVIRONMENT = { ...process.env, P2C_DATABASE_URL: process.env.P2C_TEST_SERVER }

interface CommandResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** `npm run bench -- ...args` on the database server of the test run. */
function bench(args: readonly string[]): Promise<CommandResult> {
  return new Promise((resolve) =>
    execFile(process.execPath, [MAIN, ...args], { env: ENVIRONMENT }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, stdout, stderr }),
    ),
  )
}

test('without arguments every measure is taken at 100,000 rows, three times each', () => {
  expect(parseArguments([])).toEqual({
    rows: 100_000,
    localRows: 100_000,
    only: MEASURES,
    repeat: 3,
    liveSeconds: 20,
    profile: false,
    markdown: false,
    json: undefined,
  })
  expect(parseArguments(['--rows', '1000000'])).toMatchObject({ rows: 1_000_000, localRows: 100_000 })
  expect(parseArguments(['--only', 'live, memory', '--profile'])).toMatchObject({ only: ['live', 'memory'], profile: true })
  expect(parseArguments(['--quick'])).toMatchObject({ rows: 5_000, repeat: 1 })
  expect(parseArguments(['--help'])).toBeUndefined()
})

const WRONG_USES: readonly (readonly [readonly string[], RegExp])[] = [
  [['--rows', '1000001'], /--rows takes a whole number from 1000 to 1000000, not '1000001'/],
  [['--rows', '5e3'], /not '5e3'/],
  [['--repeat', '0'], /--repeat/],
  [['--only', 'memory,speed'], /not 'speed'/],
  [['--only', ''], /not ''/],
  [['--bogus'], /--bogus/],
  [['100000'], /100000/],
]

test.each(WRONG_USES)('%j is a wrong use', (args, message) => {
  expect(() => parseArguments(args)).toThrow(WrongUse)
  expect(() => parseArguments(args)).toThrow(message)
})

test('wrong use ends with exit code 2 and says how it is meant, help with 0', async () => {
  const [wrong, help] = await Promise.all([bench(['--rows', 'many']), bench(['--help'])])
  expect(wrong).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/not 'many'[\s\S]*npm run bench/) })
  expect(help).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/^npm run bench/) })
})

test('a bound that is kept gives exit code 0, a table and figures as JSON; nothing changed is one request', {
  timeout: LONGEST_MS,
}, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'p2c-bench-test-'))
  t.onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const json = join(folder, 'figures.json')
  const run = await bench(['--quick', '--rows', '1000', '--only', 'no-change', '--markdown', '--json', json])
  expect(run).toMatchObject({ code: 0, stderr: '' })
  expect(run.stdout).toMatch(/^measure +bound +measured +ratio +met$/m)
  expect(run.stdout).toContain('| nothing changed in 1,000 rows | at most 3 requests per task and partition | 1 request |  | yes |')
  const figures = JSON.parse(await readFile(json, 'utf8'))
  expect(figures).toMatchObject({
    startedAt: expect.stringMatching(/Z$/),
    options: { rows: 1_000, only: ['no-change'] },
    machine: { cores: expect.any(Number), node: process.versions.node, postgres: expect.stringMatching(/^\d+/) },
    results: [{ measure: 'nothing changed in 1,000 rows', met: true, details: { requests: [1, 1, 1] } }],
    profiles: [],
  })
})

test('a bench that is interrupted says what it could not measure, and leaves no database behind', {
  timeout: LONGEST_MS,
}, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'p2c-bench-test-'))
  t.onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const before = await benchDatabases()
  const args = ['--rows', '1000', '--only', 'live', '--json', join(folder, 'figures.json')]
  const child = spawn(process.execPath, [MAIN, ...args], { env: ENVIRONMENT, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = once(child, 'exit')
  let text = ''
  for await (const line of createInterface({ input: child.stdout })) {
    text += `${line}\n`
    if (line.endsWith('live: 0 changes')) child.kill('SIGINT')
  }
  expect(text).toContain('live: 0 changes')
  expect(await ended).toEqual([1, null])
  expect(text).toMatch(/^live +could not be measured: .* ended before it answered +NO$/m)
  expect(before).toEqual(expect.arrayContaining([...(await benchDatabases())]))
})

async function benchDatabases(): Promise<readonly string[]> {
  const server = openDatabase({ connectionString: ENVIRONMENT.P2C_DATABASE_URL ?? '', maxConnections: 1 })
  try {
    const { rows } = await server.query<{ datname: string }>("select datname from pg_database where datname like 'bench\\_%'")
    return rows.map((row) => row.datname)
  } finally {
    await server.close()
  }
}

const RESULTS: readonly Result[] = [
  { measure: 'fast', bound: 'at least 0.2', measured: '3 of 10', ratio: 0.3, met: true, details: {} },
  { measure: 'told only', measured: '7', details: {} },
]

test('the table says which bounds are kept; one that is not, or that could not be measured, fails the whole', () => {
  expect(toTable(RESULTS).split('\n')).toEqual([
    'measure    bound         measured  ratio  met',
    'fast       at least 0.2  3 of 10   0.30   yes',
    'told only                7',
  ])
  expect(toMarkdown(RESULTS)).toContain('| told only |  | 7 |  |  |')
  expect(allMet(RESULTS)).toBe(true)
  expect(allMet([...RESULTS, { measure: 'broken', measured: '', met: false, details: {} }])).toBe(false)
  expect([isMet(0.2, { least: 0.2 }), isMet(3.01, { most: 3 }), isMet(Number.NaN, { least: 0 }), isMet(Number.NaN, { most: 1 })]).toEqual([
    true,
    false,
    false,
    false,
  ])
})

test('median and percentiles', () => {
  expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([])]).toEqual([2, 2.5, Number.NaN])
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index)
  expect([percentile(hundred, 0.5), percentile(hundred, 0.95), percentile(hundred, 0.99), percentile([7], 0.99)]).toEqual([50, 95, 99, 7])
})

test('functions of a profile are added up over all their callers, by self time, without idling', () => {
  const node = (id: number, functionName: string, url = '') => ({
    id,
    callFrame: { functionName, url, scriptId: '1', lineNumber: 9, columnNumber: 0 },
  })
  const map = 'file:///somewhere/packages/engine/src/map.ts'
  const nodes = [node(1, '(root)'), node(2, '(idle)'), node(3, 'map', map), node(4, 'map', map), node(5, '', 'node:http')]
  expect(topFunctions({ nodes, startTime: 0, endTime: 1, samples: [2, 3, 4, 5], timeDeltas: [9_000, 2_000, 1_000, 1_000] }, 2)).toEqual([
    { name: 'map', place: 'packages/engine/src/map.ts:10', milliseconds: 3, share: 0.75 },
    { name: '(anonymous)', place: 'node:http:10', milliseconds: 1, share: 0.25 },
  ])
})

test('the bare loop maps a row as the engine does', () => {
  const project = { name: 'p', connectionSetName: 's', organisations: [{ businessUnit: 'b', legalEntity: 'l' }] }
  const [task] = parseProject({ ...project, entityMappingTasks: [accountsTask('accounts', 'CustomersV2')] }).entityMappingTasks
  if (task === undefined) throw new Error('the project has no task')
  const facts = { sourceSchema: accountSchema('accounts'), destinationSchema: customerSchema('CustomersV2'), integrationKeys: [] }
  for (let number = 1; number <= 1_000; number++) {
    const { versionnumber: _, ...account } = accountOf(number)
    expect(mapExample(task, facts, account)).toMatchObject({ ok: true, row: { values: toCustomer(account) } })
  }
})

interface OpenStub {
  readonly stub: Child<StubOrders>
  readonly client: StubClient
}

async function openStub(t: TestContext, rows: number, refuseEvery = 0): Promise<OpenStub> {
  const stub = startChild<StubOrders>(new URL('./stub/stub-service.ts', import.meta.url))
  t.onTestFinished(() => stub.kill())
  const client = createStubClient(await stub.call('listen', null))
  t.onTestFinished(() => client.close())
  await stub.call('putSource', { entity: 'accounts', rows, pageSize: 10 })
  await stub.call('putDestination', { entity: 'customers', refuseEvery })
  return { stub, client }
}

const numbers = (from: number, to: number): string[] => Array.from({ length: to - from + 1 }, (_, index) => accountNumber(from + index))

test('the stub source pages every row once and tells a position, behind which it gives what changed since', async (t) => {
  const { stub, client } = await openStub(t, 25)
  const read = async (first: string) => {
    const keys: unknown[] = []
    for (let query: string | undefined = first; query !== undefined; ) {
      const page = await client.page('accounts', query)
      keys.push(...page.rows.map((row) => row.accountnumber))
      if (page.next === undefined) return { keys, position: page.position }
      query = page.next
    }
    throw new Error('a read ended without its last page')
  }
  const full = await read('size=10')
  expect(full.keys).toEqual(numbers(1, 25))
  expect(await client.count('accounts', 'size=10')).toBe(25)
  expect(await read(`size=10&since=${full.position}`)).toEqual({ keys: [], position: full.position })
  await stub.call('change', { entity: 'accounts', numbers: [...numbers(1, 12).map((_, index) => 24 - index), 3] })
  const changed = await read(`size=10&since=${full.position}`)
  expect(changed.keys).toEqual([accountNumber(3), ...numbers(13, 24)])
  expect(await read(`size=10&since=${changed.position}`)).toMatchObject({ keys: [] })
  expect((await read('size=10')).keys).toEqual(numbers(1, 25))
  const [row, ...others] = await client.byKeys('accounts', [accountNumber(3), accountNumber(26)])
  expect({ row, others }).toMatchObject({ row: { accountnumber: accountNumber(3), telephone1: phoneOf(3, 14) }, others: [] })
})

test('the stub destination answers one outcome per row, refuses its share, and knows each key once', async (t) => {
  const { stub, client } = await openStub(t, 10, 5)
  const rows = (from: number, to: number) => numbers(from, to).map((CustomerAccount) => ({ CustomerAccount, PrimaryContactPhone: '1' }))
  expect(await client.upsert('customers', rows(3, 6))).toEqual(['inserted', 'inserted', 'refused', 'inserted'])
  expect(await client.upsert('customers', rows(6, 7))).toEqual(['updated', 'inserted'])
  expect(await stub.call('facts', { destination: 'customers' })).toMatchObject({ rows: 4, writes: 6, refused: 1 })
})

test('the stub tells how long a change took to arrive, and holds its answers until it is told to go on', async (t) => {
  const { stub, client } = await openStub(t, 10)
  const waited = stub.call('changeAndWait', { source: 'accounts', destination: 'customers', number: 4 })
  const row = { CustomerAccount: accountNumber(4), PrimaryContactPhone: phoneOf(4, 1) }
  await client.upsert('customers', [row])
  await client.upsert('customers', [{ ...row, PrimaryContactPhone: phoneOf(4, 2) }])
  expect(await waited).toBeGreaterThan(0)
  const reached = stub.call('holdAt', { destination: 'customers', rows: 2 })
  const held = client.upsert('customers', [{ ...row, CustomerAccount: accountNumber(5) }])
  await reached
  const first = await Promise.race([held, stub.call('facts', { destination: 'customers' })])
  expect(first).toMatchObject({ rows: 2 })
  await stub.call('release', { destination: 'customers' })
  expect(await held).toEqual(['inserted'])
})

test('an order that a child cannot carry out, or does not live to answer, fails where it was given', async (t) => {
  const { stub } = await openStub(t, 10)
  await expect(stub.call('change', { entity: 'nothing', numbers: [1] })).rejects.toThrow("the stub has no entity 'nothing'")
  const unanswered = stub.call('nextWrite', { destination: 'customers' })
  const failed = expect(unanswered).rejects.toThrow(/ended before it answered/)
  await stub.kill()
  await failed
})
