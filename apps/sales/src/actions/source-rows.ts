import { type ActionContext, type ActionParameter, checkRowsById, type PluginContext, type Row, refuse } from '@p2c/dataverse'
import type { DocumentHeader } from '../domain/documents/document-family.ts'
import { familyOf } from '../domain/documents/document-family.ts'

/** Reference to a process that older clients send along; it has no effect. Source: Sales 2.1, 2.3. */
export const PROCESS_INSTANCE: ActionParameter = { name: 'ProcessInstanceId', type: 'mscrm.crmbaseentity', optional: true }

/** What rules outside actions need of one. */
export const workOf = (context: ActionContext): Pick<PluginContext, 'service' | 'ids' | 'clock'> => ({
  service: context.service,
  ids: context.write.core.ids,
  clock: context.write.core.clock,
})

/**
 * The document that an action is about, locked until its transaction ends; 404 `0x80040217` where there is none, 403 where the caller may
 * not read it: a copy would show it.
 */
export async function lockDocument(context: ActionContext, document: DocumentHeader, id: string): Promise<Row> {
  const [row] = await context.service.find({ table: document, where: { [familyOf(document).headerId]: id }, forUpdate: true })
  if (row === undefined) refuse({ code: '0x80040217', status: 404, message: `${document} With Id = ${id} Does Not Exist` })
  await requireReadable(context, document, id)
  return row
}

/** 403 where the caller may not read a document. */
export async function requireReadable(context: ActionContext, document: DocumentHeader, id: string): Promise<void> {
  const table = context.write.core.model.tables.get(document)
  if (table !== undefined) await checkRowsById(context.write, table, { right: 'Read', ids: [id] })
}

/** The day of a write, `YYYY-MM-DD`. */
export const todayOf = (context: ActionContext): string => context.write.now.slice(0, 10)
