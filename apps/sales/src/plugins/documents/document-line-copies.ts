import type { Plugin, PluginContext, Row, TableEvent } from '@p2c/dataverse'
import { DOCUMENT_FAMILIES, type DocumentFamily } from '../../domain/documents/document-family.ts'
import { missingLineNumbers } from '../../domain/documents/document-line-number.ts'
import { ORDER_STATES } from '../../domain/documents/order-state.ts'
import { QUOTE_STATES } from '../../domain/documents/quote-state.ts'
import { PROCESSING_STATUSES } from '../../domain/p2c/p2c-processing-status.ts'
import { changes, idOf } from '../row-values.ts'
import { lockHeaders } from './document-locks.ts'

/** A column of the header and its copy on the lines. */
interface CopiedColumn {
  readonly header: string
  readonly line: string
}

/** What lines repeat of their header; only orders and invoices have a price lock. Source: Sales 1.9. */
const copiesOf = ({ header, stateCopy }: DocumentFamily): readonly CopiedColumn[] => [
  { header: 'statecode', line: stateCopy },
  ...(header === 'salesorder' || header === 'invoice' ? [{ header: 'ispricelocked', line: `${header}ispricelocked` }] : []),
]

/** New lines, and lines that move to another header, take what they repeat. */
async function fillCopies(events: readonly TableEvent[], context: PluginContext, family: DocumentFamily): Promise<void> {
  const copies = copiesOf(family)
  const placed = events.filter((event) => changes(event, family.parent))
  const ids = placed.flatMap((event) => idOf(event.target[family.parent]) ?? [])
  const headers = await lockHeaders(context, family, { ids, columns: copies.map((copy) => copy.header) })
  for (const event of placed) {
    const header = headers.get(idOf(event.target[family.parent]) ?? '')
    if (header === undefined) continue
    for (const copy of copies) event.target[copy.line] = header[copy.header] ?? (copy.header === 'ispricelocked' ? false : 0)
  }
}

/** Quotes and orders number their lines when they are activated. Source: Templates 9.6, Sales 1.9. */
function isActivated(family: DocumentFamily, { before, after }: Pick<TableEvent, 'before' | 'after'>): boolean {
  const becomes = (column: string, value: number): boolean => after?.[column] === value && before?.[column] !== value
  if (family.header === 'quote') return becomes('statecode', QUOTE_STATES.active)
  if (family.header !== 'salesorder') return false
  return becomes('statecode', ORDER_STATES.submitted) || becomes('msdynce_processingstatus', PROCESSING_STATUSES.active)
}

/** Lines of headers whose copies changed or that were activated, in one write: each gets one new version. */
async function followHeaders(events: readonly TableEvent[], context: PluginContext, family: DocumentFamily): Promise<void> {
  const copies = copiesOf(family)
  const moved = new Map(
    events
      .filter((event) => isActivated(family, event) || copies.some(({ header }) => event.before?.[header] !== event.after?.[header]))
      .map((event) => [event.id, event] as const),
  )
  if (moved.size === 0) return
  const lines = await readLines(context, family, [...moved.keys()])
  const byHeader = Map.groupBy(lines, (line) => idOf(line[family.parent]) ?? '')
  const written = [...byHeader].flatMap(([headerId, own]) => {
    const event = moved.get(headerId)
    return event === undefined ? [] : changedLines(family, event, own)
  })
  if (written.length > 0) await context.service.update(family.line, written)
}

/** In the order in which lines are numbered: as they are listed, else as they were made, those of one second by their version. */
const readLines = (context: PluginContext, family: DocumentFamily, ids: readonly string[]): Promise<readonly Row[]> =>
  context.service.find({
    table: family.line,
    columns: [
      family.parent,
      'sequencenumber',
      ...(hasFreightTax(family) ? ['msdynce_ismisctax'] : []),
      ...copiesOf(family).map((copy) => copy.line),
    ],
    where: { [family.parent]: ids },
    orderBy: [{ column: 'lineitemnumber' }, { column: 'createdon' }, { column: 'versionnumber' }],
  })

const hasFreightTax = ({ header }: DocumentFamily): boolean => header === 'salesorder' || header === 'invoice'

function changedLines(
  family: DocumentFamily,
  event: TableEvent,
  lines: readonly Row[],
): readonly { readonly id: string; readonly values: Row }[] {
  const numbers = isActivated(family, event)
    ? missingLineNumbers(
        lines.map((line) => ({
          id: String(line[family.lineId]),
          sequenceNumber: typeof line.sequencenumber === 'number' ? line.sequencenumber : null,
          isFreightTax: line.msdynce_ismisctax === true,
        })),
      )
    : new Map<string, number>()
  return lines.flatMap((line) => {
    const id = String(line[family.lineId])
    const values: Row = {}
    for (const copy of copiesOf(family)) {
      const value = event.after?.[copy.header] ?? null
      if (value !== null && line[copy.line] !== value) values[copy.line] = value
    }
    const number = numbers.get(id)
    if (number !== undefined) values.sequencenumber = number
    return Object.keys(values).length === 0 ? [] : [{ id, values }]
  })
}

const copyPluginsOf = (family: DocumentFamily): readonly Plugin[] => {
  const line = { table: family.line, name: `${family.line} copies`, stage: 'pre-operation' } as const
  const watched = [...copiesOf(family).map((copy) => copy.header), ...(family.header === 'salesorder' ? ['msdynce_processingstatus'] : [])]
  return [
    { ...line, message: 'create', run: (events, context) => fillCopies(events, context, family) },
    {
      ...line,
      message: 'update',
      columns: [family.parent],
      reads: [family.parent],
      run: (events, context) => fillCopies(events, context, family),
    },
    {
      table: family.header,
      name: `${family.header} line copies`,
      message: 'update',
      stage: 'post-operation',
      columns: watched,
      reads: watched,
      run: (events, context) => followHeaders(events, context, family),
    },
  ]
}

/**
 * State and price lock of a header on its lines: a change writes every line, so that a reader of changed lines sees it. The numbers of
 * lines are completed in the same write. Source: Sales 1.9.
 */
export const documentLineCopyPlugins: readonly Plugin[] = DOCUMENT_FAMILIES.flatMap(copyPluginsOf)
