import { type Decimal, sum, ZERO } from '@p2c/base'
import { type InfologEntry, refuseRow } from '../messages.ts'
import { type AmountRounding, roundAmount } from '../pricing/rounding.ts'
import { type ExactTax, exactTax, isOfInvoice, measureOf, netOfInclusive, phaseOf } from './exact-tax.ts'
import { spreadByRunningTotal, spreadToFirst } from './spread.ts'
import { hasLimits } from './tax-rate.ts'
import { commonCodes, type TaxCode, type TaxSetUp } from './tax-set-up.ts'
import type { TaxAmount, Taxable, TaxCell } from './taxable.ts'

export interface TaxRules {
  readonly setUp: TaxSetUp
  /** Per line and code, or per document with the amounts spread to the lines. */
  readonly method: 'Line' | 'Total'
  /** The general rule of the currency: no code rounds finer. */
  readonly rounding: AmountRounding
}

export interface DocumentTax {
  /** In the order of the taxable amounts, codes in alphabetical order; exempt ones with their base and no amount. */
  readonly amounts: readonly TaxAmount[]
  /** Why tax cannot be calculated; nothing is charged then. */
  readonly problems: readonly InfologEntry[]
}

/** A cell while its amount is being found. */
interface OpenCell extends TaxCell {
  exact: ExactTax
  /** What the codes after it see: rounded where amounts are rounded by code. */
  amount: Decimal
}

type Row = { readonly cells: readonly OpenCell[]; readonly net: Decimal }

/**
 * Tax on every taxable amount of a document: codes that group and item have in common, each after those that it is taken of, rounded per
 * code or per combination of codes, by line or for the document. Source: Supply Chain specification, 5.7.
 */
export function taxAmounts(taxables: readonly Taxable[], rules: TaxRules): DocumentTax {
  const rows = taxables.map((taxable, index) => openRow(taxable, index, rules.setUp))
  if (rows.some(hasTwoGrossCodes)) return { amounts: [], problems: [refuseRow('E30')] }
  const phases = new Map(rows.flatMap(({ cells }) => cells.map(({ code }) => [code, phaseOf(code, rules.setUp)] as const)))
  const ordered = [...phases].sort(([a, phase], [b, other]) => phase - other || (a.code.toLowerCase() < b.code.toLowerCase() ? -1 : 1))
  for (const [code] of ordered) calculateCode(code, rows, rules)
  roundCombinations(rows, rules)
  return {
    amounts: rows.flatMap(({ cells, net }) =>
      [...cells]
        .sort((a, b) => (a.code.code.toLowerCase() < b.code.code.toLowerCase() ? -1 : 1))
        .map(({ exact, amount, ...cell }) =>
          cell.isExempt
            ? { ...cell, base: roundAmount(net, rules.rounding), amount: ZERO }
            : { ...cell, base: baseOf(cell.code, exact.base, rules), amount },
        ),
    ),
    problems: [],
  }
}

/** A quantity keeps its decimals; an amount is rounded as the currency says. */
const baseOf = (code: TaxCode, base: Decimal, { rounding }: TaxRules): Decimal =>
  code.origin === 'AmountByUnit' ? base : roundAmount(base, rounding)

function openRow(taxable: Taxable, index: number, setUp: TaxSetUp): Row {
  const cells = commonCodes(setUp, taxable.taxGroup, taxable.taxItemGroup)
    .map(
      ({ taxCode, isExempt }): OpenCell => ({ taxable, index, code: taxCode, isExempt, exact: { base: ZERO, amount: ZERO }, amount: ZERO }),
    )
    .sort((a, b) => phaseOf(a.code, setUp) - phaseOf(b.code, setUp))
  return { cells, net: taxable.isInclusive ? netOfInclusive(cells, taxable.amount) : taxable.amount }
}

const hasTwoGrossCodes = ({ cells }: Row): boolean =>
  cells.filter(({ code, isExempt }) => !isExempt && code.origin === 'PctPerGross').length > 1

interface OpenTax {
  readonly row: Row
  readonly cell: OpenCell
}

/** Taxes of the row that come before a cell: the others have no amount yet. */
const knownBefore = ({ row, cell }: OpenTax) =>
  new Map(
    row.cells
      .slice(0, row.cells.indexOf(cell))
      .filter(({ isExempt }) => !isExempt)
      .map(({ code, amount }) => [code.code.toLowerCase(), { code, amount }]),
  )

function calculateCode(code: TaxCode, rows: readonly Row[], rules: TaxRules): void {
  const open = rows.flatMap((row) =>
    row.cells.filter((cell) => cell.code === code && !cell.isExempt).map((cell): OpenTax => ({ row, cell })),
  )
  const measures = open.map((each) => measureOf(each.cell, each.row.net, knownBefore(each)))
  const ofInvoice = isOfInvoice(code) && hasLimits(code) ? sum(measures) : undefined
  for (const [index, each] of open.entries()) {
    const measure = ofInvoice ?? measures[index] ?? ZERO
    each.cell.exact = exactTax(each.cell, { net: each.row.net, known: knownBefore(each), measure })
    each.cell.amount = each.cell.exact.amount
  }
  const byCode = open.map(({ cell }) => cell).filter((cell) => !isRoundedBySet(cell, rules))
  const rounding = roundingOf(code, rules)
  const exact = byCode.map((cell) => cell.exact.amount)
  const amounts = isForDocument(code, rules) ? spreadToFirst(exact, rounding) : exact.map((amount) => roundAmount(amount, rounding))
  for (const [index, cell] of byCode.entries()) cell.amount = amounts[index] ?? ZERO
}

/** Amounts are found per document by the method of the company, or because the code asks for the balance of the invoice. */
const isForDocument = (code: TaxCode, { method }: TaxRules): boolean => method === 'Total' || isOfInvoice(code)

const isRoundedBySet = ({ taxable }: TaxCell, { setUp }: TaxRules): boolean =>
  setUp.groups.get(taxable.taxGroup.toLowerCase())?.isRoundedBySet ?? false

/** The rule of the code, but not finer than that of the currency. */
function roundingOf({ rounding }: TaxCode, rules: TaxRules): AmountRounding {
  return rounding.rule.lessThan(rules.rounding.rule) ? { rule: rules.rounding.rule, type: rounding.type } : rounding
}

/**
 * Rounds the groups that round by combination: the amounts of all cells with the same codes are one amount of the document, whatever the
 * method, as the documented examples have it. The first code of the combination says how.
 */
function roundCombinations(rows: readonly Row[], rules: TaxRules): void {
  const cells = rows.flatMap((row) => {
    const charged = row.cells.filter((cell) => !cell.isExempt && isRoundedBySet(cell, rules))
    const combination = `${row.cells[0]?.taxable.taxGroup.toLowerCase()}: ${charged.map(({ code }) => code.code.toLowerCase()).join(' ')}`
    return charged.map((cell) => ({ cell, combination }))
  })
  for (const members of Map.groupBy(cells, ({ combination }) => combination).values()) {
    const [first] = members
    if (first === undefined) continue
    const amounts = spreadByRunningTotal(
      members.map(({ cell }) => cell.exact.amount),
      roundingOf(first.cell.code, rules),
    )
    for (const [index, { cell }] of members.entries()) cell.amount = amounts[index] ?? ZERO
  }
}
