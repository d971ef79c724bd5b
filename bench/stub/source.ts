import { accountOf, numberOfAccount, type StubAccount } from './account.ts'

/** One page on the wire: rows, where the read goes on, and on the last page where the next incremental read starts. */
export interface WirePage {
  readonly rows: readonly StubAccount[]
  readonly next?: string
  readonly position?: string
}

/** Where a read is: behind row `after`, begun when the source was at version `start`, of rows changed since `since`. */
interface Place {
  readonly since: number
  readonly start: number
  readonly after: number
}

/** Accounts that are made by number, not held; what is held are the pages that were asked for, ready to be sent, and the rows that changed. */
export interface StubSource {
  /** The body of one page; `query` is what a page's `next` says, or that of a first request. */
  page(query: URLSearchParams): Buffer
  count(query: URLSearchParams): number
  byKeys(keys: readonly string[]): readonly StubAccount[]
  /** Makes all pages of a full read beforehand, so that making them is no part of a measurement. */
  prepare(pageSize: number): void
  /** Gives row `number` a new version and tells it. */
  change(number: number): number
}

export function createStubSource(rows: number): StubSource {
  const stored = createRows(rows)
  const pages = new Map<string, Buffer>()
  const page = (query: URLSearchParams): Buffer => {
    const size = Number(query.get('size'))
    const place = placeOf(query, stored.version())
    if (place.since > 0) return makePage(stored, place, size)
    const id = `${place.start} ${place.after} ${size}`
    const known = pages.get(id) ?? makePage(stored, place, size)
    pages.set(id, known)
    return known
  }
  return {
    page,
    count: (query) => stored.numbers(placeOf(query, stored.version()), rows).length,
    byKeys: (keys) => keys.map(numberOfAccount).flatMap((number) => (number >= 1 && number <= rows ? [stored.row(number)] : [])),
    prepare: (pageSize) => {
      for (let after = 0; after < rows; after += pageSize) page(new URLSearchParams({ after: String(after), size: String(pageSize) }))
    },
    change: (number) => {
      pages.clear()
      return stored.change(number)
    },
  }
}

/** The rows of a source: by number, with the versions of those that changed. */
interface Rows {
  version(): number
  row(number: number): StubAccount
  /** Numbers of the rows behind a place, in order, at most `count`. */
  numbers(place: Place, count: number): readonly number[]
  change(number: number): number
}

function createRows(rows: number): Rows {
  const changed = new Map<number, number>()
  let version = 1
  return {
    version: () => version,
    row: (number) => accountOf(number, changed.get(number)),
    numbers: ({ since, after }, count) => {
      if (since === 0) return Array.from({ length: Math.min(count, rows - after) }, (_, index) => after + index + 1)
      const due = [...changed].filter(([number, at]) => at > since && number > after).map(([number]) => number)
      return due.sort((a, b) => a - b).slice(0, count)
    },
    change: (number) => {
      version++
      changed.set(number, version)
      return version
    },
  }
}

function makePage(stored: Rows, place: Place, size: number): Buffer {
  const numbers = stored.numbers(place, size + 1) // one more tells whether the read goes on
  const last = numbers[size - 1]
  const page: WirePage = {
    rows: numbers.slice(0, size).map(stored.row),
    ...(numbers.length > size && last !== undefined
      ? { next: `since=${place.since}&start=${place.start}&after=${last}&size=${size}` }
      : { position: String(place.start) }),
  }
  return Buffer.from(JSON.stringify(page))
}

const placeOf = (query: URLSearchParams, version: number): Place => ({
  since: Number(query.get('since') ?? 0),
  start: Number(query.get('start') ?? version),
  after: Number(query.get('after') ?? 0),
})
