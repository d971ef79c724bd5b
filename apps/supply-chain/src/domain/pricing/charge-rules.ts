import { accept, type Decision, type Facts, type Question, refuse, type TableRules, type WriteCandidate } from '../decision.ts'
import { at, type FieldValues } from '../field-value.ts'
import { type InfologEntry, refuseField, refuseRow } from '../messages.ts'
import { closedProblems } from '../orders/order-header.ts'
import { EDITABLE_STATUSES, refuseTransition } from '../quotations/quotation-status.ts'
import { CHARGE_CATEGORIES } from './calculation-document.ts'

const isSame = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase()

/** Categories by level: a header has no quantity. Source: Supply Chain specification, 5.6. */
const HEADER_CATEGORIES: readonly string[] = ['Fixed', 'Percent']
const LINE_CATEGORIES: readonly string[] = CHARGE_CATEGORIES

const categoryProblems = (row: FieldValues, isLine: boolean): InfologEntry[] => {
  const allowed = isLine ? LINE_CATEGORIES : HEADER_CATEGORIES
  if (allowed.includes(at(row, 'ChargeCategory'))) return []
  return [refuseField('ChargeCategory', 'L120', at(row, 'ChargeCategory'), isLine ? 'a line' : 'a header', allowed.join(', '))]
}

/** What the charges of one level of one document differ in. */
interface ChargeLevel {
  readonly isLine: boolean
  readonly headerEntity: string
  readonly lineEntity: string
  readonly number: string
  /** What people call the document, and the table of its headers. */
  readonly label: string
  readonly tableLabel: string
  readonly lineTableLabel: string
  readonly problems: (header: FieldValues) => readonly InfologEntry[]
}

const FINISHED: readonly string[] = ['Invoiced', 'Canceled']

const ORDER = {
  headerEntity: 'SalesTable',
  lineEntity: 'SalesLine',
  number: 'SalesOrderNumber',
  label: 'Sales order',
  tableLabel: 'Sales orders',
  lineTableLabel: 'Order lines',
  // Freight is often known only once the goods have gone: a delivered order takes charges until it is invoiced.
  problems: (header: FieldValues) => (FINISHED.includes(at(header, 'SalesOrderStatus')) ? closedProblems(header) : []),
} as const

const QUOTATION = {
  headerEntity: 'SalesQuotationTable',
  lineEntity: 'SalesQuotationLineTable',
  number: 'SalesQuotationNumber',
  label: 'Quotation',
  tableLabel: 'Quotations',
  lineTableLabel: 'Quotation lines',
  problems: (header: FieldValues) =>
    EDITABLE_STATUSES.some((status) => status === at(header, 'SalesQuotationStatus'))
      ? []
      : [refuseTransition(at(header, 'SalesQuotationNumber'), at(header, 'SalesQuotationStatus'), 'edit')],
} as const

const LOT = 'InventoryLotId'

function questions(row: FieldValues, level: ChargeLevel): Question[] {
  const line = level.isLine ? [{ entityName: level.lineEntity, field: LOT, value: at(row, LOT) }] : []
  return [
    { entityName: level.headerEntity, field: level.number, value: at(row, level.number) },
    { entityName: 'CDSSalesCharge', field: 'ChargeCode', value: at(row, 'ChargeCode') },
    ...line,
  ]
}

const isInvoiced = (row: FieldValues): boolean => at(row, 'IsClosed') === 'Yes' || !['', '0'].includes(at(row, 'InvoicedAmount'))

function lineProblems(row: FieldValues, facts: Facts, level: ChargeLevel): InfologEntry[] {
  if (!level.isLine) return []
  const line = facts.find(level.lineEntity, LOT, at(row, LOT))
  if (line === undefined) return [refuseField(LOT, 'E01', at(row, LOT), 'Lot ID', level.lineTableLabel)]
  return isSame(at(line, level.number), at(row, level.number)) ? [] : [refuseField(LOT, 'L122', at(row, LOT), at(row, level.number))]
}

/** Fields of a new charge that were not given: tax group and currency of the document, item tax group and text of the code. Source: 5.6. */
export function chargeDefaults(header: FieldValues, code: FieldValues | undefined): FieldValues {
  return {
    CurrencyCode: at(header, 'CurrencyCode'),
    SalesTaxGroupCode: at(header, 'SalesTaxGroupCode'),
    SalesTaxItemGroupCode: at(code, 'SalesTaxItemGroupCode'),
    ChargeText: at(code, 'ChargeDescription'),
  }
}

function decide({ before, row, given, facts }: WriteCandidate, level: ChargeLevel): Decision {
  const header = facts.find(level.headerEntity, level.number, at(row, level.number))
  if (header === undefined) return refuse(refuseField(level.number, 'E01', at(row, level.number), level.label, level.tableLabel))
  const problems = [
    ...level.problems(header),
    ...lineProblems(row, facts, level),
    ...categoryProblems(row, level.isLine),
    ...(before !== undefined && isInvoiced(before) ? [refuseRow('L121', at(before, 'ChargeCode'))] : []),
  ]
  if (problems.length > 0) return refuse(...problems)
  const code = facts.find('CDSSalesCharge', 'ChargeCode', at(row, 'ChargeCode'))
  const isOther = !isSame(at(before, 'ChargeCode'), at(row, 'ChargeCode'))
  const wanted = Object.entries(chargeDefaults(header, code)).filter(([name]) => !given.has(name) && isOther)
  return accept({ ...row, ...Object.fromEntries(wanted) })
}

const rulesOf = (level: ChargeLevel): TableRules => ({
  // The document first, whatever the level: its content changes, and writers of it follow each other.
  parent: { entityName: level.headerEntity, by: [[level.number, level.number]] },
  numberedWithin: [{ field: 'ChargeLineNumber', within: [level.isLine ? LOT : level.number] }],
  questions: (row) => questions(row, level),
  decide: (candidate) => decide(candidate, level),
  refuseDelete: (row) => (isInvoiced(row) ? [refuseRow('L121', at(row, 'ChargeCode'))] : []),
})

export const SALES_ORDER_CHARGE_RULES = rulesOf({ ...ORDER, isLine: false })
export const SALES_ORDER_LINE_CHARGE_RULES = rulesOf({ ...ORDER, isLine: true })
export const SALES_QUOTATION_CHARGE_RULES = rulesOf({ ...QUOTATION, isLine: false })
export const SALES_QUOTATION_LINE_CHARGE_RULES = rulesOf({ ...QUOTATION, isLine: true })

/** An auto charge has the categories of the level that it is added to. */
export const AUTO_CHARGE_RULES: TableRules = {
  numbered: { AutoChargeNumber: 'MarkupAutoId' },
  decide: ({ row }) => {
    const problems = categoryProblems(row, at(row, 'IsLineLevel') === 'Yes')
    return problems.length > 0 ? refuse(...problems) : accept(row)
  },
}

/** Discounts of several items: the first never of a single one, the second of no selection. Source: Supply Chain specification, 5.4. */
const OF_ALL_ITEMS: Readonly<Record<string, { readonly label: string; readonly refused: readonly string[] }>> = {
  MultiLineDiscSales: { label: 'multiline discount', refused: ['ItemNumber'] },
  EndDiscSales: { label: 'total discount', refused: ['ItemNumber', 'ProductDiscountGroupCode'] },
}

/** Trade agreements are numbered, and exist for the combinations of items that their kind knows. */
export const PRICE_AGREEMENT_RULES: TableRules = {
  numbered: { AgreementNumber: 'PriceDiscAgreementId' },
  decide: ({ row }) => {
    const kind = OF_ALL_ITEMS[at(row, 'PriceType')]
    const wrong = (kind?.refused ?? []).filter((name) => at(row, name) !== '')
    return wrong.length > 0 ? refuse(...wrong.map((name) => refuseField(name, 'L123', kind?.label ?? ''))) : accept(row)
  },
}
