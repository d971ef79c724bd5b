import type { ColumnDefinition, OptionDefinition } from '@p2c/dataverse'
import { choice, guid, integer, memo, number, text } from './columns.ts'
import { ADDRESS_TYPES, DEFAULT_VALUE, FREIGHT_TERMS, SHIPPING_METHODS } from './option-sets.ts'

export interface AddressBlock {
  /** `address1` */
  readonly prefix: string
  /** `Address 1`, the head of every label. */
  readonly label: string
  /** Widths that differ between tables; accounts and contacts unless told. Source: Sales 1.2. */
  readonly widths?: { readonly name?: number; readonly line?: number; readonly city?: number }
}

/** The first address has the full option sets, the others one default value to extend. */
const options = (block: AddressBlock, full: readonly OptionDefinition[]): readonly OptionDefinition[] =>
  block.prefix === 'address1' ? full : DEFAULT_VALUE

/** Columns of one address. `_composite` is read-only and kept by a plug-in. Source: Sales 1.2. */
export function addressColumns(block: AddressBlock): readonly ColumnDefinition[] {
  const at = (part: string) => `${block.prefix}_${part}`
  const label = (part: string) => `${block.label}: ${part}`
  const line = block.widths?.line ?? 250
  return [
    guid(at('addressid'), label('ID')),
    choice(at('addresstypecode'), label('Address Type'), { options: options(block, ADDRESS_TYPES) }),
    text(at('name'), label('Name'), block.widths?.name ?? 200),
    text(at('line1'), label('Street 1'), line),
    text(at('line2'), label('Street 2'), line),
    text(at('line3'), label('Street 3'), line),
    text(at('city'), label('City'), block.widths?.city ?? 80),
    text(at('stateorprovince'), label('State/Province'), 50),
    text(at('county'), label('County'), 50),
    text(at('country'), label('Country/Region'), 80),
    text(at('postalcode'), label('ZIP/Postal Code'), 20),
    text(at('postofficebox'), label('Post Office Box'), 20),
    text(at('telephone1'), label('Telephone 1'), 50),
    text(at('telephone2'), label('Telephone 2'), 50),
    text(at('telephone3'), label('Telephone 3'), 50),
    text(at('fax'), label('Fax'), 50),
    number(at('latitude'), label('Latitude'), { precision: 5, range: ['-90', '90'] }),
    number(at('longitude'), label('Longitude'), { precision: 5, range: ['-180', '180'] }),
    text(at('upszone'), label('UPS Zone'), 4),
    integer(at('utcoffset'), label('UTC Offset'), { range: [-1500, 1500] }),
    choice(at('shippingmethodcode'), label('Shipping Method'), { options: options(block, SHIPPING_METHODS) }),
    choice(at('freighttermscode'), label('Freight Terms'), { options: options(block, FREIGHT_TERMS) }),
    memo(at('composite'), block.label, 1000, { readOnly: true }),
  ]
}

/** `address1_*`, `address2_*` ... up to `count`. */
export const addressBlocks = (count: number): readonly ColumnDefinition[] =>
  Array.from({ length: count }, (_, at) => addressColumns({ prefix: `address${at + 1}`, label: `Address ${at + 1}` })).flat()
