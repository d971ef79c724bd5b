import { formatDecimal, parseDecimal, ZERO } from '@p2c/base'
import type { RuleRefusal } from '../refusal.ts'

/** Text of the line that carries tax of the header. Source: Templates 9.1. */
export const FREIGHT_TAX = 'Freight Tax'

/** The values that the line is held to. */
export interface FreightTaxValues {
  /** Plain decimal text. */
  readonly tax: string
  readonly sequencenumber: 0
  readonly msdynce_ismaintainedexternally: true
}

export interface FreightTaxLine {
  readonly tax: string | null
  readonly sequencenumber: number | null
  readonly isExternal: boolean
}

export type FreightTaxStep =
  | { readonly kind: 'create' | 'update'; readonly values: FreightTaxValues }
  | { readonly kind: 'delete' | 'nothing' }

/**
 * What a header tax that was just written (`msdynce_misctax`, null like 0) means for the Freight Tax line; whoever did not write it does not
 * ask. A negative amount is one like any other, where the published package does nothing (V). Source: Templates 9.1, Sales 6.6.
 */
export function freightTaxStep(amount: string | null, line: FreightTaxLine | undefined): FreightTaxStep {
  const tax = amountOf(amount)
  if (tax === '0') return { kind: line === undefined ? 'nothing' : 'delete' }
  const values = { tax, sequencenumber: 0, msdynce_ismaintainedexternally: true } as const
  if (line === undefined) return { kind: 'create', values }
  const isInStep = amountOf(line.tax) === tax && line.sequencenumber === 0 && line.isExternal
  return isInStep ? { kind: 'nothing' } : { kind: 'update', values }
}

/** Plain text of an amount without needless zeros. */
function amountOf(text: string | null): string {
  const amount = text === null ? ZERO : (parseDecimal(text) ?? ZERO)
  return amount.isZero() ? '0' : formatDecimal(amount)
}

/** What a new line holds beside its header and its values: a write-in of price 0, so that the amount sits in the tax alone. */
export const NEW_FREIGHT_TAX_LINE = {
  isproductoverridden: true,
  productdescription: FREIGHT_TAX,
  quantity: '1',
  priceperunit: '0',
  msdynce_ismisctax: true,
} as const

/** A document has one such line at most. */
export const SECOND_FREIGHT_TAX_LINE: RuleRefusal = {
  code: '0x80040265',
  message: `A document has one ${FREIGHT_TAX} line at most: change the header's tax (msdynce_misctax) instead of adding another.`,
}

/** The line shows the tax of its own header. Source: Templates 9.1. */
export const FREIGHT_TAX_STAYS: RuleRefusal = {
  code: '0x80040265',
  message: `The ${FREIGHT_TAX} line belongs to the tax of its header (msdynce_misctax) and cannot be moved to another document.`,
}
