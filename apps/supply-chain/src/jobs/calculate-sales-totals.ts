import type { Database } from '@p2c/base'
import { DOCUMENT_TABLES, type DocumentKey } from '../calculation/document-tables.ts'
import { type TotalsOutcome, updateTotals } from '../calculation/update-totals.ts'
import { dayOf } from '../domain/field-value.ts'
import type { DocumentKind } from '../domain/pricing/calculation-document.ts'
import { tableByRelation } from '../entities/catalogue.ts'
import { runChangeSet } from '../store/run-change-set.ts'
import { tableProperty } from '../store/table-columns.ts'

/** What the job calculates. Source: Supply Chain specification, 7. */
export interface TotalsJobOptions {
  readonly now: Date
  /** One company; absent: every one. */
  readonly dataAreaId?: string
  /** Documents that were last changed before today less these days are left alone; absent: none are. */
  readonly ignoreDocumentsUpdatedBeforeDays?: number
  /** Both default to yes. */
  readonly calculateSalesOrders?: boolean
  readonly calculateSalesQuotations?: boolean
  /** Pages that are calculated side by side; at most 8. */
  readonly numberOfThreads?: number
}

/** What the job did. */
export interface TotalsJobOutcome {
  readonly salesOrders: TotalsOutcome
  readonly salesQuotations: TotalsOutcome
}

/** The database has ten connections for everybody. */
const MAX_THREADS = 8

/** Documents of one transaction: they stay locked until it ends, so that clerks wait for a fraction of a second. */
const PAGE_SIZE = 100

const NOTHING: TotalsOutcome = { calculated: 0, failures: [] }

/** Documents of which nothing more comes are calculated only where their totals are out of date. */
const FINISHED: Readonly<Record<DocumentKind, { readonly column: string; readonly statuses: readonly string[] }>> = {
  order: { column: 'sales_order_status', statuses: ['Invoiced', 'Canceled'] },
  quotation: { column: 'sales_quotation_status', statuses: ['Confirmed', 'Lost', 'Cancelled'] },
}

/**
 * Calculates the totals of open documents, and those of finished ones that are out of date, page by page: each page is a transaction of its own,
 * and no more than a page for each thread is in memory. A document that cannot be calculated is left out and told of. A document whose totals
 * became others or current counts as changed together with its lines. Source: Supply Chain specification, 7 and 2.14.
 */
export async function calculateTotals(database: Database, options: TotalsJobOptions): Promise<TotalsJobOutcome> {
  const { calculateSalesOrders = true, calculateSalesQuotations = true } = options
  return {
    salesOrders: calculateSalesOrders ? await calculateKind(database, 'order', options) : NOTHING,
    salesQuotations: calculateSalesQuotations ? await calculateKind(database, 'quotation', options) : NOTHING,
  }
}

/** All documents that were calculated. */
export const countCalculated = ({ salesOrders, salesQuotations }: TotalsJobOutcome): number =>
  salesOrders.calculated + salesQuotations.calculated

/** Refused documents that a message names; the others are counted. */
const NAMED_FAILURES = 10

/** What the job did, in a sentence, and which documents it could not calculate. */
function totalsMessage({ salesOrders, salesQuotations }: TotalsJobOutcome): string {
  const done = `Totals calculated: ${salesOrders.calculated} of sales orders, ${salesQuotations.calculated} of quotations.`
  const failures = [...salesOrders.failures, ...salesQuotations.failures]
  if (failures.length === 0) return done
  const named = failures
    .slice(0, NAMED_FAILURES)
    .map(({ document, infolog }) => `${document.number} (${document.dataAreaId}): ${infolog.map(({ text }) => text).join(' ')}`)
  const more = failures.length > NAMED_FAILURES ? [`and ${failures.length - NAMED_FAILURES} more.`] : []
  return [done, `Not calculated: ${failures.length}.`, ...named, ...more].join(' ')
}

/** The job as the clock runs it; gives its message. */
export const calculateSalesTotals = async (database: Database, options: TotalsJobOptions): Promise<string> =>
  totalsMessage(await calculateTotals(database, options))

async function calculateKind(database: Database, kind: DocumentKind, options: TotalsJobOptions): Promise<TotalsOutcome> {
  const pages = readPages(database, kind, options)
  const threads = Math.min(Math.max(Math.trunc(options.numberOfThreads ?? 1), 1), MAX_THREADS)
  const outcomes: TotalsOutcome[] = []
  let isStopped = false
  const work = async (): Promise<void> => {
    // The generator hands its pages out one after the other, whoever asks.
    for (let page = await pages.next(); page.done !== true && !isStopped; page = await pages.next()) {
      const keys = page.value
      const outcome = await runChangeSet(database, (sql) => updateTotals(sql, { kind, keys, now: options.now, isForced: true }))
      if (outcome instanceof Error) throw outcome
      outcomes.push(outcome)
    }
  }
  const results = await Promise.allSettled(Array.from({ length: threads }, () => work().catch(stop)))
  const failed = results.find((result) => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  return {
    calculated: outcomes.reduce((total, each) => total + each.calculated, 0),
    failures: outcomes.flatMap((each) => each.failures),
  }

  function stop(error: unknown): never {
    isStopped = true
    throw error
  }
}

const DAY_MS = 24 * 60 * 60 * 1000

/** No document is older: a calendar holds no day that lies much further back. */
const MOST_DAYS = 36_500

/** Midnight of today less some days, UTC. */
function cutOff({ now, ignoreDocumentsUpdatedBeforeDays: days }: TotalsJobOptions): string | null {
  if (days === undefined) return null
  const back = Math.min(Math.max(Math.trunc(days), 0), MOST_DAYS)
  return new Date(Date.parse(dayOf(now)) - back * DAY_MS).toISOString()
}

/** Keys of the documents to be calculated, in the order of their record ids: what is calculated does not come again. */
async function* readPages(database: Database, kind: DocumentKind, options: TotalsJobOptions): AsyncGenerator<DocumentKey[]> {
  const { header, total, number } = DOCUMENT_TABLES[kind]
  const { column, statuses } = FINISHED[kind]
  const numberColumn = tableProperty(tableByRelation(header), number).column
  let last = '0'
  for (;;) {
    const { rows } = await database.query<{ rec_id: string; data_area_id: string; number: string }>(
      `select d.rec_id::text, d.data_area_id, d.${numberColumn} as number from ${header} d
       where d.rec_id > $1 and ($2::text is null or lower(d.data_area_id) = lower($2)) and ($3::timestamptz is null or d.modified_at >= $3)
         and (d.${column} <> all($4::text[]) or not exists (select 1 from ${total} t where lower(t.data_area_id) = lower(d.data_area_id)
           and lower(t.${numberColumn}) = lower(d.${numberColumn}) and t.content_version = d.content_version))
       order by d.rec_id limit ${PAGE_SIZE}`,
      [last, options.dataAreaId ?? null, cutOff(options), statuses],
    )
    if (rows.length === 0) return
    last = rows.at(-1)?.rec_id ?? last
    yield rows.map((row) => ({ dataAreaId: row.data_area_id, number: row.number }))
  }
}
