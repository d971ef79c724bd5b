import { choice, type EntityProperty, entity, int, key, long, READ_ONLY, real, refersTo, text, toMany, toOne, yesNo } from './entity.ts'

/** The parts of one of a customer's addresses; `prefix` is `Address`, `DeliveryAddress` or `InvoiceAddress`. */
const addressBlock = (prefix: string): EntityProperty[] => [
  text(`${prefix}Street`, 250),
  text(`${prefix}City`, 80),
  text(`${prefix}County`, 50),
  text(`${prefix}State`, 50),
  text(`${prefix}ZipCode`, 20),
  text(`${prefix}CountryRegionId`, 10, { label: 'Country/region', ...refersTo('AddressCountryRegion', 'CountryRegionId') }),
  text(`${prefix}CountryRegionISOCode`, 2, { label: 'ISO country/region' }),
  text(`${prefix}Description`, 60),
  text(`${prefix}LocationId`, 30),
  text(`${prefix}LocationRoles`, 250),
]

const IDENTITY = [
  key('CustomerAccount', 20),
  text('PartyType', 20, { defaultValue: 'Organization' }),
  text('PartyNumber', 40, { label: 'Party', allowEdit: false }),
  text('OrganizationName', 160, { label: 'Name' }),
  text('PersonFirstName', 50, { label: 'First name' }),
  text('PersonMiddleName', 50, { label: 'Middle name' }),
  text('PersonLastName', 50, { label: 'Last name' }),
  text('NameAlias', 20, { label: 'Search name' }),
  text('KnownAs', 100),
  text('LanguageId', 7, { label: 'Language', ...refersTo('Language', 'LanguageId') }),
  text('OrganizationNumber', 50),
]

const CONTROL = [
  text('CustomerGroupId', 10, { isMandatory: true, ...refersTo('CustomerGroup', 'CustomerGroupId') }),
  text('SalesCurrencyCode', 3, { label: 'Currency', isMandatory: true, ...refersTo('Currency', 'CurrencyCode') }),
  yesNo('IsExternallyMaintained'),
  choice('OnHoldStatus', 'CustVendorBlocked', { label: 'Invoicing and delivery on hold' }),
  text('InvoiceAccount', 20, refersTo('CustomerV3', 'CustomerAccount')),
  choice('InvoiceAddress', 'InvoiceOrderAccount'),
  yesNo('IsOneTimeCustomer'),
  text('ContactPersonId', 20, { label: 'Primary contact' }),
]

const TRADE = [
  real('CreditLimit'),
  yesNo('CreditLimitIsMandatory', { label: 'Mandatory credit limit' }),
  text('CreditRating', 10),
  text('PaymentTerms', 10, { label: 'Terms of payment', ...refersTo('PaymentTerm', 'Name') }),
  text('PaymentMethod', 10),
  text('PaymentCashDiscount', 10),
  int('PaymentTermsBaseDays'),
  choice('PaymentUseCashDiscount', 'UseCashDisc'),
  text('DeliveryMode', 10, { label: 'Mode of delivery', ...refersTo('DeliveryModeV2', 'ModeCode') }),
  text('DeliveryTerms', 10, refersTo('DeliveryTerm', 'TermsCode')),
  text('SiteId', 10, { label: 'Site', ...refersTo('OperationalSiteV2', 'SiteId') }),
  text('WarehouseId', 10, { label: 'Warehouse', ...refersTo('Warehouse', 'WarehouseId') }),
  text('SalesOrderPoolId', 10),
  text('DiscountPriceGroupId', 10),
  text('LineDiscountCode', 10),
  text('MultiLineDiscountCode', 10),
  text('TotalDiscountCode', 10),
  text('ChargesGroupId', 10),
  text('SalesTaxGroup', 10),
  yesNo('IsSalesTaxIncludedInPrices'),
  text('TaxExemptNumber', 20),
]

const CONTACT_INFO = [
  text('FullPrimaryAddress', 250, READ_ONLY),
  text('PrimaryContactEmail', 255),
  text('PrimaryContactPhone', 255),
  text('PrimaryContactFax', 255),
  text('PrimaryContactURL', 255),
  text('PrimaryContactTwitter', 255),
  text('SalesMemo', 2000),
  int('OrganizationNumberOfEmployees'),
  text('PersonProfessionalTitle', 100),
  choice('PersonGender', 'Gender'),
  choice('PersonMaritalStatus', 'DirPersonMaritalStatus'),
]

const ADDRESSES = [...addressBlock('Address'), ...addressBlock('DeliveryAddress'), ...addressBlock('InvoiceAddress')]

const SHARED = [...IDENTITY, ...CONTROL, ...TRADE, ...ADDRESSES, ...CONTACT_INFO]

/** The first entity has one name for companies and persons, where later ones have that of the company and the parts of a person's. */
const ONE_NAME = [
  ...IDENTITY.flatMap((each) => (each.name === 'OrganizationName' ? [text('Name', 160)] : each.name.startsWith('Person') ? [] : [each])),
  ...CONTROL,
  ...TRADE,
  ...ADDRESSES,
  ...CONTACT_INFO,
]

/** What V3 has beyond V2: street numbers and the record id. */
const V3_ONLY = [
  text('AddressStreetNumber', 20),
  text('DeliveryAddressStreetNumber', 20),
  text('InvoiceAddressStreetNumber', 20),
  long('CustTableRecId', { ...READ_ONLY, column: 'rec_id' }),
]

const NAVIGATION = [
  toOne('CustomerGroup', 'CustomerGroup', ['CustomerGroupId', 'CustomerGroupId']),
  toOne('Warehouse', 'Warehouse', ['WarehouseId', 'WarehouseId']),
  toOne('OperationalSite', 'OperationalSiteV2', ['SiteId', 'SiteId']),
  toOne('SalesCurrency', 'Currency', ['SalesCurrencyCode', 'CurrencyCode']),
  toMany('ContactPersons', 'CDSContactPerson', ['PartyNumber', 'AssociatedPartyNumber']),
]

const STORAGE = ['customer', 'CustTable', 'Customers'] as const

/** What the two-hop accounts template writes. Source: templates specification, 2.1 and 8.1. */
export const CUSTOMERS = entity({
  name: 'Customer',
  collection: 'Customers',
  aotName: 'CustCustomerEntity',
  label: 'Customers',
  category: 'Master',
  storage: STORAGE,
  properties: ONE_NAME,
  navigation: NAVIGATION,
})

export const CUSTOMERS_V2 = entity({
  name: 'CustomerV2',
  collection: 'CustomersV2',
  aotName: 'CustCustomerV2Entity',
  label: 'Customers V2',
  category: 'Master',
  storage: STORAGE,
  properties: SHARED,
  navigation: NAVIGATION,
})

export const CUSTOMERS_V3 = entity({
  name: 'CustomerV3',
  collection: 'CustomersV3',
  aotName: 'CustCustomerV3Entity',
  label: 'Customers V3',
  category: 'Master',
  storage: STORAGE,
  properties: [...SHARED, ...V3_ONLY],
  navigation: NAVIGATION,
})
