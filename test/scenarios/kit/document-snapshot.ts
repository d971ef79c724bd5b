import type { ProspectToCash } from './prospect-to-cash.ts'
import type { Row } from './wire.ts'

/** Rows of the master data and documents on both sides, by collection and business key. */
export type Snapshot = ReadonlyMap<string, ReadonlyMap<string, Row>>

const SALES: Readonly<Record<string, readonly string[]>> = {
  accounts: ['accountnumber'],
  contacts: ['msdynce_contactnumber'],
  products: ['productnumber'],
  quotes: ['quotenumber', 'revisionnumber'],
  quotedetails: ['_quoteid_value', 'sequencenumber'],
  salesorders: ['ordernumber'],
  salesorderdetails: ['msdynce_ordernumber', 'sequencenumber'],
  invoices: ['invoicenumber'],
  invoicedetails: ['msdynce_invoicenumber', 'sequencenumber'],
}

const SUPPLY_CHAIN: Readonly<Record<string, readonly string[]>> = {
  CustomersV3: ['CustomerAccount'],
  CDSContactPersons: ['ContactPersonPartyNumber', 'AssociatedPartyNumber'],
  CDSSalesQuotationHeaders: ['SalesQuotationNumber'],
  CDSSalesQuotationLines: ['SalesQuotationNumber', 'LineCreationSequenceNumber'],
  CDSSalesOrderHeaders: ['SalesOrderNumber'],
  CDSSalesOrderLines: ['SalesOrderNumber', 'LineCreationSequenceNumber'],
}

/** Reads everything that the templates write. Throws where two rows of a collection have one business key: a duplicate. */
export async function snapshotOf({ sales, clerk }: Pick<ProspectToCash, 'sales' | 'clerk'>): Promise<Snapshot> {
  const read = async (collections: typeof SALES, rowsOf: (name: string) => Promise<readonly Row[]>) =>
    Promise.all(Object.entries(collections).map(async ([name, key]) => [name, byKey(name, key, await rowsOf(name))] as const))
  return new Map([
    ...(await read(SALES, (name) => sales.wire.rows(name, 'createdon ne null'))),
    ...(await read(SUPPLY_CHAIN, (name) => clerk.rows(name, "dataAreaId ne ''"))),
  ])
}

function byKey(collection: string, key: readonly string[], rows: readonly Row[]): ReadonlyMap<string, Row> {
  const found = new Map<string, Row>()
  for (const row of rows) {
    const text = key.map((field) => row[field]).join('|')
    if (found.has(text)) throw new Error(`${collection} has ${text} twice`)
    found.set(text, row)
  }
  return found
}

/** Numbers of rows by collection. */
export const sizesOf = (snapshot: Snapshot): Readonly<Record<string, number>> =>
  Object.fromEntries([...snapshot].map(([name, rows]) => [name, rows.size]))

/** Versions and times of change, which every write moves. */
const TECHNICAL = /^(@odata\.etag|versionnumber|modifiedon|_modified\w+|.*RecId)$/

/** Fields that differ in rows that both snapshots have, by collection; collections without a difference are left out. */
export function changedFields(before: Snapshot, after: Snapshot): Readonly<Record<string, readonly string[]>> {
  const changed = [...before].map(([name, rows]) => {
    const fields = [...rows].flatMap(([key, row]) => {
      const now = after.get(name)?.get(key) ?? row
      return Object.keys(row).filter((field) => !TECHNICAL.test(field) && JSON.stringify(row[field]) !== JSON.stringify(now[field]))
    })
    return [name, [...new Set(fields)].sort()] as const
  })
  return Object.fromEntries(changed.filter(([, fields]) => fields.length > 0))
}
