import type { Plugin, TableEvent } from '@p2c/dataverse'
import { ADDRESS_PARTS, type AddressPart, addressComposite } from '../../domain/customers/address-composite.ts'
import { nextValue, textOf } from '../row-values.ts'

/** The column names of one address, made once: this runs for each row of a bulk write. */
interface AddressColumns {
  readonly composite: string
  readonly parts: readonly (readonly [part: AddressPart, column: string])[]
}

const addressColumns = (prefix: string): AddressColumns => ({
  composite: `${prefix}_composite`,
  parts: ADDRESS_PARTS.map((part) => [part, `${prefix}_${part}`] as const),
})

function setComposites(events: readonly TableEvent[], address: AddressColumns): void {
  for (const event of events) {
    if (address.parts.some(([, column]) => event.target[column] !== undefined))
      event.target[address.composite] = compositeOf(event, address)
  }
}

function compositeOf(event: TableEvent, address: AddressColumns): string | null {
  const parts = Object.fromEntries(address.parts.map(([part, column]) => [part, textOf(nextValue(event, column))]))
  return addressComposite(parts as Record<AddressPart, string | null>)
}

function compositePlugins(table: string, prefix: string): readonly Plugin[] {
  const address = addressColumns(prefix)
  const columns = address.parts.map(([, column]) => column)
  const shared = {
    name: `${table} ${prefix} composite`,
    table,
    stage: 'pre-operation',
    run: async (events: readonly TableEvent[]) => setComposites(events, address),
  } as const
  return [
    { ...shared, message: 'create' },
    { ...shared, message: 'update', columns, reads: columns },
  ]
}

/** Accounts and contacts have three addresses, the others two: columns that a table lacks are never written. */
const TABLES = ['account', 'contact', 'lead', 'competitor', 'systemuser', 'businessunit']

/** Headers have an address to bill and one to ship to; their lines have no composite. */
const DOCUMENTS = ['quote', 'salesorder', 'invoice']

/** Keeps the composites of addresses. Source: Sales 1.2. */
export const addressPlugins: readonly Plugin[] = [
  ...TABLES.flatMap((table) => ['address1', 'address2', 'address3'].flatMap((prefix) => compositePlugins(table, prefix))),
  ...DOCUMENTS.flatMap((table) => ['billto', 'shipto'].flatMap((prefix) => compositePlugins(table, prefix))),
]
