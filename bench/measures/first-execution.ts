import type { Child } from '../processes/child.ts'
import type { BareLoopOrders } from '../subjects/bare-loop.ts'
import type { EngineOrders } from '../subjects/engine-process.ts'
import type { Measured } from '../subjects/measured.ts'
import type { Bench, Stub } from './context.ts'
import { isMet, median, type Result, thousands } from './result.ts'
import { endTransfer, putTransfer, WARM_ROWS } from './transfer.ts'

const SPEED = { least: 0.2 }
const CPU = { most: 3 }

/** First execution against the bare loop on warm stubs, in turn; rows per second and processor time per row. */
export async function measureFirstExecution(bench: Bench): Promise<readonly Result[]> {
  const { rows, repeat } = bench.options
  const stub = await bench.startStub()
  const engine = await bench.startEngine(await bench.freshDatabase(), stub.system)
  const bare = bench.startBareLoop()
  const runs: { readonly bare: Measured[]; readonly engine: Measured[] } = { bare: [], engine: [] }
  await runBare({ stub, bare }, 'warm-bare', WARM_ROWS)
  await runEngine({ stub, engine }, 'warm', WARM_ROWS)
  for (let turn = 1; turn <= repeat; turn++) {
    runs.bare.push(await runBare({ stub, bare }, `bare-${turn}`, rows))
    runs.engine.push(await runEngine({ stub, engine }, `first-${turn}`, rows))
    bench.say(`first execution, turn ${turn}: bare loop ${rate(runs.bare.at(-1))} rows/s, engine ${rate(runs.engine.at(-1))} rows/s`)
  }
  // A turn of its own: the profiler takes its share of the time.
  if (bench.options.profile) await bench.profile(engine, 'first-execution', () => runEngine({ stub, engine }, 'profiled', rows))
  return [speedOf(runs, rows), cpuOf(runs)]
}

const rate = (run: Measured | undefined): string => (run === undefined ? '-' : thousands(run.rows / run.seconds))

async function runBare({ stub, bare }: { stub: Stub; bare: Child<BareLoopOrders> }, name: string, rows: number): Promise<Measured> {
  const place = await putTransfer(stub, undefined, { name, rows })
  const run = await bare.call('run', { origin: stub.origin, ...place })
  await endTransfer(stub, place, rows)
  return run
}

async function runEngine({ stub, engine }: { stub: Stub; engine: Child<EngineOrders> }, name: string, rows: number): Promise<Measured> {
  const place = await putTransfer(stub, engine, { name, rows })
  const { execution: _, ...run } = await engine.call('run', place)
  await endTransfer(stub, place, rows)
  return run
}

type Runs = { readonly bare: readonly Measured[]; readonly engine: readonly Measured[] }

function speedOf(runs: Runs, rows: number): Result {
  const perSecond = (side: readonly Measured[]): number => median(side.map((run) => run.rows / run.seconds))
  const [bare, engine] = [perSecond(runs.bare), perSecond(runs.engine)]
  return {
    measure: `first execution, ${thousands(rows)} accounts, warm stubs`,
    bound: `at least ${SPEED.least} of the bare loop (goal 0.3)`,
    measured: `${thousands(engine)} of ${thousands(bare)} rows/s`,
    ratio: engine / bare,
    met: isMet(engine / bare, SPEED),
    details: { runs },
  }
}

function cpuOf(runs: Runs): Result {
  const perRow = (side: readonly Measured[]): number => median(side.map((run) => (run.cpuSeconds / run.rows) * 1e6))
  const [bare, engine] = [perRow(runs.bare), perRow(runs.engine)]
  return {
    measure: 'CPU per row of the engine process',
    bound: `at most ${CPU.most} times the bare loop's`,
    measured: `${engine.toFixed(1)} against ${bare.toFixed(1)} µs`,
    ratio: engine / bare,
    met: isMet(engine / bare, CPU),
    details: { engineMicroseconds: engine, bareMicroseconds: bare },
  }
}
