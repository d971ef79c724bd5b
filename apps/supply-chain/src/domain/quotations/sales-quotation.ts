import { accept, type Decision, refuse, type TableRules, type WriteCandidate } from '../decision.ts'
import { decideHeader, type HeaderNames, headerQuestions, laterHeaderQuestions } from '../documents/header-defaults.ts'
import { at, type FieldValues } from '../field-value.ts'
import { type InfologEntry, refuseRow } from '../messages.ts'
import { nextQuotationStatus, refuseTransition } from './quotation-status.ts'

const NAMES: HeaderNames = {
  customer: 'RequestingCustomerAccountNumber',
  name: 'SalesQuotationName',
  requestedDates: ['ReceiptDateRequested', 'RequestedShippingDate'],
}
const CREATION_METHOD = 'SalesQuotationHeaderCreationMethod'

/** Entities of the integration; what comes through them was made in Sales unless it says otherwise. Source: Supply Chain specification, 3.1. */
const INTEGRATION_ENTITIES: ReadonlySet<string> = new Set(['CDSSalesQuotationHeader', 'CDSSalesQuotationLine'])

/** How a new quotation or line came to be: as given, else by the entity that it came through. */
export const creationMethod = ({ before, row, given, entityName }: WriteCandidate, field: string): FieldValues =>
  before !== undefined || given.has(field)
    ? { [field]: at(row, field) }
    : { [field]: INTEGRATION_ENTITIES.has(entityName) ? 'Dynamics365Sales' : 'SCM' }

/** The percentage of the cash discount that the quotation names, where it is new or named anew. */
function cashDiscount({ before, given, facts }: WriteCandidate, row: FieldValues): FieldValues {
  const code = at(row, 'CashDiscountCode')
  if (given.has('CashDiscountPercentage') || code === at(before, 'CashDiscountCode')) return {}
  return { CashDiscountPercentage: facts.find('CashDiscount', 'CashDiscountCode', code)?.DiscountPercentage ?? '0' }
}

/** A quotation is for a customer or for someone who may become one. */
function headerProblems(row: FieldValues): InfologEntry[] {
  const isForNobody = at(row, NAMES.customer) === '' && at(row, 'ProspectId') === ''
  return [
    ...(isForNobody ? [refuseRow('E02', 'Customer account')] : []),
    ...(at(row, 'CurrencyCode') === '' ? [refuseRow('E02', 'Currency')] : []),
  ]
}

const isEdited = (before: FieldValues, after: FieldValues): boolean => Object.keys(after).some((name) => after[name] !== before[name])

/** A stored quotation that changes: back to Created, with content that no totals were made for yet; or refused in a status that is final. */
function edited(before: FieldValues, after: FieldValues): Decision {
  if (!isEdited(before, after)) return accept(before)
  const status = nextQuotationStatus(at(before, 'SalesQuotationStatus'), 'edit')
  if (status === undefined) return refuse(refuseTransition(at(before, 'SalesQuotationNumber'), at(before, 'SalesQuotationStatus'), 'edit'))
  return accept({ ...after, SalesQuotationStatus: status, ContentVersion: String(BigInt(at(before, 'ContentVersion')) + 1n) })
}

function decide(candidate: WriteCandidate): Decision {
  const header = decideHeader(candidate, NAMES)
  if (!header.ok) return refuse(...header.infolog)
  const row = { ...header.row, ...creationMethod(candidate, CREATION_METHOD), ...cashDiscount(candidate, header.row) }
  const problems = headerProblems(row)
  if (problems.length > 0) return refuse(...problems)
  return candidate.before === undefined ? accept(row) : edited(candidate.before, row)
}

/**
 * Sales quotations: for a customer or a prospect, with the customer's defaults; new ones are Created, a change of a sent one returns it there,
 * and only a created one can be deleted, with its lines. Source: Supply Chain specification, 2.7, 2.15 and 3.1.
 */
export const SALES_QUOTATION_RULES: TableRules = {
  numbered: { SalesQuotationNumber: 'SalesQuotationId' },
  cascade: [{ relation: 'sales_quotation_line', by: [['SalesQuotationNumber', 'SalesQuotationNumber']] }],
  questions: (row) => headerQuestions(row, NAMES),
  laterQuestions: (row, facts) => {
    const payer = facts.find('CustomerV3', 'CustomerAccount', at(row, 'InvoiceCustomerAccountNumber') || at(row, NAMES.customer))
    const codes = [at(row, 'CashDiscountCode'), at(payer, 'PaymentCashDiscount')].filter((value) => value !== '')
    return [
      ...laterHeaderQuestions(row, facts, NAMES),
      ...codes.map((value) => ({ entityName: 'CashDiscount', field: 'CashDiscountCode', value })),
    ]
  },
  decide,
  refuseDelete: (row) =>
    nextQuotationStatus(at(row, 'SalesQuotationStatus'), 'delete') === undefined
      ? [refuseTransition(at(row, 'SalesQuotationNumber'), at(row, 'SalesQuotationStatus'), 'delete')]
      : [],
}
