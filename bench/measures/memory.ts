import type { Bench } from './context.ts'
import { isMet, megabytes, type Result, thousands } from './result.ts'
import { endTransfer, putTransfer, WARM_ROWS } from './transfer.ts'

const GROWTH = { most: 1.3 }
const SIZE = { most: 400e6 }
/** The large execution has this many times the rows of the small one. */
const SMALLER = 10

/** Highest resident memory of an engine process that brings over n rows, and of one that brings over a tenth; each a process of its own. */
export async function measureMemory(bench: Bench): Promise<readonly Result[]> {
  const { rows } = bench.options
  const few = Math.floor(rows / SMALLER)
  const small = await peakOf(bench, few)
  const large = await peakOf(bench, rows)
  const details = { largeBytes: large, smallBytes: small, rows, few }
  return [
    {
      measure: `peak memory at ${thousands(rows)} rows`,
      bound: `at most ${GROWTH.most} times that at ${thousands(few)}`,
      measured: `${megabytes(large)} against ${megabytes(small)}`,
      ratio: large / small,
      met: isMet(large / small, GROWTH),
      details,
    },
    {
      measure: `peak memory at ${thousands(rows)} rows, as such`,
      bound: `at most ${megabytes(SIZE.most)}`,
      measured: megabytes(large),
      met: isMet(large, SIZE),
      details,
    },
  ]
}

async function peakOf(bench: Bench, rows: number): Promise<number> {
  const stub = await bench.startStub()
  const engine = await bench.startEngine(await bench.freshDatabase(), stub.system)
  const warm = await putTransfer(stub, engine, { name: 'warm', rows: WARM_ROWS })
  await engine.call('run', { project: warm.project })
  const place = await putTransfer(stub, engine, { name: 'accounts', rows })
  const { peakBytes } = await engine.call('run', place)
  await endTransfer(stub, place, rows)
  bench.say(`memory: ${megabytes(peakBytes)} at ${thousands(rows)} rows`)
  for (const child of [engine, stub.child]) await bench.end(child)
  return peakBytes
}
