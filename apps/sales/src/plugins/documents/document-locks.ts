import type { Plugin, PluginContext, Row, TableEvent } from '@p2c/dataverse'
import { type DocumentFamily, familyOf } from '../../domain/documents/document-family.ts'
import {
  DOCUMENT_NOT_DELETABLE,
  DOCUMENT_READ_ONLY,
  EDITABLE_STATE,
  isEditable,
  isFreeWrite,
  LOCKING_DOCUMENTS,
  type LockingDocument,
} from '../../domain/documents/document-lock.ts'
import { byId, enforce, idOf } from '../row-values.ts'

/**
 * Locks headers in the order of their ids and reads what their lines copy. Whoever writes lines holds their headers until the end:
 * no state changes in between.
 */
export async function lockHeaders(
  context: Pick<PluginContext, 'service'>,
  family: DocumentFamily,
  request: { readonly ids: readonly string[]; readonly columns: readonly string[] },
): Promise<ReadonlyMap<string, Row>> {
  if (request.ids.length === 0) return new Map()
  const where = { [family.headerId]: [...new Set(request.ids)] }
  return byId(await context.service.find({ table: family.header, columns: request.columns, where, forUpdate: true }), family.headerId)
}

/** A closed header is read-only; what leaves or enters the editable state may bring other columns. Source: Sales 2.3 to 2.5. */
async function checkHeaders(events: readonly TableEvent[], context: PluginContext, document: LockingDocument): Promise<void> {
  if (context.origin !== 'client') return
  for (const { before, target } of events) {
    const open = isEditable(document, before?.statecode, context) || target.statecode === EDITABLE_STATE
    if (!open && !isFreeWrite(Object.keys(target))) enforce(DOCUMENT_READ_ONLY(document, before?.statecode))
  }
}

async function checkDeletes(events: readonly TableEvent[], context: PluginContext, document: LockingDocument): Promise<void> {
  if (context.origin !== 'client') return
  for (const { before } of events) if (before?.statecode !== EDITABLE_STATE) enforce(DOCUMENT_NOT_DELETABLE(document, before?.statecode))
}

/** Headers that a line belongs to and will belong to. */
const headersOf = (event: TableEvent, family: DocumentFamily): readonly string[] =>
  [event.before?.[family.parent], event.target[family.parent]].flatMap((value) => idOf(value) ?? [])

/** Lines follow their header: neither made, changed, moved nor deleted while it is closed. Source: Sales 2.3, DV-139. */
async function checkLines(events: readonly TableEvent[], context: PluginContext, document: LockingDocument): Promise<void> {
  if (context.origin !== 'client') return
  const family = familyOf(document)
  const ids = events.flatMap((event) => headersOf(event, family))
  const headers = await lockHeaders(context, family, { ids, columns: ['statecode'] })
  const refusal = context.message === 'delete' ? DOCUMENT_NOT_DELETABLE : DOCUMENT_READ_ONLY
  for (const id of ids) {
    const header = headers.get(id)
    if (header !== undefined && !isEditable(document, header.statecode, context)) enforce(refusal(document, header.statecode))
  }
}

const locksOf = (document: LockingDocument): readonly Plugin[] => {
  const { line, parent } = familyOf(document)
  const header = { table: document, name: `${document} read-only`, stage: 'pre-operation' } as const
  const lines = { table: line, name: `${line} read-only`, stage: 'pre-operation' } as const
  return [
    { ...header, message: 'update', reads: ['statecode'], run: (events, context) => checkHeaders(events, context, document) },
    { ...header, message: 'delete', run: (events, context) => checkDeletes(events, context, document) },
    { ...lines, message: 'create', run: (events, context) => checkLines(events, context, document) },
    { ...lines, message: 'update', reads: [parent], run: (events, context) => checkLines(events, context, document) },
    { ...lines, message: 'delete', run: (events, context) => checkLines(events, context, document) },
  ]
}

/**
 * Closed quotes, orders and invoices are read-only for clients, lines included. Registered before every rule that fills columns: what
 * the client wrote is what counts. Source: Sales 2.3 to 2.5, 8.
 */
export const documentLockPlugins: readonly Plugin[] = LOCKING_DOCUMENTS.flatMap(locksOf)
