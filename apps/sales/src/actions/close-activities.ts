import { type ActionContext, type Row, readEntityParameter, refuse } from '@p2c/dataverse'
import { idOf, textOf } from '../plugins/row-values.ts'

/** How a message hands over its close activity. Source: Sales 2.2 to 2.4. */
export interface CloseParameter {
  /** `QuoteClose` */
  readonly name: string
  readonly value: unknown
  readonly table: 'opportunityclose' | 'quoteclose' | 'orderclose'
  /** Lookup to the document that is closed. */
  readonly regarding: 'opportunityid' | 'quoteid' | 'salesorderid'
}

export interface Close {
  readonly documentId: string
  readonly values: Row
}

/** The close activity of a call and the document that it closes; 400 `0x80040203` where it names none. */
export async function readClose(context: ActionContext, parameter: CloseParameter): Promise<Close> {
  const { name, value, table, regarding } = parameter
  const values = await readEntityParameter(context, { name, value, tables: [table] })
  const documentId = idOf(values[regarding])
  if (documentId === null) refuse({ code: '0x80040203', message: `The ${name} names no record to close: set '${regarding}@odata.bind'.` })
  return { documentId, values }
}

/** Close activities are created as completed. Source: Sales 1.6, 2.3. */
const COMPLETED: Row = { statecode: 1, statuscode: 2 }

const SUBJECTS: Record<CloseParameter['table'], string> = {
  opportunityclose: 'Opportunity Close',
  quoteclose: 'Quote Close',
  orderclose: 'Order Close',
}

/** Stores a close activity; `own` is what the document gives it. */
export async function createClose(context: ActionContext, table: CloseParameter['table'], facts: { values: Row; own: Row }): Promise<void> {
  const subject = textOf(facts.values.subject) ?? SUBJECTS[table]
  const actualend = facts.values.actualend ?? context.write.now
  await context.service.create(table, [{ ...facts.values, ...facts.own, ...COMPLETED, subject, actualend }])
}

/** The day on which a close activity ended: today unless it says another. */
export const closeDay = (context: ActionContext, values: Row): string => (textOf(values.actualend) ?? context.write.now).slice(0, 10)
