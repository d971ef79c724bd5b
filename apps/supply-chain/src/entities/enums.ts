const members = (...names: readonly string[]): Readonly<Record<string, number>> =>
  Object.fromEntries(names.map((name, index) => [name, index]))

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
