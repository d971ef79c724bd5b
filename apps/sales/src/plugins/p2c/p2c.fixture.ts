import type { TestScope } from '@p2c/base'
import { PROCESSING_STATUSES } from '../../domain/p2c/p2c-processing-status.ts'
import type { Answer, Json } from '../../sales-app.fixture.ts'
import type { SalesSettings } from '../../settings.ts'
import { type DocumentSet, expectDone, startTrade, type Trade } from '../documents/documents.fixture.ts'

export const FLAG = 'msdynce_hasexternallymaintainedproductsonly'
export const STATUS = 'msdynce_processingstatus'

/** A trade with a product of the other system, and documents as the integration and as users write them. */
export interface P2cUnderTest extends Trade {
  /** The product that is maintained externally; `productId` is the one of Sales. */
  readonly externalId: string
  /** Creates a document with one line of the external product. */
  ordered(set: DocumentSet, values?: Json): Promise<string>
  /** Adds a line and gives its id; the product is the external one unless told. */
  addLine(set: LineSet, header: string, values?: Json): Promise<string>
  /** Lines of a document in the order of their numbers. */
  lines(set: LineSet, header: string): Promise<readonly Json[]>
  contact(lastname: string, values?: Json): Promise<string>
}

const LINES = {
  quotedetails: { id: 'quotedetailid', parent: 'quoteid', headers: 'quotes' },
  salesorderdetails: { id: 'salesorderdetailid', parent: 'salesorderid', headers: 'salesorders' },
  invoicedetails: { id: 'invoicedetailid', parent: 'invoiceid', headers: 'invoices' },
} as const

export type LineSet = keyof typeof LINES

const LINES_OF: Readonly<Partial<Record<DocumentSet, LineSet>>> = {
  quotes: 'quotedetails',
  salesorders: 'salesorderdetails',
  invoices: 'invoicedetails',
}

export const writeIn = (values: Json = {}): Json => ({
  isproductoverridden: true,
  productdescription: 'Rigging by hand',
  quantity: 1,
  priceperunit: 15.5,
  'productid@odata.bind': undefined,
  'uomid@odata.bind': undefined,
  ...values,
})

export async function startP2c(scope: TestScope, settings: Partial<SalesSettings> = {}): Promise<P2cUnderTest> {
  const trade = await startTrade(scope, settings)
  const { sales } = trade
  const externalId = await addExternalProduct(trade)
  const addLine: P2cUnderTest['addLine'] = async (set, header, values = {}) => {
    const { id, parent, headers } = LINES[set]
    const product = { 'productid@odata.bind': `/products(${externalId})` }
    const row = await sales.create(
      set,
      { [`${parent}@odata.bind`]: `/${headers}(${header})`, ...trade.line({ ...product, ...values }) },
      id,
    )
    return row[id]
  }
  return {
    ...trade,
    externalId,
    addLine,
    ordered: async (set, values = {}) => {
      const header = await trade.document(set, values)
      const lines = LINES_OF[set]
      if (lines !== undefined) await addLine(lines, header)
      return header
    },
    lines: async (set, header) => {
      const { parent } = LINES[set]
      const answer = await sales.get(`${set}?$filter=_${parent}_value eq ${header}&$orderby=sequencenumber,createdon`)
      return answer.body.value
    },
    contact: async (lastname, values = {}) => (await sales.create('contacts', { lastname, ...values }, 'contactid')).contactid,
  }
}

async function addExternalProduct({ sales, listId, unitId }: Trade): Promise<string> {
  const product = await sales.create(
    'products',
    {
      name: 'Anchor chain AC-12',
      productnumber: 'AC-12',
      msdynce_ismaintainedexternally: true,
      price: 50,
      'defaultuomscheduleid@odata.bind': `/uomschedules(${await sales.idOf('uomschedules', "name eq 'Default Unit'")})`,
      'defaultuomid@odata.bind': `/uoms(${unitId})`,
      'pricelevelid@odata.bind': `/pricelevels(${listId})`,
    },
    'productid',
  )
  await expectDone(sales.patch(`products(${product.productid})`, { statecode: 0 }))
  return product.productid
}

/** Activates an order, as the button does. */
export const activateOrder = (sales: Pick<P2cUnderTest['sales'], 'patch'>, id: string): Promise<Answer> =>
  sales.patch(`salesorders(${id})`, { [STATUS]: PROCESSING_STATUSES.active })
