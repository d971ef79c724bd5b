import type { Plugin, TableEvent } from '@p2c/dataverse'
import { LOCKING_DOCUMENTS } from '../../domain/documents/document-lock.ts'
import { referenceOf } from '../row-values.ts'

async function setProjections(events: readonly TableEvent[]): Promise<void> {
  for (const { target } of events) {
    const customer = referenceOf(target.customerid)
    target.accountid = customer?.table === 'account' ? customer : null
    target.contactid = customer?.table === 'contact' ? customer : null
  }
}

/** `accountid` and `contactid` of quotes, orders and invoices show the customer by its kind. Source: Sales 1.8. */
export const documentCustomerPlugins: readonly Plugin[] = LOCKING_DOCUMENTS.flatMap((table): readonly Plugin[] => {
  const shared = { table, name: `${table} customer`, stage: 'pre-operation', run: setProjections } as const
  return [
    { ...shared, message: 'create' },
    { ...shared, message: 'update', columns: ['customerid'], reads: [] },
  ]
})
