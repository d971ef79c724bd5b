/** How a row of an entity set is found by the business key of its record; the key is the same on every side (templates specification 2.5 no. 6). */
export interface KeyedSet {
  readonly environmentType: 'CRM' | 'CDS' | 'AX'
  readonly entity: string
  readonly key: string
  /** Of a line: its number in the document. */
  readonly sequence?: string
}

const header = (environmentType: KeyedSet['environmentType'], entity: string, key: string): KeyedSet => ({ environmentType, entity, key })
const line = (environmentType: KeyedSet['environmentType'], entity: string, key: string): KeyedSet => ({
  environmentType,
  entity,
  key,
  sequence: environmentType === 'CRM' ? 'sequencenumber' : environmentType === 'CDS' ? 'sequence' : 'LineCreationSequenceNumber',
})

/** Every entity set of the templates (templates specification 2.1, 8). */
export const KEYED_SETS: readonly KeyedSet[] = [
  header('CRM', 'accounts', 'accountnumber'),
  header('CRM', 'contacts', 'msdynce_contactnumber'),
  header('CRM', 'products', 'productnumber'),
  header('CRM', 'quotes', 'quotenumber'),
  line('CRM', 'quotedetails', 'quoteid.quotenumber'),
  header('CRM', 'salesorders', 'ordernumber'),
  line('CRM', 'salesorderdetails', 'salesorderid.ordernumber'),
  header('CRM', 'invoices', 'invoicenumber'),
  line('CRM', 'invoicedetails', 'invoiceid.invoicenumber'),
  header('CDS', 'Account', 'accountid'),
  header('CDS', 'Contact', 'contactid'),
  header('CDS', 'Product', 'productid'),
  header('CDS', 'Quotation', 'quotationid'),
  line('CDS', 'QuotationLine', 'quotation_quotationid'),
  header('CDS', 'SalesOrder', 'salesorderid'),
  line('CDS', 'SalesOrderLine', 'salesorder_salesorderid'),
  header('CDS', 'SalesInvoice', 'salesinvoiceid'),
  line('CDS', 'SalesInvoiceLine', 'salesinvoice_salesinvoiceid'),
  header('AX', 'Customers', 'CustomerAccount'),
  header('AX', 'CustomersV2', 'CustomerAccount'),
  header('AX', 'CustomersV3', 'CustomerAccount'),
  header('AX', 'CDSContactPersons', 'ContactPersonPartyNumber'),
  header('AX', 'SellableReleasedProducts', 'ProductNumber'),
  header('AX', 'CDSSalesQuotationHeaders', 'SalesQuotationNumber'),
  header('AX', 'SalesQuotationHeaders', 'SalesQuotationNumber'),
  line('AX', 'CDSSalesQuotationLines', 'SalesQuotationNumber'),
  header('AX', 'CDSSalesOrderHeaders', 'SalesOrderNumber'),
  header('AX', 'SalesOrderHeadersV2', 'SalesOrderNumber'),
  line('AX', 'CDSSalesOrderLines', 'SalesOrderNumber'),
  line('AX', 'CDSSalesOrderLinesV2', 'SalesOrderNumber'),
  header('AX', 'ExternallyMaintainedCustomerSalesInvoiceHeaders', 'InvoiceNumber'),
  line('AX', 'ExternallyMaintainedCustomerSalesInvoiceLines', 'InvoiceNumber'),
  line('AX', 'ExternallyMaintainedCustomerSalesInvoiceLinesV2', 'InvoiceNumber'),
]

export const RECORD_NOUNS = ['account', 'contact', 'product', 'quote', 'order', 'invoice'] as const
export type RecordNoun = (typeof RECORD_NOUNS)[number]

/** The sets at which a record of a noun begins or ends its way, headers before lines. */
const SETS_OF: Readonly<Record<RecordNoun, readonly string[]>> = {
  account: ['accounts'],
  contact: ['contacts'],
  product: ['products'],
  quote: ['quotes', 'quotedetails'],
  order: ['salesorders', 'salesorderdetails'],
  invoice: ['invoices', 'invoicedetails'],
}

const NOUN_OF_SET: Readonly<Record<string, RecordNoun>> = {
  ...Object.fromEntries(RECORD_NOUNS.flatMap((noun) => SETS_OF[noun].map((set) => [set, noun]))),
  cdscontactpersons: 'contact',
  sellablereleasedproducts: 'product',
  cdssalesquotationheaders: 'quote',
  salesquotationheaders: 'quote',
  cdssalesquotationlines: 'quote',
  cdssalesorderheaders: 'order',
  salesorderheadersv2: 'order',
  cdssalesorderlines: 'order',
  cdssalesorderlinesv2: 'order',
  externallymaintainedcustomersalesinvoiceheaders: 'invoice',
  externallymaintainedcustomersalesinvoicelines: 'invoice',
  externallymaintainedcustomersalesinvoicelinesv2: 'invoice',
  contact: 'contact',
  product: 'product',
  quotation: 'quote',
  quotationline: 'quote',
  salesorder: 'order',
  salesorderline: 'order',
  salesinvoice: 'invoice',
  salesinvoiceline: 'invoice',
}

/** What was asked for: a noun, or one entity set; `noun` tells which timeline belongs to it. */
export interface WantedEntity {
  readonly sets: readonly string[]
  readonly noun?: RecordNoun
}

const isNoun = (text: string): text is RecordNoun => (RECORD_NOUNS as readonly string[]).includes(text)

/** Reads the entity of a question: `order`, `Orders`, `salesorders`, `CDSSalesOrderHeaders`; undefined where `known` sets have no such name either. */
export function readEntity(text: string, known: readonly string[]): WantedEntity | undefined {
  const name = text.trim().toLowerCase()
  const singular = name.replace(/^(sales[ -]?)(?=order|quote|invoice)/, '').replace(/s$/, '')
  const isSetOfAProject = known.some((set) => set.toLowerCase() === name)
  if (isNoun(singular) && (isNoun(name) || !isSetOfAProject)) return { sets: SETS_OF[singular], noun: singular }
  if (!isSetOfAProject && !KEYED_SETS.some((set) => set.entity.toLowerCase() === name)) return undefined
  const noun = NOUN_OF_SET[name]
  return { sets: [name], ...(noun !== undefined && { noun }) }
}

/** How rows of an entity set are found; undefined for a set that no template has. */
export const keyedSet = (environmentType: string, entity: string): KeyedSet | undefined =>
  KEYED_SETS.find((set) => set.environmentType === environmentType && set.entity.toLowerCase() === entity.toLowerCase())
