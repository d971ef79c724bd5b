import type { Child } from '../processes/child.ts'
import type { EngineOrders, EngineShape } from '../subjects/engine-process.ts'
import { PAGE_ROWS } from '../subjects/stub-client.ts'
import type { Bench, Stub } from './context.ts'
import { isMet, type Result, thousands } from './result.ts'
import { putTransfer } from './transfer.ts'

const RESTART = { most: 3 }
const TAKEOVER = { most: 20 }
const MOST_ROWS = 100_000
/** Pages of the execution; the engine is killed behind this share of them. */
const PAGES = 20
const KILLED_AT = 0.3

/** An execution whose engine was killed in the middle. */
interface Killed {
  readonly stub: Stub
  readonly destination: string
  readonly databaseUrl: string
  readonly shape: EngineShape
  readonly executionId: string
  readonly rows: number
  readonly killedAtMs: number
}

/** kill -9 in the middle of an execution: time from the start of the next process to its first write. */
export async function measureRestart(bench: Bench): Promise<readonly Result[]> {
  const killed = await killInTheMiddle(bench, async () => undefined)
  const written = killed.stub.child.call('nextWrite', killed)
  const next = bench.startEngineProcess()
  await next.call('open', { databaseUrl: killed.databaseUrl, system: killed.stub.system, shape: killed.shape })
  const seconds = ((await written) - next.startedAtMs) / 1000
  await finish(bench, killed, next)
  return [toResult('kill -9, then first write of a new process', seconds, RESTART)]
}

/** The same while a worker of another host runs already: time from the kill to its first write. */
export async function measureTakeover(bench: Bench): Promise<readonly Result[]> {
  const others: Child<EngineOrders>[] = []
  const killed = await killInTheMiddle(bench, async ({ databaseUrl, stub, shape }) => {
    others.push(await bench.startEngine(databaseUrl, stub.system, { ...shape, host: 'another-host' }))
  })
  bench.say('takeover: waiting for the other worker')
  const seconds = ((await killed.stub.child.call('nextWrite', killed)) - killed.killedAtMs) / 1000
  for (const other of others) await finish(bench, killed, other)
  return [toResult('kill -9, then first write of a worker elsewhere', seconds, TAKEOVER)]
}

/** `besides` runs while the execution stands still in its middle. */
async function killInTheMiddle(
  bench: Bench,
  besides: (place: Pick<Killed, 'databaseUrl' | 'stub' | 'shape'>) => Promise<void>,
): Promise<Killed> {
  const rows = Math.min(bench.options.rows, MOST_ROWS)
  // One step all along: a second worker must have nothing to do before the kill.
  const shape = { pageSize: Math.min(PAGE_ROWS, Math.ceil(rows / PAGES)), pagesPerStep: 1_000, splitRows: Number.MAX_SAFE_INTEGER }
  const stub = await bench.startStub()
  const databaseUrl = await bench.freshDatabase()
  const engine = await bench.startEngine(databaseUrl, stub.system, shape)
  const { project, destination } = await putTransfer(stub, engine, { name: 'accounts', rows })
  const held = stub.child.call('holdAt', { destination, rows: Math.floor(rows * KILLED_AT) })
  const executionId = await engine.call('begin', { project })
  await held
  await besides({ databaseUrl, stub, shape })
  const killedAtMs = Date.now()
  await bench.end(engine)
  await stub.child.call('release', { destination })
  return { stub, destination, databaseUrl, shape, executionId, rows, killedAtMs }
}

/** The execution goes on to its end, and every row is there. */
async function finish(bench: Bench, { stub, destination, executionId, rows }: Killed, engine: Child<EngineOrders>): Promise<void> {
  await engine.call('untilEnd', { id: executionId })
  const facts = await stub.child.call('facts', { destination })
  if (facts.rows !== rows) throw new Error(`${thousands(rows)} rows should be there after the kill, ${thousands(facts.rows)} are`)
  bench.say(`killed and gone on: ${thousands(facts.writes - rows)} of ${thousands(rows)} rows were written again`)
}

const toResult = (measure: string, seconds: number, bound: { readonly most: number }): Result => ({
  measure,
  bound: `at most ${bound.most} s`,
  measured: `${seconds.toFixed(2)} s`,
  met: isMet(seconds, bound),
  details: { seconds },
})
