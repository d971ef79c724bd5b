import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { silentLogger, startEmbeddedPostgres } from '@p2c/base'
import { type BenchOptions, parseArguments, USAGE, WrongUse } from './arguments.ts'
import { describeMachine, type Machine, readMachine } from './machine.ts'
import { type Bench, type KeptProfile, openBench } from './measures/context.ts'
import { MEASURE } from './measures/measures.ts'
import type { Result } from './measures/result.ts'
import { allMet, toMarkdown, toTable } from './report.ts'

const RESULTS = join(import.meta.dirname, 'results')

const print = (text: string): void => void process.stdout.write(`${text}\n`)

async function main(args: readonly string[]): Promise<number> {
  try {
    const options = parseArguments(args)
    if (options === undefined) print(USAGE)
    return options === undefined ? 0 : await runBench(options)
  } catch (error) {
    if (!(error instanceof WrongUse)) throw error
    process.stderr.write(`${error.message}\n\n${USAGE}\n`)
    return 2
  }
}

async function runBench(options: BenchOptions): Promise<number> {
  await using server = await startServer()
  const startedAt = new Date()
  const stamp = startedAt.toISOString().replaceAll(':', '').slice(0, 15)
  const say = (text: string): void => print(`${((Date.now() - startedAt.getTime()) / 1000).toFixed(0).padStart(5)} s  ${text}`)
  const bench = openBench(options, { serverUrl: server.url, results: RESULTS, stamp, say })
  const interrupted = new AbortController()
  process.once('SIGINT', () => interrupted.abort()) // a second one ends the bench at once
  try {
    const machine = await readMachine(server.url)
    print(describeMachine(machine))
    const results = await takeMeasures(bench, interrupted.signal)
    for (const profile of bench.profiles) printProfile(profile)
    print(`\n${toTable(results)}\n`)
    if (options.markdown) print(`${toMarkdown(results)}\n`)
    await writeFigures(options.json ?? join(RESULTS, `${stamp}.json`), { startedAt, options, machine, results, profiles: bench.profiles })
    return allMet(results) && !interrupted.signal.aborted ? 0 : 1
  } finally {
    await bench.clear()
  }
}

async function takeMeasures(bench: Bench, signal: AbortSignal): Promise<readonly Result[]> {
  const results: Result[] = []
  // Ending what a measure works with ends the measure.
  signal.addEventListener('abort', () => void bench.clear())
  for (const name of bench.options.only) {
    if (signal.aborted) break
    bench.say(`${name} ...`)
    results.push(...(await MEASURE[name](bench).catch((error: unknown) => [notTaken(name, error)])))
    await bench.clear() // nothing of it may disturb the next one
  }
  return results
}

/** One measure that breaks leaves the others standing; it counts as a bound that is not met. */
const notTaken = (name: string, error: unknown): Result => ({
  measure: name,
  measured: `could not be measured: ${error instanceof Error ? error.message.split('\n', 1)[0] : error}`,
  met: false,
  details: { error: error instanceof Error ? error.stack : String(error) },
})

function printProfile({ name, file, functions }: KeptProfile): void {
  print(`\nself time of the engine process, ${name} (${file}):`)
  for (const { milliseconds, share, name: functionName, place } of functions)
    print(`${milliseconds.toFixed(0).padStart(7)} ms  ${(share * 100).toFixed(1).padStart(4)} %  ${functionName}  ${place}`)
}

interface Figures {
  readonly startedAt: Date
  readonly options: BenchOptions
  readonly machine: Machine
  readonly results: readonly Result[]
  readonly profiles: readonly KeptProfile[]
}

async function writeFigures(file: string, figures: Figures): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, `${JSON.stringify(figures, undefined, 2)}\n`)
  print(`figures: ${file}`)
}

/** The server of `P2C_DATABASE_URL`, or an embedded one, set up as an installation has it, in a folder that goes away. */
async function startServer(): Promise<{ readonly url: string } & AsyncDisposable> {
  const { P2C_DATABASE_URL: external } = process.env
  if (external) return { url: external, [Symbol.asyncDispose]: async () => undefined }
  const folder = await mkdtemp(join(tmpdir(), 'p2c-bench-'))
  const server = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), log: silentLogger })
  return {
    url: server.serverUrl,
    [Symbol.asyncDispose]: async () => {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

process.exitCode = await main(process.argv.slice(2))
