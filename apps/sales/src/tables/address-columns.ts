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
export const addressBlocks = (count: number, widths: AddressBlock['widths'] = {}): readonly ColumnDefinition[] =>
  Array.from({ length: count }, (_, at) => addressColumns({ prefix: `address${at + 1}`, label: `Address ${at + 1}`, widths })).flat()

export interface DocumentAddress {
  readonly prefix: 'billto' | 'shipto'
  /** A line has no composite, and the freight terms of its own list. */
  readonly on: 'header' | 'line'
  /** Invoices name neither the address row nor a person. */
  readonly named: boolean
}

/** Where a document or a line of it is billed or sent to. Source: Sales 1.2. */
export function documentAddress({ prefix, on, named }: DocumentAddress): readonly ColumnDefinition[] {
  const head = prefix === 'billto' ? 'Bill To' : 'Ship To'
  const at = (part: string) => `${prefix}_${part}`
  const terms = on === 'line' ? FREIGHT_TERMS : DEFAULT_VALUE
  return [
    ...(named ? [guid(at('addressid'), `${head} Address ID`), text(at('contactname'), `${head} Contact Name`, 150)] : []),
    text(at('name'), `${head} Name`, 200),
    ...threeLines(prefix, head),
    text(at('city'), `${head} City`, 80),
    text(at('stateorprovince'), `${head} State/Province`, 50),
    text(at('country'), `${head} Country/Region`, 80),
    text(at('postalcode'), `${head} ZIP/Postal Code`, 20),
    text(at('telephone'), `${head} Phone`, 50),
    text(at('fax'), `${head} Fax`, 50),
    ...(prefix === 'shipto' ? [choice(at('freighttermscode'), `${head} Freight Terms`, { options: terms })] : []),
    ...(on === 'header' ? [memo(at('composite'), `${head} Address`, 1000, { readOnly: true })] : []),
  ]
}

const threeLines = (prefix: string, head: string): readonly ColumnDefinition[] =>
  [1, 2, 3].map((line) => text(`${prefix}_line${line}`, `${head} Street ${line}`, 250))
