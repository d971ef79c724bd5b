import { addHeaderCharges, addLineCharges } from './calculation/auto-charge-effects.ts'
import { deleteCalculated, deleteLineCalculated } from './calculation/deletion-effects.ts'
import { applyMultilineDiscounts } from './calculation/multiline-effects.ts'
import { keepDataEventTriggers, limitEndpoints, wakeDeliveries } from './events/event-effects.ts'
import { followOrderLines, followQuotationLines, followReceiptLines } from './inventory/line-effects.ts'
import { answerOnHandRequests } from './inventory/on-hand-requests.ts'
import { noteBatchJobs } from './jobs/batch-effects.ts'
import { passDeliveryAddressOn } from './orders/address-effect.ts'
import { checkCreditOfLines } from './orders/credit-effect.ts'
import { refreshOrdersOfLines } from './orders/order-effects.ts'
import { forgetPositions } from './packages/change-tracking.ts'
import { editQuotationsOfLines } from './quotations/quotation-effects.ts'
import { showMarks } from './receivables/mark-effects.ts'
import { keepNumberSources } from './store/number-sequences.ts'
import type { WriteEffects } from './store/write-effects.ts'

/** What else happens when rows are written, table by table. Each part of the application brings its own. */
export const WRITE_EFFECTS: WriteEffects = {
  sales_quotation: [
    addHeaderCharges('quotation'),
    deleteCalculated('quotation'),
    passDeliveryAddressOn({ header: 'sales_quotation', line: 'sales_quotation_line', number: 'SalesQuotationNumber', isOpen: 'true' }),
  ],
  sales_quotation_line: [
    addLineCharges('quotation'),
    deleteLineCalculated('quotation'),
    applyMultilineDiscounts('quotation'),
    editQuotationsOfLines,
    followQuotationLines,
  ],
  sales_order: [
    addHeaderCharges('order'),
    deleteCalculated('order'),
    passDeliveryAddressOn({
      header: 'sales_order',
      line: 'sales_order_line',
      number: 'SalesOrderNumber',
      isOpen: 'l.remain_sales_physical <> 0',
    }),
  ],
  // Customers are locked before stock.
  // The order last: it is brought up to date with all that the others did.
  sales_order_line: [
    addLineCharges('order'),
    deleteLineCalculated('order'),
    applyMultilineDiscounts('order'),
    checkCreditOfLines,
    followOrderLines,
    refreshOrdersOfLines,
  ],
  inventory_journal_line: [followReceiptLines],
  on_hand_request: [answerOnHandRequests],
  // A charge changes what its document comes to.
  sales_order_charge: [refreshOrdersOfLines],
  sales_order_line_charge: [refreshOrdersOfLines],
  sales_quotation_charge: [editQuotationsOfLines],
  sales_quotation_line_charge: [editQuotationsOfLines],
  payment_journal_mark: [showMarks],
  number_sequence: [keepNumberSources],
  business_event_endpoint: [wakeDeliveries],
  business_event_activation: [limitEndpoints],
  data_event_activation: [keepDataEventTriggers],
  batch_job: [noteBatchJobs],
  entity_change_tracking: [forgetPositions],
}
