import type { Database } from '@p2c/base'
import type { BudgetStatus } from '../model/request-budget.ts'
import { afterTally, allowedRate, type BudgetSettings, type BudgetState, FIRST_STATE, type Tally } from './budget-state.ts'

/** Above so many a second nothing is spaced: the time for a slot would be longer than the space. */
const FREE_RATE = 500

interface BudgetRow {
  readonly identity: string
  readonly state: Partial<BudgetState> & { readonly settings?: BudgetSettings }
  readonly now_ms: number
}

const NOW_MS = '(extract(epoch from clock_timestamp()) * 1000)::double precision'

/** The rows of `request_budget`. */
export function createBudgetRows(database: Database, random: () => number) {
  return {
    /** Milliseconds until a request may leave; above `longestWaitMs` no moment is kept for it. */
    take: (identity: string, longestWaitMs: number): Promise<number> =>
      waitOf(database, 'select take_request_slot($1, $2) as wait', [identity, longestWaitMs]),
    pauseLeft: (identity: string): Promise<number> =>
      waitOf(
        database,
        `select extract(epoch from paused_until - clock_timestamp())::double precision * 1000 as wait from request_budget
         where identity = $1 and paused_until > clock_timestamp()`,
        [identity],
      ),
    tell: async (identity: string, tally: Tally, settings: BudgetSettings): Promise<void> => {
      await database.transaction(async (sql) => {
        await sql.query('insert into request_budget (identity) values ($1) on conflict do nothing', [identity])
        const { rows } = await sql.query<Pick<BudgetRow, 'state'>>('select state from request_budget where identity = $1 for update', [
          identity,
        ])
        // A statement of its own: the time is asked once the row is held, so that times only go up.
        const { rows: times } = await sql.query<Pick<BudgetRow, 'now_ms'>>(`select ${NOW_MS} as now_ms`)
        const nowMs = times[0]?.now_ms ?? 0
        const state = afterTally({ ...FIRST_STATE, ...rows[0]?.state }, tally, { nowMs, random: random(), settings })
        const rate = allowedRate(state, nowMs, settings)
        await sql.query(
          `update request_budget set state = $2, spacing_ms = $3,
             paused_until = case when $4::double precision > 0 then greatest(paused_until, to_timestamp($4::double precision / 1000)) else paused_until end,
             -- moments that were kept at a slower rate do not hold up a faster one
             next_at = least(next_at, greatest(paused_until, clock_timestamp()) + greatest($3::double precision * 64, 1000) * interval '1 millisecond')
           where identity = $1`,
          [identity, { ...state, settings }, rate === undefined || rate > FREE_RATE ? 0 : 1000 / rate, state.pausedUntilMs],
        )
      })
    },
    list: async (): Promise<readonly BudgetStatus[]> => {
      const { rows } = await database.query<BudgetRow>(`select identity, state, ${NOW_MS} as now_ms from request_budget order by identity`)
      return rows.map(toStatus)
    },
  }
}

async function waitOf(database: Database, text: string, values: readonly unknown[]): Promise<number> {
  const { rows } = await database.query<{ wait: number }>(text, values)
  return rows[0]?.wait ?? 0
}

function toStatus({ identity, state: stored, now_ms: nowMs }: BudgetRow): BudgetStatus {
  const state = { ...FIRST_STATE, ...stored }
  const rate = allowedRate(state, nowMs, stored.settings ?? {})
  return {
    identity,
    ...(rate !== undefined && rate <= FREE_RATE && { requestsPerSecond: rate }),
    ...(state.pausedUntilMs > nowMs && { pausedUntil: new Date(state.pausedUntilMs).toISOString() }),
    ...(state.lastThrottledAtMs !== undefined && { lastThrottledAt: new Date(state.lastThrottledAtMs).toISOString() }),
    ...(state.window !== undefined && { remainingRequests: state.window.remaining }),
  }
}
