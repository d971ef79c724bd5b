/** Copies of documents: which columns travel from one to the next. What the target lacks is left out. Source: Sales 2.2 to 2.4. */

import { HEADER_AMOUNTS, HEADER_TOTALS } from './amount-columns.ts'

const PARTS = ['name', 'contactname', 'line1', 'line2', 'line3', 'city', 'stateorprovince', 'country', 'postalcode', 'telephone', 'fax']
const addressColumns = (prefix: string): readonly string[] => ['addressid', ...PARTS].map((part) => `${prefix}_${part}`)
const SHIP_TO = [...addressColumns('shipto'), 'shipto_freighttermscode']

/** The agreed amounts of a header, and the sums: these count where the pricing of the organisation is switched off. */
const AMOUNTS = [...HEADER_AMOUNTS, ...HEADER_TOTALS]

/** What an opportunity hands to a document made from it. Source: Sales 2.2. */
export const OPPORTUNITY_COLUMNS: readonly string[] = [
  'name',
  'customerid',
  'pricelevelid',
  'transactioncurrencyid',
  'campaignid',
  ...AMOUNTS,
]

/** What a quote hands to its order, and an order to its invoice. Source: Sales 2.3, 2.4. */
export const CONVERSION_COLUMNS: readonly string[] = [
  ...OPPORTUNITY_COLUMNS,
  'opportunityid',
  'description',
  'emailaddress',
  'paymenttermscode',
  'freighttermscode',
  'shippingmethodcode',
  'prioritycode',
  'willcall',
  'requestdeliveryby',
  'skippricecalculation',
  ...addressColumns('billto'),
  ...SHIP_TO,
]

/** The header-level tax of the ERP travels on the header; the line that shows it is made again there. Source: Templates 9.1. */
export const INVOICE_COLUMNS: readonly string[] = [...CONVERSION_COLUMNS, 'msdynce_misctax']

/** What a quote hands to its next revision. Source: Sales 2.3. */
export const REVISION_COLUMNS: readonly string[] = [
  ...CONVERSION_COLUMNS,
  'quotenumber',
  'effectivefrom',
  'effectiveto',
  'expireson',
  'ownerid',
]

/** What lines hand on; links to their source are set by the caller. */
export const LINE_COLUMNS: readonly string[] = [
  'isproductoverridden',
  'productid',
  'productdescription',
  'producttypecode',
  'uomid',
  'quantity',
  'ispriceoverridden',
  'priceperunit',
  'volumediscountamount',
  'manualdiscountamount',
  'tax',
  'baseamount',
  'extendedamount',
  'pricingerrorcode',
  'lineitemnumber',
  'sequencenumber',
  'description',
  'requestdeliveryby',
  'shippingtrackingnumber',
  'quantityshipped',
  'quantitybackordered',
  'quantitycancelled',
  'salesrepid',
  'willcall',
  'skippricecalculation',
  'productassociationid',
  'propertyconfigurationstatus',
  'parentbundleid',
  'parentbundleidref',
  ...SHIP_TO,
]

/** The filled columns of `source` that are among `columns` and that the target has. */
export function copyOf<Value>(
  source: Readonly<Record<string, Value>>,
  columns: readonly string[],
  hasColumn: (column: string) => boolean,
): Record<string, NonNullable<Value>> {
  const copy: Record<string, NonNullable<Value>> = {}
  for (const column of columns) {
    const value = source[column]
    if (value !== null && value !== undefined && hasColumn(column)) copy[column] = value
  }
  return copy
}
