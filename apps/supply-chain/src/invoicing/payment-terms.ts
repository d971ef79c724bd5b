import { type Decimal, decimal, type SqlRunner, ZERO } from '@p2c/base'
import { EMPTY_DATE, type FieldValues } from '../domain/field-value.ts'
import { cashDiscountDate, cashDiscountTermsOf, dueDate, dueDateTermsOf, possibleCashDiscount } from '../domain/receivables/due-date.ts'
import { tableByRelation } from '../entities/catalogue.ts'
import type { OpenOrder } from '../orders/open-orders.ts'
import { findRows } from '../store/rows.ts'
import type { InvoiceTerms } from './invoice-draft.ts'

/** Terms of payment and cash discounts that orders name, by their code in lower case. */
export interface PaymentTermFacts {
  readonly terms: ReadonlyMap<string, FieldValues>
  readonly discounts: ReadonlyMap<string, FieldValues>
}

/** Reads the terms of payment and cash discounts of the orders; two statements. */
export async function loadPaymentTerms(sql: SqlRunner, dataAreaId: string, orders: readonly OpenOrder[]): Promise<PaymentTermFacts> {
  const read = async (relation: string, field: string, orderField: string): Promise<ReadonlyMap<string, FieldValues>> => {
    const codes = new Set(orders.map(({ header }) => (header.values[orderField] ?? '').toLowerCase()).filter((code) => code !== ''))
    const keys = [...codes].map((code) => [dataAreaId, code])
    const rows = await findRows(sql, { table: tableByRelation(relation), fields: ['dataAreaId', field], keys })
    return new Map(rows.map(({ values }) => [(values[field] ?? '').toLowerCase(), values]))
  }
  return {
    terms: await read('payment_term', 'Name', 'PaymentTermsName'),
    discounts: await read('cash_discount', 'CashDiscountCode', 'CashDiscountCode'),
  }
}

interface TermsPlace {
  readonly date: string
  readonly invoiceAmount: Decimal
  /** Amounts of the currency are multiples of this. */
  readonly step: Decimal
}

/**
 * When an invoice of the order is due, and the cash discount of an early payment. A due date that the order fixes stands; otherwise both count
 * from the base date of the order, or from the invoice date. Source: Supply Chain specification, 1.2 no. 6 and 6.1.
 */
export function termsOf(order: FieldValues, facts: PaymentTermFacts, { date, invoiceAmount, step }: TermsPlace): InvoiceTerms {
  const base = isGiven(order.PaymentTermsBaseDate) ? order.PaymentTermsBaseDate : date
  const terms = dueDateTermsOf(facts.terms.get((order.PaymentTermsName ?? '').toLowerCase()))
  const discountRow = facts.discounts.get((order.CashDiscountCode ?? '').toLowerCase())
  const discount = discountRow === undefined ? undefined : cashDiscountTermsOf(discountRow)
  return {
    dueDate: isGiven(order.FixedDueDate) ? order.FixedDueDate : dueDate(terms, base),
    cashDiscountCode: discountRow?.CashDiscountCode ?? '',
    cashDiscountDate: discount === undefined ? EMPTY_DATE : cashDiscountDate(discount, base),
    cashDiscountAmount: discount === undefined ? ZERO : possibleCashDiscount(invoiceAmount, discount, step.isZero() ? CENT : step),
  }
}

const CENT = decimal('0.01')

const isGiven = (day: string | undefined): day is string => day !== undefined && day !== '' && day !== EMPTY_DATE
