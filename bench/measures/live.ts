import { setTimeout as delay } from 'node:timers/promises'
import type { Bench } from './context.ts'
import { isMet, percentile, type Result, thousands } from './result.ts'
import { putTransfer } from './transfer.ts'

const CHANGES_PER_SECOND = 20
const LIMITS_MS = [
  { share: 0.5, name: 'p50', most: 250 },
  { share: 0.95, name: 'p95', most: 500 },
  { share: 0.99, name: 'p99', most: 1_000 },
] as const
const MOST_ROWS = 100_000

/** Time from a change at the source to the same value at the destination, while executions of the project follow each other without a pause. */
export async function measureLive(bench: Bench): Promise<readonly Result[]> {
  const { liveSeconds } = bench.options
  const rows = Math.min(bench.options.rows, MOST_ROWS)
  const stub = await bench.startStub()
  const engine = await bench.startEngine(await bench.freshDatabase(), stub.system)
  const { project, source, destination } = await putTransfer(stub, engine, { name: 'accounts', rows })
  await engine.call('run', { project })
  const executions = engine.call('keepRunning', { project })
  const waits: Promise<number>[] = []
  const startedAt = performance.now()
  let isOver = false
  for (let change = 0; change < liveSeconds * CHANGES_PER_SECOND && !isOver; change++) {
    // By the clock, not by pauses: a late change does not make the next one late.
    await delay(Math.max(0, startedAt + (change * 1000) / CHANGES_PER_SECOND - performance.now()))
    const number = ((change * 7_919) % rows) + 1
    const wait = stub.child.call('changeAndWait', { source, destination, number })
    // One that fails ends the measure: whoever interrupts it does not wait for the changes to come.
    wait.catch(() => {
      isOver = true
    })
    waits.push(wait)
    if (change % (CHANGES_PER_SECOND * 5) === 0) bench.say(`live: ${change} changes`)
  }
  const times = await Promise.all(waits)
  await engine.call('stopRunning', null)
  const count = await executions
  return LIMITS_MS.map(({ share, name, most }) => {
    const measured = percentile(times, share)
    return {
      measure: `change to visible, live, ${name}`,
      bound: `at most ${most} ms at ${CHANGES_PER_SECOND} changes/s`,
      measured: `${thousands(measured)} ms`,
      met: isMet(measured, { most }),
      details: { changes: times.length, executions: count, milliseconds: measured },
    }
  })
}
