import { type Decimal, type SqlRunner, sum, ZERO } from '@p2c/base'
import { type LedgerAccountName, ledgerAccount } from '../ledger/accounts.ts'
import { type LedgerEntry, postVouchers, type Voucher } from '../ledger/post-voucher.ts'
import { postCustomerTransactions } from '../receivables/customer-transactions.ts'
import type { LineCost, NumberedInvoice } from './invoice-draft.ts'

/** What an invoice is called in the ledger and on the customer account. */
const postingText = ({ isCreditNote, invoiceNumber }: NumberedInvoice): string =>
  `${isCreditNote ? 'Credit note' : 'Sales invoice'} ${invoiceNumber}`

/**
 * Posts the invoices to their customers: what is owed, when, and the cash discount; a credit note is owed negatively. Gives the record ids of
 * the transactions. Source: Supply Chain specification, 6.2.
 */
export const postReceivables = (sql: SqlRunner, invoices: readonly NumberedInvoice[]): Promise<string[]> =>
  postCustomerTransactions(
    sql,
    invoices.map((invoice) => {
      const order = invoice.orders[0]?.order.header.values ?? {}
      const { totals, accounting, terms } = invoice
      return {
        dataAreaId: invoice.dataAreaId,
        accountNum: invoice.invoiceCustomer.CustomerAccount ?? '',
        transType: 'Sales',
        voucher: invoice.voucher,
        invoice: invoice.invoiceNumber,
        date: invoice.date,
        dueDate: terms.dueDate,
        documentDate: invoice.date,
        currencyCode: invoice.currencyCode,
        amountCur: totals.invoiceAmount,
        amountMst: accounting.invoiceAmount,
        exchangeRate: accounting.exchangeRate,
        paymentTerms: order.PaymentTermsName ?? '',
        paymentMethod: order.CustomerPaymentMethodName ?? '',
        postingProfile: order.CustomerPostingProfileId ?? '',
        cashDiscountDate: terms.cashDiscountDate,
        possibleCashDiscount: terms.cashDiscountAmount,
        useCashDiscount: useCashDiscountOf(invoice.invoiceCustomer.PaymentUseCashDiscount),
        text: postingText(invoice),
      }
    }),
  )

const useCashDiscountOf = (member: string | undefined) => (member === 'Always' || member === 'Never' ? member : 'Normal')

/**
 * Posts the vouchers of the invoices: the receivable against revenue, charges and tax; the cost of the goods against inventory; and the packing
 * slip entries back. Source: 6.1.
 */
export const postInvoiceVouchers = (
  sql: SqlRunner,
  invoices: readonly NumberedInvoice[],
  costs: ReadonlyMap<string, LineCost>,
): Promise<void> =>
  postVouchers(
    sql,
    invoices.map(
      (invoice): Voucher => ({
        dataAreaId: invoice.dataAreaId,
        voucher: invoice.voucher,
        date: invoice.date,
        text: postingText(invoice),
        entries: [...revenueEntries(invoice), ...costEntries(invoice, costs)],
      }),
    ),
  )

function revenueEntries({ totals, accounting, currencyCode }: NumberedInvoice): LedgerEntry[] {
  const entry = (name: LedgerAccountName, amount: Decimal, amountCur: Decimal): LedgerEntry => ({
    account: ledgerAccount(name),
    amount,
    currencyCode,
    amountCur,
  })
  const credit = (name: LedgerAccountName, amount: Decimal, amountCur: Decimal) => entry(name, ZERO.minus(amount), ZERO.minus(amountCur))
  return [
    entry('CustomerReceivable', accounting.invoiceAmount, totals.invoiceAmount),
    credit('Revenue', accounting.salesBalance.minus(accounting.totalDiscount), totals.salesBalance.minus(totals.totalDiscount)),
    credit('ChargeRevenue', accounting.charges, totals.charges),
    credit('SalesTaxPayable', accounting.tax, totals.tax),
    credit('PennyDifference', accounting.roundOff, totals.roundOff),
  ]
}

/** Costs are in the accounting currency, rounded by the stock. */
function costEntries({ orders, accounting }: NumberedInvoice, costs: ReadonlyMap<string, LineCost>): LedgerEntry[] {
  const lines = orders.flatMap(({ order }) => order.chosen.flatMap(({ line }) => costs.get(line.lotId) ?? []))
  const financial = sum(lines.map(({ cost }) => cost))
  const physical = sum(lines.map(({ physicalCost }) => physicalCost))
  const entry = (name: LedgerAccountName, amount: Decimal): LedgerEntry => ({
    account: ledgerAccount(name),
    amount,
    currencyCode: accounting.currencyCode,
    amountCur: amount,
  })
  return [
    entry('CostOfGoodsSold', financial),
    entry('Inventory', ZERO.minus(financial)),
    entry('InventoryPhysicalIssue', physical),
    entry('CostOfGoodsDelivered', ZERO.minus(physical)),
  ]
}
