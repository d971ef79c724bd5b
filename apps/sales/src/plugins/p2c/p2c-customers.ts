import type { Plugin, PluginContext, TableEvent } from '@p2c/dataverse'
import { SOLUTION_DOCUMENTS } from '../../domain/p2c/p2c-documents.ts'
import { referenceOf } from '../row-values.ts'

/** A contact with a quote, order or invoice is an active customer, and stays one. Source: Sales 6.3, Templates 5 S3. */
async function activateContacts(events: readonly TableEvent[], context: PluginContext): Promise<void> {
  const customers = events.flatMap((event) => referenceOf(event.target.customerid) ?? [])
  const ids = [...new Set(customers.filter(({ table }) => table === 'contact').map(({ id }) => id))]
  if (ids.length === 0) return
  const where = { contactid: ids, msdynce_isactivecustomer: [false, null] }
  const contacts = await context.service.find({ table: 'contact', columns: [], where })
  const changes = contacts.map((row) => ({ id: String(row.contactid), values: { msdynce_isactivecustomer: true } }))
  if (changes.length > 0) await context.service.update('contact', changes)
}

/** *Is Active Customer* of contacts, once a document for them is created or given to them. */
export const activeCustomerPlugins: readonly Plugin[] = SOLUTION_DOCUMENTS.flatMap(({ header }): readonly Plugin[] => {
  const plugin = { name: `${header} active customer`, table: header, stage: 'post-operation', run: activateContacts } as const
  return [
    { ...plugin, message: 'create' },
    { ...plugin, message: 'update', columns: ['customerid'], reads: [] },
  ]
})
