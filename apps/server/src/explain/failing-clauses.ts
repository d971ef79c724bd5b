import type { ExplainedReason } from '@p2c/api'
import type { TextOfField } from '../compare/expected-value.ts'
import { fieldsOfFilter, passes, type ReadFilter } from '../compare/filter-text.ts'
import { type ReasonCode, toReason } from './reasons.ts'

/** What a clause of the shipped filters is about (templates specification 7), by its field in lower case. */
const MEANINGS: Readonly<Record<string, ReasonCode>> = {
  accountnumber: 'key-empty',
  msdynce_isactivecustomer: 'not-this-way',
  msdynce_iscompanyanaccount: 'no-company',
  msdynce_hasexternallymaintainedproductsonly: 'foreign-product',
  msdynce_quotehasexternalmaintainedproductsonly: 'foreign-product',
  msdynce_orderhasexternalmaintainedproductsonly: 'foreign-product',
  msdynce_ismaintainedexternally: 'came-from-there',
  msdynce_processingstatus: 'order-not-active',
  msdynce_orderissubmitted: 'order-not-active',
  msdynce_ismisctax: 'freight-tax',
  statecode: 'quote-not-active',
  quotestatecode: 'quote-not-active',
  orderingcustomerisexternallymaintained: 'customer-not-from-sales',
  invoicecustomerisexternallymaintained: 'customer-not-from-sales',
  salesorderprocessingstatus: 'not-confirmed',
  aretotalsupdated: 'totals-not-calculated',
  aresalesordertotalsupdated: 'totals-not-calculated',
  salesorderorigintype: 'work-order',
  salesordernumber: 'no-order',
  status: 'other-direction',
}

/** Each clause of a filter that keeps a row back, with the value that the row has; empty where the row passes. */
export function failingClauses(filter: ReadFilter, fieldText: TextOfField): readonly ExplainedReason[] {
  if (passes(filter, fieldText)) return []
  if (filter.kind === 'and') return filter.parts.flatMap((part) => failingClauses(part, fieldText))
  const [field = ''] = fieldsOfFilter(filter)
  return [toReason(MEANINGS[field.toLowerCase()] ?? 'filter-clause', { clause: clauseText(filter), field, value: fieldText(field) })]
}

export function clauseText(filter: ReadFilter): string {
  switch (filter.kind) {
    case 'clause':
      return filter.text
    case 'not':
      return `not (${clauseText(filter.part)})`
    case 'and':
    case 'or':
      return filter.parts.map((part) => (part.kind === 'clause' ? part.text : `(${clauseText(part)})`)).join(` ${filter.kind} `)
  }
}
