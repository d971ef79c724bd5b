import { AppError, decimal, formatDecimal, sum } from '@p2c/base'
import type { LoadOrder, LoadOrderLine, LoadRate, LoadStock, OrderSet, RepeatedKey } from '../order-set.ts'
import { ADDRESS_COLUMNS, currencyOf, toAddress } from './addresses.ts'
import { readCsvTable } from './csv-table.ts'

/** The tables of the data set that orders need, as read. */
async function readTables(folder: string) {
  const [headers, lines, reasons, customers, stores, addresses, products, onHand, rates] = await Promise.all([
    readCsvTable(folder, 'order_headers', ['order_number', 'order_date', 'customer_id', 'bill_to_address_id']),
    readCsvTable(folder, 'order_lines', ['order_number', 'line_number', 'product_number', 'quantity', 'unit_price']),
    readCsvTable(folder, 'order_reasons', ['order_number', 'reason']),
    readCsvTable(folder, 'customers', ['customer_id', 'account_number', 'person_id', 'store_id']),
    readCsvTable(folder, 'stores', ['store_id']),
    readCsvTable(folder, 'addresses', ADDRESS_COLUMNS),
    readCsvTable(folder, 'products', ['product_id', 'product_number', 'standard_cost']),
    readCsvTable(folder, 'on_hand', ['product_id', 'quantity']),
    readCsvTable(folder, 'currency_rates', ['rate_date', 'from', 'to', 'end_of_day_rate']),
  ])
  return { headers, lines, reasons, customers, stores, addresses, products, onHand, rates }
}
type Tables = Awaited<ReturnType<typeof readTables>>

/**
 * The orders of the AdventureWorks company data. The files have no currency, discount, tax or freight: an order is in the currency of the
 * country that its customer lives in, at the prices of its lines, without the others. A line whose number is taken goes behind the last one of
 * its order. There is as much stock as is left according to the data once all orders are delivered. Throws `data-set-incomplete`,
 * `data-set-unreadable`, `data-set-inconsistent`.
 */
export async function readAdventureWorksOrders(folder: string): Promise<OrderSet> {
  const tables = await readTables(folder)
  const { linesOf, repeatedKeys } = numberLines(tables)
  const orders = toOrders(tables, linesOf)
  return { orders, repeatedKeys, stock: openingStock(tables, orders), rates: latestRates(tables, orders) }
}

interface NumberedLines {
  readonly linesOf: ReadonlyMap<string, readonly LoadOrderLine[]>
  readonly repeatedKeys: readonly RepeatedKey[]
}

function numberLines({ lines }: Tables): NumberedLines {
  const repeatedKeys: RepeatedKey[] = []
  const linesOf = new Map<string, LoadOrderLine[]>()
  for (const [orderNumber, rows] of Map.groupBy(lines, (row) => row.order_number)) {
    const taken = new Set<number>()
    let last = Math.max(...rows.map((row) => Number(row.line_number)))
    const numbered = rows.map((row): LoadOrderLine => {
      const lineNumber = Number(row.line_number)
      const isTaken = taken.has(lineNumber)
      if (isTaken) last += 1
      const sequence = isTaken ? last : lineNumber
      taken.add(sequence)
      if (isTaken) repeatedKeys.push({ orderNumber, lineNumber, enteredAs: sequence })
      return { sequence, productNumber: row.product_number, quantity: row.quantity, unitPrice: row.unit_price }
    })
    linesOf.set(orderNumber, numbered)
  }
  return { linesOf, repeatedKeys }
}

function toOrders(tables: Tables, linesOf: ReadonlyMap<string, readonly LoadOrderLine[]>): LoadOrder[] {
  const { headers } = tables
  assertConsistent(tables, linesOf)
  const customers = customersById(tables)
  const addresses = new Map(tables.addresses.map((row) => [row.address_id, toAddress(row)]))
  const reasons = Map.groupBy(tables.reasons, (row) => row.order_number)
  return headers.map((row): LoadOrder => {
    const address = addresses.get(row.bill_to_address_id)
    const description = (reasons.get(row.order_number) ?? []).map(({ reason }) => reason).join(', ')
    return {
      number: row.order_number,
      name: `Internet order ${row.order_number}`,
      customer: customers.get(row.customer_id) ?? { table: 'contact', number: '' },
      currency: currencyOf(address),
      date: row.order_date,
      ...(address !== undefined && { address }),
      ...(description !== '' && { description }),
      lines: linesOf.get(row.order_number) ?? [],
    }
  })
}

/** A person buys for himself; a customer without a person is a store, under the number that the store has as an account. */
function customersById({ customers, stores }: Tables): ReadonlyMap<string, LoadOrder['customer']> {
  const known = new Set(stores.map((row) => row.store_id))
  return new Map(
    customers.map((row) => {
      const isStore = row.person_id === '' && known.has(row.store_id)
      return [row.customer_id, { table: isStore ? 'account' : 'contact', number: row.account_number }] as const
    }),
  )
}

/** What does not fit together could only be entered by leaving something out. */
function assertConsistent({ headers, customers }: Tables, linesOf: ReadonlyMap<string, unknown>): void {
  const numbers = new Set(headers.map((row) => row.order_number))
  const known = new Set(customers.map((row) => row.customer_id))
  const seen = new Set<string>()
  const problems = [
    ...headers.flatMap(({ order_number: number }) => {
      const isTwice = seen.has(number)
      seen.add(number)
      return isTwice ? [`order ${number} stands twice in order_headers`] : []
    }),
    ...headers.filter((row) => !known.has(row.customer_id)).map((row) => `order ${row.order_number} has no customer in customers`),
    ...headers.filter((row) => !linesOf.has(row.order_number)).map((row) => `order ${row.order_number} has no lines in order_lines`),
    ...[...linesOf.keys()].filter((number) => !numbers.has(number)).map((number) => `lines of ${number} have no order in order_headers`),
  ]
  const [first] = problems
  if (first === undefined) return
  throw new AppError({
    category: 'data',
    code: 'data-set-inconsistent',
    message: `The orders of the data set do not fit together: ${first}${problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''}. Fetch the files again, all of one release.`,
    details: { problems: problems.slice(0, 20) },
  })
}

/** What is on hand according to the data, and all that is ordered beyond it. */
function openingStock({ products, onHand }: Tables, orders: readonly LoadOrder[]): LoadStock[] {
  const left = new Map(onHand.map((row) => [row.product_id, row.quantity]))
  const ordered = Map.groupBy(
    orders.flatMap(({ lines }) => lines),
    (line) => line.productNumber,
  )
  return products.flatMap((row) => {
    const quantities = [left.get(row.product_id) ?? '0', ...(ordered.get(row.product_number) ?? []).map((line) => line.quantity)]
    const quantity = sum(quantities.map((text) => decimal(text)))
    return quantity.isZero() ? [] : [{ productNumber: row.product_number, quantity: formatDecimal(quantity), unitCost: row.standard_cost }]
  })
}

/** The last rate of each currency that is used: orders are older than the rates of the data. */
function latestRates({ rates }: Tables, orders: readonly LoadOrder[]): LoadRate[] {
  const used = new Set(orders.map(({ currency }) => currency))
  const latest = new Map<string, LoadRate>()
  for (const row of rates) {
    const known = latest.get(row.to)
    if (row.from === row.to || !used.has(row.to) || (known !== undefined && known.date >= row.rate_date)) continue
    latest.set(row.to, { from: row.from, to: row.to, date: row.rate_date, rate: row.end_of_day_rate })
  }
  return [...latest.values()]
}
