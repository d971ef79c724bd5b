/** Bounds of the number of rows in one bulk call, and the time that one call should take. */
export interface BulkSizeLimits {
  readonly start: number
  readonly least: number
  readonly most: number
  readonly targetMs: number
}

/** How one bulk call ended: `refused` by the rows in it, `overloaded` by a time-out, a lost answer or a body that was too large. */
export interface BulkCall {
  readonly rows: number
  readonly ms: number
  readonly end: 'done' | 'refused' | 'overloaded'
}

/** What is known of one entity: the size that its time allows, and a fading count of rows and of the refused ones among them. */
export interface BulkState {
  readonly size: number
  readonly rows: number
  readonly refused: number
}

/** Rows after which a count has faded to half: some pages, so that a clean stretch is used soon. */
const HALF_LIFE_ROWS = 10_000

/**
 * What a call costs beside its rows, in rows. A call of n rows with a share p of refused ones costs about this / n + p x n a row beside the
 * row itself, which is least at the root of this / p: 1 in 1,000 gives 150, 1 in 100 gives 47. Measured against the local applications.
 */
const CALL_COSTS_ROWS = 22

/** A size grows by half: two calls too slow at most before it is right again. */
const GROWTH = 1.5

export const firstBulkState = (limits: BulkSizeLimits): BulkState => ({ size: within(limits, limits.start), rows: 0, refused: 0 })

/** Rows for the next call. */
export function bulkSizeOf(state: BulkState, limits: BulkSizeLimits): number {
  // One refused row alone says little: it counts against a whole half-life.
  const share = state.refused / Math.max(state.rows, HALF_LIFE_ROWS)
  const cheapest = share === 0 ? state.size : Math.sqrt(CALL_COSTS_ROWS / share)
  return within(limits, Math.min(state.size, cheapest))
}

/** The state after one call. A call smaller than the size tells nothing about larger ones: it can shrink the size, never raise it. */
export function afterBulkCall(state: BulkState, call: BulkCall, limits: BulkSizeLimits): BulkState {
  if (call.end === 'overloaded') return { ...state, size: within(limits, Math.min(state.size, call.rows) / 2) }
  if (call.ms > limits.targetMs) {
    const fitting = (call.rows * limits.targetMs) / call.ms
    return { ...state, size: within(limits, Math.min(state.size, Math.max(fitting, call.rows / 2))) }
  }
  const isQuick = call.end === 'done' && call.ms * GROWTH <= limits.targetMs && call.rows >= bulkSizeOf(state, limits)
  return isQuick ? { ...state, size: within(limits, state.size * GROWTH) } : state
}

/** The state after `rows` rows have their outcome, `refused` of them by the service. */
export function afterRows(state: BulkState, rows: number, refused: number): BulkState {
  const fade = 0.5 ** (rows / HALF_LIFE_ROWS)
  const left = state.refused * fade + refused
  // What is left of one row after five half-lives is nothing.
  return { ...state, rows: state.rows * fade + rows, refused: left < 0.03 ? 0 : left }
}

const within = ({ least, most }: BulkSizeLimits, size: number): number => Math.max(Math.min(least, most), Math.min(most, Math.floor(size)))

/** The sizes of one connector, by entity: kept from call to call, so that the next page begins with what the last one taught. */
export interface BulkSizes {
  sizeOf(entity: string): number
  afterCall(entity: string, call: BulkCall): void
  afterRows(entity: string, rows: number, refused: number): void
}

export function createBulkSizes(limits: BulkSizeLimits): BulkSizes {
  const states = new Map<string, BulkState>()
  const stateOf = (entity: string): BulkState => states.get(entity) ?? firstBulkState(limits)
  return {
    sizeOf: (entity) => bulkSizeOf(stateOf(entity), limits),
    afterCall: (entity, call) => void states.set(entity, afterBulkCall(stateOf(entity), call, limits)),
    afterRows: (entity, rows, refused) => void states.set(entity, afterRows(stateOf(entity), rows, refused)),
  }
}
