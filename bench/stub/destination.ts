import { numberOfAccount } from './account.ts'

/** One outcome per row, in the order given. */
export type WireOutcome = 'inserted' | 'updated' | 'refused'

export interface DestinationFacts {
  /** Rows held. */
  readonly rows: number
  /** Rows written, each time anew. */
  readonly writes: number
  readonly refused: number
}

/**
 * Customers by key: that a row is there and how often it was written. Of a row that comes in only the key is looked at, and the telephone
 * number where someone waits for it: an end point that parsed every row would be the slowest part, and hide what its callers take.
 */
export interface StubDestination {
  /** `body`: a JSON array of rows. */
  upsert(body: Buffer): Promise<readonly WireOutcome[]>
  facts(): DestinationFacts
  /** Resolves once so many rows are there; from then on no upsert is answered until `release`. */
  holdAt(rows: number): Promise<void>
  release(): void
  /** Resolves with the time of the next write, in milliseconds of the system's clock. */
  nextWrite(): Promise<number>
  /** Resolves with that time once a row of this key arrives with this telephone number. */
  untilVisible(key: string, phone: string): Promise<number>
}

/** `refuseEvery`: each row whose number it divides is refused; 0 refuses none. */
export function createStubDestination({ refuseEvery }: { readonly refuseEvery: number }): StubDestination {
  const written = new Map<string, number>()
  const watch = createWatch()
  const gate = createGate()
  let writes = 0
  let refused = 0
  let first: PromiseWithResolvers<number> | undefined

  const upsertRow = (key: string, phone: () => string): WireOutcome => {
    if (refuseEvery > 0 && numberOfAccount(key) % refuseEvery === 0) {
      refused++
      return 'refused'
    }
    const times = written.get(key)
    written.set(key, (times ?? 0) + 1)
    watch.seen(key, phone)
    return times === undefined ? 'inserted' : 'updated'
  }
  return {
    upsert: async (body) => {
      first?.resolve(nowMs())
      const outcomes = rowsOf(body).map(({ key, phone }) => upsertRow(key, phone))
      writes += outcomes.length
      await gate.pass(written.size)
      return outcomes
    },
    facts: () => ({ rows: written.size, writes, refused }),
    holdAt: gate.holdAt,
    release: gate.release,
    nextWrite: () => {
      first = Promise.withResolvers()
      return first.promise
    },
    untilVisible: watch.untilVisible,
  }
}

/** Those who wait for a value to arrive. */
function createWatch() {
  const watched = new Map<string, PromiseWithResolvers<number>>()
  const idOf = (key: string, phone: string): string => `${key} ${phone}`
  return {
    seen: (key: string, phone: () => string): void => {
      if (watched.size > 0) watched.get(idOf(key, phone()))?.resolve(nowMs())
    },
    untilVisible: (key: string, phone: string): Promise<number> => {
      const arrival = Promise.withResolvers<number>()
      watched.set(idOf(key, phone), arrival)
      return arrival.promise.finally(() => watched.delete(idOf(key, phone)))
    },
  }
}

/** Lets answers pass, or holds them back from so many rows on. */
function createGate() {
  let hold: { readonly rows: number; readonly reached: () => void; readonly released: PromiseWithResolvers<void> } | undefined
  return {
    pass: async (rows: number): Promise<void> => {
      if (hold === undefined || rows < hold.rows) return
      hold.reached()
      await hold.released.promise
    },
    holdAt: (rows: number): Promise<void> => {
      const { promise, resolve: reached } = Promise.withResolvers<void>()
      hold = { rows, reached, released: Promise.withResolvers() }
      return promise
    },
    release: (): void => {
      hold?.released.resolve()
      hold = undefined
    },
  }
}

const KEY = '"CustomerAccount":"'
/** Written behind the key in every row. */
const PHONE = '"PrimaryContactPhone":"'

/** Key and telephone number of each row, looked for in the text: parsing it whole would be most of the work of this process. */
function rowsOf(body: Buffer): readonly { readonly key: string; readonly phone: () => string }[] {
  const text = body.toString('latin1')
  const rows = []
  for (let at = text.indexOf(KEY); at !== -1; at = text.indexOf(KEY, at + KEY.length)) {
    const from = at
    rows.push({ key: valueAt(text, at + KEY.length), phone: () => valueAt(text, text.indexOf(PHONE, from) + PHONE.length) })
  }
  return rows
}

/** The text from `at` to the next quote: keys and telephone numbers hold none. */
const valueAt = (text: string, at: number): string => text.slice(at, text.indexOf('"', at))

/** Of the system's clock, finer than whole milliseconds: the same in every process of the machine. */
export const nowMs = (): number => performance.timeOrigin + performance.now()
