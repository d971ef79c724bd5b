import { AppError } from '@p2c/base'
import { SALES_ROOT } from '../load/applications.ts'
import type { ApplicationClient } from '../load/http.ts'

/** Processing status of an order that is handed to Supply Chain. Source: templates specification 2.3. */
const ACTIVE = 647390000
const WON = 4
const QUALIFIED = 3

export interface SoldLine {
  readonly productNumber: string
  readonly quantity: number
  /** Of the whole line, as decimal text in the currency of the document. */
  readonly discount: string
}

/** A document of Sales: its row and the number by which both sides know it. */
export interface SalesDocument {
  readonly id: string
  readonly number: string
}

export interface OpenOpportunity {
  readonly opportunityId: string
  readonly accountNumber: string
}

/** What a seller does in Sales on the way from a lead to an active order. Everything throws `application-refused`. */
export interface Seller {
  /** From now on products arrive ready to be sold: the system setting *Create products in active state*. */
  takeProductsAsActive(): Promise<void>
  /** A lead becomes an account, a contact and an opportunity; its address is that of the account. */
  qualifyLead(lead: Readonly<Record<string, string>>): Promise<OpenOpportunity>
  /** The first external products that are sold by the piece, cheapest first. Throws `sample-missing`. */
  listProducts(count: number): Promise<readonly string[]>
  /** A quote of the opportunity, active. */
  quote(opportunityId: string, priceList: string, lines: readonly SoldLine[]): Promise<SalesDocument>
  /** The quote is won and becomes an order, a draft still. */
  win(quote: SalesDocument): Promise<SalesDocument>
  /** Hands the order to Supply Chain. */
  activate(order: SalesDocument): Promise<void>
  /** The order as it stands, with the labels that people read. */
  readOrder(order: SalesDocument): Promise<OrderInSales>
  /** Invoices of the order in Sales. */
  readInvoices(order: SalesDocument): Promise<readonly InvoiceInSales[]>
}

export interface OrderInSales {
  readonly status: string
  readonly total: number
  readonly tax: number
}

export interface InvoiceInSales {
  readonly number: string
  readonly status: string
  readonly total: number
}

type Row = Readonly<Record<string, unknown>>

/** How the steps below call Sales; a list comes as its rows. */
interface Calls {
  get(path: string): Promise<Row>
  rows(path: string): Promise<readonly Row[]>
  post(path: string, body: unknown): Promise<Row>
  patch(path: string, body: unknown): Promise<void>
}

const LABELS = { prefer: 'odata.include-annotations="OData.Community.Display.V1.FormattedValue"' }
const label = (row: Row, column: string): string => String(row[`${column}@OData.Community.Display.V1.FormattedValue`] ?? row[column])

function callsOf(client: ApplicationClient): Calls {
  const get = async (path: string): Promise<Row> => (await client.json('GET', `${SALES_ROOT}/${path}`, undefined, LABELS)) as Row
  return {
    get,
    rows: async (path) => (await get(path)).value as readonly Row[],
    post: async (path, body) =>
      ((await client.json('POST', `${SALES_ROOT}/${path}`, body, { prefer: 'return=representation' })) ?? {}) as Row,
    patch: async (path, body) => {
      await client.json('PATCH', `${SALES_ROOT}/${path}`, body)
    },
  }
}

/** A seller who works with a running Sales application. */
export function createSeller(client: ApplicationClient): Seller {
  const calls = callsOf(client)
  return {
    takeProductsAsActive: async () => {
      const [organization] = await calls.rows('organizations?$select=organizationid')
      await calls.patch(`organizations(${organization?.organizationid})`, { createproductswithoutparentinactivestate: true })
    },
    qualifyLead: (lead) => qualifyLead(calls, lead),
    listProducts: (count) => listProducts(calls, count),
    quote: (opportunityId, priceList, lines) => makeQuote(calls, { opportunityId, priceList, lines }),
    win: async ({ id }) => {
      await calls.post('WinQuote', { QuoteClose: { subject: 'Accepted', 'quoteid@odata.bind': `/quotes(${id})` }, Status: WON })
      const columns = { AllColumns: false, Columns: ['salesorderid', 'ordernumber'] }
      const order = await calls.post('ConvertQuoteToSalesOrder', { QuoteId: id, ColumnSet: columns })
      return { id: String(order.salesorderid), number: String(order.ordernumber) }
    },
    activate: ({ id }) => calls.patch(`salesorders(${id})`, { msdynce_processingstatus: ACTIVE }),
    readOrder: async ({ id }) => {
      const row = await calls.get(`salesorders(${id})?$select=msdynce_processingstatus,totalamount,totaltax`)
      return { status: label(row, 'msdynce_processingstatus'), total: Number(row.totalamount), tax: Number(row.totaltax) }
    },
    readInvoices: async ({ id }) => {
      const rows = await calls.rows(`invoices?$select=invoicenumber,statuscode,totalamount&$filter=_salesorderid_value eq ${id}`)
      return rows.map((row) => ({ number: String(row.invoicenumber), status: label(row, 'statuscode'), total: Number(row.totalamount) }))
    },
  }
}

async function qualifyLead(calls: Calls, values: Readonly<Record<string, string>>): Promise<OpenOpportunity> {
  const lead = await calls.post('leads', values)
  const wanted = { CreateAccount: true, CreateContact: true, CreateOpportunity: true, Status: QUALIFIED }
  const answer = await calls.post(`leads(${lead.leadid})/Microsoft.Dynamics.CRM.QualifyLead`, wanted)
  const made = answer.value as readonly Row[]
  const opportunityId = String(made.find((row) => row.opportunityid !== undefined)?.opportunityid)
  const customer = await calls.get(`opportunities(${opportunityId})?$select=name&$expand=customerid_account($select=accountnumber)`)
  return { opportunityId, accountNumber: String((customer.customerid_account as Row).accountnumber) }
}

async function listProducts(calls: Calls, count: number): Promise<readonly string[]> {
  const rows = await calls.rows(
    `products?$select=productnumber&$filter=msdynce_ismaintainedexternally eq true and statecode eq 0 and isstockitem eq true and defaultuomid/name eq 'Each'&$orderby=price,productnumber&$top=${count}`,
  )
  if (rows.length === count) return rows.map((row) => String(row.productnumber))
  throw new AppError({
    category: 'data',
    code: 'sample-missing',
    message: `Sales has ${rows.length} active products from Supply Chain that are sold by the piece, expected ${count}. Load the sample and run products: p2c load sample, p2c run products.`,
  })
}

interface QuoteInput {
  readonly opportunityId: string
  readonly priceList: string
  readonly lines: readonly SoldLine[]
}

async function makeQuote(calls: Calls, { opportunityId, priceList, lines }: QuoteInput): Promise<SalesDocument> {
  const [list] = await calls.rows(`pricelevels?$select=pricelevelid&$filter=name eq '${priceList.replaceAll("'", "''")}'`)
  await calls.patch(`opportunities(${opportunityId})`, { 'pricelevelid@odata.bind': `/pricelevels(${list?.pricelevelid})` })
  const columns = { AllColumns: false, Columns: ['quoteid', 'quotenumber'] }
  const quote = await calls.post('GenerateQuoteFromOpportunity', { OpportunityId: opportunityId, ColumnSet: columns })
  for (const line of lines) {
    const number = line.productNumber.replaceAll("'", "''")
    const [product] = await calls.rows(`products?$select=productid,_defaultuomid_value&$filter=productnumber eq '${number}'`)
    await calls.post('quotedetails', {
      'quoteid@odata.bind': `/quotes(${quote.quoteid})`,
      'productid@odata.bind': `/products(${product?.productid})`,
      'uomid@odata.bind': `/uoms(${product?._defaultuomid_value})`,
      quantity: line.quantity,
      manualdiscountamount: Number(line.discount),
    })
  }
  await calls.patch(`quotes(${quote.quoteid})`, { statecode: 1, statuscode: 2 })
  return { id: String(quote.quoteid), number: String(quote.quotenumber) }
}
