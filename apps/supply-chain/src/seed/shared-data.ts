import { COUNTRIES, LANGUAGES } from './countries.ts'
import type { SeedRows } from './seed-rows.ts'

const currency = (CurrencyCode: string, Name: string, sign: string) => ({ CurrencyCode, Name, Symbol: sign })

const unit = (UnitSymbol: string, UnitDescription: string, UnitClass: string, DecimalPrecision = '0') => ({
  UnitSymbol,
  UnitDescription,
  UnitClass,
  DecimalPrecision,
})

const conversion = (FromUnitSymbol: string, ToUnitSymbol: string, Factor: string) => ({ FromUnitSymbol, ToUnitSymbol, Factor })

const CURRENCIES = [
  currency('USD', 'US Dollar', '$'),
  currency('EUR', 'Euro', '€'),
  currency('GBP', 'British Pound', '£'),
  currency('CHF', 'Swiss Franc', 'CHF'),
  currency('SEK', 'Swedish Krona', 'kr'),
  currency('NOK', 'Norwegian Krone', 'kr'),
  currency('DKK', 'Danish Krone', 'kr'),
  currency('PLN', 'Polish Zloty', 'zł'),
  currency('CZK', 'Czech Koruna', 'Kč'),
  currency('CAD', 'Canadian Dollar', '$'),
  currency('AUD', 'Australian Dollar', '$'),
  currency('NZD', 'New Zealand Dollar', '$'),
  currency('MXN', 'Mexican Peso', '$'),
  currency('BRL', 'Brazilian Real', 'R$'),
  currency('INR', 'Indian Rupee', '₹'),
  currency('CNY', 'Chinese Yuan', '¥'),
  { ...currency('JPY', 'Japanese Yen', '¥'), GeneralRoundingRule: '1', RoundingRuleSalesOrders: '1', RoundingRulePrices: '1' },
]

const UNITS = [
  { ...unit('ea', 'Each', 'Quantity'), IsBaseUnit: 'Yes' },
  unit('pcs', 'Pieces', 'Quantity'),
  unit('box', 'Box', 'Quantity'),
  unit('dz', 'Dozen', 'Quantity'),
  unit('set', 'Set', 'Quantity'),
  unit('pal', 'Pallet', 'Quantity'),
  { ...unit('kg', 'Kilogram', 'Mass', '3'), IsBaseUnit: 'Yes', SystemOfUnits: 'Metric' },
  { ...unit('g', 'Gram', 'Mass', '1'), SystemOfUnits: 'Metric' },
  { ...unit('lb', 'Pound', 'Mass', '2'), SystemOfUnits: 'US' },
  { ...unit('oz', 'Ounce', 'Mass', '2'), SystemOfUnits: 'US' },
  { ...unit('m', 'Meter', 'Length', '2'), IsBaseUnit: 'Yes', SystemOfUnits: 'Metric' },
  { ...unit('cm', 'Centimeter', 'Length', '1'), SystemOfUnits: 'Metric' },
  { ...unit('ft', 'Foot', 'Length', '2'), SystemOfUnits: 'US' },
  { ...unit('in', 'Inch', 'Length', '2'), SystemOfUnits: 'US' },
  { ...unit('l', 'Liter', 'LiquidVolume', '2'), IsBaseUnit: 'Yes', SystemOfUnits: 'Metric' },
  { ...unit('hr', 'Hour', 'Time', '2'), IsBaseUnit: 'Yes' },
  unit('day', 'Day', 'Time', '2'),
]

const CONVERSIONS = [
  conversion('box', 'ea', '12'),
  conversion('dz', 'ea', '12'),
  conversion('pcs', 'ea', '1'),
  conversion('kg', 'g', '1000'),
  conversion('lb', 'kg', '0.453592'),
  conversion('lb', 'oz', '16'),
  conversion('m', 'cm', '100'),
  conversion('ft', 'm', '0.3048'),
  conversion('ft', 'in', '12'),
  conversion('day', 'hr', '8'),
]

const STORAGE_GROUPS = [
  { GroupName: 'SiteWH', GroupDescription: 'Site and warehouse', IsSiteActive: 'Yes', IsWarehouseActive: 'Yes' },
  { GroupName: 'Site', GroupDescription: 'Site', IsSiteActive: 'Yes', IsWarehouseActive: 'No' },
  {
    GroupName: 'Ware',
    GroupDescription: 'Advanced warehouse processes',
    IsSiteActive: 'Yes',
    IsWarehouseActive: 'Yes',
    IsWarehouseMandatory: 'Yes',
    IsLocationActive: 'Yes',
    AreAdvancedWarehouseManagementProcessesEnabled: 'Yes',
  },
]

const TRACKING_GROUPS = [
  { GroupName: 'None', GroupDescription: 'No tracking' },
  { GroupName: 'Batch', GroupDescription: 'Batch number', IsBatchNumberActive: 'Yes' },
  { GroupName: 'Serial', GroupDescription: 'Serial number', IsSerialNumberActive: 'Yes' },
]

const DIMENSION_GROUPS = [
  { GroupName: 'Color', GroupDescription: 'Color', IsProductColorActive: 'Yes' },
  { GroupName: 'Size', GroupDescription: 'Size', IsProductSizeActive: 'Yes' },
  { GroupName: 'SizeCol', GroupDescription: 'Size and color', IsProductSizeActive: 'Yes', IsProductColorActive: 'Yes' },
  { GroupName: 'Style', GroupDescription: 'Style', IsProductStyleActive: 'Yes' },
]

const LIFECYCLE_STATES = [
  { ProductLifecycleStateId: 'Operational', Description: 'In use', IsActiveForSalesOrder: 'Yes' },
  { ProductLifecycleStateId: 'Obsolete', Description: 'No longer sold', IsActiveForSalesOrder: 'No' },
]

const RATE_START = '2020-01-01'
const rate = (FromCurrency: string, Rate: string) => ({
  RateTypeName: 'Default',
  FromCurrency,
  ToCurrency: 'USD',
  StartDate: RATE_START,
  Rate,
  ConversionFactor: 'Hundred',
})

const PARTY_SEQUENCE = { ScopeValue: '', NumberSequenceCode: 'DirParty', Name: 'Party number', Format: '#########' }

/** What all companies share. Party numbers are of the whole installation. */
export const SHARED_DATA: readonly SeedRows[] = [
  ['Currency', CURRENCIES],
  ['ExchangeRate', [rate('EUR', '110'), rate('GBP', '128'), rate('CHF', '112'), rate('SEK', '9.6'), rate('NOK', '9.4'), rate('CAD', '74')]],
  [
    'AddressCountryRegion',
    COUNTRIES.map(({ regionId, isoCode, name }) => ({ CountryRegionId: regionId, ISOCode: isoCode, ShortName: name })),
  ],
  ['Language', LANGUAGES.map(({ id, name }) => ({ LanguageId: id, Name: name }))],
  ['UnitOfMeasure', UNITS],
  ['UnitOfMeasureConversion', CONVERSIONS],
  ['StorageDimensionGroup', STORAGE_GROUPS],
  ['TrackingDimensionGroup', TRACKING_GROUPS],
  ['ProductDimensionGroup', DIMENSION_GROUPS],
  ['InventoryReservationHierarchy', [{ HierarchyName: 'Default', HierarchyDescription: 'Site, warehouse, location' }]],
  ['ProductLifecycleState', LIFECYCLE_STATES],
  ['NumberSequenceV2', [PARTY_SEQUENCE]],
  [
    'NumberSequenceV2Reference',
    [{ ScopeType: 'DataArea', ScopeValue: '', DataTypeName: 'DirPartyNumber', NumberSequenceCode: 'DirParty' }],
  ],
  ['BatchJob', [{ BatchJobRecId: '5637144600', JobDescription: 'Populate distinct product table', Status: 'Finished' }]],
]
