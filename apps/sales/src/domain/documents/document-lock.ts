import type { RuleRefusal } from '../refusal.ts'
import type { DocumentHeader } from './document-family.ts'
import { stateLabel, stateNamed } from './document-state.ts'
import { INVOICE_STATES } from './invoice-state.ts'
import { ORDER_STATES } from './order-state.ts'
import { QUOTE_STATES } from './quote-state.ts'

/** Documents whose closed rows are read-only; opportunities are not among them. Source: Sales 2.3 to 2.5. */
export const LOCKING_DOCUMENTS = ['quote', 'salesorder', 'invoice'] as const satisfies readonly DocumentHeader[]
export type LockingDocument = (typeof LOCKING_DOCUMENTS)[number]

/** A draft quote, an active order and an active invoice are the ones that can be edited: all of them have this `statecode`. */
export const EDITABLE_STATE = 0

const STATES: Readonly<Record<LockingDocument, Readonly<Record<string, number>>>> = {
  quote: QUOTE_STATES,
  salesorder: ORDER_STATES,
  invoice: INVOICE_STATES,
}

/** True where a client may write header and lines. The integration also writes submitted orders. Source: Sales 2.3 to 2.5. */
export const isEditable = (document: LockingDocument, statecode: unknown, writer: { readonly isIntegrationUser: boolean }): boolean =>
  statecode === EDITABLE_STATE || (document === 'salesorder' && statecode === ORDER_STATES.submitted && writer.isIntegrationUser)

/** Written whatever the state: the state itself has its own rules, and assigning a document is no edit of it. */
const FREE_COLUMNS: readonly string[] = ['statecode', 'statuscode', 'ownerid']

/** Columns that the platform writes with every change: a write of these alone is an empty one. */
const AUTHOR_COLUMNS: readonly string[] = ['modifiedon', 'modifiedby', 'modifiedonbehalfby']

/** True for a write that only states and assigns; one without any column is an edit like others. */
export function isFreeWrite(columns: readonly string[]): boolean {
  const written = columns.filter((column) => !AUTHOR_COLUMNS.includes(column))
  return written.length > 0 && written.every((column) => FREE_COLUMNS.includes(column))
}

const situation = (document: LockingDocument, statecode: unknown): string =>
  `the ${document} is ${stateLabel(stateNamed(STATES[document], statecode) ?? String(statecode))}`

/** Source: Sales 8, DV-139. */
export const DOCUMENT_READ_ONLY = (document: LockingDocument, statecode: unknown): RuleRefusal => ({
  code: '0x8004022e',
  message: `The entity cannot be updated because it is read-only: ${situation(document, statecode)}.`,
})

/** Source: Sales 8. */
export const DOCUMENT_NOT_DELETABLE = (document: LockingDocument, statecode: unknown): RuleRefusal => ({
  code: '0x80040228',
  message: `The entity cannot be deleted because it is read-only: ${situation(document, statecode)}.`,
})
