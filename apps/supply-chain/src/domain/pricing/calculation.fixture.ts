import { decimal, ZERO } from '@p2c/base'
import type { FieldValues } from '../field-value.ts'
import { DEFAULT_SALES_PARAMETERS, type SalesParameters } from '../sales-parameters.ts'
import { type TaxSetUp, taxSetUpOf } from '../tax/tax-set-up.ts'
import type { CalculationCharge, CalculationDocument, CalculationLine } from './calculation-document.ts'
import { type LinePrice, lineFigures } from './line-amount.ts'
import { currencyRounding } from './rounding.ts'

/** A line without any figure. */
export const NO_PRICE: LinePrice = {
  quantity: ZERO,
  price: ZERO,
  priceUnit: decimal(1),
  lineDiscount: ZERO,
  linePercent: ZERO,
  multiLineDiscount: ZERO,
  multiLinePercent: ZERO,
  salesCharges: ZERO,
  discountRemainder: ZERO,
}

/** A tax code of tests: its row with the rates that it has. */
export interface TestTaxCode {
  readonly code: string
  readonly value?: string
  readonly row?: FieldValues
  readonly values?: readonly FieldValues[]
  readonly isExempt?: boolean
}

/** Set-up in which group TX and item group ALL hold all codes. */
export const taxOf = (codes: readonly TestTaxCode[], roundingBy = 'TaxCode'): TaxSetUp =>
  taxSetUpOf({
    codes: codes.map(({ code, row = {} }) => ({
      TaxCode: code,
      TaxBase: 'PctPerNet',
      TaxRoundOff: '0.01',
      TaxRoundOffType: 'Ordinary',
      ...row,
    })),
    values: codes.flatMap(({ code, value = '0', values = [{}] }) => values.map((each) => ({ TaxCodeId: code, Value: value, ...each }))),
    groups: [{ TaxGroupCode: 'TX', RoundingBy: roundingBy }],
    groupCodes: codes.map(({ code, isExempt = false }) => ({ TaxGroupId: 'TX', TaxCodeId: code, ExemptTax: isExempt ? 'Yes' : 'No' })),
    itemGroupCodes: codes.map(({ code }) => ({ TaxItemGroupCode: 'ALL', TaxCodeId: code })),
  })

/** The seed of the worked examples. */
export const ST8 = taxOf([{ code: 'ST8', value: '8' }])

export type GivenPrice = Partial<Record<keyof LinePrice, string>>
export type GivenLine = GivenPrice &
  Partial<Pick<CalculationLine, 'isCanceled' | 'takesPartInTotalDiscount' | 'taxGroup' | 'taxItemGroup' | 'taxDate'>>

const TEXTS = ['taxGroup', 'taxItemGroup', 'taxDate']

function aLine(given: GivenLine, index: number, parameters: SalesParameters): CalculationLine {
  const numbers = Object.entries(given).filter(([name, value]) => typeof value === 'string' && !TEXTS.includes(name))
  const price: LinePrice = { ...NO_PRICE, ...Object.fromEntries(numbers.map(([name, value]) => [name, decimal(String(value))])) }
  return {
    recId: String(100 + index),
    lotId: `LOT-${index}`,
    price,
    lineAmount: lineFigures(price, { rounding: currencyRounding(undefined).orders, combination: parameters.lineMultiLineDiscount })
      .lineAmount,
    isCanceled: given.isCanceled ?? false,
    takesPartInTotalDiscount: given.takesPartInTotalDiscount ?? true,
    taxGroup: given.taxGroup ?? 'TX',
    taxItemGroup: given.taxItemGroup ?? 'ALL',
    taxDate: given.taxDate ?? '2025-02-11',
    unitFactors: new Map([['box', decimal(1).dividedBy(12)]]),
  }
}

export type GivenCharge = Partial<Omit<CalculationCharge, 'value' | 'fromOrderAmount' | 'toOrderAmount' | 'invoicedAmount'>> & {
  readonly value: string
  readonly fromOrderAmount?: string
  readonly toOrderAmount?: string
  readonly invoicedAmount?: string
}

const aCharge = (
  { value, fromOrderAmount = '0', toOrderAmount = '0', invoicedAmount = '0', ...given }: GivenCharge,
  index: number,
): CalculationCharge => ({
  recId: String(900 + index),
  lineRecId: '',
  chargeCode: 'FREIGHT',
  category: 'Fixed',
  sign: 1,
  taxGroup: 'TX',
  taxItemGroup: 'ALL',
  isKept: false,
  isProrated: false,
  isClosed: false,
  ...given,
  value: decimal(value),
  fromOrderAmount: decimal(fromOrderAmount),
  toOrderAmount: decimal(toOrderAmount),
  invoicedAmount: decimal(invoicedAmount),
})

export interface GivenDocument {
  readonly lines: readonly GivenLine[]
  readonly charges?: readonly GivenCharge[]
  readonly totalDiscountPercent?: string
  readonly pricesIncludeTax?: boolean
  readonly tax?: TaxSetUp
  readonly parameters?: Partial<SalesParameters>
  readonly currency?: FieldValues
}

/** A document of tests; what it is not about is filled in. Lines have the record ids 100, 101 ..., charges 900, 901 ... */
export function aDocument(given: GivenDocument): CalculationDocument {
  const parameters = { ...DEFAULT_SALES_PARAMETERS, ...given.parameters }
  return {
    kind: 'order',
    recId: '1',
    dataAreaId: 'usmf',
    number: 'SO-1',
    contentVersion: '1',
    currencyCode: 'USD',
    documentDate: '2025-02-11',
    pricesIncludeTax: given.pricesIncludeTax ?? false,
    totalDiscountPercent: decimal(given.totalDiscountPercent ?? '0'),
    rounding: currencyRounding(given.currency),
    parameters,
    tax: given.tax ?? ST8,
    lines: given.lines.map((line, index) => aLine(line, index, parameters)),
    charges: (given.charges ?? []).map(aCharge),
    problems: [],
  }
}

/** Whole numbers below a bound that follow from a seed. */
export function randomOf(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state % below
  }
}
