/** Random documents for property tests. All numbers are decimal text; the same seed gives the same documents. */

/** Whole numbers from 0 up to, but not including, a limit; they follow from a seed (mulberry32). */
export type Chance = (below: number) => number

export function chanceFrom(seed: number): Chance {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below)
  }
}

/** A seed for this run; `P2C_TEST_SEED` plays an earlier one again. */
export const seedOf = (given: string | undefined, fallback: number): number => (given === undefined ? fallback : Number(given))

export interface RandomLine {
  readonly kind: 'catalogue' | 'override' | 'write-in'
  readonly price: string
  readonly quantity: string
  readonly manualDiscount: string
  readonly tax: string
  /** Volume discount that the product has from this quantity on, in per cent; only lines of the catalogue get it. */
  readonly volumePercentage: string
}

export interface RandomDocument {
  readonly discountMethod: 0 | 1
  readonly currencyDecimals: 0 | 2 | 3
  readonly discountPercentage: string
  readonly discountAmount: string
  readonly freightAmount: string
  readonly lines: readonly RandomLine[]
}

/** `-12.5`: digits with so many decimals, at most. */
function someDecimal(chance: Chance, range: { readonly below: number; readonly decimals: number; readonly signed?: boolean }): string {
  const whole = chance(range.below)
  const fraction = range.decimals === 0 ? '' : `.${String(chance(10 ** range.decimals)).padStart(range.decimals, '0')}`
  return `${range.signed === true && chance(5) === 0 ? '-' : ''}${whole}${fraction}`
}

const KINDS = ['catalogue', 'override', 'write-in'] as const
const VOLUMES = ['0', '5', '7.5', '12.34567'] as const

/** More decimals than any column keeps come too: they are rounded when they are stored. */
function randomLine(chance: Chance): RandomLine {
  return {
    kind: KINDS[chance(3)] ?? 'catalogue',
    price: someDecimal(chance, { below: 2_000, decimals: chance(5) }),
    quantity: someDecimal(chance, { below: 300, decimals: chance(6), signed: true }),
    manualDiscount: chance(2) === 0 ? '0' : someDecimal(chance, { below: 20, decimals: chance(5) }),
    tax: chance(2) === 0 ? '0' : someDecimal(chance, { below: 90, decimals: chance(5), signed: true }),
    volumePercentage: VOLUMES[chance(4)] ?? '0',
  }
}

/** Header amounts stay small beside the lines, so that no discount exceeds a document. */
export function randomDocument(chance: Chance): RandomDocument {
  const currencyDecimals = ([0, 2, 3] as const)[chance(3)] ?? 2
  return {
    discountMethod: chance(2) === 0 ? 0 : 1,
    currencyDecimals,
    discountPercentage: chance(2) === 0 ? '0' : someDecimal(chance, { below: 60, decimals: chance(3) }),
    discountAmount: chance(3) === 0 ? someDecimal(chance, { below: 9, decimals: chance(5) }) : '0',
    freightAmount: chance(2) === 0 ? someDecimal(chance, { below: 200, decimals: chance(5) }) : '0',
    lines: Array.from({ length: 1 + chance(12) }, () => randomLine(chance)),
  }
}

/** Whole numbers of 10^-10: a second arithmetic, so that the engine is not measured by itself. */
const SCALE = 10
const UNIT = 10n ** BigInt(SCALE)

const toUnits = (text: string): bigint => {
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.')
  const units = BigInt(whole) * UNIT + BigInt(fraction.padEnd(SCALE, '0'))
  return text.startsWith('-') ? -units : units
}

/** n / d in whole numbers, half away from nought. */
const divideAway = (n: bigint, d: bigint): bigint => {
  const quotient = ((n < 0n ? -n : n) * 2n + d) / (2n * d)
  return n < 0n ? -quotient : quotient
}

const roundUnits = (units: bigint, decimals: number): bigint => {
  const step = 10n ** BigInt(SCALE - decimals)
  return divideAway(units, step) * step
}

const times = (a: bigint, b: bigint, decimals: number): bigint => {
  const step = 10n ** BigInt(SCALE - decimals)
  return divideAway(a * b, UNIT * step) * step
}

/** Plain digits, without trailing zeros. */
export function unitsText(units: bigint): string {
  const digits = (units < 0n ? -units : units).toString().padStart(SCALE + 1, '0')
  const fraction = digits.slice(-SCALE).replace(/0+$/, '')
  return `${units < 0n ? '-' : ''}${digits.slice(0, -SCALE)}${fraction === '' ? '' : `.${fraction}`}`
}

export interface ExpectedLine {
  readonly volumeDiscount: bigint
  readonly baseAmount: bigint
  readonly extendedAmount: bigint
  readonly discount: bigint
  readonly tax: bigint
}

/** Decimals of unit prices and of quantities in these documents. */
export const PRICE_DECIMALS = 2
export const QUANTITY_DECIMALS = 5

/** The amounts of a line by the formulas of Sales 4.3, in whole numbers. */
export function expectedLine(line: RandomLine, document: RandomDocument): ExpectedLine {
  const decimals = document.currencyDecimals
  const quantity = roundUnits(toUnits(line.quantity), QUANTITY_DECIMALS)
  const price = roundUnits(toUnits(line.price), PRICE_DECIMALS)
  const manual = roundUnits(toUnits(line.manualDiscount), decimals)
  const tax = roundUnits(toUnits(line.tax), decimals)
  const hasVolume = line.kind === 'catalogue' && quantity >= UNIT
  const volumeDiscount = hasVolume ? times(price, toUnits(line.volumePercentage) / 100n, decimals) : 0n
  const baseAmount = times(quantity, price - volumeDiscount, decimals)
  const discount = document.discountMethod === 1 ? times(quantity, manual, decimals) : manual
  return { volumeDiscount, baseAmount, discount, tax, extendedAmount: baseAmount - discount + tax }
}

/** The totals of a document as the sums of its parts, by column. */
export function expectedTotals(document: RandomDocument): Readonly<Record<string, string>> {
  const decimals = document.currencyDecimals
  const lines = document.lines.map((line) => expectedLine(line, document))
  const total = (of: (line: ExpectedLine) => bigint): bigint => lines.reduce((sum, line) => sum + of(line), 0n)
  const detail = total((line) => line.extendedAmount - line.tax)
  const discount = total((line) => line.discount)
  const tax = total((line) => line.tax)
  const header =
    times(detail, toUnits(document.discountPercentage) / 100n, decimals) + roundUnits(toUnits(document.discountAmount), decimals)
  const lessFreight = detail - header
  const amounts = {
    totallineitemamount: detail,
    totallineitemdiscountamount: discount,
    totaldiscountamount: discount + header,
    totalamountlessfreight: lessFreight,
    totaltax: tax,
    totalamount: lessFreight + roundUnits(toUnits(document.freightAmount), decimals) + tax,
  }
  return Object.fromEntries(Object.entries(amounts).map(([column, units]) => [column, unitsText(units)]))
}
