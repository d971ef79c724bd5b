import type { Execution } from '@p2c/engine'
import { BAD_EVERY, BAD_GROUP_FIELD, loadAccounts, loadContacts, loadProducts } from '../local/load.ts'
import type { Child } from '../processes/child.ts'
import type { EngineOrders } from '../subjects/engine-process.ts'
import type { Measured } from '../subjects/measured.ts'
import type { Bench } from './context.ts'
import { type LocalPair, readTasks, startLocalPair } from './local-pair.ts'
import { isMet, median, type Result, thousands } from './result.ts'

const SHARE = { least: 0.8 }
const SPEED = { least: 5_000 }
const BAD_RATE = { least: 0.7 }
const REQUESTS = { most: 3 }

const ACCOUNTS = 'accounts-sales-to-supply-chain-direct.json'
const CONTACTS = 'contacts-sales-to-supply-chain-direct.json'
const PRODUCTS = 'products-supply-chain-to-sales-direct.json'

/** Accounts to customers between the local applications, against the bare loop and with bad rows, in turn; then a run without changes. */
export async function measureLocal(bench: Bench): Promise<readonly Result[]> {
  const { localRows: rows, repeat } = bench.options
  const pair = await startLocalPair(bench)
  bench.say(`loading ${thousands(rows)} accounts into Sales`)
  await loadAccounts(pair.sales, rows)
  const runs: { readonly bare: Measured[]; readonly clean: Measured[]; readonly bad: Measured[] } = { bare: [], clean: [], bad: [] }
  const requests: number[] = []
  for (let turn = 1; turn <= repeat; turn++) {
    runs.bare.push(await runBare(bench, pair))
    const clean = await runEngine(bench, pair, { rows, bad: false, name: `local-${turn}` })
    runs.clean.push(clean.measured)
    requests.push(clean.requestsWithoutChange)
    runs.bad.push((await runEngine(bench, pair, { rows, bad: true, name: `local-bad-${turn}` })).measured)
    const rates = [runs.bare, runs.clean, runs.bad].map((side) => thousands(rateOf(side.slice(-1))))
    bench.say(`local applications, turn ${turn}: bare loop ${rates[0]}, engine ${rates[1]}, engine with bad rows ${rates[2]} rows/s`)
  }
  // Turns of their own: the profiler takes its share of the time.
  for (const bad of bench.options.profile ? [false, true] : []) {
    await runEngine(bench, pair, { rows, bad, name: bad ? 'local-bad-rows' : 'local', profiled: true })
  }
  return toResults(runs, { rows, requests })
}

const rateOf = (runs: readonly Measured[]): number => median(runs.map((run) => run.rows / run.seconds))

async function runBare(bench: Bench, pair: LocalPair): Promise<Measured> {
  await pair.renewSupplyChain()
  const bare = pair.startBareLoop()
  const run = await bare.call('run', pair.bareLoopOrder())
  await bench.end(bare)
  return run
}

interface EngineRun {
  readonly rows: number
  readonly bad: boolean
  readonly name: string
  /** Under the profiler; then nothing it gives is a measurement. */
  readonly profiled?: boolean
}

async function runEngine(bench: Bench, pair: LocalPair, { rows, bad, name, profiled = false }: EngineRun) {
  await pair.renewSupplyChain()
  const engine = await bench.startEngine(await bench.freshDatabase(), pair.system)
  const tasks = await readTasks(ACCOUNTS)
  await engine.call('saveProject', { name, tasks: bad ? withGroupFromAccount(tasks) : tasks })
  const run = () => engine.call('run', { project: name })
  const { execution, ...measured } = profiled ? await bench.profile(engine, name, run) : await run()
  assertCounted(execution, { rows, bad: bad ? Math.floor(rows / BAD_EVERY) : 0 })
  const before = await engine.call('requests', null)
  await run()
  const requestsWithoutChange = (await engine.call('requests', null)) - before
  await bench.end(engine)
  return { measured, requestsWithoutChange }
}

/** A transfer that loses rows, or refuses others than the bad ones, is not measured. */
function assertCounted(execution: Execution, expected: { readonly rows: number; readonly bad: number }): void {
  const { inserted = 0, failed = 0 } = execution.tasks[0]?.counters ?? {}
  if (inserted === expected.rows - expected.bad && failed === expected.bad) return
  const should = `${expected.rows - expected.bad} customers should have been inserted and ${expected.bad} refused`
  throw new Error(`${should}, not ${inserted} and ${failed}`)
}

/** The customer group comes from the account: where it names one that Supply Chain does not know, that row is refused there. */
const withGroupFromAccount = (tasks: Awaited<ReturnType<typeof readTasks>>) =>
  tasks.map((task) => ({
    ...task,
    legs: task.legs.map((leg) => ({
      ...leg,
      fieldMappings: leg.fieldMappings.map((mapping) =>
        mapping.destinationField === 'CustomerGroupId' ? { ...mapping, sourceField: BAD_GROUP_FIELD } : mapping,
      ),
    })),
  }))

interface LocalRuns {
  readonly bare: readonly Measured[]
  readonly clean: readonly Measured[]
  readonly bad: readonly Measured[]
}

function toResults(
  runs: LocalRuns,
  { rows, requests }: { readonly rows: number; readonly requests: readonly number[] },
): readonly Result[] {
  const [bare, clean, bad] = [rateOf(runs.bare), rateOf(runs.clean), rateOf(runs.bad)]
  const title = `first execution, ${thousands(rows)} accounts, local applications`
  const most = Math.max(...requests)
  return [
    {
      measure: title,
      bound: `at least ${SHARE.least} of the bare loop`,
      measured: `${thousands(clean)} of ${thousands(bare)} rows/s`,
      ratio: clean / bare,
      met: isMet(clean / bare, SHARE),
      details: { runs },
    },
    {
      measure: `${title}, as such`,
      bound: `at least ${thousands(SPEED.least)} rows/s`,
      measured: `${thousands(clean)} rows/s`,
      met: isMet(clean, SPEED),
      details: {},
    },
    {
      measure: `1 bad row in ${thousands(BAD_EVERY)}, local applications`,
      bound: `at least ${BAD_RATE.least} of the clean rate`,
      measured: `${thousands(bad)} of ${thousands(clean)} rows/s`,
      ratio: bad / clean,
      met: isMet(bad / clean, BAD_RATE),
      details: {},
    },
    {
      measure: 'nothing changed, local applications',
      bound: `at most ${REQUESTS.most} requests per task and partition`,
      measured: `${most} ${most === 1 ? 'request' : 'requests'}`,
      met: isMet(most, REQUESTS),
      details: { requests },
    },
  ]
}

/** A quarter of the accounts have a contact, and there is a product for each ten. */
const CONTACT_SHARE = 4
const PRODUCT_SHARE = 10

/** Contacts to Supply Chain and products to Sales: rows of the table without a bound. */
export async function measureLocalOthers(bench: Bench): Promise<readonly Result[]> {
  const rows = Math.ceil(bench.options.localRows / CONTACT_SHARE)
  const products = Math.ceil(bench.options.localRows / PRODUCT_SHARE)
  const pair = await startLocalPair(bench)
  bench.say(`loading ${thousands(rows)} accounts with a contact each, and ${thousands(products)} products`)
  await loadAccounts(pair.sales, rows)
  await loadContacts(pair.sales, rows)
  await loadProducts(await pair.openSupplyChain(), products)
  const engine = await bench.startEngine(await bench.freshDatabase(), pair.system)
  await engine.call('saveProject', { name: 'accounts', tasks: await readTasks(ACCOUNTS) })
  await engine.call('run', { project: 'accounts' }) // the contacts need their customers
  const results = [
    await runOther(engine, { name: 'contacts', file: CONTACTS, rows, title: `${thousands(rows)} contacts, Sales to Supply Chain` }),
    await runOther(engine, {
      name: 'products',
      file: PRODUCTS,
      rows: products,
      title: `${thousands(products)} products, Supply Chain to Sales`,
    }),
  ]
  return results
}

interface OtherRun {
  readonly name: string
  readonly file: string
  readonly rows: number
  readonly title: string
}

async function runOther(engine: Child<EngineOrders>, { name, file, rows, title }: OtherRun): Promise<Result> {
  await engine.call('saveProject', { name, tasks: await readTasks(file) })
  const { execution, ...measured } = await engine.call('run', { project: name })
  const inserted = execution.tasks.reduce((sum, task) => sum + task.counters.inserted, 0)
  if (inserted < rows) throw new Error(`${rows} ${name} should have been inserted, ${inserted} were`)
  return { measure: `first execution, ${title}`, measured: `${thousands(rows / measured.seconds)} rows/s`, details: { measured } }
}
