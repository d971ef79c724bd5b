import { BATCH_JOB_RULES } from './batch-job.ts'
import { CHANGE_TRACKING_RULES } from './change-tracking.ts'
import { CONTACT_PERSON_RULES } from './contact-person.ts'
import { CUSTOMER_RULES } from './customer.ts'
import { accept, type Decision, refuse, type TableRules, type WriteCandidate } from './decision.ts'
import { BUSINESS_EVENT_RULES, DATA_EVENT_RULES, EVENT_ENDPOINT_RULES } from './event-endpoint.ts'
import { INVENTORY_JOURNAL_LINE_RULES, INVENTORY_JOURNAL_RULES } from './inventory/journal.ts'
import { ON_HAND_REQUEST_RULES } from './inventory/on-hand-request.ts'
import { refuseField } from './messages.ts'
import { NUMBER_SEQUENCE_RULES } from './number-sequence.ts'
import { ORIGIN_CODE_RULES, SALES_ORDER_RULES } from './orders/order-header.ts'
import { SALES_ORDER_LINE_RULES } from './orders/order-line.ts'
import {
  AUTO_CHARGE_RULES,
  PRICE_AGREEMENT_RULES,
  SALES_ORDER_CHARGE_RULES,
  SALES_ORDER_LINE_CHARGE_RULES,
  SALES_QUOTATION_CHARGE_RULES,
  SALES_QUOTATION_LINE_CHARGE_RULES,
} from './pricing/charge-rules.ts'
import { ORDER_SETTING_RULES, RELEASED_PRODUCT_RULES, RELEASED_VARIANT_RULES } from './product.ts'
import { SALES_QUOTATION_RULES } from './quotations/sales-quotation.ts'
import { SALES_QUOTATION_LINE_RULES } from './quotations/sales-quotation-line.ts'
import { FISCAL_PERIOD_RULES } from './receivables/fiscal-period.ts'
import { PAYMENT_JOURNAL_LINE_RULES, PAYMENT_JOURNAL_RULES, PAYMENT_MARK_RULES } from './receivables/payment-journal.ts'
import { RECURRING_DATA_JOB_RULES } from './recurring-data-job.ts'

const isPositive = (value: string | undefined): boolean => value !== undefined && !value.startsWith('-') && value !== '0'

/** A factor and a denominator of zero would make every quantity zero or none. Source: Supply Chain specification, 1.2 no. 5. */
function decideConversion({ row }: WriteCandidate): Decision {
  const wrong = ['Factor', 'Numerator', 'Denominator'].filter((name) => !isPositive(row[name]))
  return wrong.length === 0 ? accept(row) : refuse(...wrong.map((name) => refuseField(name, 'L14', name)))
}

const decideRate = ({ row }: WriteCandidate): Decision =>
  isPositive(row.Rate) ? accept(row) : refuse(refuseField('Rate', 'L14', 'Exchange rate'))

/** Most set-up follows its description alone. */
const NO_RULES: TableRules = { decide: ({ row }) => accept(row) }

/** Rules by the relation that they guard; a table without own rules follows its description only. */
const RULES: Readonly<Record<string, TableRules>> = {
  customer: CUSTOMER_RULES,
  contact_person: CONTACT_PERSON_RULES,
  released_product: RELEASED_PRODUCT_RULES,
  released_product_variant: RELEASED_VARIANT_RULES,
  product_default_order_setting: ORDER_SETTING_RULES,
  sales_quotation: SALES_QUOTATION_RULES,
  sales_quotation_line: SALES_QUOTATION_LINE_RULES,
  unit_of_measure_conversion: { decide: decideConversion },
  product_unit_of_measure_conversion: { decide: decideConversion },
  exchange_rate: { decide: decideRate },
  sales_order_origin_code: ORIGIN_CODE_RULES,
  sales_order: SALES_ORDER_RULES,
  sales_order_line: SALES_ORDER_LINE_RULES,
  sales_order_charge: SALES_ORDER_CHARGE_RULES,
  sales_order_line_charge: SALES_ORDER_LINE_CHARGE_RULES,
  sales_quotation_charge: SALES_QUOTATION_CHARGE_RULES,
  sales_quotation_line_charge: SALES_QUOTATION_LINE_CHARGE_RULES,
  sales_auto_charge: AUTO_CHARGE_RULES,
  sales_price_agreement: PRICE_AGREEMENT_RULES,
  inventory_journal: INVENTORY_JOURNAL_RULES,
  inventory_journal_line: INVENTORY_JOURNAL_LINE_RULES,
  on_hand_request: ON_HAND_REQUEST_RULES,
  number_sequence: NUMBER_SEQUENCE_RULES,
  batch_job: BATCH_JOB_RULES,
  entity_change_tracking: CHANGE_TRACKING_RULES,
  recurring_data_job: RECURRING_DATA_JOB_RULES,
  ledger_fiscal_period: FISCAL_PERIOD_RULES,
  customer_payment_journal: PAYMENT_JOURNAL_RULES,
  customer_payment_journal_line: PAYMENT_JOURNAL_LINE_RULES,
  payment_journal_mark: PAYMENT_MARK_RULES,
  business_event_endpoint: EVENT_ENDPOINT_RULES,
  business_event_activation: BUSINESS_EVENT_RULES,
  data_event_activation: DATA_EVENT_RULES,
}

/** The rules of a table; none where it has none of its own. */
export const rulesOf = (relation: string): TableRules => RULES[relation] ?? NO_RULES
