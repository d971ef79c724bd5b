import type { Bench } from './context.ts'
import { isMet, median, type Result, thousands } from './result.ts'
import { endTransfer, putTransfer, WARM_ROWS } from './transfer.ts'

const RATE = { least: 0.7 }
const EVERY = 1_000

/** First execution with one refused row in each thousand against a clean one, in turn, on stubs. */
export async function measureBadRows(bench: Bench): Promise<readonly Result[]> {
  const { rows, repeat } = bench.options
  const stub = await bench.startStub()
  const engine = await bench.startEngine(await bench.freshDatabase(), stub.system)
  const run = async (name: string, count: number, refuseEvery: number): Promise<number> => {
    const place = await putTransfer(stub, engine, { name, rows: count, refuseEvery })
    const { seconds, execution } = await engine.call('run', place)
    const failed = execution.tasks.reduce((sum, task) => sum + task.counters.failed, 0)
    const bad = refuseEvery === 0 ? 0 : Math.floor(count / refuseEvery)
    if (failed !== bad) throw new Error(`${bad} rows should have failed, ${failed} did`)
    await endTransfer(stub, place, count)
    return count / seconds
  }
  await run('warm', WARM_ROWS, 0)
  const rates: { readonly clean: number[]; readonly bad: number[] } = { clean: [], bad: [] }
  for (let turn = 1; turn <= repeat; turn++) {
    rates.clean.push(await run(`clean-${turn}`, rows, 0))
    rates.bad.push(await run(`bad-${turn}`, rows, EVERY))
    bench.say(
      `bad rows, turn ${turn}: clean ${thousands(rates.clean.at(-1) ?? 0)} rows/s, 1 bad in ${EVERY} ${thousands(rates.bad.at(-1) ?? 0)} rows/s`,
    )
  }
  const [clean, bad] = [median(rates.clean), median(rates.bad)]
  return [
    {
      measure: `1 bad row in ${thousands(EVERY)}, stubs`,
      bound: `at least ${RATE.least} of the clean rate`,
      measured: `${thousands(bad)} of ${thousands(clean)} rows/s`,
      ratio: bad / clean,
      met: isMet(bad / clean, RATE),
      details: { rates },
    },
  ]
}
