import { type Decimal, decimal, formatDecimal } from '@p2c/base'
import { at, type FieldValues } from '../domain/field-value.ts'
import { type Dimensions, dimensionsOf } from '../domain/inventory/dimensions.ts'
import type { StockSums } from '../domain/inventory/on-hand.ts'
import type { LotOrigin, SumRow } from '../domain/inventory/stock-state.ts'
import type { StockTransaction } from '../domain/inventory/stock-transaction.ts'
import {
  ISSUE_STATUSES,
  type IssueStatus,
  isIssueStatus,
  RECEIPT_STATUSES,
  type StockStatus,
} from '../domain/inventory/transaction-status.ts'
import { SUM_COLUMNS } from '../entities/inventory.ts'

const numberAt = (values: FieldValues, name: string): Decimal => decimal(values[name] ?? '0')

/** Statuses by their name in a row, where `None` says that the transaction is of the other side. */
const STATUSES = new Map<string, StockStatus>([...ISSUE_STATUSES, ...RECEIPT_STATUSES].map((status) => [status, status]))

function statusOf(values: FieldValues): StockStatus {
  const status = STATUSES.get(at(values, 'StatusIssue')) ?? STATUSES.get(at(values, 'StatusReceipt'))
  if (status === undefined) throw new TypeError(`inventory transaction ${at(values, 'InventTransId')} has no status`)
  return status
}

/** A row of `inventory_transaction` as a part of its lot. */
export function partOf(values: FieldValues): StockTransaction {
  const before = STATUSES.get(at(values, 'StatusBefore'))
  return {
    splitNumber: Number(at(values, 'SplitNumber')),
    itemNumber: at(values, 'ItemNumber'),
    inventDimId: at(values, 'inventDimId'),
    status: statusOf(values),
    quantity: numberAt(values, 'Qty').abs(),
    dateExpected: at(values, 'DateExpected'),
    datePhysical: at(values, 'DatePhysical'),
    dateFinancial: at(values, 'DateFinancial'),
    voucherPhysical: at(values, 'VoucherPhysical'),
    voucherFinancial: at(values, 'Voucher'),
    packingSlipNumber: at(values, 'PackingSlipId'),
    invoiceNumber: at(values, 'InvoiceId'),
    costPhysical: numberAt(values, 'CostAmountPhysical'),
    costPosted: numberAt(values, 'CostAmountPosted'),
    costAdjustment: numberAt(values, 'CostAmountAdjustment'),
    isValueOpen: at(values, 'ValueOpen') !== 'No',
    dateClosed: at(values, 'DateClosed'),
    settledQuantity: numberAt(values, 'QtySettled').abs(),
    settledCost: numberAt(values, 'CostAmountSettled'),
    statusBefore: before !== undefined && isIssueStatus(before) ? before : ('' satisfies IssueStatus | ''),
  }
}

/** The fields of a part, with its number in the lot. Issues have a negative quantity. Source: Supply Chain specification, 0.3. */
export function partValues(dataAreaId: string, lotId: string, part: StockTransaction): FieldValues {
  const isIssue = isIssueStatus(part.status)
  const signed = (quantity: Decimal): string => formatDecimal(isIssue && !quantity.isZero() ? quantity.negated() : quantity)
  return {
    dataAreaId,
    InventTransId: lotId,
    SplitNumber: String(part.splitNumber),
    ItemNumber: part.itemNumber,
    inventDimId: part.inventDimId,
    StatusIssue: isIssue ? part.status : 'None',
    StatusReceipt: isIssue ? 'None' : part.status,
    Qty: signed(part.quantity),
    DateExpected: part.dateExpected,
    DatePhysical: part.datePhysical,
    DateFinancial: part.dateFinancial,
    VoucherPhysical: part.voucherPhysical,
    Voucher: part.voucherFinancial,
    PackingSlipId: part.packingSlipNumber,
    InvoiceId: part.invoiceNumber,
    CostAmountPhysical: plain(part.costPhysical),
    CostAmountPosted: plain(part.costPosted),
    CostAmountAdjustment: plain(part.costAdjustment),
    ValueOpen: part.isValueOpen ? 'Yes' : 'No',
    DateClosed: part.dateClosed,
    QtySettled: signed(part.settledQuantity),
    CostAmountSettled: plain(part.settledCost),
    StatusBefore: part.statusBefore === '' ? 'None' : part.statusBefore,
  }
}

/** Canonical digits; a negative nought is nought. */
const plain = (value: Decimal): string => (value.isZero() ? '0' : formatDecimal(value))

/** A row of `inventory_transaction_origin`; its dimensions are read beside it. */
export const originOf = (values: FieldValues, dimensions: Dimensions, anchorDimId: string): LotOrigin => ({
  lotId: at(values, 'InventTransId'),
  referenceCategory: at(values, 'ReferenceCategory'),
  referenceId: at(values, 'ReferenceId'),
  itemNumber: at(values, 'ItemNumber'),
  dimensions,
  inventDimId: at(values, 'inventDimId'),
  anchorDimId,
  returnLotId: at(values, 'ReturnInventTransId'),
  dateExpected: at(values, 'DateExpected'),
})

/** The row of a lot. */
export const originValues = (dataAreaId: string, origin: LotOrigin): FieldValues => ({
  dataAreaId,
  InventTransId: origin.lotId,
  ReferenceCategory: origin.referenceCategory,
  ReferenceId: origin.referenceId,
  ItemNumber: origin.itemNumber,
  inventDimId: origin.inventDimId,
  ReturnInventTransId: origin.returnLotId,
  DateExpected: origin.dateExpected,
})

/** A row of on-hand as the rules look at it. */
export function sumRowOf(values: FieldValues): SumRow {
  const sums = Object.fromEntries(SUM_COLUMNS.map((column) => [column, numberAt(values, column)])) as StockSums
  return {
    itemNumber: at(values, 'ItemNumber'),
    inventDimId: at(values, 'inventDimId'),
    anchorDimId: at(values, 'AnchorDimId'),
    dimensions: dimensionsOf(values),
    sums,
  }
}

/** The row of on-hand that is stored. */
export const sumValues = (dataAreaId: string, row: SumRow): FieldValues => ({
  dataAreaId,
  ItemNumber: row.itemNumber,
  inventDimId: row.inventDimId,
  AnchorDimId: row.anchorDimId,
  ...row.dimensions,
  ...Object.fromEntries(SUM_COLUMNS.map((column) => [column, plain(row.sums[column])])),
})
