import { type Decimal, decimal, roundTo, sum, ZERO } from '@p2c/base'
import type { Row, Wire } from '../scenarios/kit/wire.ts'
import type { TradedLine, TradedOrder } from './round-trip-orders.ts'
import { COMPANY, type World } from './round-trip-world.ts'

/** What both sides hold, by order number and, for invoices, by invoice number. */
export interface BothSides {
  readonly sales: Side
  readonly supplyChain: Side
}

interface Side {
  readonly orders: ReadonlyMap<string, Row>
  readonly lines: ReadonlyMap<string, readonly Row[]>
  readonly invoices: ReadonlyMap<string, Row>
  readonly invoiceLines: ReadonlyMap<string, readonly Row[]>
}

/** Reads all orders and invoices of both sides, page by page, through their web services. */
export async function readBothSides({ sales, supplyChain }: World): Promise<BothSides> {
  const ofCompany = (set: string): Promise<Row[]> => readAll(supplyChain, `/${set}?cross-company=true&$filter=dataAreaId eq '${COMPANY}'`)
  const [orders, lines, invoices, invoiceLines] = [
    await readAll(sales, '/salesorders?$filter=msdynce_hasexternallymaintainedproductsonly eq true'),
    await readAll(sales, '/salesorderdetails?$expand=productid($select=productnumber)'),
    await readAll(sales, '/invoices?$expand=salesorderid($select=ordernumber,_ownerid_value)'),
    await readAll(sales, '/invoicedetails'),
  ]
  return {
    sales: {
      orders: by(orders, 'ordernumber'),
      lines: Map.groupBy(lines, (row) => String(row.msdynce_ordernumber)),
      invoices: by(invoices, 'invoicenumber'),
      invoiceLines: Map.groupBy(invoiceLines, (row) => String(row.msdynce_invoicenumber)),
    },
    supplyChain: {
      orders: by(await ofCompany('CDSSalesOrderHeaders'), 'SalesOrderNumber'),
      lines: Map.groupBy(await ofCompany('CDSSalesOrderLines'), (row) => String(row.SalesOrderNumber)),
      invoices: by(await ofCompany('ExternallyMaintainedCustomerSalesInvoiceHeaders'), 'InvoiceNumber'),
      invoiceLines: Map.groupBy(await ofCompany('ExternallyMaintainedCustomerSalesInvoiceLines'), (row) => String(row.InvoiceNumber)),
    },
  }
}

const by = (rows: readonly Row[], column: string): Map<string, Row> => new Map(rows.map((row) => [String(row[column]), row]))

async function readAll(wire: Wire, path: string): Promise<Row[]> {
  const rows: Row[] = []
  let next: string | undefined = encodeURI(path)
  while (next !== undefined) {
    const page: Row = await wire.get(next)
    rows.push(...page.value)
    next = page['@odata.nextLink']
  }
  return rows
}

/** One statement that does not hold: `order totalamount: Sales 9.99, Supply Chain 10.00`. */
export type Difference = string

const number = (value: unknown): Decimal => (value === null || value === undefined ? ZERO : decimal(String(value)))

/** Statements about one document: two amounts that must be the same number. */
function unequal(statements: Readonly<Record<string, readonly [sales: unknown, supplyChain: unknown]>>): Difference[] {
  return Object.entries(statements).flatMap(([name, [sales, supplyChain]]) =>
    number(sales).equals(number(supplyChain))
      ? []
      : [`${name}: Sales ${number(sales).toFixed()}, Supply Chain ${number(supplyChain).toFixed()}`],
  )
}

/** Where the other system has the order, as Sales shows it (templates specification, 10.4). */
const SHOWN_STATUS: Readonly<Record<string, number>> = {
  Confirmed: 647_390_001,
  PartiallyDelivered: 647_390_008,
  Delivered: 647_390_007,
  Invoiced: 647_390_003,
  PartiallyInvoiced: 647_390_009,
  DeliveredPartiallyInvoiced: 647_390_009,
  Canceled: 647_390_010,
}
const ACTIVE = 647_390_000

/** Everything that must hold of one order and of its invoices on both sides; empty where it does. Source: templates specification, 9. */
export function judge(order: TradedOrder, both: BothSides): Difference[] {
  const { sales, supplyChain } = both
  const [mine, theirs] = [sales.orders.get(order.number), supplyChain.orders.get(order.number)]
  if (theirs === undefined) return ['the order is not in Supply Chain']
  if (!order.isConfirmed) return judgeUnconfirmed(order, mine)
  if (mine === undefined) return ['the order is not in Sales']
  const status = SHOWN_STATUS[theirs.SalesOrderProcessingStatus] ?? 0
  return [
    ...unequal(headerStatements(mine, theirs)),
    ...(mine.msdynce_processingstatus === status && mine.statecode === 0
      ? []
      : [`status: Sales ${mine.statecode}/${mine.msdynce_processingstatus}, Supply Chain ${theirs.SalesOrderProcessingStatus}`]),
    ...judgeFreightTax(sales.lines.get(order.number) ?? [], number(theirs.OrderHeaderTaxAmount)),
    ...judgeLines(order, both),
    ...[...supplyChain.invoices.values()]
      .filter((invoice) => invoice.SalesOrderNumber === order.number)
      .flatMap((invoice) => judgeInvoice(invoice, mine, both)),
  ]
}

/** An order of Sales is there, Active; one of Supply Chain is not. */
function judgeUnconfirmed(order: TradedOrder, mine: Row | undefined): Difference[] {
  if (order.origin === 'supply-chain') return mine === undefined ? [] : ['an unconfirmed order came to Sales']
  return mine?.msdynce_processingstatus === ACTIVE ? [] : [`an unconfirmed order has status ${mine?.msdynce_processingstatus} in Sales`]
}

const headerStatements = (mine: Row, theirs: Row) =>
  ({
    'order total': [mine.totalamount, theirs.OrderTotalAmount],
    'order tax': [mine.totaltax, theirs.OrderTotalTaxAmount],
    'order header tax': [mine.msdynce_misctax, theirs.OrderHeaderTaxAmount],
    'order charges': [mine.freightamount, theirs.OrderTotalChargesAmount],
    'order header discount': [mine.discountamount, theirs.TotalDiscountAmount],
    'order discounts': [mine.totaldiscountamount, theirs.OrderTotalDiscountAmount],
    'order net of lines': [
      mine.totallineitemamount,
      number(theirs.OrderTotalAmount)
        .plus(number(theirs.TotalDiscountAmount))
        .minus(number(theirs.OrderTotalChargesAmount))
        .minus(number(theirs.OrderTotalTaxAmount)),
    ],
  }) as const

/** One line with the whole header tax where there is one, no line otherwise. Source: templates specification, 9.1. */
function judgeFreightTax(lines: readonly Row[], tax: Decimal): Difference[] {
  const found = lines.filter((line) => line.msdynce_ismisctax === true)
  const shown = found.map((line) => [
    line.sequencenumber,
    line.priceperunit,
    line.quantity,
    number(line.tax).toFixed(),
    line.productdescription,
  ])
  const expected = tax.isZero() ? [] : [[0, 0, 1, tax.toFixed(), 'Freight Tax']]
  return JSON.stringify(shown) === JSON.stringify(expected)
    ? []
    : [`Freight Tax: ${JSON.stringify(shown)}, expected ${JSON.stringify(expected)}`]
}

function judgeLines(order: TradedOrder, { sales, supplyChain }: BothSides): Difference[] {
  const mine = new Map(
    (sales.lines.get(order.number) ?? []).filter((line) => line.msdynce_ismisctax !== true).map((line) => [line.sequencenumber, line]),
  )
  const theirs = supplyChain.lines.get(order.number) ?? []
  if (mine.size !== theirs.length || theirs.length < order.lines.length)
    return [`lines: Sales ${mine.size}, Supply Chain ${theirs.length}, traded ${order.lines.length}`]
  return theirs.flatMap((line) => {
    const at = line.LineCreationSequenceNumber
    const traded = order.lines[at - 1]
    const own = mine.get(at)
    if (own === undefined) return [`line ${at} is missing in Sales`]
    const counts = line.SalesOrderLineStatus !== 'Canceled'
    const figures = (value: unknown): unknown => (counts ? value : 0)
    return [
      ...unequal({
        [`line ${at} quantity`]: [own.quantity, figures(line.OrderedSalesQuantity)],
        [`line ${at} discount`]: [own.manualdiscountamount, figures(line.TotalDiscountAmount)],
        [`line ${at} tax`]: [own.tax, figures(line.TotalTaxAmount)],
        [`line ${at} price`]: [own.priceperunit, number(line.SalesPrice).dividedBy(number(line.SalesPriceQuantity))],
      }),
      // What a credit note gives back was not traded.
      ...(traded === undefined ? [] : judgeSplit(order, { at, traded, line })),
      ...(own.productid?.productnumber === line.ProductNumber
        ? []
        : [`line ${at} product: ${own.productid?.productnumber}, ${line.ProductNumber}`]),
    ]
  })
}

interface SplitLine {
  readonly at: number
  readonly traded: TradedLine
  readonly line: Row
}

/** A discount of the whole line is what it was, and is kept per price unit with its rest among the sales charges. Source: templates specification, 9.2. */
function judgeSplit({ currency }: TradedOrder, { at, traded, line }: SplitLine): Difference[] {
  const whole = decimal(traded.discount)
  if (whole.isZero() || traded.percent !== '0' || traded.unitDiscount !== '0') return []
  const units = decimal(traded.priceUnit)
  const quantity = decimal(traded.quantity)
  const perUnit = toStep(whole.times(units).dividedBy(quantity), currency.priceRounding)
  const rest = quantity.times(perUnit).dividedBy(units).minus(whole)
  const charges = rest.plus(traded.ownCharge)
  const kept = number(line.FixedPriceCharges)
  return [
    ...unequal({
      [`line ${at} discount as entered`]: [whole, line.TotalDiscountAmount],
      [`line ${at} discount per unit`]: [perUnit, line.LineDiscountAmount],
    }),
    // What a clerk writes over the rest of a split has the six decimals of an amount; the rest itself has more.
    ...(kept.minus(charges).abs().lessThan('0.000001')
      ? []
      : [`line ${at} sales charges: ${kept.toFixed()}, expected ${charges.toFixed()}`]),
  ]
}

/** Half away from zero, to multiples of a step. */
const toStep = (value: Decimal, step: string): Decimal => roundTo(roundTo(value.dividedBy(step), 14), 0).times(step)

/** Source: templates specification, 9.3 no. 4, 9.8. */
function judgeInvoice(theirs: Row, order: Row, { sales, supplyChain }: BothSides): Difference[] {
  const name = `invoice ${theirs.InvoiceNumber}`
  const mine = sales.invoices.get(theirs.InvoiceNumber)
  if (mine === undefined) return [`${name} is not in Sales`]
  const lines = sales.invoiceLines.get(theirs.InvoiceNumber) ?? []
  const sent = supplyChain.invoiceLines.get(theirs.InvoiceNumber) ?? []
  const goods = lines.filter((line) => line.msdynce_ismisctax !== true)
  const total = (rows: readonly Row[], column: string): Decimal => sum(rows.map((row) => number(row[column])))
  return [
    ...unequal({
      [`${name} total`]: [mine.totalamount, theirs.TotalInvoiceAmount],
      [`${name} tax`]: [mine.totaltax, theirs.TotalTaxAmount],
      [`${name} header tax`]: [mine.msdynce_misctax, theirs.InvoiceHeaderTaxAmount],
      [`${name} charges`]: [mine.freightamount, theirs.TotalChargeAmount],
      [`${name} header discount`]: [mine.discountamount, theirs.TotalDiscountCustomerGroupCode],
      [`${name} discounts`]: [mine.totaldiscountamount, theirs.TotalDiscountAmount],
      [`${name} number of lines`]: [goods.length, sent.length],
      [`${name} quantity`]: [total(goods, 'quantity'), total(sent, 'InvoicedQuantity')],
      [`${name} line discounts`]: [total(goods, 'manualdiscountamount'), total(sent, 'LineTotalDiscountAmount')],
    }),
    ...judgeFreightTax(lines, number(theirs.InvoiceHeaderTaxAmount)).map((each) => `${name} ${each}`),
    ...(mine._ownerid_value === order._ownerid_value ? [] : [`${name} has another owner than its order`]),
    ...(mine.salesorderid?.ordernumber === theirs.SalesOrderNumber ? [] : [`${name} hangs on order ${mine.salesorderid?.ordernumber}`]),
  ]
}
