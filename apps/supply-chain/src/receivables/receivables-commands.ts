import { z } from 'zod'
import { type Command, command } from '../commands/command.ts'
import { amount, company, day, identifier } from '../commands/parameters.ts'
import { dayOf } from '../domain/field-value.ts'
import { AGED_BY, createAgingSnapshot } from './aging-snapshot.ts'
import { postPaymentJournal } from './post-payment-journal.ts'
import { settleTransactions } from './settle-transactions.ts'
import { undoSettlement } from './undo-settlement.ts'

const SERVICE = { group: 'CustomerPaymentServices', service: 'CustomerPaymentService' } as const

/** A record id as a text of digits, or as a number. */
const recordId = z
  .union([z.int().positive(), z.string().regex(/^[1-9]\d{0,17}$/, 'expected a record id')])
  .transform(String)
  .meta({ description: 'Record id of the transaction (SysRecId)' })

const NAME = {
  recId: recordId.optional(),
  voucher: identifier(20, 'Voucher of the transaction').optional(),
  invoiceNumber: identifier(20, 'Invoice of the transaction').optional(),
}

const hasName = ({ recId, voucher, invoiceNumber }: { recId?: unknown; voucher?: unknown; invoiceNumber?: unknown }): boolean =>
  recId !== undefined || voucher !== undefined || invoiceNumber !== undefined
const NAMED = 'expected one of recId, voucher and invoiceNumber'

const positiveAmount = amount.refine((value) => value.greaterThan(0), 'expected an amount above 0')
const discountAmount = amount.refine((value) => !value.isNegative(), 'expected an amount of at least 0')

const transaction = z.strictObject(NAME).refine(hasName, NAMED).meta({ description: 'Payment or credit note that pays' })

const mark = z
  .strictObject({
    ...NAME,
    amount: positiveAmount
      .optional()
      .meta({ description: 'How much of it, with the cash discount; default: all that the payment can settle' }),
    cashDiscount: discountAmount.optional().meta({ description: 'Cash discount to take; default: what the terms allow' }),
    isFullSettlement: z.boolean().optional().meta({ description: 'Take what the payment does not reach as extra cash discount' }),
  })
  .refine(hasName, NAMED)

const POST_PAYMENT_JOURNAL = command({
  name: 'post-payment-journal',
  summary: 'Post a customer payment journal and settle what its lines are marked for',
  operation: { ...SERVICE, name: 'PostPaymentJournal' },
  parameters: z.object({ dataAreaId: company, journalBatchNumber: identifier(20, 'Journal batch number') }),
  run: ({ sql, now, userId }, parameters) => postPaymentJournal(sql, { ...parameters, now, userId }),
})

const SETTLE_TRANSACTIONS = command({
  name: 'settle-transactions',
  summary: 'Settle a posted payment or credit note against posted transactions',
  operation: { ...SERVICE, name: 'SettleTransactions' },
  parameters: z.object({
    dataAreaId: company,
    transaction,
    marks: z.array(mark).min(1).max(1000),
    date: day.optional(),
  }),
  run: ({ sql, now }, { dataAreaId, transaction: payment, marks, date }) =>
    settleTransactions(sql, { dataAreaId, payment, marks, date: date ?? dayOf(now) }),
})

const UNDO_SETTLEMENT = command({
  name: 'undo-settlement',
  summary: 'Undo a settlement: what it settled is open again',
  operation: { ...SERVICE, name: 'UndoSettlement' },
  parameters: z.object({ dataAreaId: company, settlementVoucher: identifier(20, 'Settlement voucher'), date: day.optional() }),
  run: ({ sql, now }, { date, ...parameters }) => undoSettlement(sql, { ...parameters, date: date ?? dayOf(now) }),
})

const CREATE_AGING_SNAPSHOT = command({
  name: 'create-aging-snapshot',
  summary: 'Replace the aged balances of an aging period definition',
  operation: { ...SERVICE, name: 'CreateAgingSnapshot' },
  parameters: z.object({
    dataAreaId: company,
    agingPeriodDefinition: identifier(20, 'Aging period definition'),
    agedBy: z.enum(AGED_BY).default('DueDate').meta({ description: 'Which day decides on the column' }),
    date: day.optional(),
    paymentPositioning: z.boolean().default(false).meta({ description: 'Show unapplied payments in the first column' }),
  }),
  run: ({ sql, now }, { paymentPositioning, date, ...parameters }) =>
    createAgingSnapshot(sql, { ...parameters, date: date ?? dayOf(now), hasPaymentPositioning: paymentPositioning }),
})

/** Commands of customer payments. */
export const RECEIVABLES_COMMANDS: readonly Command[] = [POST_PAYMENT_JOURNAL, SETTLE_TRANSACTIONS, UNDO_SETTLEMENT, CREATE_AGING_SNAPSHOT]
