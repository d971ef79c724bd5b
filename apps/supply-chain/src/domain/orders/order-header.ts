import { checkCustomerHolds } from '../credit/customer-hold.ts'
import { accept, type Decision, type Facts, type Question, refuse, type TableRules, type WriteCandidate } from '../decision.ts'
import { decideHeader, type HeaderNames, headerQuestions, laterHeaderQuestions } from '../documents/header-defaults.ts'
import { at, type FieldValues } from '../field-value.ts'
import { type InfologEntry, refuseField, refuseRow } from '../messages.ts'
import { documentStatusRank } from './order-status.ts'

/** The entity by which the application itself writes orders: it may do what clients may not. */
const OWN_ENTITY = 'SalesTable'

const NAMES: HeaderNames = {
  customer: 'OrderingCustomerAccountNumber',
  name: 'SalesOrderName',
  requestedDates: ['RequestedReceiptDate', 'RequestedShippingDate'],
  fromCustomer: { SalesOrderPoolId: 'SalesOrderPoolId' },
  fromInvoiceCustomer: { CustomerPaymentMethodName: 'PaymentMethod' },
}

/** Fields that stay once a picking list, packing slip or invoice was posted, with their labels. Source: 2.15 no. 9. */
const LOCKED_FIELDS: Readonly<Record<string, string>> = {
  OrderingCustomerAccountNumber: 'Customer account',
  InvoiceCustomerAccountNumber: 'Invoice account',
  CurrencyCode: 'Currency',
  ArePricesIncludingSalesTax: 'Prices include sales tax',
}

/** Statuses as people read them. */
export const STATUS_LABELS: Readonly<Record<string, string>> = {
  Backorder: 'Open order',
  Delivered: 'Delivered',
  Invoiced: 'Invoiced',
  Canceled: 'Canceled',
}

/** Something beyond a confirmation was posted, even if it was cancelled since. */
const hasPostings = (header: FieldValues): boolean =>
  documentStatusRank(at(header, 'PostedDocumentStatus')) > documentStatusRank('Confirmation')

/** Why an order cannot be changed by clients: only an open one can. Source: 2.15 no. 10. */
export const closedProblems = (header: FieldValues): InfologEntry[] =>
  at(header, 'SalesOrderStatus') === 'Backorder'
    ? []
    : [refuseRow('E21', at(header, 'SalesOrderNumber'), STATUS_LABELS[at(header, 'SalesOrderStatus')] ?? at(header, 'SalesOrderStatus'))]

const originQuestions = (row: FieldValues): readonly Question[] => [
  ...ORIGIN_TYPES.map((value) => ({ entityName: 'SalesOrderOriginCode', field: 'OriginType', value, isMany: true })),
  ...(at(row, 'SalesOrderOriginCode') === ''
    ? []
    : [{ entityName: 'SalesOrderOriginCode', field: 'OriginCode', value: at(row, 'SalesOrderOriginCode') }]),
]
const ORIGIN_TYPES = ['SalesOrderIntegration', 'WorkOrderIntegration']

/**
 * The origin code of a row and the type that follows from it. Orders of an integration take the code of their type: a work order is known
 * by a given external status. Source: Supply Chain specification, 1.2 no. 7.
 */
function originValues({ before, row, given, facts, entityName }: WriteCandidate): FieldValues {
  const type = given.has('ExternalWorkOrderStatus') ? 'WorkOrderIntegration' : 'SalesOrderIntegration'
  const isWanted = before === undefined && entityName !== OWN_ENTITY && at(row, 'SalesOrderOriginCode') === ''
  const ofType = isWanted ? facts.findAll('SalesOrderOriginCode', 'OriginType', type).find(isTypeAssigned) : undefined
  const code = at(ofType ?? row, ofType === undefined ? 'SalesOrderOriginCode' : 'OriginCode')
  // The type is that of the code when it was taken: set-up that changes later changes no order.
  if (before !== undefined && isSame(code, at(before, 'SalesOrderOriginCode'))) return {}
  const origin = ofType ?? facts.find('SalesOrderOriginCode', 'OriginCode', code)
  const originType = origin !== undefined && isTypeAssigned(origin) ? at(origin, 'OriginType') : 'NotSpecified'
  return { SalesOrderOriginCode: code, SalesOrderOriginType: originType }
}

const isTypeAssigned = (origin: FieldValues): boolean => at(origin, 'IsOriginTypeAssigned') === 'Yes'

/** The mode of reservation that the company has set, where the order names none. Source: 0.2. */
function reservationValues({ before, row, given, facts }: WriteCandidate): FieldValues {
  if (before !== undefined || given.has('InventoryReservationMethod')) return {}
  const mode = facts.find('SalesParameter', 'dataAreaId', at(row, 'dataAreaId'))?.ReservationMode
  return mode === undefined ? {} : { InventoryReservationMethod: mode }
}

const isSame = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase()

const unknownCustomer = (row: FieldValues, facts: Facts): InfologEntry[] =>
  Object.entries(LOCKED_FIELDS).flatMap(([name, label]) => {
    const account = at(row, name)
    if (!name.endsWith('AccountNumber') || account === '' || facts.find('CustomerV3', 'CustomerAccount', account) !== undefined) return []
    return [refuseField(name, 'E01', account, label, 'Customers')]
  })

function lockedProblems({ before, entityName }: WriteCandidate, after: FieldValues): InfologEntry[] {
  if (before === undefined || entityName === OWN_ENTITY) return []
  const locked = hasPostings(before) ? Object.entries(LOCKED_FIELDS).filter(([name]) => !isSame(at(before, name), at(after, name))) : []
  return [...closedProblems(before), ...locked.map(([name, label]) => refuseField(name, 'L06', label))]
}

const changesCustomer = (before: FieldValues | undefined, after: FieldValues): boolean =>
  ['OrderingCustomerAccountNumber', 'InvoiceCustomerAccountNumber'].some((name) => !isSame(at(before, name), at(after, name)))

const isUnchanged = (before: FieldValues, after: FieldValues): boolean =>
  Object.entries(after).every(([name, value]) => before[name] === value)

function decide(candidate: WriteCandidate): Decision {
  const { before, row, facts } = candidate
  const unknown = unknownCustomer(row, facts)
  if (unknown.length > 0) return refuse(...unknown)
  const outcome = decideHeader(candidate, NAMES)
  if (!outcome.ok) return refuse(...outcome.infolog)
  const after: FieldValues = { ...outcome.row, ...originValues(candidate), ...reservationValues(candidate) }
  // What says nothing new is no update, whatever became of the order: integrations repeat themselves.
  if (before !== undefined && isUnchanged(before, after)) return accept(after)
  const problems = [
    ...lockedProblems(candidate, after),
    ...(changesCustomer(before, after) ? checkCustomerHolds('order', [outcome.customer, outcome.invoice]) : []),
    ...(at(after, 'CurrencyCode') === '' ? [refuseRow('E02', 'Currency')] : []),
  ]
  if (problems.length > 0) return refuse(...problems)
  // Totals of the order are out of date from here on.
  return accept(before === undefined ? after : { ...after, ContentVersion: String(BigInt(at(before, 'ContentVersion')) + 1n) })
}

/**
 * Headers of sales orders: defaults from the ordering and the invoice customer, an address of their own or the customer's, the origin of
 * an integration, nobody on hold (E09); only open orders change (E21), customer, currency and inclusive tax only before anything was
 * posted, and nothing posted is deleted (E23). Source: Supply Chain specification, 2.15 and 3.4.
 */
export const SALES_ORDER_RULES: TableRules = {
  numbered: { SalesOrderNumber: 'SalesId' },
  questions: (row) => [
    ...headerQuestions(row, NAMES),
    ...originQuestions(row),
    { entityName: 'SalesParameter', field: 'dataAreaId', value: at(row, 'dataAreaId') },
  ],
  laterQuestions: (row, facts) => laterHeaderQuestions(row, facts, NAMES),
  decide,
  refuseDelete: (row) => (hasPostings(row) ? [refuseRow('E23', at(row, 'SalesOrderNumber'))] : []),
  cascade: [
    { relation: 'sales_order_line', by: [['SalesOrderNumber', 'SalesOrderNumber']] },
    { relation: 'sales_order_hold', by: [['SalesOrderNumber', 'SalesOrderNumber']] },
  ],
}

/** At most one origin code of a company has each type. Source: Supply Chain specification, 1.2 no. 7. */
export const ORIGIN_CODE_RULES: TableRules = {
  questions: (row) =>
    at(row, 'OriginType') === 'NotSpecified'
      ? []
      : [{ entityName: 'SalesOrderOriginCode', field: 'OriginType', value: at(row, 'OriginType'), isMany: true }],
  decide({ row, facts }) {
    if (!isTypeAssigned(row) || at(row, 'OriginType') === 'NotSpecified') return accept(row)
    const other = facts
      .findAll('SalesOrderOriginCode', 'OriginType', at(row, 'OriginType'))
      .find((each) => isTypeAssigned(each) && !isSame(at(each, 'OriginCode'), at(row, 'OriginCode')))
    return other === undefined ? accept(row) : refuse(refuseField('OriginType', 'L90', at(other, 'OriginCode'), at(row, 'OriginType')))
  },
}
