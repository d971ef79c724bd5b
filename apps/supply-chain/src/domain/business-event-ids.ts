/** Every business event that is raised here, by its id on the wire; who raises a new one adds it. */
export const BUSINESS_EVENT_IDS = [
  'SalesOrderConfirmedBusinessEvent',
  'SalesPackingSlipPostedBusinessEvent',
  'SalesInvoicePostedBusinessEvent',
  'CustomerPaymentPostedBusinessEvent',
  'BatchJobStartedBusinessEvent',
  'BatchJobFinishedBusinessEvent',
  'BatchJobFailedBusinessEvent',
  'BatchJobCanceledBusinessEvent',
] as const
