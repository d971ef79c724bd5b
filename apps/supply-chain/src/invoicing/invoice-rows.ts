import { type Decimal, decimal, formatDecimal, roundTo, sum, ZERO } from '@p2c/base'
import type { FieldValues } from '../domain/field-value.ts'
import { isReturn, toDeliver, toInventoryUnit } from '../domain/fulfilment/order-line.ts'
import { invoiceAddressOf } from '../domain/invoicing/invoice-address.ts'
import { invoiceLineSequences } from '../domain/invoicing/line-sequence.ts'
import type { CalculationLine } from '../domain/pricing/calculation-document.ts'
import type { LineTotals, TaxTotals } from '../domain/pricing/document-totals.ts'
import { unitsOfPrice } from '../domain/pricing/line-amount.ts'
import { PRODUCT_DIMENSION_FIELDS } from '../entities/product-dimensions.ts'
import { pickValues } from '../orders/open-orders.ts'
import type { ChosenLine } from './choose-lines.ts'
import type { CalculatedOrder, LineCost, NumberedInvoice } from './invoice-draft.ts'

/** What an invoice takes over from its first order as it is. */
const FROM_ORDER = [
  'SalesOrderNumber',
  'OrderingCustomerAccountNumber',
  'InvoiceCustomerAccountNumber',
  'ContactPersonId',
  'CurrencyCode',
  'LanguageId',
  'CustomersOrderReference',
  'PaymentTermsName',
  'CustomerPaymentMethodName',
  'DeliveryModeCode',
  'DeliveryTermsCode',
  'SalesTaxGroupCode',
  'ArePricesIncludingSalesTax',
  'SalesOrderOriginType',
]

/** What an invoice line takes over from its order line as it is. */
const FROM_LINE = [
  'InventoryLotId',
  'SalesOrderNumber',
  'LineNumber',
  'ItemNumber',
  'ProductNumber',
  'ProductName',
  'SalesUnitSymbol',
  'SalesPriceQuantity',
  'LineDiscountAmount',
  'LineDiscountPercentage',
  'MultilineDiscountAmount',
  'MultilineDiscountPercentage',
  'SalesTaxGroupCode',
  'SalesTaxItemGroupCode',
  'ConfirmedShippingDate',
  'ShippingSiteId',
  'ShippingWarehouseId',
  'ItemBatchNumber',
  ...PRODUCT_DIMENSION_FIELDS,
  'SalesProductCategoryName',
  'CreditedInvoiceNumber',
  'CreditedLotId',
  'CreditReasonCode',
]

const invoiceKey = (invoice: NumberedInvoice): FieldValues => ({
  dataAreaId: invoice.dataAreaId,
  InvoiceNumber: invoice.invoiceNumber,
  InvoiceDate: invoice.date,
  LedgerVoucher: invoice.voucher,
})

/** The row of the invoice journal. Source: Supply Chain specification, 2.12 and 6.1. */
export function headerRow(invoice: NumberedInvoice, costs: ReadonlyMap<string, LineCost>): FieldValues {
  const { terms } = invoice
  const order = invoice.orders[0]?.order.header.values ?? {}
  const chosen = invoice.orders.flatMap((each) => each.order.chosen)
  return {
    ...pickValues(order, FROM_ORDER),
    ...invoiceKey(invoice),
    ...invoiceAddressOf(invoice.invoiceCustomer, invoice.orderingCustomer),
    ...texts({
      ...documentAmounts(invoice),
      ...accountingAmounts(invoice),
      Quantity: sum(chosen.map(({ quantity }) => quantity)),
      CostValue: sum(chosen.map(({ line }) => costs.get(line.lotId)?.cost ?? ZERO)),
    }),
    InvoiceCustomerName: nameOf(invoice.invoiceCustomer),
    SalesOrderResponsiblePersonnelNumber: order.OrderResponsiblePersonnelNumber ?? '',
    IsCreditNote: invoice.isCreditNote ? 'Yes' : 'No',
    CreditedInvoiceNumber: onlyOne(chosen.map(({ row }) => row.values.CreditedInvoiceNumber ?? '')),
    DocumentDate: invoice.date,
    DueDate: terms.dueDate,
    CashDiscountDate: terms.cashDiscountDate,
    CashDiscountCode: terms.cashDiscountCode,
  }
}

type Amounts = Readonly<Record<string, Decimal>>

const documentAmounts = ({ totals, terms }: NumberedInvoice): Amounts => ({
  TotalInvoiceAmount: totals.invoiceAmount,
  TotalTaxAmount: totals.tax,
  InvoiceHeaderTaxAmount: totals.headerTax,
  TotalChargeAmount: totals.charges.plus(totals.ownSalesCharges),
  TotalDiscountAmount: totals.lineDiscounts.plus(totals.totalDiscount),
  TotalDiscountCustomerGroupCode: totals.totalDiscount,
  CashDiscountAmount: terms.cashDiscountAmount,
  SalesBalance: totals.salesBalance,
  SumLineDiscount: totals.lineDiscounts,
  SumCharges: totals.charges,
  InvoiceRoundOff: totals.roundOff,
})

const accountingAmounts = ({ accounting }: NumberedInvoice): Amounts => ({
  ExchangeRate: accounting.exchangeRate,
  InvoiceAmountMST: accounting.invoiceAmount,
  SalesBalanceMST: accounting.salesBalance,
  TotalDiscountMST: accounting.totalDiscount,
  SumChargesMST: accounting.charges,
  SumTaxMST: accounting.tax,
})

const NAME_LENGTH = 100

const nameOf = (customer: FieldValues): string =>
  (customer.OrganizationName || [customer.PersonFirstName, customer.PersonLastName].filter(Boolean).join(' ')).slice(0, NAME_LENGTH)

/** The one value of a list; blank where there are several. */
const onlyOne = (values: readonly string[]): string => (new Set(values).size === 1 ? (values[0] ?? '') : '')

const texts = (numbers: Amounts): FieldValues => Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, plain(value)]))

/** Prices are stored with six decimals. Source: 0.3. */
const PRICE_DECIMALS = 6

/** Sixteen decimals hold the unrounded remainder of a split. */
const STORED_DECIMALS = 16

const plain = (value: Decimal): string => formatDecimal(value.isZero() ? ZERO : roundTo(value, STORED_DECIMALS))

/** A line of an invoice with what was calculated of it. */
export interface InvoiceLine {
  readonly chosen: ChosenLine
  readonly calculated: CalculationLine
  readonly figures: LineTotals
  readonly taxes: readonly TaxTotals[]
  /** Whether the company keeps tax on each line; the totals of the invoice hold it anyway. */
  readonly isTaxPerLine: boolean
  readonly row: FieldValues
}

/** The lines of an invoice in the order of its orders, with the rows to be stored. */
export function invoiceLines(invoice: NumberedInvoice, costs: ReadonlyMap<string, LineCost>): InvoiceLine[] {
  const lines = invoice.orders.flatMap(linesOf)
  const sequences = invoiceLineSequences(lines.map(({ chosen }) => Number(chosen.row.values.LineCreationSequenceNumber)))
  return lines.map((line, index) => ({
    ...line,
    row: {
      ...pickValues(line.chosen.row.values, FROM_LINE),
      ...invoiceKey(invoice),
      ...lineValues(line, costs.get(line.chosen.line.lotId)),
      ProductDescription: line.chosen.row.values.LineDescription ?? '',
      CurrencyCode: invoice.currencyCode,
      LineCreationSequenceNumber: String(sequences[index] ?? 0),
    },
  }))
}

function linesOf({ order, document, figures }: CalculatedOrder): Omit<InvoiceLine, 'row'>[] {
  const calculated = new Map(document.lines.map((line) => [line.recId, line]))
  const totals = new Map(figures.lines.map((line) => [line.recId, line]))
  return order.chosen.map((chosen) => {
    const own = { calculated: calculated.get(chosen.row.recId), figures: totals.get(chosen.row.recId) }
    if (own.calculated === undefined || own.figures === undefined) throw new TypeError(`line ${chosen.line.lotId} was not calculated`)
    const taxes = figures.taxes.filter(({ lineRecId }) => lineRecId === chosen.row.recId)
    return { chosen, calculated: own.calculated, figures: own.figures, taxes, isTaxPerLine: document.parameters.taxPerInvoiceLine }
  })
}

function lineValues(
  { chosen, calculated, figures, taxes, isTaxPerLine }: Omit<InvoiceLine, 'row'>,
  cost: LineCost | undefined,
): FieldValues {
  const { line, quantity, row } = chosen
  const { price } = calculated
  const remain = toDeliver({ ...line, delivered: line.delivered.plus(chosen.toDeliver) })
  return {
    ...texts({
      InvoicedQuantity: quantity,
      SalesPrice: roundTo(price.price.dividedBy(unitsOfPrice(price.priceUnit)), PRICE_DECIMALS),
      OrderPrice: price.price,
      LineAmount: figures.lineAmount,
      LineTotalDiscountAmount: figures.discountAmount,
      LineTotalChargeAmount: figures.chargesAmount,
      LineTotalTaxAmount: isTaxPerLine ? figures.taxAmount : ZERO,
      LineTax: isTaxPerLine ? sum(taxes.filter(({ chargeRecId }) => chargeRecId === '').map(({ amount }) => amount)) : ZERO,
      FixedPriceCharges: price.salesCharges,
      DiscountRemainder: price.discountRemainder,
      TotalDiscountShare: figures.totalDiscountPart,
      InventoryQuantity: toInventoryUnit(line, quantity),
      CostAmount: cost?.cost ?? ZERO,
      RemainQuantity: remain,
    }),
    IsPartDelivery: !isReturn(line) && quantity.lessThan(decimal(row.values.OrderedSalesQuantity ?? '0')) ? 'Yes' : 'No',
  }
}
