import type { TestScope } from '@p2c/base'
import { DOCUMENT_FAMILIES, type DocumentHeader, familyOf } from '../../domain/documents/document-family.ts'
import { type Answer, type Json, type SalesUnderTest, startSales } from '../../sales-app.fixture.ts'

/** Sales with a customer, a price list and what tests of prices need to be short. */
export interface PricingUnderTest {
  readonly sales: SalesUnderTest
  readonly unit: string
  readonly list: string
  readonly account: string
  /** Writes settings of the organisation. */
  set(settings: Json): Promise<void>
  currency(code: string): Promise<string>
  /** A new currency with its own price list. */
  addCurrency(
    code: string,
    facts: { readonly precision: number; readonly rate: string },
  ): Promise<{ readonly currency: string; readonly list: string }>
  /** An Active product; with a price it is put on the list. */
  product(facts?: ProductFacts): Promise<string>
  /** The id of the price list item of a product on the list. */
  itemOf(product: string): Promise<string>
  document(kind: DocumentHeader, values?: Json): Promise<string>
  /** Creates a line and gives it back. */
  line(kind: DocumentHeader, header: string, values: Json): Promise<Json>
  tryLine(kind: DocumentHeader, header: string, values: Json): Promise<Answer>
  read(kind: DocumentHeader, header: string): Promise<Json>
  lines(kind: DocumentHeader, header: string): Promise<readonly Json[]>
  change(kind: DocumentHeader, header: string, values: Json): Promise<Answer>
  changeLine(kind: DocumentHeader, line: Json, values: Json): Promise<Answer>
  /** A discount list with its ranges. */
  discountList(facts: DiscountListFacts): Promise<string>
}

export interface ProductFacts {
  readonly price?: number
  readonly decimals?: number
  /** Columns of the price list item beside its amount. */
  readonly item?: Json
  readonly values?: Json
  readonly list?: string
  readonly currency?: string
}

export interface DiscountListFacts {
  readonly isAmount: boolean
  readonly ranges: readonly (readonly [low: number, high: number, discount: number])[]
}

export const setOf = (kind: DocumentHeader): string => (kind === 'opportunity' ? 'opportunities' : `${kind}s`)
export const lineSetOf = (kind: DocumentHeader): string => `${familyOf(kind).line}s`
export const KINDS: readonly DocumentHeader[] = DOCUMENT_FAMILIES.map((family) => family.header)

let products = 0

export async function startPricing(scope: TestScope): Promise<PricingUnderTest> {
  const sales = await startSales(scope)
  const group = await sales.idOf('uomschedules', "name eq 'Default Unit'")
  const unit = await sales.idOf('uoms', "name eq 'Each'")
  const list = await sales.idOf('pricelevels', "name eq 'CRM Service USA (sample)'")
  const { accountid: account } = await sales.create('accounts', { name: 'Fjordhandel' }, 'accountid')
  const currency = (code: string): Promise<string> => sales.idOf('transactioncurrencies', `isocurrencycode eq '${code}'`)

  const product = async (facts: ProductFacts = {}): Promise<string> => {
    products += 1
    const { productid } = await sales.create(
      'products',
      {
        name: `Winch ${products}`,
        productnumber: `W-${products}`,
        quantitydecimal: facts.decimals ?? 2,
        'defaultuomscheduleid@odata.bind': `/uomschedules(${group})`,
        'defaultuomid@odata.bind': `/uoms(${unit})`,
        ...(facts.currency !== undefined && { 'transactioncurrencyid@odata.bind': `/transactioncurrencies(${facts.currency})` }),
        ...facts.values,
      },
      'productid',
    )
    if (facts.price !== undefined || facts.item !== undefined) {
      await sales.create('productpricelevels', {
        'pricelevelid@odata.bind': `/pricelevels(${facts.list ?? list})`,
        'productid@odata.bind': `/products(${productid})`,
        'uomid@odata.bind': `/uoms(${unit})`,
        ...(facts.price !== undefined && { amount: facts.price }),
        ...facts.item,
      })
    }
    await accepted(sales.patch(`products(${productid})`, { statecode: 0 }))
    return productid
  }

  const lineBody = (kind: DocumentHeader, header: string, values: Json): Json => ({
    [`${familyOf(kind).parent}@odata.bind`]: `/${setOf(kind)}(${header})`,
    ...values,
  })
  const lineIdOf = (kind: DocumentHeader, line: Json): string => line[familyOf(kind).lineId]

  return {
    sales,
    unit,
    list,
    account,
    currency,
    product,
    set: async (settings) => {
      const organization = await sales.idOf('organizations', 'name ne null')
      await accepted(sales.patch(`organizations(${organization})`, settings))
    },
    addCurrency: async (code, { precision, rate }) => {
      const known = await sales.get(`transactioncurrencies?$filter=isocurrencycode eq '${code}'`)
      const facts = { currencyprecision: precision, exchangerate: Number(rate) }
      const id: string | undefined = known.body.value[0]?.transactioncurrencyid
      if (id !== undefined) await accepted(sales.patch(`transactioncurrencies(${id})`, facts))
      const made =
        id ??
        (await sales.create('transactioncurrencies', { isocurrencycode: code, currencyname: code, currencysymbol: code, ...facts }))
          .transactioncurrencyid
      const created = await sales.create(
        'pricelevels',
        { name: `List ${code}`, 'transactioncurrencyid@odata.bind': `/transactioncurrencies(${made})` },
        'pricelevelid',
      )
      return { currency: made, list: created.pricelevelid }
    },
    itemOf: (productId) => sales.idOf('productpricelevels', `_productid_value eq ${productId}`),
    document: async (kind, values = {}) => {
      const made = await sales.create(setOf(kind), {
        name: `A ${kind}`,
        'customerid_account@odata.bind': `/accounts(${account})`,
        'pricelevelid@odata.bind': `/pricelevels(${list})`,
        ...values,
      })
      return made[familyOf(kind).headerId]
    },
    line: (kind, header, values) => sales.create(lineSetOf(kind), lineBody(kind, header, values)),
    tryLine: (kind, header, values) => sales.post(lineSetOf(kind), lineBody(kind, header, values)),
    read: async (kind, header) => (await sales.get(`${setOf(kind)}(${header})`)).body,
    lines: async (kind, header) =>
      (await sales.get(`${lineSetOf(kind)}?$filter=_${familyOf(kind).parent}_value eq ${header}&$orderby=lineitemnumber`)).body.value,
    change: (kind, header, values) => sales.patch(`${setOf(kind)}(${header})`, values),
    changeLine: (kind, line, values) => sales.patch(`${lineSetOf(kind)}(${lineIdOf(kind, line)})`, values),
    discountList: async ({ isAmount, ranges }) => {
      const usd = await currency('USD')
      const { discounttypeid } = await sales.create(
        'discounttypes',
        {
          name: `Discounts ${ranges.length} ${isAmount}`,
          isamounttype: isAmount,
          ...(isAmount && { 'transactioncurrencyid@odata.bind': `/transactioncurrencies(${usd})` }),
        },
        'discounttypeid',
      )
      for (const [low, high, discount] of ranges) {
        await sales.create('discounts', {
          'discounttypeid@odata.bind': `/discounttypes(${discounttypeid})`,
          lowquantity: low,
          highquantity: high,
          [isAmount ? 'amount' : 'percentage']: discount,
        })
      }
      return discounttypeid
    },
  }
}

/** Asserts that a write succeeded. */
export async function accepted(writing: Promise<Answer>): Promise<void> {
  const answer = await writing
  if (answer.status >= 300) throw new Error(`${answer.status} ${answer.text}`)
}

export const ofProduct = (product: string, values: Json = {}): Json => ({ 'productid@odata.bind': `/products(${product})`, ...values })
/** A line with a price of its own. */
export const ofPrice = (product: string, priceperunit: number, values: Json = {}): Json =>
  ofProduct(product, { ispriceoverridden: true, priceperunit, ...values })
export const writeIn = (productdescription: string, priceperunit: number | null, values: Json = {}): Json => ({
  isproductoverridden: true,
  productdescription,
  priceperunit,
  quantity: 1,
  ...values,
})
