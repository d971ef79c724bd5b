import { decimal } from '@p2c/base'
import type { PluginContext } from '@p2c/dataverse'
import type { CatalogueEntry } from '../../domain/pricing/catalogue-price.ts'
import type { SoldProduct, SoldUnit } from '../../domain/pricing/line-rules.ts'
import { PRICING_METHODS } from '../../domain/pricing/unit-price.ts'
import type { DiscountRange } from '../../domain/pricing/volume-discount.ts'

/** A product on a line, as the catalogue is asked about it. */
export interface CatalogueQuestion {
  readonly productId: string
  /** Null: the default unit of the product. */
  readonly unitId: string | null
  readonly listId: string | null
  readonly currencyId: string
  /** Decimal text; null finds no volume discount. */
  readonly quantity: string | null
  /** The line takes its price from here: no writer may change it before the line is stored. */
  readonly isPriced: boolean
}

export interface CatalogueAnswer {
  readonly product: SoldProduct & { readonly number: string | null }
  readonly unit: (SoldUnit & { readonly id: string }) | undefined
  readonly entry: CatalogueEntry
  /** Of the price list item, for the quantity asked; the discount list may be inactive. Source: Sales 4.5. */
  readonly ranges: readonly DiscountRange[]
  /** `quantitysellingcode` of the price list item. */
  readonly sellingCode: number | null
}

/**
 * One probe of each index for each line: with plain joins tables of middling size would be read as a whole. Where price lists are
 * optional, the product's own list steps in for the document's. Source: Sales 4.4 steps 3 and 4.
 */
const CATALOGUE_SQL = `
  select w.n::int as n, p.name, p.productnumber, p.statecode, p.productstructure, p.quantitydecimal, p.defaultuomscheduleid,
    p.price, p.currentcost, p.standardcost, p.transactioncurrencyid = w.currency as in_currency,
    u.uomid, u.name as unit_name, u.uomscheduleid as unit_group,
    i.productpricelevelid as item, i.pricingmethodcode, i.amount, i.percentage, i.roundingpolicycode, i.roundingoptioncode,
    i.roundingoptionamount, i.quantitysellingcode,
    d.discountid as range, d.by_amount, d.lowquantity, d.highquantity, d.amount as range_amount, d.percentage as range_percentage
  from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::numeric[]) with ordinality as w(product, unit, list, currency, quantity, n)
  cross join lateral (select * from product where productid = w.product limit 1) p
  left join lateral (select * from uom where uomid = coalesce(w.unit, p.defaultuomid) limit 1) u on true
  left join lateral (
    select i.* from productpricelevel i
    where i.productid = w.product and i.uomid = u.uomid and (i.pricelevelid = w.list or ($6 and i.pricelevelid = (
      select l.pricelevelid from pricelevel l
      where l.pricelevelid = p.pricelevelid and l.statecode = 0 and l.transactioncurrencyid = w.currency)))
    order by coalesce(i.pricelevelid = w.list, false) desc limit 1) i on true
  left join lateral (
    select d.*, t.isamounttype as by_amount from discount d join discounttype t on t.discounttypeid = d.discounttypeid
    where d.discounttypeid = i.discounttypeid and w.quantity between d.lowquantity and d.highquantity
    order by d.lowquantity limit 1) d on true`

interface StoredAnswer {
  readonly [column: string]: unknown
  readonly n: number
  readonly name: string | null
  readonly productnumber: string | null
  readonly statecode: number
  readonly productstructure: number
  readonly quantitydecimal: number | null
  readonly defaultuomscheduleid: string | null
  readonly price: string | null
  readonly currentcost: string | null
  readonly standardcost: string | null
  readonly in_currency: boolean | null
  readonly uomid: string | null
  readonly unit_name: string | null
  readonly unit_group: string | null
  readonly item: string | null
  readonly pricingmethodcode: number | null
  readonly amount: string | null
  readonly percentage: string | null
  readonly roundingpolicycode: number | null
  readonly roundingoptioncode: number | null
  readonly roundingoptionamount: string | null
  readonly quantitysellingcode: number | null
  readonly range: string | null
  readonly by_amount: boolean | null
  readonly lowquantity: string
  readonly highquantity: string
  readonly range_amount: string | null
  readonly range_percentage: string | null
}

/**
 * Holds prices until the transaction ends. Who changes one looks for the open documents with it, and would not see a line that is just
 * being written with the old one: the two take turns. Products first, as writers of products and their items lock them; a product
 * counts where an item prices by its list price or cost.
 */
const HOLD_SQL = `
  with products as (
    select productid from product p where productid = any($1::uuid[]) and exists (
      select 1 from productpricelevel i where i.productid = p.productid and i.pricingmethodcode > ${PRICING_METHODS.amount})
    order by productid for share),
  items as (
    select productpricelevelid from productpricelevel where productid = any($1::uuid[]) and (pricelevelid = any($2::uuid[]) or $3)
    order by productpricelevelid for share)
  select (select count(*) from products), (select count(*) from items)`

async function holdPrices(
  context: Pick<PluginContext, 'sql'>,
  questions: readonly CatalogueQuestion[],
  options: { readonly isPriceListMandatory: boolean },
): Promise<void> {
  const priced = questions.filter((question) => question.isPriced)
  if (priced.length === 0) return
  const products = new Set(priced.map((question) => question.productId))
  const lists = new Set(priced.flatMap((question) => question.listId ?? []))
  await context.sql.query(HOLD_SQL, [[...products], [...lists], !options.isPriceListMandatory])
}

/** What the catalogue says to each question, in order; undefined where the product does not exist. Two statements at most. */
export async function readCatalogue(
  context: Pick<PluginContext, 'sql'>,
  questions: readonly CatalogueQuestion[],
  options: { readonly isPriceListMandatory: boolean },
): Promise<readonly (CatalogueAnswer | undefined)[]> {
  if (questions.length === 0) return []
  await holdPrices(context, questions, options)
  const found = await context.sql.query<StoredAnswer>(CATALOGUE_SQL, [
    questions.map((question) => question.productId),
    questions.map((question) => question.unitId),
    questions.map((question) => question.listId),
    questions.map((question) => question.currencyId),
    questions.map((question) => question.quantity),
    !options.isPriceListMandatory,
  ])
  const answers = new Map(found.rows.map((row) => [row.n, toAnswer(row)]))
  return questions.map((_, index) => answers.get(index + 1))
}

const decimalOrNull = (text: string | null) => (text === null ? null : decimal(text))

const toAnswer = (row: StoredAnswer): CatalogueAnswer => ({
  product: {
    name: row.name ?? row.productnumber ?? '',
    number: row.productnumber,
    statecode: row.statecode,
    structure: row.productstructure,
    unitGroup: row.defaultuomscheduleid,
    quantityDecimals: row.quantitydecimal ?? 2,
  },
  unit: row.uomid === null ? undefined : { id: row.uomid, name: row.unit_name ?? '', unitGroup: row.unit_group ?? '' },
  entry: {
    item: row.item === null ? null : toItem(row),
    product: {
      price: decimalOrNull(row.price),
      currentCost: decimalOrNull(row.currentcost),
      standardCost: decimalOrNull(row.standardcost),
    },
    isInCurrency: row.in_currency === true,
  },
  ranges: row.range === null ? [] : [toRange(row)],
  sellingCode: row.quantitysellingcode,
})

const toItem = (row: StoredAnswer) => ({
  method: row.pricingmethodcode,
  amount: decimalOrNull(row.amount),
  percentage: decimalOrNull(row.percentage),
  roundingPolicy: row.roundingpolicycode,
  roundingOption: row.roundingoptioncode,
  roundingAmount: decimalOrNull(row.roundingoptionamount),
})

const toRange = (row: StoredAnswer): DiscountRange => ({
  isAmount: row.by_amount === true,
  low: decimal(row.lowquantity),
  high: decimal(row.highquantity),
  amount: decimalOrNull(row.range_amount),
  percentage: decimalOrNull(row.range_percentage),
})
