const members = (...names: readonly string[]): Readonly<Record<string, number>> =>
  Object.fromEntries(names.map((name, index) => [name, index]))

/** Members of `SalesOrderProcessingStatus`; the last three are ours, for the parameter `ProcessingStatusDetail` = `Fine`. Source: 3.5. */
export const PROCESSING_STATUSES = [
  'Active',
  'Confirmed',
  'Picked',
  'PartiallyDelivered',
  'Delivered',
  'Invoiced',
  'PartiallyInvoiced',
  'Canceled',
  'DeliveredPartiallyInvoiced',
  'PartiallyPicked',
  'PackingSlip',
  'PartiallyPacked',
] as const

/**
 * Enumerations by name, each with its symbols and integers. Source: Supply Chain specification, 2.3 and 1.1.
 * The first member is the empty value of the type.
 */
export const ENUMERATIONS = {
  NoYes: members('No', 'Yes'),
  CustVendorBlocked: members('No', 'Invoice', 'All', 'Payment', 'Requisition', 'Never', 'PurchOrder'),
  InvoiceOrderAccount: members('InvoiceAccount', 'OrderAccount'),
  UseCashDisc: members('Normal', 'Always', 'Never'),
  Gender: members('Unknown', 'Male', 'Female', 'NonSpecific'),
  DirPersonMaritalStatus: members('None', 'Single', 'Married', 'Divorced', 'Widowhood'),
  DirPartyType: members('None', 'Person', 'Organization', 'LegalEntity', 'Team', 'OperatingUnit'),
  MonthsOfYear: members(
    'None',
    'January',
    'February',
    'March',
    'April',
    'May',
    'June',
    'July',
    'August',
    'September',
    'October',
    'November',
    'December',
  ),
  SmmContactPersonCDSAssociatedContactType: members('Customer', 'Vendor', 'Contact', 'NotSupported', 'Prospect'),
  InventLocationType: members('Standard', 'Quarantine', 'Transit'),
  WhsReleaseToWarehouseRule: members('NotApplicable', 'AllowPartialReservation', 'RequireFullReservation'),
  RoundOffType: members('Ordinary', 'RoundDown', 'RoundUp'),
  ExchangeRateDisplayFactor: { One: 1, Ten: 2, Hundred: 3, Thousand: 4, TenThousand: 5 },
  UnitOfMeasureClass: members('Quantity', 'Length', 'Area', 'LiquidVolume', 'DryVolume', 'Mass', 'Time'),
  SystemOfUnits: members('None', 'Metric', 'US'),
  UnitOfMeasureConversionRounding: members('Nearest', 'Up', 'Down'),
  NetCurrent: { Net: 0, CurrentMth: 1, CurrentQuart: 2, CurrentYear: 3, CurrentWeek: 4, COD: 5, CutOffDate: 7 },
  CustomerDueDateUpdatePolicy: members('NoUpdate', 'Next', 'Previous'),
  SalesOriginType: members('NotSpecified', 'SalesOrderIntegration', 'WorkOrderIntegration'),
  MCRItemReservation: members('SalesDefault', 'Automatic', 'Explosion', 'Manual'),
  InventModel: members(
    'FIFO',
    'LIFO',
    'LIFODate',
    'AverageCost',
    'AverageCostDate',
    'StdCost',
    'MovingAverage',
    'MonthlyAverageCost',
    'NonValuated',
  ),
  EcoResProductType: { Item: 1, Service: 2 },
  EcoResProductSubtype: { Product: 1, ProductMaster: 2, ProductVariant: 3 },
  EcoResFieldServiceProductType: members('Inventory', 'NonInventory', 'Service', 'NotAvailable'),
  SalesDeliveryDateControlType: members('None', 'SalesLeadTime', 'ATP', 'ATPPlusIssueMargin', 'CTP', 'FullRunCTP'),
  NumberSequenceType: members(
    'DataArea',
    'DataAreaFiscalCalender',
    'LegalEntity',
    'LegalEntityFiscalCalender',
    'OperatingUnit',
    'OperatingUnitType',
  ),
  SalesStatus: members('None', 'Backorder', 'Delivered', 'Invoiced', 'Canceled'),
  SalesOrderProcessingStatus: members(...PROCESSING_STATUSES),
  SalesQuotationStatus: members(
    'Created',
    'Sent',
    'Confirmed',
    'Lost',
    'Cancelled',
    'Reset',
    'Modified',
    'Submitted',
    'Approved',
    'Revised',
  ),
  DocumentStatus: {
    None: 0,
    Quotation: 1,
    PurchaseOrder: 2,
    Confirmation: 3,
    PickingList: 4,
    PackingSlip: 5,
    ReceiptsList: 6,
    Invoice: 7,
    Lost: 12,
    Cancelled: 13,
    FreeTextInvoice: 14,
  },
  SalesExternalWorkOrderStatus: members(
    'OpenUnscheduled',
    'OpenScheduled',
    'OpenInProgress',
    'OpenCompleted',
    'ClosedPosted',
    'ClosedCanceled',
  ),
  SalesQuotationCreationMethod: members('SCM', 'Dynamics365Sales'),
  SalesType: { Journal: 0, Subscription: 2, Sales: 3, ReturnItem: 4, ItemReq: 6, Prepayment: 7 },
  StatusIssue: members('None', 'Sold', 'Deducted', 'Picked', 'ReservPhysical', 'ReservOrdered', 'OnOrder', 'QuotationIssue'),
  StatusReceipt: members('None', 'Purchased', 'Received', 'Registered', 'Arrived', 'Ordered', 'QuotationReceipt'),
  InventTransType: {
    Sales: 0,
    Purch: 3,
    InventTransaction: 4,
    InventLossProfit: 5,
    InventTransfer: 6,
    InventCounting: 13,
    SalesQuotation: 24,
  },
  // Kinds of journals that the application has; the integers are ours.
  InventJournalType: members('Adjustment', 'Counting', 'Receipt'),
  ItemReservation: members('None', 'Automatic', 'Explosion'),
  WMSExpeditionStatus: {
    None: 0,
    Registered: 1,
    Activated: 3,
    Started: 4,
    Picked: 7,
    Staged: 8,
    Loaded: 9,
    Complete: 10,
    Cancelled: 20,
  },
  WhsReleaseStatus: members('Open', 'PartialReleased', 'Released'),
  TypeOfCreditmaxCheck: members('None', 'Balance', 'BalanceDelivered', 'BalanceAll'),
  MarkupCategory: members(
    'Fixed',
    'Pcs',
    'Percent',
    'InterCompanyPercent',
    'External',
    'Proportional',
    'UnitSpecific',
    'UnitSpecificMatch',
  ),
  MarkupType: members('Item', 'LedgerAccount', 'CustVend'),
  TaxBaseType: members('PctPerNet', 'PctPerGross', 'PctPerTax', 'AmountByUnit', 'PctGrosOnNet', 'PctPerMargin'),
  TaxLimitBase: members('LineWithoutVAT', 'UnitWithoutVAT', 'InvoiceWithoutVAT', 'LineInclVAT', 'UnitInclVAT', 'InvoiceInclVAT'),
  TaxCalcMode: members('FullAmounts', 'Interval'),
  TaxGroupRounding: members('TaxCode', 'TaxCodeSet'),
  SettlementType: members('None', 'OpenTransact', 'SelectedTransact'),
  LedgerJournalACType: { Ledger: 0, Cust: 1, Vend: 2, Project: 3, FixedAssets: 5, Bank: 6 },
  LedgerTransType: {
    Sales: 2,
    Interest: 7,
    Cust: 8,
    ExchAdjustment: 9,
    Payment: 15,
    Settlement: 24,
    CashDiscount: 27,
    OverUnder: 28,
    PennyDifference: 29,
    WriteOff: 35,
  },
  PriceType: { PriceSales: 4, LineDiscSales: 5, MultiLineDiscSales: 6, EndDiscSales: 7 },
  FiscalPeriodStatus: members('OnHold', 'Open', 'Closed'),
  ModulePeriodStat: members('All', 'None', 'User'),
  PerDayWeekMthQtYr: members('Period', 'Day', 'Week', 'Month', 'Quarter', 'Year', 'Unlimited'),
  CustAgingIndicator: members('None', 'Low', 'Medium', 'High'),
  AgingPrintDirection: members('Forward', 'Backward'),
  DateTransactionDuedate: members('TransactionDate', 'DueDate', 'DocumentDate'),
  ChangeTrackingMode: members('None', 'PrimaryTable', 'EntireEntity', 'CustomQuery'),
  ThrottlingMappingType: members('Application', 'User'),
  ThrottlingPriority: members('Low', 'Medium', 'High'),
  // Choices of the parameters of 0.2; their names are ours where the public record has none.
  LineMultiLineDiscount: members('Line', 'MultiLine', 'MaxLineMultiLine', 'MinLineMultiLine', 'LinePlusMultiLine', 'LineMultiplyMultiLine'),
  CreditLimitMessage: members('Error', 'Warning'),
  TaxCalculationLevel: members('Line', 'Total'),
  SalesChargeOnPartialInvoice: members('EveryInvoice', 'FirstInvoice', 'Prorate'),
  ProcessingStatusDetail: members('Enum', 'Fine'),
} as const satisfies Record<string, Readonly<Record<string, number>>>

export type EnumName = keyof typeof ENUMERATIONS

/** The name of an enumeration on the wire: the first letter of one of them is lower case there. */
export const wireEnumName = (name: EnumName): string =>
  name === 'SmmContactPersonCDSAssociatedContactType' ? 'smmContactPersonCDSAssociatedContactType' : name

/** Symbols of an enumeration in the order of their integers. */
export const enumMembers = (name: EnumName): readonly string[] => Object.keys(ENUMERATIONS[name])

/** The member that `value` names, in any case, or by its integer as text; undefined where there is none. */
export function findEnumMember(name: EnumName, value: string): string | undefined {
  const wanted = value.toLowerCase()
  return enumMembers(name).find((member) => member.toLowerCase() === wanted)
}

/** What a field of this enumeration holds when nothing was given. */
export const emptyEnumMember = (name: EnumName): string => enumMembers(name)[0] ?? ''
