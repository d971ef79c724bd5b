import { type Decimal, decimal, formatDecimal } from '@p2c/base'
import { accept, type Decision, type Question, refuse, type TableRules, type WriteCandidate } from '../decision.ts'
import { decideLine, type LineNames, laterLineQuestions, lineQuestions } from '../documents/document-line.ts'
import { lineLimitProblems } from '../documents/line-limits.ts'
import { at, type FieldValues } from '../field-value.ts'
import { controlledShipDate } from '../inventory/promise.ts'
import { type InfologEntry, refuseField, refuseRow } from '../messages.ts'
import { derivedLineValues } from './derived-values.ts'
import { closedProblems } from './order-header.ts'
import { documentStatusRank } from './order-status.ts'

/** The entity by which the application itself writes lines: those of a credit note among them. */
const OWN_ENTITY = 'SalesLine'

const NAMES: LineNames = {
  headerEntity: 'CDSSalesOrderHeader',
  document: 'SalesOrderNumber',
  label: 'Sales order',
  tableLabel: 'Sales orders',
  quantity: 'OrderedSalesQuantity',
  fromHeader: {
    DeliveryModeCode: 'DeliveryModeCode',
    DeliveryTermsId: 'DeliveryTermsCode',
    RequestedReceiptDate: 'RequestedReceiptDate',
    RequestedShippingDate: 'RequestedShippingDate',
    ConfirmedReceiptDate: 'ConfirmedReceiptDate',
    ConfirmedShippingDate: 'ConfirmedShippingDate',
    SalesTaxGroupCode: 'SalesTaxGroupCode',
    SalesOrderPromisingMethod: 'SalesOrderPromisingMethod',
    InventoryReservationMethod: 'InventoryReservationMethod',
    ProjectId: 'ProjectId',
  },
  isReturn: (row) => at(row, 'CreditedInvoiceNumber') !== '',
}

/** Fields that stay once goods of the line were picked, delivered or invoiced, with their labels. Source: 2.15 no. 9. */
const LOCKED_FIELDS: Readonly<Record<string, string>> = {
  ProductNumber: 'Product number',
  ItemNumber: 'Item number',
  ProductConfigurationId: 'Product configuration',
  ProductColorId: 'Product color',
  ProductSizeId: 'Product size',
  ProductStyleId: 'Product style',
  ProductVersionId: 'Product version',
  SalesUnitSymbol: 'Unit',
  ShippingSiteId: 'Site',
  // Stock is held by these together with the site.
  ShippingWarehouseId: 'Warehouse',
  OrderedInventoryStatusId: 'Inventory status',
  ItemBatchNumber: 'Batch number',
  ItemSerialNumber: 'Serial number',
}

const QUANTITY = 'OrderedSalesQuantity'
const numberAt = (row: FieldValues | undefined, name: string): Decimal => decimal(at(row, name) || '0')
const isSame = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase()

/** Quantities that were moved or billed already, or are about to be. */
const MOVED = ['DeliveredQuantity', 'InvoicedQuantity', 'PickedQuantity', 'PickingListQuantity']

const hasMoved = (row: FieldValues): boolean => MOVED.some((name) => !numberAt(row, name).isZero())

const isLocked = (row: FieldValues): boolean =>
  hasMoved(row) || documentStatusRank(at(row, 'DocumentStatus')) > documentStatusRank('Confirmation')

function lockedProblems(before: FieldValues, after: FieldValues): InfologEntry[] {
  if (!isLocked(before)) return []
  return Object.entries(LOCKED_FIELDS)
    .filter(([name]) => !isSame(at(before, name), at(after, name)))
    .map(([name, label]) => refuseField(name, 'L06', label))
}

/** A quantity that changes stays at or above what was delivered, and what is picked besides. Source: 2.15 no. 9. */
function reductionProblems(before: FieldValues, after: FieldValues): InfologEntry[] {
  const quantity = numberAt(after, QUANTITY)
  if (quantity.equals(numberAt(before, QUANTITY))) return []
  const delivered = numberAt(before, 'DeliveredQuantity')
  if (isBelow(quantity, delivered)) return [refuseField(QUANTITY, 'E24', formatDecimal(delivered))]
  const bound = delivered.plus(numberAt(before, 'PickedQuantity')).plus(numberAt(before, 'PickingListQuantity'))
  return isBelow(quantity, bound) ? [refuseField(QUANTITY, 'L91', formatDecimal(bound))] : []
}

/** Less of it, whichever sign goods of the line have. */
const isBelow = (quantity: Decimal, bound: Decimal): boolean =>
  bound.isNegative() ? quantity.greaterThan(bound) : quantity.lessThan(bound)

/** Only credit notes take goods back, and the application alone makes their lines. */
function signProblems({ before, entityName }: WriteCandidate, after: FieldValues): InfologEntry[] {
  const isNegative = numberAt(after, QUANTITY).isNegative()
  if (entityName === OWN_ENTITY || !isNegative || isNegative === numberAt(before, QUANTITY).isNegative()) return []
  return [refuseField(QUANTITY, 'L95')]
}

/** What a line that gives something back has of its invoice line, with the labels: it stays. Source: 6.4. */
const CREDITED_FIELDS: Readonly<Record<string, string>> = {
  OrderedSalesQuantity: 'Quantity',
  ProductNumber: 'Product number',
  SalesUnitSymbol: 'Unit',
  SalesPrice: 'Unit price',
  SalesPriceQuantity: 'Price unit',
  LineDiscountAmount: 'Discount',
  LineDiscountPercentage: 'Discount percentage',
  MultilineDiscountAmount: 'Multiline discount',
  MultilineDiscountPercentage: 'Multiline discount percentage',
  FixedPriceCharges: 'Charges on sales',
  SalesTaxGroupCode: 'Sales tax group',
  SalesTaxItemGroupCode: 'Item sales tax group',
}

/** A line that gives something back is bound to its invoice line: it can be posted or deleted, but is worth what was invoiced. */
function creditProblems({ before, entityName }: WriteCandidate, after: FieldValues): InfologEntry[] {
  if (before === undefined || entityName === OWN_ENTITY || at(before, 'CreditedInvoiceNumber') === '') return []
  return Object.entries(CREDITED_FIELDS)
    .filter(([name]) => !isSame(at(before, name), at(after, name)))
    .map(([name, label]) => refuseField(name, 'L06', label))
}

/**
 * Smallest, largest and multiple quantity of the default order settings, in the inventory unit; 0 sets no bound. They hold where the
 * quantity is entered: a stored one stays as it is.
 */
function orderSettingProblems({ before, facts }: WriteCandidate, after: FieldValues): InfologEntry[] {
  const quantity = numberAt(after, 'QtyOrdered')
  const isKept =
    before !== undefined && quantity.equals(numberAt(before, 'QtyOrdered')) && isSame(at(before, 'ItemNumber'), at(after, 'ItemNumber'))
  const settings = facts.find('ProductDefaultOrderSetting', 'ItemNumber', at(after, 'ItemNumber'))
  if (isKept || settings === undefined || quantity.isNegative() || quantity.isZero()) return []
  const [least, most, multiple] = ['MinimumSalesOrderQuantity', 'MaximumSalesOrderQuantity', 'SalesQuantityMultiples'].map((name) =>
    numberAt(settings, name),
  )
  const refusal = (code: 'L92' | 'L93' | 'L94', bound: Decimal) =>
    refuseField(QUANTITY, code, formatDecimal(quantity), formatDecimal(bound), at(after, 'ItemNumber'))
  if (least?.greaterThan(quantity)) return [refusal('L92', least)]
  if (most?.greaterThan(0) && most.lessThan(quantity)) return [refusal('L93', most)]
  return multiple?.greaterThan(0) && !quantity.modulo(multiple).isZero() ? [refusal('L94', multiple)] : []
}

/** The reservation mode of the item's policy, where the line names none: the policy may leave it to the order. */
function reservationValues({ before, given }: WriteCandidate, product: FieldValues): FieldValues {
  if (before !== undefined || given.has('InventoryReservationMethod')) return {}
  const mode = at(product, 'DefaultSalesReservationMode')
  if (mode === 'Manual') return { InventoryReservationMethod: 'None' }
  return mode === 'Automatic' || mode === 'Explosion' ? { InventoryReservationMethod: mode } : {}
}

/** A new line may take its creation sequence for its line number; otherwise it is the last one of the order. */
const lineNumberValues = ({ before, row, given }: WriteCandidate): FieldValues =>
  before === undefined && at(row, 'DefaultLineNumberFromLineCreationSequenceNumber') === 'Yes' && !given.has('LineNumber')
    ? { LineNumber: at(row, 'LineCreationSequenceNumber') }
    : {}

const isUnchanged = (before: FieldValues, after: FieldValues): boolean =>
  Object.entries(after).every(([name, value]) => before[name] === value)

function decide(candidate: WriteCandidate): Decision {
  const { before, row, entityName, facts } = candidate
  const limits = lineLimitProblems(row)
  if (limits.length > 0) return refuse(...limits)
  const outcome = decideLine(candidate, NAMES)
  if (!outcome.ok) return refuse(...outcome.infolog)
  const decided: FieldValues = {
    ...outcome.row,
    // As the header spells it.
    SalesOrderNumber: at(outcome.header, 'SalesOrderNumber'),
    ...lineNumberValues(candidate),
    ...reservationValues(candidate, outcome.product),
    ...controlledShipDate({ ...candidate, row: outcome.row }),
  }
  const parameters = facts.find('SalesParameter', 'dataAreaId', at(row, 'dataAreaId'))
  const after = { ...decided, ...derivedLineValues(decided, at(parameters, 'ProcessingStatusDetail') === 'Fine' ? 'Fine' : 'Enum') }
  // What says nothing new is no update, whatever became of the order: integrations repeat themselves.
  if (before !== undefined && isUnchanged(before, after)) return accept(after)
  const problems = [
    ...(entityName === OWN_ENTITY ? [] : closedProblems(outcome.header)),
    ...(before === undefined || entityName === OWN_ENTITY ? [] : lockedProblems(before, after)),
    ...(before === undefined ? [] : reductionProblems(before, after)),
    ...signProblems(candidate, after),
    ...creditProblems(candidate, after),
    ...(entityName === OWN_ENTITY ? [] : orderSettingProblems(candidate, after)),
  ]
  return problems.length > 0 ? refuse(...problems) : accept(after)
}

const orderSettingQuestions = (itemNumber: string): readonly Question[] =>
  itemNumber === '' ? [] : [{ entityName: 'ProductDefaultOrderSetting', field: 'ItemNumber', value: itemNumber }]

/**
 * Lines of sales orders: what lines of all documents share, and then: only lines of open orders change (E21), goods that were picked,
 * delivered or invoiced keep their item, place and unit and bound the quantity from below (E24), and nothing of which something was posted
 * is deleted (E23). Source: Supply Chain specification, 2.15 and 3.4.
 */
export const SALES_ORDER_LINE_RULES: TableRules = {
  parent: { entityName: NAMES.headerEntity, by: [['SalesOrderNumber', 'SalesOrderNumber']] },
  numberedWithin: [
    { field: 'LineCreationSequenceNumber', within: ['SalesOrderNumber'] },
    { field: 'LineNumber', within: ['SalesOrderNumber'] },
  ],
  numbered: { InventoryLotId: 'InventTransId' },
  questions: (row) => [...lineQuestions(row, NAMES), ...orderSettingQuestions(at(row, 'ItemNumber'))],
  laterQuestions: (row, facts) => [
    ...laterLineQuestions(row, facts, NAMES),
    ...orderSettingQuestions(at(facts.find('DocumentProduct', 'ProductNumber', at(row, 'ProductNumber')), 'ItemNumber')),
  ],
  decide,
  refuseDelete: (row) => (hasMoved(row) ? [refuseRow('E23', at(row, 'SalesOrderNumber'))] : []),
}
