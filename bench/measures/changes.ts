import type { Child } from '../processes/child.ts'
import type { EngineOrders } from '../subjects/engine-process.ts'
import type { Bench, Stub } from './context.ts'
import { isMet, median, type Result, thousands } from './result.ts'
import { putTransfer } from './transfer.ts'

const TIME = { most: 1.5 }
const REQUESTS = { most: 3 }
/** The large table has this many times the rows of the small one. */
const SMALLER = 100

/** A table that was brought over once, and its engine. */
interface Table {
  readonly stub: Stub
  readonly engine: Child<EngineOrders>
  readonly source: string
  readonly destination: string
  readonly project: string
  readonly rows: number
}

/** Time of the same number of changes in a large and in a small table, each in an integrator of its own. */
export async function measureChanges(bench: Bench): Promise<readonly Result[]> {
  const { rows, repeat } = bench.options
  const few = Math.max(10, Math.floor(rows / SMALLER))
  const changes = Math.min(1_000, few)
  const large = await bringOver(bench, rows)
  const small = await bringOver(bench, few)
  await changeAndRun(large, changes, 0) // the first incremental execution of a process is slower than all others
  await changeAndRun(small, changes, 0)
  const seconds: { readonly large: number[]; readonly small: number[] } = { large: [], small: [] }
  for (let turn = 1; turn <= Math.max(3, repeat); turn++) {
    seconds.large.push(await changeAndRun(large, changes, turn))
    seconds.small.push(await changeAndRun(small, changes, turn))
    bench.say(
      `${changes} changes, turn ${turn}: ${seconds.large.at(-1)?.toFixed(3)} s in ${rows} rows, ${seconds.small.at(-1)?.toFixed(3)} s in ${few}`,
    )
  }
  const [inLarge, inSmall] = [median(seconds.large), median(seconds.small)]
  return [
    {
      measure: `${thousands(changes)} changes in ${thousands(rows)} rows`,
      bound: `at most ${TIME.most} times the time in ${thousands(few)} rows`,
      measured: `${inLarge.toFixed(2)} against ${inSmall.toFixed(2)} s`,
      ratio: inLarge / inSmall,
      met: isMet(inLarge / inSmall, TIME),
      details: { seconds },
    },
  ]
}

/** Requests of an execution that finds nothing changed: one task, one partition. */
export async function measureNoChange(bench: Bench): Promise<readonly Result[]> {
  const rows = Math.min(bench.options.rows, 100_000)
  const table = await bringOver(bench, rows)
  const requests: number[] = []
  for (let turn = 1; turn <= 3; turn++) {
    const before = await table.stub.child.call('facts', table)
    const { execution } = await table.engine.call('run', { project: table.project })
    if (execution.status !== 'completed') throw new Error(`an execution without changes ended with ${execution.status}`)
    requests.push((await table.stub.child.call('facts', table)).requests - before.requests)
  }
  const most = Math.max(...requests)
  return [
    {
      measure: `nothing changed in ${thousands(rows)} rows`,
      bound: `at most ${REQUESTS.most} requests per task and partition`,
      measured: `${most} ${most === 1 ? 'request' : 'requests'}`,
      met: isMet(most, REQUESTS),
      details: { requests },
    },
  ]
}

async function bringOver(bench: Bench, rows: number): Promise<Table> {
  const stub = await bench.startStub()
  const engine = await bench.startEngine(await bench.freshDatabase(), stub.system)
  const transfer = await putTransfer(stub, engine, { name: 'accounts', rows })
  bench.say(`first execution of ${thousands(rows)} rows, to have something that changes`)
  await engine.call('run', { project: transfer.project })
  return { stub, engine, ...transfer, rows }
}

/** Changes rows all over the table, then runs the project; seconds of the execution. */
async function changeAndRun({ stub, engine, source, project, rows }: Table, changes: number, turn: number): Promise<number> {
  const step = Math.floor(rows / changes)
  const numbers = Array.from({ length: changes }, (_, index) => index * step + (turn % step) + 1)
  await stub.child.call('change', { entity: source, numbers })
  const run = await engine.call('run', { project })
  const updated = run.execution.tasks.reduce((sum, task) => sum + task.counters.updated, 0)
  if (updated !== changes) throw new Error(`${changes} changed rows should have been updated, ${updated} were`)
  return run.seconds
}
