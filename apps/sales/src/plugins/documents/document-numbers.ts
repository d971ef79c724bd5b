import type { Plugin, PluginContext, TableEvent } from '@p2c/dataverse'
import type { LockingDocument } from '../../domain/documents/document-lock.ts'
import { needsNumber } from '../../domain/record-number.ts'
import type { RuleRefusal } from '../../domain/refusal.ts'
import { changes, enforce } from '../row-values.ts'
import { DOCUMENT_SERIES, drawOrganizationNumbers } from './draw-organization-numbers.ts'

/** The column that holds the number of a document. Source: Sales 1.8, 1.10, 1.11. */
export const DOCUMENT_NUMBERS: Readonly<Record<LockingDocument, string>> = {
  quote: 'quotenumber',
  salesorder: 'ordernumber',
  invoice: 'invoicenumber',
}

const NUMBER_MISSING = (table: string, column: string): RuleRefusal => ({
  code: '0x80040200',
  message: `A required field of '${table}' is missing: ${column}`,
})
/** The revisions of a quote are found by their number. */
const QUOTE_NUMBER_FIXED: RuleRefusal = { code: '0x80040203', message: 'The number of a quote cannot be changed.' }

/** A new document without number gets the next one of its series; a given number is kept. Source: Sales 5. */
async function numberDocuments(events: readonly TableEvent[], context: PluginContext, table: LockingDocument): Promise<void> {
  const column = DOCUMENT_NUMBERS[table]
  const unnumbered = events.filter((event) => needsNumber(event.target[column]))
  if (unnumbered.length === 0) return
  const numbers = await drawOrganizationNumbers(context, DOCUMENT_SERIES[table], unnumbered.length)
  unnumbered.forEach((event, at) => {
    event.target[column] = numbers[at] ?? null
  })
}

function keepNumbers(events: readonly TableEvent[], context: PluginContext, table: LockingDocument): void {
  const column = DOCUMENT_NUMBERS[table]
  for (const event of events) {
    if (needsNumber(event.target[column])) enforce(NUMBER_MISSING(table, column))
    if (table === 'quote' && context.origin === 'client' && changes(event, column)) enforce(QUOTE_NUMBER_FIXED)
  }
}

/** The first revision is 0; only a revision itself gets another number. */
async function setRevisions(events: readonly TableEvent[], context: PluginContext): Promise<void> {
  for (const { target } of events) if (context.origin === 'client' || target.revisionnumber == null) target.revisionnumber = 0
}

const numbersOf = (table: LockingDocument): readonly Plugin[] => {
  const column = DOCUMENT_NUMBERS[table]
  const shared = { table, name: `${table} number`, stage: 'pre-operation' } as const
  return [
    { ...shared, message: 'create', run: (events, context) => numberDocuments(events, context, table) },
    {
      ...shared,
      message: 'update',
      columns: [column],
      reads: [column],
      run: async (events, context) => keepNumbers(events, context, table),
    },
  ]
}

/**
 * Numbers of quotes, orders and invoices. That no two quotes share number and revision, no two orders or invoices a number, unique
 * indexes see to: a taken one is refused by 412. Source: Sales 1.8 and 5.
 */
export const documentNumberPlugins: readonly Plugin[] = [
  { table: 'quote', name: 'quote revision', message: 'create', stage: 'pre-operation', run: setRevisions },
  ...numbersOf('quote'),
  ...numbersOf('salesorder'),
  ...numbersOf('invoice'),
]
