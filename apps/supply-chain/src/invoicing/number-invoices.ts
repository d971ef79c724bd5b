import type { SqlRunner } from '@p2c/base'
import { requireNumbers } from '../commands/require-numbers.ts'
import { takeNumbers } from '../store/number-sequences.ts'
import type { InvoiceDraft, NumberedInvoice } from './invoice-draft.ts'

/**
 * Gives the invoices their numbers and vouchers; credit notes have sequences of their own. Continuous sequences stay locked until the
 * transaction ends, so they are taken in one order by everybody: alphabetical by data type. Refuses with L08.
 */
export async function numberInvoices(sql: SqlRunner, dataAreaId: string, drafts: readonly InvoiceDraft[]): Promise<NumberedInvoice[]> {
  const credits = drafts.filter((draft) => draft.isCreditNote).length
  const take = (dataTypeName: string, count: number) => requireNumbers(sql, { dataAreaId, dataTypeName, count })
  const creditNumbers = [...(await take('CustCreditNoteId', credits))]
  const creditVouchers = [...(await take('CustCreditNoteVoucher', credits))]
  const numbers = [...(await take('CustInvoiceId', drafts.length - credits))]
  const vouchers = [...(await take('CustInvoiceVoucher', drafts.length - credits))]
  return drafts.map((draft) => ({
    ...draft,
    invoiceNumber: (draft.isCreditNote ? creditNumbers : numbers).shift() ?? '',
    voucher: (draft.isCreditNote ? creditVouchers : vouchers).shift() ?? '',
  }))
}

const DATA_TYPES = ['CustCreditNoteId', 'CustCreditNoteVoucher', 'CustInvoiceId', 'CustInvoiceVoucher'] as const

/**
 * Locks the continuous sequences without taking a number: a command that writes order lines before it posts them would otherwise lock customers
 * and stock first, and wait in a circle with others.
 */
export async function lockInvoiceNumbers(sql: SqlRunner, dataAreaId: string): Promise<void> {
  for (const dataTypeName of DATA_TYPES) await takeNumbers(sql, { dataAreaId, dataTypeName, count: 0 })
}
