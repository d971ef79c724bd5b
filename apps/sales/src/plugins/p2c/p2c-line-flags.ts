import type { ColumnValue, Plugin, PluginContext, Row, TableEvent } from '@p2c/dataverse'
import { hasExternalProductsOnly, ONLY_EXTERNAL, type P2cDocument, SOLUTION_DOCUMENTS } from '../../domain/p2c/p2c-documents.ts'
import { PROCESSING_STATUSES } from '../../domain/p2c/p2c-processing-status.ts'
import { byId, idOf, nextIds, nextValue } from '../row-values.ts'

/** What looking at lines needs; the upgrade scripts have no more. */
export type FlagContext = Pick<PluginContext, 'service' | 'sql'>

/** A line that a write adds or leaves, as it will be. */
interface ComingLine {
  readonly header: string
  readonly product: string | null
  readonly isFreightTax: boolean
}

export interface FlagRefresh {
  readonly headers: readonly string[]
  /** Lines under write: what is stored of them no longer counts. */
  readonly without?: readonly string[]
  readonly coming?: readonly ComingLine[]
}

/**
 * Brings the flag *Has Externally Maintained Products Only* of headers to what their lines say, and what lines repeat of their header to all
 * stored lines that are not under write. Writes only what differs, by a fixed number of statements. Gives the headers as they are now.
 * Source: Sales 6.4, Templates 5 S5.
 */
export async function refreshFlags(
  context: FlagContext,
  document: P2cDocument,
  { headers: ids, without = [], coming = [] }: FlagRefresh,
): Promise<ReadonlyMap<string, Row>> {
  if (ids.length === 0) return new Map()
  // Locked: two writers of one document take turns, else each would miss the line of the other.
  const where = { [document.headerId]: ids }
  const headers = await context.service.find({ table: document.header, columns: headerColumns(document), where, forUpdate: true })
  const stored = await readStoredFlags(context, document, { ids, without })
  const external = await readExternalProducts(context, coming)
  const byHeader = Map.groupBy(coming, (line) => line.header)
  const settled = headers.map((row) => {
    const id = String(row[document.headerId])
    const lines = (byHeader.get(id) ?? []).map((line) => flagged(line, external))
    const only = (stored.get(id) ?? true) && hasExternalProductsOnly(lines)
    return { id, row: { ...row, [ONLY_EXTERNAL]: only }, differs: (row[ONLY_EXTERNAL] ?? true) !== only }
  })
  const changed = settled.filter((header) => header.differs)
  const changes = changed.map(({ id, row }) => ({ id, values: { [ONLY_EXTERNAL]: row[ONLY_EXTERNAL] ?? null } }))
  if (changes.length > 0) await context.service.update(document.header, changes)
  const now = byId(
    settled.map(({ row }) => row),
    document.headerId,
  )
  await copyToLines(context, document, { headers: now, without })
  return now
}

const headerColumns = (document: P2cDocument): readonly string[] => [
  ONLY_EXTERNAL,
  ...[...document.follows, ...document.fills].map((copy) => copy.header),
  ...(document.header === 'salesorder' ? ['msdynce_processingstatus'] : []),
]

const flagged = (line: ComingLine, external: ReadonlySet<string>) => ({
  isFreightTax: line.isFreightTax,
  isProductExternal: line.product !== null && external.has(line.product),
})

/** For each header whether its stored lines have products of the other system only; headers without lines are left out. */
async function readStoredFlags(
  { sql }: FlagContext,
  document: P2cDocument,
  lines: { readonly ids: readonly string[]; readonly without: readonly string[] },
): Promise<ReadonlyMap<string, boolean>> {
  const counts = document.hasFreightTax ? ' and l.msdynce_ismisctax is distinct from true' : ''
  const found = await sql.query<{ id: string; only: boolean }>(
    `select l.${document.parent} as id, bool_and(coalesce(p.msdynce_ismaintainedexternally, false)) as only
     from ${document.line} l left join product p on p.productid = l.productid
     where l.${document.parent} = any($1::uuid[]) and not (l.${document.lineId} = any($2::uuid[]))${counts} group by 1`,
    [lines.ids, lines.without],
  )
  return new Map(found.rows.map((row) => [row.id, row.only]))
}

async function readExternalProducts(context: FlagContext, coming: readonly ComingLine[]): Promise<ReadonlySet<string>> {
  const ids = [...new Set(coming.flatMap((line) => line.product ?? []))]
  if (ids.length === 0) return new Set()
  const where = { productid: ids, msdynce_ismaintainedexternally: true }
  const found = await context.service.find({ table: 'product', columns: [], where })
  return new Set(found.map((row) => String(row.productid)))
}

async function copyToLines(
  { service, sql }: FlagContext,
  document: P2cDocument,
  lines: { readonly headers: ReadonlyMap<string, Row>; readonly without: readonly string[] },
): Promise<void> {
  if (document.follows.length === 0) return
  const differs = document.follows.map(({ header, line }) => `l.${line} is distinct from h.${header}`)
  const found = await sql.query<{ id: string; header: string }>(
    `select l.${document.lineId} as id, l.${document.parent} as header from ${document.line} l
     join ${document.header} h on h.${document.headerId} = l.${document.parent}
     where l.${document.parent} = any($1::uuid[]) and not (l.${document.lineId} = any($2::uuid[])) and (${differs.join(' or ')}) order by 1`,
    [[...lines.headers.keys()], lines.without],
  )
  const changes = found.rows.map(({ id, header }) => ({ id, values: copies(document, lines.headers.get(header)) }))
  if (changes.length > 0) await service.update(document.line, changes)
}

/** What a line repeats of its header at all times. */
const copies = (document: P2cDocument, header: Row | undefined): Row =>
  Object.fromEntries(document.follows.map((copy): [string, ColumnValue] => [copy.line, header?.[copy.header] ?? null]))

const toComing = (document: P2cDocument, event: TableEvent): ComingLine[] => {
  const header = idOf(nextValue(event, document.parent))
  if (header === null) return []
  return [{ header, product: idOf(nextValue(event, 'productid')), isFreightTax: nextValue(event, 'msdynce_ismisctax') === true }]
}

/** New lines and lines with another product: flag of the header, and what the line repeats. Source: Templates 5 S5 and S6. */
async function settleLines(document: P2cDocument, events: readonly TableEvent[], context: PluginContext): Promise<void> {
  const left = events.flatMap((event) => idOf(event.before?.[document.parent]) ?? [])
  const headers = await refreshFlags(context, document, {
    headers: [...new Set([...nextIds(events, document.parent), ...left])],
    without: events.flatMap((event) => (event.before === undefined ? [] : [event.id])),
    coming: events.flatMap((event) => toComing(document, event)),
  })
  for (const event of events) {
    const header = headers.get(idOf(nextValue(event, document.parent)) ?? '')
    if (header === undefined) continue
    Object.assign(event.target, copies(document, header))
    if (event.before === undefined) fillCopies(document, event.target, header)
    if (document.header === 'salesorder' && event.target.productid !== undefined) {
      event.target.msdynce_orderissubmitted = header.msdynce_processingstatus === PROCESSING_STATUSES.active
    }
  }
}

/** Number and date of the header on a new line that brings none. Source: Sales 6.6 and 6.7. */
function fillCopies(document: P2cDocument, target: Row, header: Row): void {
  for (const copy of document.fills) {
    const given = target[copy.line]
    if (given === undefined || given === null || given === '') target[copy.line] = header[copy.header] ?? null
  }
}

/** What is left once lines are gone. */
async function settleRest(document: P2cDocument, events: readonly TableEvent[], context: PluginContext): Promise<void> {
  await refreshFlags(context, document, { headers: nextIds(events, document.parent), without: events.map((event) => event.id) })
}

function flagPlugins(document: P2cDocument): readonly Plugin[] {
  const line = { name: `${document.line} externally maintained`, table: document.line, stage: 'pre-operation' } as const
  const settle: Plugin['run'] = (events, context) => settleLines(document, events, context)
  const freight = document.hasFreightTax ? ['msdynce_ismisctax'] : []
  return [
    { ...line, message: 'create', run: settle },
    {
      ...line,
      message: 'update',
      columns: ['productid', 'productdescription', document.parent, ...freight],
      reads: ['productid', document.parent, ...freight],
      run: settle,
    },
    { ...line, message: 'delete', run: (events, context) => settleRest(document, events, context) },
  ]
}

/** Flags and copies of quote, order and invoice lines. Source: Sales 6.4, 6.6, 6.7; Templates 5 S5 and S6. */
export const lineFlagPlugins: readonly Plugin[] = SOLUTION_DOCUMENTS.flatMap(flagPlugins)
