import { choice, date, entity, int, key, long, READ_ONLY, real, refersTo, text, toMany, toOne, yesNo } from './entity.ts'

/** The parts of a postal address of the organisation's own places. */
const PRIMARY_ADDRESS = [
  text('PrimaryAddressStreet', 250),
  text('PrimaryAddressStreetNumber', 20),
  text('PrimaryAddressCity', 60),
  text('PrimaryAddressCountyId', 10),
  text('PrimaryAddressStateId', 10),
  text('PrimaryAddressZipCode', 10),
  text('PrimaryAddressCountryRegionId', 10),
  text('PrimaryAddressDescription', 60),
]

export const LEGAL_ENTITIES = entity({
  name: 'LegalEntity',
  collection: 'LegalEntities',
  aotName: 'OMLegalEntity',
  label: 'Legal entities',
  category: 'Master',
  storage: ['legal_entity', 'CompanyInfo', 'Legal entities'],
  isShared: true,
  refusesDelete: true,
  properties: [
    key('LegalEntityId', 4, { label: 'Company' }),
    text('Name', 100, { isMandatory: true }),
    text('CompanyName', 100),
    text('LanguageId', 7, refersTo('Language', 'LanguageId')),
    text('TimeZone', 60),
    text('AddressCountryRegionId', 10, refersTo('AddressCountryRegion', 'CountryRegionId')),
    text('AddressCountryRegionISOCode', 2),
    text('PartyNumber', 40, READ_ONLY),
    text('AccountingCurrency', 3, refersTo('Currency', 'CurrencyCode')),
  ],
})

export const COMPANIES = entity({
  name: 'Company',
  collection: 'Companies',
  aotName: 'DataAreaEntity',
  label: 'Companies',
  category: 'Reference',
  storage: ['company_view', 'DataArea', 'Companies'],
  isShared: true,
  isView: true,
  properties: [key('DataArea', 4), text('Name', 100), yesNo('IsVirtual')],
})

export const CURRENCIES = entity({
  name: 'Currency',
  collection: 'Currencies',
  aotName: 'CurrencyEntity',
  label: 'Currencies',
  category: 'Reference',
  storage: ['currency', 'Currency', 'Currencies'],
  isShared: true,
  properties: [
    key('CurrencyCode', 3, { label: 'Currency' }),
    text('Name', 60),
    text('Symbol', 5),
    real('GeneralRoundingRule', { defaultValue: '0.01' }),
    real('RoundingRuleSalesOrders', { defaultValue: '0.01' }),
    choice('RoundingMethodSalesOrders', 'RoundOffType'),
    real('RoundingRulePrices', { defaultValue: '0.01' }),
    choice('RoundingMethodPrices', 'RoundOffType'),
  ],
})

export const EXCHANGE_RATES = entity({
  name: 'ExchangeRate',
  collection: 'ExchangeRates',
  aotName: 'ExchangeRateEntity',
  label: 'Exchange rates',
  category: 'Reference',
  storage: ['exchange_rate', 'ExchangeRate', 'Exchange rates'],
  isShared: true,
  properties: [
    key('RateTypeName', 20),
    key('FromCurrency', 3, refersTo('Currency', 'CurrencyCode')),
    key('ToCurrency', 3, refersTo('Currency', 'CurrencyCode')),
    date('StartDate', { isKey: true }),
    date('EndDate'),
    real('Rate', { isMandatory: true }),
    choice('ConversionFactor', 'ExchangeRateDisplayFactor'),
  ],
})

export const OPERATIONAL_SITES = entity({
  name: 'OperationalSiteV2',
  collection: 'OperationalSitesV2',
  aotName: 'InventOperationalSiteV2Entity',
  label: 'Sites V2',
  category: 'Master',
  storage: ['operational_site', 'InventSite', 'Sites'],
  properties: [
    key('SiteId', 10, { label: 'Site' }),
    text('SiteName', 60),
    text('SiteTimezone', 60),
    text('DefaultInventoryStatusId', 10),
    ...PRIMARY_ADDRESS,
  ],
  navigation: [toMany('Warehouses', 'Warehouse', ['SiteId', 'OperationalSiteId'])],
})

export const WAREHOUSES = entity({
  name: 'Warehouse',
  collection: 'Warehouses',
  aotName: 'InventWarehouseEntity',
  label: 'Warehouses',
  category: 'Master',
  storage: ['warehouse', 'InventLocation', 'Warehouses'],
  properties: [
    key('WarehouseId', 10, { label: 'Warehouse' }),
    text('WarehouseName', 60),
    text('OperationalSiteId', 10, { label: 'Site', isMandatory: true, ...refersTo('OperationalSiteV2', 'SiteId') }),
    choice('WarehouseType', 'InventLocationType'),
    yesNo('AreAdvancedWarehouseManagementProcessesEnabled'),
    choice('WarehouseReleaseReservationRequirementRule', 'WhsReleaseToWarehouseRule'),
    ...PRIMARY_ADDRESS,
  ],
  navigation: [toOne('OperationalSite', 'OperationalSiteV2', ['OperationalSiteId', 'SiteId'])],
})

export const ADDRESS_COUNTRY_REGIONS = entity({
  name: 'AddressCountryRegion',
  collection: 'AddressCountryRegions',
  aotName: 'LogisticsAddressCountryRegionEntity',
  label: 'Address country regions',
  category: 'Reference',
  storage: ['address_country_region', 'LogisticsAddressCountryRegion', 'Country/region'],
  isShared: true,
  properties: [key('CountryRegionId', 10, { label: 'Country/region' }), text('ShortName', 255), text('ISOCode', 2, { label: 'ISO code' })],
})

export const LANGUAGES = entity({
  name: 'Language',
  collection: 'Languages',
  aotName: 'LanguageTableEntity',
  label: 'Languages',
  category: 'Reference',
  storage: ['language', 'LanguageTable', 'Languages'],
  isShared: true,
  properties: [key('LanguageId', 7, { label: 'Language' }), text('Name', 60)],
})

const NUMBER_SEQUENCE_STORAGE = ['number_sequence', 'NumberSequenceTable', 'Number sequences'] as const

const NUMBER_SEQUENCE_KEY = [key('ScopeValue', 20, { isMandatory: false }), key('NumberSequenceCode', 20)]

/** `Next` of a sequence that is not continuous stands outside the row, or everybody who takes a number would wait for the last one. */
export const NUMBER_SEQUENCES = entity({
  name: 'NumberSequenceV2',
  collection: 'NumberSequencesV2',
  aotName: 'NumberSequenceV2Entity',
  label: 'Number sequences V2',
  category: 'Reference',
  storage: NUMBER_SEQUENCE_STORAGE,
  readsFrom: 'number_sequence_view',
  isShared: true,
  properties: [
    ...NUMBER_SEQUENCE_KEY,
    text('Name', 60),
    // Each # is one digit of the number; everything else stands as it is.
    text('Format', 40, { isMandatory: true }),
    long('Smallest', { defaultValue: '1' }),
    long('Largest', { defaultValue: '999999999' }),
    long('Next', { defaultValue: '1' }),
    yesNo('IsManual', { label: 'Manual' }),
    yesNo('IsContinuous', { label: 'Continuous' }),
  ],
})

/** How often somebody set the next number of a sequence. */
export const NUMBER_SEQUENCE_STATES = entity({
  name: 'NumberSequenceState',
  collection: 'NumberSequenceStates',
  aotName: 'NumberSequenceStateEntity',
  label: 'Number sequence states',
  category: 'Reference',
  storage: NUMBER_SEQUENCE_STORAGE,
  isShared: true,
  isInternal: true,
  properties: [...NUMBER_SEQUENCE_KEY, long('NextSetCount')],
})

export const NUMBER_SEQUENCE_REFERENCES = entity({
  name: 'NumberSequenceV2Reference',
  collection: 'NumberSequencesV2References',
  aotName: 'NumberSequenceV2ReferenceEntity',
  label: 'Number sequence references V2',
  category: 'Reference',
  storage: ['number_sequence_reference', 'NumberSequenceReference', 'Number sequence references'],
  isShared: true,
  properties: [
    choice('ScopeType', 'NumberSequenceType', { isKey: true }),
    key('ScopeValue', 20, { isMandatory: false }),
    key('DataTypeName', 40),
    text('NumberSequenceCode', 20, { isMandatory: true }),
    yesNo('ReuseNumbers'),
  ],
})

/** Sites, warehouses and what every company stands on; units have `int` precisions of their own file. */
export const ORGANISATION_ENTITIES = [
  LEGAL_ENTITIES,
  COMPANIES,
  CURRENCIES,
  EXCHANGE_RATES,
  OPERATIONAL_SITES,
  WAREHOUSES,
  ADDRESS_COUNTRY_REGIONS,
  LANGUAGES,
  NUMBER_SEQUENCES,
  NUMBER_SEQUENCE_STATES,
  NUMBER_SEQUENCE_REFERENCES,
]

const conversionProperties = [
  real('Factor', { defaultValue: '1' }),
  int('Numerator', { defaultValue: '1' }),
  int('Denominator', { defaultValue: '1' }),
  real('InnerOffset'),
  real('OuterOffset'),
  choice('Rounding', 'UnitOfMeasureConversionRounding'),
]

export const UNITS_OF_MEASURE = entity({
  name: 'UnitOfMeasure',
  collection: 'UnitsOfMeasure',
  aotName: 'UnitOfMeasureEntity',
  label: 'Units',
  category: 'Reference',
  storage: ['unit_of_measure', 'UnitOfMeasure', 'Units'],
  isShared: true,
  properties: [
    key('UnitSymbol', 10, { label: 'Unit' }),
    text('UnitDescription', 60),
    choice('UnitClass', 'UnitOfMeasureClass'),
    int('DecimalPrecision'),
    yesNo('IsBaseUnit'),
    yesNo('IsSystemUnit'),
    choice('SystemOfUnits', 'SystemOfUnits'),
  ],
})

export const UNIT_CONVERSIONS = entity({
  name: 'UnitOfMeasureConversion',
  collection: 'UnitOfMeasureConversions',
  aotName: 'UnitOfMeasureConversionEntity',
  label: 'Unit conversions',
  category: 'Reference',
  storage: ['unit_of_measure_conversion', 'UnitOfMeasureConversion', 'Unit conversions'],
  isShared: true,
  properties: [
    key('FromUnitSymbol', 10, { label: 'From unit', ...refersTo('UnitOfMeasure', 'UnitSymbol') }),
    key('ToUnitSymbol', 10, { label: 'To unit', ...refersTo('UnitOfMeasure', 'UnitSymbol') }),
    ...conversionProperties,
  ],
})

export const PRODUCT_UNIT_CONVERSIONS = entity({
  name: 'ProductUnitOfMeasureConversion',
  collection: 'ProductUnitOfMeasureConversions',
  aotName: 'EcoResProductSpecificUnitOfMeasureConversionEntity',
  label: 'Product specific unit conversions',
  category: 'Reference',
  storage: ['product_unit_of_measure_conversion', 'UnitOfMeasureConversion', 'Product unit conversions'],
  isShared: true,
  properties: [
    key('FromUnitSymbol', 10, { label: 'From unit', ...refersTo('UnitOfMeasure', 'UnitSymbol') }),
    key('ToUnitSymbol', 10, { label: 'To unit', ...refersTo('UnitOfMeasure', 'UnitSymbol') }),
    key('ProductNumber', 70, refersTo('ProductV2', 'ProductNumber')),
    ...conversionProperties,
  ],
})

export const UNIT_ENTITIES = [UNITS_OF_MEASURE, UNIT_CONVERSIONS, PRODUCT_UNIT_CONVERSIONS]
