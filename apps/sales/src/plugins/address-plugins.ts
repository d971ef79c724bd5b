import type { Plugin, TableEvent } from '@p2c/dataverse'
import { ADDRESS_PARTS, type AddressPart, addressComposite } from '../domain/address-composite.ts'
import { nextValue, textOf } from './row-values.ts'

/** The column names of one address, made once: this runs for each row of a bulk write. */
interface AddressColumns {
  readonly composite: string
  readonly parts: readonly (readonly [part: AddressPart, column: string])[]
}

const addressColumns = (prefix: string): AddressColumns => ({
  composite: `${prefix}_composite`,
  parts: ADDRESS_PARTS.map((part) => [part, `${prefix}_${part}`] as const),
})

const ADDRESSES = ['address1', 'address2', 'address3'].map(addressColumns)
const PART_COLUMNS = ADDRESSES.flatMap((address) => address.parts.map(([, column]) => column))

async function setComposites(events: readonly TableEvent[]): Promise<void> {
  for (const event of events) {
    for (const address of ADDRESSES) {
      if (address.parts.some(([, column]) => event.target[column] !== undefined))
        event.target[address.composite] = compositeOf(event, address)
    }
  }
}

function compositeOf(event: TableEvent, address: AddressColumns): string | null {
  const parts = Object.fromEntries(address.parts.map(([part, column]) => [part, textOf(nextValue(event, column))]))
  return addressComposite(parts as Record<AddressPart, string | null>)
}

/** Users and business units have two addresses, the others three: columns that a table lacks are never written. */
const TABLES = ['account', 'contact', 'systemuser', 'businessunit']

/** Keeps the composites of addresses. Source: Sales 1.2. */
export const addressPlugins: readonly Plugin[] = TABLES.flatMap((table): readonly Plugin[] => [
  { name: `${table} address composites`, table, message: 'create', stage: 'pre-operation', run: setComposites },
  { name: `${table} address composites`, table, message: 'update', stage: 'pre-operation', columns: PART_COLUMNS, run: setComposites },
])
