import { type Decimal, decimal } from '@p2c/base'
import type { FieldValues } from './field-value.ts'

/** Which parts of the discount of a line count. Source: Supply Chain specification, 5.1. */
export type DiscountCombination =
  | 'Line'
  | 'MultiLine'
  | 'MaxLineMultiLine'
  | 'MinLineMultiLine'
  | 'LinePlusMultiLine'
  | 'LineMultiplyMultiLine'

/**
 * Parameters of sales and receivables of one company, typed. Each one is a decision that a real environment could take differently.
 * Source: Supply Chain specification, 0.2.
 */
export interface SalesParameters {
  readonly reservationMode: 'Manual' | 'Automatic'
  readonly reserveOrdered: boolean
  readonly creditLimitType: 'None' | 'Balance' | 'BalanceDelivered' | 'BalanceAll'
  readonly creditLimitMessage: 'Error' | 'Warning'
  /** `Complete`: picking is registered while the list is generated. */
  readonly pickingRouteStatus: 'Activated' | 'Complete'
  readonly lineMultiLineDiscount: DiscountCombination
  readonly taxCalculationMethod: 'Line' | 'Total'
  /** Whether tax is kept on each line of a document. */
  readonly taxPerInvoiceLine: boolean
  readonly salesChargeOnPartialInvoice: 'EveryInvoice' | 'FirstInvoice' | 'Prorate'
  readonly automaticSettlement: boolean
  readonly cashDiscountOnPartialPayments: boolean
  readonly cashDiscountOnCreditNotes: boolean
  /** Amounts of the accounting currency. */
  readonly maxPennyDifference: Decimal
  readonly maxOverUnderPayment: Decimal
  readonly packingSlipAutomaticReduction: boolean
  readonly processingStatusDetail: 'Enum' | 'Fine'
  readonly calculateLineNetAmountOnImport: boolean
  readonly deleteInvoicedLines: boolean
}

/** What a company without a row of parameters has. */
export const DEFAULT_SALES_PARAMETERS: SalesParameters = {
  reservationMode: 'Manual',
  reserveOrdered: false,
  creditLimitType: 'Balance',
  creditLimitMessage: 'Error',
  pickingRouteStatus: 'Activated',
  lineMultiLineDiscount: 'LinePlusMultiLine',
  taxCalculationMethod: 'Line',
  taxPerInvoiceLine: true,
  salesChargeOnPartialInvoice: 'EveryInvoice',
  automaticSettlement: false,
  cashDiscountOnPartialPayments: false,
  cashDiscountOnCreditNotes: false,
  maxPennyDifference: decimal('0.01'),
  maxOverUnderPayment: decimal('0.5'),
  packingSlipAutomaticReduction: false,
  processingStatusDetail: 'Enum',
  calculateLineNetAmountOnImport: true,
  deleteInvoicedLines: false,
}

/** The parameters in a row of `SalesParameters`; the defaults where the company has none. */
export function salesParametersOf(row: FieldValues | undefined): SalesParameters {
  if (row === undefined) return DEFAULT_SALES_PARAMETERS
  const isYes = (name: string): boolean => row[name] === 'Yes'
  const amount = (name: string): Decimal => decimal(row[name] || '0')
  return {
    // The enumeration calls manual reservation None.
    reservationMode: row.ReservationMode === 'Automatic' ? 'Automatic' : 'Manual',
    reserveOrdered: isYes('ReserveOrdered'),
    creditLimitType: memberOf(row.CreditLimitType, CREDIT_LIMIT_TYPES),
    creditLimitMessage: row.CreditLimitMessage === 'Warning' ? 'Warning' : 'Error',
    pickingRouteStatus: row.PickingRouteStatus === 'Complete' ? 'Complete' : 'Activated',
    lineMultiLineDiscount: memberOf(row.LineMultiLineDiscount, DISCOUNT_COMBINATIONS),
    taxCalculationMethod: row.TaxCalculationMethod === 'Total' ? 'Total' : 'Line',
    taxPerInvoiceLine: isYes('TaxPerInvoiceLine'),
    salesChargeOnPartialInvoice: memberOf(row.SalesChargeOnPartialInvoice, SALES_CHARGE_RULES),
    automaticSettlement: isYes('AutomaticSettlement'),
    cashDiscountOnPartialPayments: isYes('CashDiscountOnPartialPayments'),
    cashDiscountOnCreditNotes: isYes('CashDiscountOnCreditNotes'),
    maxPennyDifference: amount('MaxPennyDifference'),
    maxOverUnderPayment: amount('MaxOverUnderPayment'),
    packingSlipAutomaticReduction: isYes('PackingSlipAutomaticReduction'),
    processingStatusDetail: row.ProcessingStatusDetail === 'Fine' ? 'Fine' : 'Enum',
    calculateLineNetAmountOnImport: isYes('CalculateLineNetAmountOnImport'),
    deleteInvoicedLines: isYes('DeleteInvoicedLines'),
  }
}

/** The default comes first. */
const CREDIT_LIMIT_TYPES = ['Balance', 'None', 'BalanceDelivered', 'BalanceAll'] as const
const DISCOUNT_COMBINATIONS = [
  'LinePlusMultiLine',
  'Line',
  'MultiLine',
  'MaxLineMultiLine',
  'MinLineMultiLine',
  'LineMultiplyMultiLine',
] as const satisfies readonly DiscountCombination[]
const SALES_CHARGE_RULES = ['EveryInvoice', 'FirstInvoice', 'Prorate'] as const

function memberOf<Member extends string>(value: string | undefined, members: readonly [Member, ...Member[]]): Member {
  return members.find((each) => each === value) ?? members[0]
}
