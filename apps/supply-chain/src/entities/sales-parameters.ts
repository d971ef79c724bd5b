import { choice, entity, real, yesNo } from './entity.ts'

/**
 * Parameters of sales and receivables, one row per company: every decision of the specification that a real environment could take
 * differently. A company without a row has the defaults. Source: Supply Chain specification, 0.2.
 */
export const SALES_PARAMETERS = entity({
  name: 'SalesParameter',
  collection: 'SalesParameters',
  aotName: 'SalesParametersEntity',
  label: 'Sales parameters',
  category: 'Parameters',
  storage: ['sales_parameter', 'SalesParameters', 'Sales parameters'],
  properties: [
    // The company alone is the key of a table of parameters.
    choice('ReservationMode', 'ItemReservation'),
    yesNo('ReserveOrdered'),
    choice('CreditLimitType', 'TypeOfCreditmaxCheck', { defaultValue: 'Balance' }),
    choice('CreditLimitMessage', 'CreditLimitMessage'),
    choice('PickingRouteStatus', 'WMSExpeditionStatus', { defaultValue: 'Activated' }),
    choice('LineMultiLineDiscount', 'LineMultiLineDiscount', { defaultValue: 'LinePlusMultiLine' }),
    choice('TaxCalculationMethod', 'TaxCalculationLevel'),
    yesNo('TaxPerInvoiceLine', { defaultValue: 'Yes' }),
    choice('SalesChargeOnPartialInvoice', 'SalesChargeOnPartialInvoice'),
    yesNo('AutomaticSettlement'),
    yesNo('CashDiscountOnPartialPayments'),
    yesNo('CashDiscountOnCreditNotes'),
    real('MaxPennyDifference', { defaultValue: '0.01' }),
    real('MaxOverUnderPayment', { defaultValue: '0.5' }),
    yesNo('PackingSlipAutomaticReduction'),
    choice('ProcessingStatusDetail', 'ProcessingStatusDetail'),
    yesNo('CalculateLineNetAmountOnImport', { defaultValue: 'Yes' }),
    yesNo('DeleteInvoicedLines'),
  ],
})
