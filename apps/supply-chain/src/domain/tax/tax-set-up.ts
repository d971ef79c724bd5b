import { type Decimal, decimal } from '@p2c/base'
import { EMPTY_DATE, type FieldValues } from '../field-value.ts'
import { type AmountRounding, roundOffTypeOf } from '../pricing/rounding.ts'

/** How a code arrives at its amount: members of `TaxBaseType`. Source: Supply Chain specification, 5.7. */
export type TaxOrigin = 'PctPerNet' | 'PctPerGross' | 'PctPerTax' | 'AmountByUnit' | 'PctGrosOnNet' | 'PctPerMargin'

/** Which amount picks the rate: members of `TaxLimitBase`. */
export type TaxLimitBase = 'LineWithoutVAT' | 'UnitWithoutVAT' | 'InvoiceWithoutVAT' | 'LineInclVAT' | 'UnitInclVAT' | 'InvoiceInclVAT'

/** A rate or an amount per unit, valid in a period and for amounts between two limits. */
export interface TaxValue {
  /** Days; `1900-01-01`: without beginning or end. */
  readonly fromDate: string
  readonly toDate: string
  readonly minimum: Decimal
  /** 0: without end. */
  readonly maximum: Decimal
  /** Percent, or an amount in the currency of the code. */
  readonly value: Decimal
}

/** A tax code with its values. */
export interface TaxCode {
  readonly code: string
  readonly origin: TaxOrigin
  readonly limitBase: TaxLimitBase
  /** Whether amounts between limits are taxed each at their own rate, or all at one. */
  readonly isByInterval: boolean
  /** The one other code that a percentage of tax or of the gross amount is taken of; blank: none, or all of them. */
  readonly taxOnTax: string
  readonly rounding: AmountRounding
  /** Unit of an amount per unit, blank: that of the line. */
  readonly unit: string
  /** Whether its amount per unit belongs to the base of the others. */
  readonly isBeforeOthers: boolean
  /** One unit of the code's currency in that of the document. */
  readonly exchange: Decimal
  readonly values: readonly TaxValue[]
}

/** A code within a sales tax group or an item sales tax group. */
export interface GroupedTaxCode {
  readonly code: string
  /** The base is shown, no tax is charged: exempt, or the buyer accounts for it. */
  readonly isExempt: boolean
}

/** A group of tax codes of customers. */
export interface TaxGroup {
  /** Whether amounts are rounded per combination of codes, not per code. */
  readonly isRoundedBySet: boolean
  readonly codes: readonly GroupedTaxCode[]
}

/** Sales tax of one company as far as a document needs it. Names of groups and codes are in lower case. */
export interface TaxSetUp {
  readonly codes: ReadonlyMap<string, TaxCode>
  readonly groups: ReadonlyMap<string, TaxGroup>
  readonly itemGroups: ReadonlyMap<string, readonly GroupedTaxCode[]>
}

/** A company without sales tax. */
export const NO_TAX: TaxSetUp = { codes: new Map(), groups: new Map(), itemGroups: new Map() }

/** Rows of the set-up of one company, as they are stored. */
export interface TaxSetUpRows {
  readonly codes: readonly FieldValues[]
  readonly values: readonly FieldValues[]
  readonly groups: readonly FieldValues[]
  readonly groupCodes: readonly FieldValues[]
  readonly itemGroupCodes: readonly FieldValues[]
}

const name = (value: string | undefined): string => (value ?? '').toLowerCase()
const number = (value: string | undefined): Decimal => decimal(value || '0')

/** The set-up in the rows. `exchanges` holds the rate of each tax code that is kept in another currency than the document, by its code. */
export function taxSetUpOf(rows: TaxSetUpRows, exchanges: ReadonlyMap<string, Decimal> = new Map()): TaxSetUp {
  const values = Map.groupBy(rows.values, (row) => name(row.TaxCodeId))
  const groupCodes = Map.groupBy(rows.groupCodes, (row) => name(row.TaxGroupId))
  const headings = new Map(rows.groups.map((row) => [name(row.TaxGroupCode), row]))
  return {
    codes: new Map(
      rows.codes.map((row) => {
        const code = name(row.TaxCode)
        return [code, taxCodeOf(row, { values: values.get(code) ?? [], exchange: exchanges.get(code) ?? decimal(1) })]
      }),
    ),
    groups: new Map(
      [...groupCodes].map(([group, members]) => [
        group,
        { isRoundedBySet: headings.get(group)?.RoundingBy === 'TaxCodeSet', codes: members.map(groupedCodeOf) },
      ]),
    ),
    itemGroups: new Map(
      [...Map.groupBy(rows.itemGroupCodes, (row) => name(row.TaxItemGroupCode))].map(([group, members]) => [
        group,
        members.map(groupedCodeOf),
      ]),
    ),
  }
}

/** Use tax and reverse charge are accounted for by the buyer: a seller shows their base. */
const groupedCodeOf = (row: FieldValues): GroupedTaxCode => ({
  code: name(row.TaxCodeId),
  isExempt: row.ExemptTax === 'Yes' || row.UseTax === 'Yes' || row.ReverseCharge === 'Yes',
})

interface CodeParts {
  readonly values: readonly FieldValues[]
  readonly exchange: Decimal
}

const taxCodeOf = (row: FieldValues, { values, exchange }: CodeParts): TaxCode => ({
  code: row.TaxCode ?? '',
  origin: (row.TaxBase || 'PctPerNet') as TaxOrigin,
  limitBase: (row.TaxLimitBase || 'LineWithoutVAT') as TaxLimitBase,
  isByInterval: row.TaxCalculationMethod === 'Interval',
  taxOnTax: name(row.TaxOnTax),
  rounding: { rule: number(row.TaxRoundOff), type: roundOffTypeOf(row.TaxRoundOffType) },
  unit: name(row.TaxUnitId),
  isBeforeOthers: row.CalculateUnitTaxBeforeSalesTax === 'Yes',
  exchange,
  values: values.map((each) => ({
    fromDate: each.FromDate ?? EMPTY_DATE,
    toDate: each.ToDate ?? EMPTY_DATE,
    minimum: number(each.MinimumLimit),
    maximum: number(each.MaximumLimit),
    value: number(each.Value),
  })),
})

/** The codes that a sales tax group and an item sales tax group have in common, in alphabetical order. Exempt in one of them is exempt. */
export function commonCodes(
  setUp: TaxSetUp,
  taxGroup: string,
  taxItemGroup: string,
): readonly (GroupedTaxCode & { readonly taxCode: TaxCode })[] {
  const ofItem = new Map((setUp.itemGroups.get(name(taxItemGroup)) ?? []).map((each) => [each.code, each]))
  const common = (setUp.groups.get(name(taxGroup))?.codes ?? []).flatMap((each) => {
    const other = ofItem.get(each.code)
    const taxCode = setUp.codes.get(each.code)
    if (other === undefined || taxCode === undefined) return []
    return [{ code: each.code, isExempt: each.isExempt || other.isExempt, taxCode }]
  })
  return common.sort((a, b) => (a.code < b.code ? -1 : 1))
}
