import { parseArgs } from 'node:util'

export const MEASURES = [
  'first-execution',
  'bad-rows',
  'changes',
  'no-change',
  'memory',
  'live',
  'restart',
  'takeover',
  'local',
  'local-others',
  'imports',
] as const
export type MeasureName = (typeof MEASURES)[number]

/** What the command line asks for. */
export interface BenchOptions {
  readonly rows: number
  /** Rows of the measurements on the local applications, which are far slower than stubs. */
  readonly localRows: number
  readonly only: readonly MeasureName[]
  /** Runs of each subject, in turn; the median counts. */
  readonly repeat: number
  /** Seconds of changes in the measure of live changes. */
  readonly liveSeconds: number
  readonly profile: boolean
  /** Prints the table as Markdown, too. */
  readonly markdown: boolean
  readonly json: string | undefined
}

export const USAGE = `npm run bench -- [measures] [options]

  <measure> ...     as --only: npm run bench -- imports

  --rows <n>        rows of the stub source, 1,000 to 1,000,000 (100000)
  --local-rows <n>  rows in the local applications (rows, at most 100000)
  --only <list>     measures, separated by commas: ${MEASURES.join(', ')}
  --repeat <n>      runs of each subject, in turn; the median counts (3)
  --quick           a smoke of a minute: 5,000 rows, one run, the measures on stubs
  --profile         keeps CPU profiles of the engine process and prints its most expensive functions
  --json <file>     where the figures go (bench/results/<time>.json)
  --markdown        prints the table as Markdown, too
  --help

Exit codes: 0 all bounds met, 1 not all, 2 wrong use.`

/** A use that makes no sense; its message says what was expected. */
export class WrongUse extends Error {}

const MOST_ROWS = 1_000_000
const MOST_LOCAL_ROWS = 100_000
const QUICK: readonly MeasureName[] = ['first-execution', 'bad-rows', 'changes', 'no-change', 'memory', 'restart']

/** Reads the command line; undefined asks for help. Throws `WrongUse`. */
export function parseArguments(args: readonly string[]): BenchOptions | undefined {
  const { values, positionals } = valuesOf(args)
  const named = [...(values.only === undefined ? [] : [values.only]), ...positionals].join(',')
  if (values.help === true) return undefined
  const quick = values.quick === true
  const rows = wholeNumber('--rows', values.rows, { low: 1_000, high: MOST_ROWS, otherwise: quick ? 5_000 : 100_000 })
  return {
    rows,
    localRows: wholeNumber('--local-rows', values['local-rows'], {
      low: 1_000,
      high: MOST_ROWS,
      otherwise: Math.min(rows, MOST_LOCAL_ROWS),
    }),
    only: values.only === undefined && positionals.length === 0 ? (quick ? QUICK : MEASURES) : measureNames(named),
    repeat: wholeNumber('--repeat', values.repeat, { low: 1, high: 99, otherwise: quick ? 1 : 3 }),
    liveSeconds: quick ? 3 : 20,
    profile: values.profile === true,
    markdown: values.markdown === true,
    json: values.json,
  }
}

function valuesOf(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        rows: { type: 'string' },
        'local-rows': { type: 'string' },
        only: { type: 'string' },
        repeat: { type: 'string' },
        quick: { type: 'boolean' },
        profile: { type: 'boolean' },
        json: { type: 'string' },
        markdown: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    })
  } catch (error) {
    throw new WrongUse(error instanceof Error ? error.message : String(error))
  }
}

interface NumberRange {
  readonly low: number
  readonly high: number
  readonly otherwise: number
}

function wholeNumber(name: string, text: string | undefined, { low, high, otherwise }: NumberRange): number {
  if (text === undefined) return otherwise
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (value >= low && value <= high) return value
  throw new WrongUse(`${name} takes a whole number from ${low} to ${high}, not '${text}'`)
}

function measureNames(text: string): readonly MeasureName[] {
  const names = text.split(',').map((name) => name.trim())
  const unknown = names.filter((name) => !(MEASURES as readonly string[]).includes(name))
  if (unknown.length > 0) throw new WrongUse(`--only knows ${MEASURES.join(', ')}; not ${unknown.map((name) => `'${name}'`).join(', ')}`)
  return names as MeasureName[]
}
