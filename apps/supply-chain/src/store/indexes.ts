/** An index over fields of a table. */
export interface FurtherIndex {
  readonly fields: readonly string[]
  readonly isUnique: boolean
  /**
   * Holds only rows in which the field behind the company is not blank. Statements say so too (`<> ''`): of a field that is blank in most rows a
   * whole index is not taken, since all rows look alike to the planner.
   */
  readonly isOfFilled?: true
}

/** Indexes that keys do not bring: other unique numbers, and fields that are searched for when another row refers to them. */
export const FURTHER_INDEXES: Readonly<Record<string, readonly FurtherIndex[]>> = {
  customer: [
    { fields: ['dataAreaId', 'PartyNumber'], isUnique: true },
    { fields: ['dataAreaId', 'CustomerGroupId'], isUnique: false },
  ],
  contact_person: [{ fields: ['dataAreaId', 'AssociatedPartyNumber'], isUnique: false }],
  address_country_region: [{ fields: ['ISOCode'], isUnique: false }],
  released_product: [{ fields: ['dataAreaId', 'ProductNumber'], isUnique: true }],
  // The sellable products join by item: without it a plan that expects one row compares every product with every other one.
  distinct_product: [{ fields: ['dataAreaId', 'ItemNumber'], isUnique: false }],
  sales_quotation: [
    { fields: ['dataAreaId', 'RequestingCustomerAccountNumber'], isUnique: false },
    { fields: ['dataAreaId', 'InvoiceCustomerAccountNumber'], isUnique: false },
  ],
  // The key of the public entity begins with the number of the line.
  sales_quotation_line: [{ fields: ['dataAreaId', 'SalesQuotationNumber'], isUnique: false }],
  sales_quotation_journal: [{ fields: ['dataAreaId', 'SalesQuotationNumber'], isUnique: false }],
  // A customer that has orders cannot go, and what they owe counts against the limit.
  sales_order: [
    { fields: ['dataAreaId', 'OrderingCustomerAccountNumber'], isUnique: false },
    { fields: ['dataAreaId', 'InvoiceCustomerAccountNumber'], isUnique: false },
  ],
  sales_order_line: [{ fields: ['dataAreaId', 'CreditedInvoiceNumber'], isUnique: false, isOfFilled: true }],
  // Customers show their invoices, orders theirs; the lines of an order are looked for by its number.
  sales_invoice: [
    { fields: ['dataAreaId', 'SalesOrderNumber'], isUnique: false },
    { fields: ['dataAreaId', 'InvoiceCustomerAccountNumber'], isUnique: false },
  ],
  sales_invoice_line: [
    { fields: ['dataAreaId', 'SalesOrderNumber'], isUnique: false },
    { fields: ['dataAreaId', 'CreditedInvoiceNumber'], isUnique: false, isOfFilled: true },
  ],
  // Documents are calculated with all their charges at once; a line total goes with its document.
  sales_order_line_charge: [{ fields: ['dataAreaId', 'SalesOrderNumber'], isUnique: false }],
  sales_quotation_line_charge: [{ fields: ['dataAreaId', 'SalesQuotationNumber'], isUnique: false }],
  sales_order_line_total: [{ fields: ['dataAreaId', 'SalesOrderNumber'], isUnique: false }],
  sales_quotation_line_total: [{ fields: ['dataAreaId', 'SalesQuotationNumber'], isUnique: false }],
  // Prices are searched by item, total discounts by customer.
  sales_price_agreement: [
    { fields: ['dataAreaId', 'ItemNumber'], isUnique: false },
    { fields: ['dataAreaId', 'PriceType', 'CustomerAccountNumber'], isUnique: false },
  ],
  command_request: [{ fields: ['RequestedAt'], isUnique: false }],
  picking_route: [{ fields: ['dataAreaId', 'SalesOrderNumber'], isUnique: false }],
  picking_route_line: [
    { fields: ['dataAreaId', 'SalesOrderNumber'], isUnique: false },
    { fields: ['dataAreaId', 'InventoryLotId'], isUnique: false },
  ],
  packing_slip: [{ fields: ['dataAreaId', 'SalesOrderNumber'], isUnique: false }],
  packing_slip_line: [
    { fields: ['dataAreaId', 'SalesOrderNumber'], isUnique: false },
    { fields: ['dataAreaId', 'InventoryLotId'], isUnique: false },
  ],
  ledger_transaction: [{ fields: ['dataAreaId', 'Voucher'], isUnique: false }],
  cust_trans: [
    { fields: ['dataAreaId', 'AccountNum'], isUnique: false },
    { fields: ['dataAreaId', 'Invoice'], isUnique: false },
    { fields: ['dataAreaId', 'Voucher'], isUnique: false },
  ],
  cust_trans_open: [
    { fields: ['dataAreaId', 'AccountNum'], isUnique: false },
    { fields: ['RefRecId'], isUnique: false },
  ],
  cust_settlement: [
    { fields: ['dataAreaId', 'SettlementVoucher'], isUnique: false },
    { fields: ['TransRecId'], isUnique: false },
  ],
  customer_payment_journal_line: [{ fields: ['dataAreaId', 'AccountDisplayValue'], isUnique: false }],
  released_product_variant: [{ fields: ['dataAreaId', 'ProductVariantNumber'], isUnique: true }],
  // On-hand rows that are locked together; the transactions of one item for close and recalculation.
  inventory_sum: [{ fields: ['dataAreaId', 'ItemNumber', 'AnchorDimId'], isUnique: false }],
  inventory_transaction: [{ fields: ['dataAreaId', 'ItemNumber', 'inventDimId'], isUnique: false }],
  // Of thousands that wait the oldest few are taken, and one repeat is the next.
  business_event_delivery: [
    { fields: ['EndpointId', 'ControlNumber'], isUnique: false },
    { fields: ['NextAttemptDateTime'], isUnique: false },
  ],
  batch_job_history: [{ fields: ['BatchJobRecId'], isUnique: false }],
  recurring_data_message: [{ fields: ['ActivityId'], isUnique: false }],
}

/**
 * Key fields that rows of the time before prospect to cash do not have yet (0): such a key is unique only once the row is numbered.
 * Source: Supply Chain specification, section 7, `SalesPopulateProspectToCash`.
 */
export const NUMBERED_LATER: Readonly<Record<string, string>> = {
  sales_order_line: 'LineCreationSequenceNumber',
  sales_quotation_line: 'LineCreationSequenceNumber',
  sales_invoice_line: 'LineCreationSequenceNumber',
}
