import { type Decimal, decimal, roundTo } from '@p2c/base'
import type { Chance } from '../support/chance.ts'
import {
  CURRENCIES,
  CUSTOMERS,
  PRICE_DECIMALS,
  PRODUCTS,
  type TradedCurrency,
  type TradedCustomer,
  type TradedProduct,
} from './round-trip-world.ts'

/** A charge as a clerk enters it. */
export interface TradedCharge {
  readonly code: 'FREIGHT' | 'HANDLING'
  readonly category: 'Fixed' | 'Percent' | 'Pcs'
  readonly value: string
}

/** A line of an order with everything that will happen to it. Amounts and quantities are decimal text. */
export interface TradedLine {
  readonly product: TradedProduct
  readonly quantity: string
  readonly price: string
  /** How many units the price is for; 1 where the line is born in Sales. */
  readonly priceUnit: number
  /** Of the whole line. */
  readonly discount: string
  /** On top of a discount per price unit of `unitDiscount`: Supply Chain alone. */
  readonly percent: string
  readonly unitDiscount: string
  /** Sales charges that a clerk types. */
  readonly ownCharge: string
  readonly charge?: TradedCharge
  /** Cancelled before anything of it is delivered. */
  readonly isCanceled: boolean
  /** With the first packing slip; the rest goes with the second. */
  readonly delivered: string
}

export interface TradedOrder {
  readonly number: string
  readonly origin: 'sales' | 'supply-chain'
  readonly customer: TradedCustomer
  readonly currency: TradedCurrency
  readonly lines: readonly TradedLine[]
  readonly charges: readonly TradedCharge[]
  /** What becomes of the first charge after the order was in Sales once: its tax, the Freight Tax, follows. */
  readonly laterCharge: 'stays' | 'changes' | 'goes'
  /** Discount of the whole order, in per cent; set up in Supply Chain. */
  readonly totalDiscount: string
  readonly isConfirmed: boolean
  /** How far it comes. A credit note gives a line back that has no discount: Sales holds none below nought (templates specification, 9.2). */
  readonly reaches: 'confirmed' | 'partly-invoiced' | 'invoiced' | 'credited'
}

const isOneIn = (chance: Chance, many: number): boolean => chance.below(many) < 1

/** A number below `limit` with so many decimals, as text; it may be 0. */
const amount = (chance: Chance, limit: Decimal | number, decimals: number): string =>
  roundTo(decimal(String(limit)).times(decimal(chance.below(1).toFixed(12))), decimals).toFixed()

/** Half of the orders begin in Sales; their numbers never meet those of the others. */
export function randomOrder(chance: Chance, index: number): TradedOrder {
  const origin = isOneIn(chance, 2) ? 'sales' : 'supply-chain'
  const currency = chance.pick(CURRENCIES)
  return {
    number: `${origin === 'sales' ? 'C' : 'F'}-${String(index).padStart(5, '0')}`,
    origin,
    customer: chance.pick(CUSTOMERS),
    currency,
    lines: Array.from({ length: 1 + Math.floor(chance.below(5)) }, () => randomLine(chance, origin, currency)),
    charges: randomCharges(chance, currency),
    laterCharge: chance.pick(['stays', 'changes', 'goes']),
    totalDiscount: isOneIn(chance, 4) ? amount(chance, 30, 2) : '0',
    isConfirmed: !isOneIn(chance, 25),
    reaches: chance.pick(['confirmed', 'partly-invoiced', 'invoiced', 'credited']),
  }
}

const randomCharges = (chance: Chance, { decimals }: TradedCurrency): TradedCharge[] =>
  Array.from({ length: Math.floor(chance.below(3)) }, () => {
    const category = chance.pick(['Fixed', 'Percent'] as const)
    return { code: chance.pick(['FREIGHT', 'HANDLING']), category, value: amount(chance, category === 'Fixed' ? 400 : 12, decimals) }
  })

function randomLine(chance: Chance, origin: TradedOrder['origin'], currency: TradedCurrency): TradedLine {
  const product = chance.pick(PRODUCTS)
  const most = chance.pick([3, 12, 1000])
  const quantity = decimal(amount(chance, most, product.decimals)).plus(product.decimals === 0 || isOneIn(chance, 2) ? 1 : '0.01')
  const zeros = origin === 'sales' ? 0 : chance.pick([0, 0, 1, 2])
  const priceUnit = 10 ** zeros
  const price = amount(chance, chance.pick([2, 100, 5000]), PRICE_DECIMALS - zeros)
  const base = roundTo(quantity.times(price).dividedBy(priceUnit), currency.decimals)
  const kind = chance.pick(origin === 'sales' ? ['none', 'whole', 'whole', 'all'] : ['none', 'none', 'whole', 'unit'])
  return {
    product,
    quantity: quantity.toFixed(),
    price,
    priceUnit,
    discount: kind === 'all' ? base.toFixed() : kind === 'whole' ? amount(chance, base, currency.decimals) : '0',
    percent: kind === 'unit' ? amount(chance, 40, 2) : '0',
    unitDiscount: kind === 'unit' ? amount(chance, decimal(price).dividedBy(2), 4) : '0',
    ownCharge: isOneIn(chance, 5) ? amount(chance, 50, currency.decimals) : '0',
    ...(isOneIn(chance, 5) && { charge: lineCharge(chance, currency) }),
    isCanceled: isOneIn(chance, 8),
    delivered: amount(chance, quantity, product.decimals),
  }
}

const lineCharge = (chance: Chance, { decimals }: TradedCurrency): TradedCharge => {
  const category = chance.pick(['Fixed', 'Percent', 'Pcs'] as const)
  const limit = { Fixed: 80, Percent: 10, Pcs: 2 }[category]
  return { code: chance.pick(['FREIGHT', 'HANDLING']), category, value: amount(chance, limit, decimals) }
}

const EARLIER: Readonly<Record<TradedOrder['reaches'], readonly TradedOrder['reaches'][]>> = {
  confirmed: [],
  'partly-invoiced': ['confirmed'],
  invoiced: ['partly-invoiced'],
  credited: ['invoiced'],
}

/** Every order that is this one with one thing less, numbered anew from `prefix`: a failure is looked for among them. */
export function simplerOrders(order: TradedOrder, prefix: string): TradedOrder[] {
  const { lines } = order
  const without = lines.length < 2 ? [] : lines.map((_, at) => ({ ...order, lines: lines.filter((__, index) => index !== at) }))
  const plain = lines.flatMap((line, at) => plainerLines(line).map((each) => ({ ...order, lines: lines.with(at, each) })))
  const heads: TradedOrder[] = [
    ...order.charges.map((_, at) => ({ ...order, charges: order.charges.filter((__, index) => index !== at) })),
    ...(order.totalDiscount === '0' ? [] : [{ ...order, totalDiscount: '0' }]),
    ...(order.laterCharge === 'stays' ? [] : [{ ...order, laterCharge: 'stays' as const }]),
    ...EARLIER[order.reaches].map((reaches) => ({ ...order, reaches })),
  ]
  return [...without, ...heads, ...plain].map((each, index) => ({ ...each, number: `${prefix}-${index}` }))
}

function plainerLines(line: TradedLine): TradedLine[] {
  const { charge, ...withoutCharge } = line
  const one = { quantity: '1', delivered: '1' }
  return [
    ...(line.discount === '0' ? [] : [{ ...line, discount: '0' }]),
    ...(line.percent === '0' && line.unitDiscount === '0' ? [] : [{ ...line, percent: '0', unitDiscount: '0' }]),
    ...(line.ownCharge === '0' ? [] : [{ ...line, ownCharge: '0' }]),
    ...(charge === undefined ? [] : [withoutCharge]),
    ...(line.isCanceled ? [{ ...line, isCanceled: false }] : []),
    ...(line.quantity === '1' || line.discount !== '0' ? [] : [{ ...line, ...one }]),
  ]
}
