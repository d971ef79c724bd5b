import { quoted, type Row, type Wire } from './wire.ts'

/** A price list of each currency, as a new Sales has them. */
const PRICE_LISTS: Readonly<Record<string, string>> = {
  USD: 'CRM Service USA (sample)',
  EUR: 'CRM Service Europe (sample)',
  GBP: 'CRM Service United Kingdom (sample)',
  CAD: 'CRM Service Canada (sample)',
  AUD: 'CRM Service Australia (sample)',
}

/** `salesorder.msdynce_processingstatus` (templates specification, 2.3). */
export const PROCESSING = {
  active: 647390000,
  confirmed: 647390001,
  packingSlip: 647390002,
  invoiced: 647390003,
  picked: 647390004,
  shipped: 647390007,
  partiallyShipped: 647390008,
  partiallyInvoiced: 647390009,
  cancelled: 647390010,
  draft: 647390011,
} as const

/** A line of a product by its number, or, with `writeIn`, of a text that is no product. */
export interface NewLine {
  readonly product?: string
  readonly writeIn?: string
  readonly quantity: number
  /** Default: that of the price list. */
  readonly price?: number
  /** Full discount of the line. */
  readonly discount?: number
  readonly values?: Row
}

export interface NewDocument {
  /** An account or a contact. */
  readonly customer: Row
  /** ISO code; default USD. */
  readonly currency?: string
  readonly lines?: readonly NewLine[]
  readonly values?: Row
}

export type DocumentSet = 'opportunities' | 'quotes' | 'salesorders'

const DOCUMENTS = {
  opportunities: { id: 'opportunityid', lines: 'opportunityproducts', parent: 'opportunityid' },
  quotes: { id: 'quoteid', lines: 'quotedetails', parent: 'quoteid' },
  salesorders: { id: 'salesorderid', lines: 'salesorderdetails', parent: 'salesorderid' },
} as const

/** Who sells: works in Sales through its Web API as a user without rights beyond those of a seller. Rows are given whole, as they were stored. */
export interface Seller {
  readonly wire: Wire
  account(values?: Row): Promise<Row>
  contact(values?: Row): Promise<Row>
  lead(values?: Row): Promise<Row>
  /** Qualifies a lead: the rows that it became, by table. */
  qualify(lead: Row): Promise<Readonly<Record<string, Row>>>
  opportunity(document: NewDocument): Promise<Row>
  quote(document: NewDocument): Promise<Row>
  /** The quote that an opportunity becomes, with its lines. */
  quoteOf(opportunity: Row): Promise<Row>
  order(document: NewDocument): Promise<Row>
  addLine(set: DocumentSet, document: Row, line: NewLine): Promise<Row>
  change(set: string, row: Row, values: Row): Promise<void>
  remove(set: string, row: Row): Promise<void>
  activateQuote(quote: Row): Promise<void>
  /** An active quote is a draft again. */
  reopenQuote(quote: Row): Promise<void>
  winQuote(quote: Row): Promise<void>
  /** The customer did not want it. */
  closeQuote(quote: Row): Promise<void>
  /** The draft that follows an active quote, under the same number. */
  reviseQuote(quote: Row): Promise<Row>
  /** The order that an active quote becomes. */
  convertQuote(quote: Row): Promise<Row>
  /** The button *Activate* (templates specification, 5 S7). */
  activateOrder(order: Row): Promise<void>
}

/** A seller over the Web API of Sales, `wire` being below `/api/data/v9.2`. */
export function createSeller(wire: Wire): Seller {
  const create = (set: string, values: Row): Promise<Row> => wire.send('POST', `/${set}`, values)
  const change: Seller['change'] = async (set, row, values) => void (await wire.send('PATCH', pathOf(set, row), values))
  const addLine: Seller['addLine'] = async (set, document, line) => {
    const { lines, parent, id } = DOCUMENTS[set]
    return create(lines, { [`${parent}@odata.bind`]: `/${set}(${document[id]})`, ...(await lineValues(wire, line)) })
  }
  const document = async (set: DocumentSet, { customer, currency = 'USD', lines = [], values = {} }: NewDocument): Promise<Row> => {
    const header = await create(set, { name: 'Deck winch refit', ...(await termsOf(wire, currency)), ...customerOf(customer), ...values })
    for (const line of lines) await addLine(set, header, line)
    // Totals and flags follow from the lines.
    return wire.get(pathOf(set, header))
  }
  return {
    wire,
    account: async (values = {}) => create('accounts', { name: 'Halvorsen Marine Supply', ...(await currencyOf(wire, 'USD')), ...values }),
    contact: async (values = {}) =>
      create('contacts', { firstname: 'Ingrid', lastname: 'Lind', ...(await currencyOf(wire, 'USD')), ...values }),
    lead: (values = {}) => create('leads', { subject: 'Refit', lastname: 'Lind', ...values }),
    qualify: async (lead) => {
      const body = { CreateAccount: true, CreateContact: true, CreateOpportunity: true, Status: 3 }
      const { value } = await wire.send('POST', `/leads(${lead.leadid})/Microsoft.Dynamics.CRM.QualifyLead`, body)
      return rowsOf(wire, value)
    },
    opportunity: (values) => document('opportunities', values),
    quote: (values) => document('quotes', values),
    quoteOf: async ({ opportunityid }) => {
      const body = { OpportunityId: opportunityid, ColumnSet: { AllColumns: true } }
      return wire.get(pathOf('quotes', await wire.send('POST', '/GenerateQuoteFromOpportunity', body)))
    },
    order: (values) => document('salesorders', values),
    addLine,
    change,
    remove: async (set, row) => void (await wire.send('DELETE', pathOf(set, row))),
    activateQuote: (quote) => change('quotes', quote, { statecode: 1, statuscode: 2 }),
    reopenQuote: (quote) => change('quotes', quote, { statecode: 0, statuscode: 1 }),
    winQuote: (quote) => endQuote(wire, 'WinQuote', quote),
    closeQuote: (quote) => endQuote(wire, 'CloseQuote', quote),
    reviseQuote: async ({ quoteid }) => {
      const revised = await wire.send('POST', '/ReviseQuote', { QuoteId: quoteid, ColumnSet: { AllColumns: true } })
      return wire.get(pathOf('quotes', revised))
    },
    convertQuote: async ({ quoteid }) => {
      const order = await wire.send('POST', '/ConvertQuoteToSalesOrder', { QuoteId: quoteid, ColumnSet: { AllColumns: true } })
      return wire.get(pathOf('salesorders', order))
    },
    activateOrder: (order) => change('salesorders', order, { msdynce_processingstatus: PROCESSING.active }),
  }
}

/** The default reason of the state (`-1`). */
async function endQuote(wire: Wire, action: string, quote: Row): Promise<void> {
  const close = { subject: 'Answer of the customer', 'quoteid@odata.bind': pathOf('quotes', quote) }
  await wire.send('POST', `/${action}`, { QuoteClose: close, Status: -1 })
}

const ID_COLUMNS: Readonly<Record<string, string>> = {
  opportunities: 'opportunityid',
  transactioncurrencies: 'transactioncurrencyid',
}

const pathOf = (set: string, row: Row): string => `/${set}(${row[ID_COLUMNS[set] ?? `${set.replace(/s$/, '')}id`]})`

/** Binds the customer of a document: the lookup takes an account or a contact. */
const customerOf = (customer: Row): Row =>
  customer.accountid === undefined
    ? { 'customerid_contact@odata.bind': pathOf('contacts', customer) }
    : { 'customerid_account@odata.bind': pathOf('accounts', customer) }

const currencyOf = async (wire: Wire, isoCode: string): Promise<Row> => ({
  'transactioncurrencyid@odata.bind': pathOf(
    'transactioncurrencies',
    await wire.row('transactioncurrencies', `isocurrencycode eq ${quoted(isoCode)}`),
  ),
})

/** The columns with which a row is kept in a currency. */
export const inCurrency = (seller: Seller, isoCode: string): Promise<Row> => currencyOf(seller.wire, isoCode)

/** The columns with which a document has the currency and price list of an ISO code. */
export const onTermsOf = (seller: Seller, isoCode: string): Promise<Row> => termsOf(seller.wire, isoCode)

/** The columns with which a contact belongs to an account or to another contact. */
export const ofCompany = (company: Row): Row =>
  company.accountid === undefined
    ? { 'parentcustomerid_contact@odata.bind': pathOf('contacts', company) }
    : { 'parentcustomerid_account@odata.bind': pathOf('accounts', company) }

async function termsOf(wire: Wire, currency: string): Promise<Row> {
  const list = await wire.row('pricelevels', `name eq ${quoted(PRICE_LISTS[currency] ?? '')}`)
  return { ...(await currencyOf(wire, currency)), 'pricelevelid@odata.bind': pathOf('pricelevels', list) }
}

async function lineValues(wire: Wire, line: NewLine): Promise<Row> {
  const amounts = {
    quantity: line.quantity,
    ...(line.discount !== undefined && { manualdiscountamount: line.discount }),
    ...(line.price !== undefined && { priceperunit: line.price }),
    ...line.values,
  }
  if (line.product === undefined) return { isproductoverridden: true, productdescription: line.writeIn, ...amounts }
  const product = await wire.row('products', `productnumber eq ${quoted(line.product)}`)
  return {
    'productid@odata.bind': pathOf('products', product),
    'uomid@odata.bind': `/uoms(${product._defaultuomid_value})`,
    ...(line.price !== undefined && { ispriceoverridden: true }),
    ...amounts,
  }
}

/** What `QualifyLead` names, read whole. */
async function rowsOf(wire: Wire, references: readonly Row[]): Promise<Readonly<Record<string, Row>>> {
  const rows = await Promise.all(
    references.map(async (reference) => {
      const table = String(reference['@odata.type']).replace('#Microsoft.Dynamics.CRM.', '')
      const set = table === 'opportunity' ? 'opportunities' : `${table}s`
      return [table, await wire.get(pathOf(set, reference))] as const
    }),
  )
  return Object.fromEntries(rows)
}
