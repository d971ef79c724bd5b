import { choice, date, entity, int, key, real, refersTo, text, yesNo } from './entity.ts'
import { productDimensions } from './product-dimensions.ts'

export const SALES_CHARGE_CODES = entity({
  name: 'CDSSalesCharge',
  collection: 'CDSSalesCharges',
  aotName: 'MarkupSalesChargeCDSEntity',
  label: 'CDS sales charges',
  category: 'Reference',
  storage: ['sales_charge_code', 'MarkupTable', 'Charges codes'],
  properties: [
    key('ChargeCode', 10, { label: 'Charges code' }),
    text('ChargeDescription', 60),
    text('SalesTaxItemGroupCode', 10, { label: 'Item sales tax group', ...refersTo('TaxItemGroupHeading', 'TaxItemGroup') }),
    choice('DebitPostingMethod', 'MarkupType', { label: 'Debit type', defaultValue: 'CustVend' }),
    choice('CreditPostingMethod', 'MarkupType', { label: 'Credit type', defaultValue: 'LedgerAccount' }),
    yesNo('WillSalesInvoicingProrateChargeAmounts', { label: 'Prorate' }),
  ],
})

/** Charges that documents get by themselves. Blank customer, group, delivery mode or item: all of them. Source: 5.6. */
export const AUTO_CHARGES = entity({
  name: 'SalesAutoCharge',
  collection: 'SalesAutoCharges',
  aotName: 'MarkupSalesAutoChargeEntity',
  label: 'Sales auto charges',
  category: 'Reference',
  storage: ['sales_auto_charge', 'MarkupAutoTable', 'Auto charges'],
  properties: [
    key('AutoChargeNumber', 20, { isMandatory: false }),
    yesNo('IsLineLevel'),
    text('CustomerAccount', 20, { ...refersTo('CustomerV3', 'CustomerAccount') }),
    text('CustomerChargeGroupId', 10),
    text('DeliveryModeCode', 10, { label: 'Mode of delivery', ...refersTo('DeliveryModeV2', 'ModeCode') }),
    text('ItemNumber', 20, refersTo('ReleasedProductV2', 'ItemNumber')),
    text('ItemChargeGroupId', 10),
    text('ChargeCode', 10, { label: 'Charges code', isMandatory: true, ...refersTo('CDSSalesCharge', 'ChargeCode') }),
    choice('ChargeCategory', 'MarkupCategory', { label: 'Category' }),
    real('ChargeValue'),
    text('CurrencyCode', 3, { label: 'Currency', ...refersTo('Currency', 'CurrencyCode') }),
    yesNo('IsKept', { label: 'Keep' }),
    // A tier of the order total, main level only; 0 has no end.
    real('FromOrderAmount'),
    real('ToOrderAmount'),
  ],
})

/** Trade agreements: prices and discounts. Blank item and group: all items; blank customer and group: all customers. Source: 5.4. */
export const SALES_PRICE_AGREEMENTS = entity({
  name: 'SalesPriceAgreement',
  collection: 'SalesPriceAgreements',
  aotName: 'PriceDiscSalesPriceAgreementEntity',
  label: 'Sales price agreements',
  category: 'Reference',
  storage: ['sales_price_agreement', 'PriceDiscTable', 'Trade agreements'],
  properties: [
    key('AgreementNumber', 20, { isMandatory: false }),
    choice('PriceType', 'PriceType', { defaultValue: 'PriceSales' }),
    text('ItemNumber', 20, refersTo('ReleasedProductV2', 'ItemNumber')),
    text('ProductDiscountGroupCode', 10),
    ...productDimensions(),
    text('CustomerAccountNumber', 20, { label: 'Customer account', ...refersTo('CustomerV3', 'CustomerAccount') }),
    text('PriceCustomerGroupCode', 10),
    text('PriceCurrencyCode', 3, { label: 'Currency', isMandatory: true, ...refersTo('Currency', 'CurrencyCode') }),
    text('QuantityUnitSymbol', 10, { label: 'Unit', ...refersTo('UnitOfMeasure', 'UnitSymbol') }),
    real('FromQuantity'),
    real('ToQuantity'),
    date('PriceApplicableFromDate', { label: 'From date' }),
    date('PriceApplicableToDate', { label: 'To date' }),
    text('PriceSiteId', 10, { label: 'Site', ...refersTo('OperationalSiteV2', 'SiteId') }),
    text('PriceWarehouseId', 10, { label: 'Warehouse', ...refersTo('Warehouse', 'WarehouseId') }),
    real('Price'),
    real('SalesPriceQuantity', { label: 'Price unit', defaultValue: '1' }),
    real('FixedPriceCharges'),
    real('DiscountAmount'),
    real('DiscountPercentage1'),
    real('DiscountPercentage2'),
    int('SalesLeadTimeDays'),
    yesNo('WillSearchContinue', { label: 'Find next', defaultValue: 'Yes' }),
  ],
})

export const CASH_DISCOUNTS = entity({
  name: 'CashDiscount',
  collection: 'CashDiscounts',
  aotName: 'CashDiscountEntity',
  label: 'Cash discounts',
  category: 'Reference',
  storage: ['cash_discount', 'CashDisc', 'Cash discounts'],
  properties: [
    key('CashDiscountCode', 10, { label: 'Cash discount' }),
    text('Description', 60),
    real('DiscountPercentage'),
    int('NumberOfDays'),
    int('NumberOfMonths'),
  ],
})

export const SALES_ORDER_HOLD_CODES = entity({
  name: 'SalesOrderHoldCode',
  collection: 'SalesOrderHoldCodes',
  aotName: 'MCRSalesOrderHoldCodeEntity',
  label: 'Sales order hold codes',
  category: 'Reference',
  storage: ['sales_order_hold_code', 'MCRHoldCode', 'Order hold codes'],
  properties: [
    key('SalesOrderHoldCode', 10, { label: 'Hold code' }),
    text('Description', 60),
    yesNo('IsDefaultSalesOrderHoldCode'),
    yesNo('IsHoldCodeRemovingInventoryReservations'),
    text('AssociatedSecurityRoleName', 60),
  ],
})

export const INVENTORY_STATUSES = entity({
  name: 'InventoryStatus',
  collection: 'InventoryStatuses',
  aotName: 'WHSInventStatusEntity',
  label: 'Inventory statuses',
  category: 'Reference',
  storage: ['inventory_status', 'WHSInventStatus', 'Inventory statuses'],
  properties: [key('InventoryStatusId', 10, { label: 'Inventory status' }), text('InventoryStatusName', 60), yesNo('IsBlocking')],
})

export const LEDGER_FISCAL_PERIODS = entity({
  name: 'LedgerFiscalPeriod',
  collection: 'LedgerFiscalPeriods',
  aotName: 'LedgerFiscalCalendarPeriodEntity',
  label: 'Ledger fiscal periods',
  category: 'Reference',
  storage: ['ledger_fiscal_period', 'LedgerFiscalCalendarPeriod', 'Ledger calendar'],
  isShared: true,
  properties: [
    key('LedgerName', 20, { label: 'Ledger' }),
    key('Calendar', 20),
    key('YearName', 20, { label: 'Fiscal year' }),
    key('PeriodName', 20, { label: 'Period' }),
    text('LegalEntityId', 4, { label: 'Legal entity', isMandatory: true, ...refersTo('LegalEntity', 'LegalEntityId') }),
    date('StartDate'),
    date('EndDate'),
    choice('PeriodStatus', 'FiscalPeriodStatus', { defaultValue: 'Open' }),
    choice('SalesAccessLevel', 'ModulePeriodStat'),
    choice('CustAccessLevel', 'ModulePeriodStat'),
    choice('InventAccessLevel', 'ModulePeriodStat'),
  ],
})

export const AGING_PERIOD_DEFINITIONS = entity({
  name: 'AgingPeriodDefinition',
  collection: 'AgingPeriodDefinitions',
  aotName: 'CustVendAgingPeriodDefinitionEntity',
  label: 'Aging period definitions',
  category: 'Reference',
  storage: ['aging_period_definition', 'StatRepInterval', 'Aging period definitions'],
  properties: [
    key('AgingPeriodDefinition', 20),
    real('LineNum', { isKey: true }),
    text('Description', 60),
    choice('Interval', 'PerDayWeekMthQtYr', { defaultValue: 'Day' }),
    int('Unit'),
    choice('PrintDirection', 'AgingPrintDirection'),
    choice('AgingIndicator', 'CustAgingIndicator'),
  ],
})

/** Set-up of sales and receivables, in the order in which it can be filled. Source: Supply Chain specification, 1.1. */
export const SALES_SET_UP_ENTITIES = [
  SALES_CHARGE_CODES,
  AUTO_CHARGES,
  SALES_PRICE_AGREEMENTS,
  CASH_DISCOUNTS,
  SALES_ORDER_HOLD_CODES,
  INVENTORY_STATUSES,
  LEDGER_FISCAL_PERIODS,
  AGING_PERIOD_DEFINITIONS,
]
