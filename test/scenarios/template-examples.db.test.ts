import { readFileSync } from 'node:fs'
import { type EntitySchema, type FieldValues, mapExample, parseTemplate, type Task, validateProject } from '@p2c/engine'
import { beforeAll, expect, test } from 'vitest'
import { startSales, startSupplyChain } from '../support/connected-applications.ts'

/** Schemas of both sides, as their own metadata describe them. */
const schemas = new Map<string, EntitySchema>()

beforeAll(async () => {
  const ends: (() => Promise<void>)[] = []
  const scope = { onTestFinished: (end: () => Promise<void>) => ends.push(end) }
  const signal = new AbortController().signal
  try {
    const [sales, supplyChain] = await Promise.all([startSales(scope), startSupplyChain(scope)])
    for (const entity of ['accounts', 'contacts', 'products']) schemas.set(entity, await sales.describeEntity(entity, signal))
    for (const entity of ['CustomersV2', 'CDSContactPersons', 'SellableReleasedProducts'])
      schemas.set(entity, await supplyChain.describeEntity(entity, signal))
  } finally {
    for (const end of ends.reverse()) await end()
  }
}, 60_000)

const D1 = 'accounts-sales-to-supply-chain-direct'
const D2 = 'contacts-sales-to-supply-chain-direct'
const D3 = 'contacts-to-customer-sales-to-supply-chain-direct'
const D4 = 'products-supply-chain-to-sales-direct'

const read = (file: string) => parseTemplate(JSON.parse(readFileSync(new URL(`../../templates/${file}.json`, import.meta.url), 'utf8')))

const KEYS = [
  { environmentType: 'CRM' as const, entity: 'accounts', fields: ['accountnumber'] },
  { environmentType: 'CRM' as const, entity: 'contacts', fields: ['msdynce_contactnumber'] },
  { environmentType: 'CRM' as const, entity: 'products', fields: ['productnumber'] },
]

/** Destination values of a source row under a template, or the code of its failure and the field. */
function map(file: string, values: FieldValues): unknown {
  const task = read(file).entityMappingTasks[0] as Task
  const [sourceSchema, destinationSchema] = [task.legs[0]?.sourceSchema ?? '', task.legs[0]?.destinationSchema ?? ''].map((name) =>
    schemas.get(name),
  )
  if (sourceSchema === undefined || destinationSchema === undefined) throw new Error(`no schema of ${task.name}`)
  const result = mapExample(task, { sourceSchema, destinationSchema, integrationKeys: KEYS }, values)
  return result.ok ? result.row.values : [result.failure.code, result.failure.details?.field]
}

test.each([D1, D2, D3, D4])('R12 %s passes validation against the metadata of both sides', (file) => {
  const issues = validateProject(read(file), {
    findSchema: (_type, entity) => schemas.get(entity),
    parseFilter: () => ({ kind: 'and', operands: [] }),
  })
  expect(issues.filter((issue) => issue.severity === 'error')).toEqual([])
})

const ACCOUNT: FieldValues = {
  accountnumber: 'ACC-01002',
  name: 'Halvorsen Båtutstyr AS',
  'transactioncurrencyid.isocurrencycode': 'NOK',
  address1_line1: 'Strandgaten 14',
  address1_city: 'Bergen',
  address1_stateorprovince: 'Vestland',
  address1_postalcode: '5013',
  address1_county: 'Vestland fylke',
  address1_country: 'Norway',
  address2_line1: 'Kaigaten 2',
  address2_city: 'Bremen',
  address2_stateorprovince: 'HB',
  address2_postalcode: '28195',
  address2_county: 'Mitte',
  address2_country: 'deu',
  emailaddress1: 'post@halvorsen.example',
  telephone1: '+47 55 00 00 00',
  fax: '+47 55 00 00 01',
  websiteurl: 'https://halvorsen.example',
  creditlimit: '12480.50',
  numberofemployees: 42,
  description: 'Deck equipment',
}

const CUSTOMER = {
  CustomerAccount: 'ACC-01002',
  PartyNumber: 'ACC-01002',
  OrganizationName: 'Halvorsen Båtutstyr AS',
  PartyType: 'Organization',
  IsExternallyMaintained: 'Yes',
  CustomerGroupId: '10',
  SiteId: '1',
  WarehouseId: '13',
  LanguageId: 'en-us',
  SalesCurrencyCode: 'NOK',
  AddressStreet: 'Strandgaten 14',
  AddressCity: 'Bergen',
  AddressState: 'Vestland',
  AddressZipCode: '5013',
  AddressCounty: 'Vestland fylke',
  AddressCountryRegionISOCode: 'NO',
  AddressLocationRoles: 'Business',
  DeliveryAddressStreet: 'Kaigaten 2',
  DeliveryAddressCity: 'Bremen',
  DeliveryAddressState: 'HB',
  DeliveryAddressZipCode: '28195',
  DeliveryAddressCounty: 'Mitte',
  DeliveryAddressCountryRegionISOCode: 'DE',
  PrimaryContactEmail: 'post@halvorsen.example',
  PrimaryContactPhone: '+47 55 00 00 00',
  PrimaryContactFax: '+47 55 00 00 01',
  PrimaryContactURL: 'https://halvorsen.example',
  CreditLimit: '12480.5',
  OrganizationNumberOfEmployees: 42,
  SalesMemo: 'Deck equipment',
}

/** Every value of a row blank but those named. */
const blankBut = (row: FieldValues, names: readonly string[]): FieldValues =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, names.includes(name) ? value : null]))

test('templates 7.1 a full account becomes a full customer', () => {
  expect(map(D1, ACCOUNT)).toEqual(CUSTOMER)
})

test('templates 7.1 blanks clear, and have their defaults; without a second address there is no delivery country', () => {
  const blank = blankBut(ACCOUNT, ['accountnumber', 'name', 'transactioncurrencyid.isocurrencycode'])
  expect(map(D1, blank)).toMatchObject({
    AddressStreet: null,
    AddressCountryRegionISOCode: 'US',
    DeliveryAddressStreet: null,
    DeliveryAddressCountryRegionISOCode: null,
    PrimaryContactEmail: null,
    CreditLimit: '0',
    OrganizationNumberOfEmployees: 0,
    SalesMemo: null,
  })
})

test.each([
  'address2_line1',
  'address2_city',
  'address2_stateorprovince',
  'address2_postalcode',
  'address2_county',
])('templates 7.1 %s alone brings the default country of the delivery address', (field) => {
  const row = blankBut(ACCOUNT, ['accountnumber', 'name', 'transactioncurrencyid.isocurrencycode', field])
  expect(map(D1, row)).toMatchObject({ DeliveryAddressCountryRegionISOCode: 'US' })
})

test.each([
  ['NO', 'NO'],
  ['no', 'NO'],
  ['NOR', 'NO'],
  ['578', 'NO'],
  ['norway', 'NO'],
  ['United States', 'US'],
  ['USA', 'US'],
  ['Atlantis', ['value-not-mapped', 'AddressCountryRegionISOCode']],
])('templates 7.1 the country %s is %j', (country, expected) => {
  const mapped = map(D1, { ...ACCOUNT, address1_country: country })
  if (typeof expected === 'string') expect(mapped).toMatchObject({ AddressCountryRegionISOCode: expected })
  else expect(mapped).toEqual(expected)
})

test.each([
  ['accountnumber', 'CustomerAccount'],
  ['transactioncurrencyid.isocurrencycode', 'SalesCurrencyCode'],
])('templates 7.1 an account without %s is a record error of %s', (field, destination) => {
  expect(map(D1, { ...ACCOUNT, [field]: null })).toEqual(['required-missing', destination])
})

const CONTACT: FieldValues = {
  msdynce_contactnumber: 'CON-00017',
  'parentcustomerid.Account(accountnumber)': 'ACC-01002',
  firstname: 'Ingrid',
  middlename: 'Marie',
  lastname: 'Sørensen',
  fullname: 'Ingrid Marie Sørensen',
  'transactioncurrencyid.isocurrencycode': 'NOK',
  address1_line1: 'Nygårdsgaten 5',
  address1_city: 'Bergen',
  address1_stateorprovince: 'Vestland',
  address1_postalcode: '5015',
  address1_county: 'Vestland fylke',
  address1_country: 'NOR',
  emailaddress1: 'ingrid@halvorsen.example',
  telephone1: '+47 55 00 00 02',
  fax: null,
  websiteurl: null,
  jobtitle: 'Purchaser',
  department: 'Purchasing',
  accountrolecode: 1,
  gendercode: 2,
  familystatuscode: 2,
  birthdate: '1980-02-29',
  donotpostalmail: true,
  creditlimit: '500',
  description: 'Prefers mail',
  statecode: 0,
}

test('templates 7.2 a full contact becomes a contact person', () => {
  expect(map(D2, CONTACT)).toEqual({
    ContactPersonPartyNumber: 'CON-00017',
    AssociatedPartyNumber: 'ACC-01002',
    IsContactPersonExternallyMaintained: 'Yes',
    ContactPersonPartyType: 'Person',
    FirstName: 'Ingrid',
    MiddleName: 'Marie',
    LastName: 'Sørensen',
    PrimaryAddressStreet: 'Nygårdsgaten 5',
    PrimaryAddressCity: 'Bergen',
    PrimaryAddressStateId: 'Vestland',
    PrimaryAddressZipCode: '5015',
    PrimaryAddressCountyId: 'Vestland fylke',
    PrimaryAddressCountryRegionISOCode: 'NO',
    PrimaryEmailAddress: 'ingrid@halvorsen.example',
    PrimaryPhoneNumber: '+47 55 00 00 02',
    PrimaryFaxNumber: null,
    PrimaryURL: null,
    EmploymentProfession: 'Purchaser',
    EmploymentDepartment: 'Purchasing',
    DecisionMakingRoleCode: 'Decision Maker',
    Gender: 'Female',
    MaritalStatus: 'Married',
    BirthDay: 29,
    BirthMonth: 'February',
    BirthYear: 1980,
    IsReceivingDirectMail: 'No',
    Notes: 'Prefers mail',
    IsInactive: 'No',
  })
})

test('templates 7.2 blanks: a birth date is not written, choices have their blank entries', () => {
  const mapped = map(D2, blankBut(CONTACT, ['msdynce_contactnumber', 'parentcustomerid.Account(accountnumber)', 'lastname']))
  expect(mapped).toMatchObject({
    PrimaryAddressCountryRegionISOCode: 'US',
    DecisionMakingRoleCode: null,
    Gender: 'Unknown',
    MaritalStatus: 'None',
    IsReceivingDirectMail: 'Yes',
    IsInactive: 'No',
  })
  for (const field of ['BirthDay', 'BirthMonth', 'BirthYear']) expect(mapped).not.toHaveProperty(field)
})

test.each<[string, FieldValues[string], string, unknown]>([
  ['gendercode', 1, 'Gender', 'Male'],
  ['gendercode', 2, 'Gender', 'Female'],
  ['familystatuscode', 1, 'MaritalStatus', 'Single'],
  ['familystatuscode', 3, 'MaritalStatus', 'Divorced'],
  ['familystatuscode', 4, 'MaritalStatus', 'Widowhood'],
  ['accountrolecode', 2, 'DecisionMakingRoleCode', 'Employee'],
  ['accountrolecode', 3, 'DecisionMakingRoleCode', 'Influencer'],
  ['donotpostalmail', false, 'IsReceivingDirectMail', 'Yes'],
  ['statecode', 1, 'IsInactive', 'Yes'],
  ['birthdate', '2001-12-01', 'BirthMonth', 'December'],
])('templates 7.2 %s %j makes %s %j', (field, value, destination, expected) => {
  expect(map(D2, { ...CONTACT, [field]: value })).toMatchObject({ [destination]: expected })
})

test.each([
  ['msdynce_contactnumber', null, 'required-missing', 'ContactPersonPartyNumber'],
  ['parentcustomerid.Account(accountnumber)', null, 'required-missing', 'AssociatedPartyNumber'],
  ['gendercode', 3, 'value-not-mapped', 'Gender'],
])('templates 7.2 a contact with %s %j is a record error: %s of %s', (field, value, code, destination) => {
  expect(map(D2, { ...CONTACT, [field]: value })).toEqual([code, destination])
})

test('templates 7.3 a contact with documents becomes a customer that is a person', () => {
  expect(map(D3, CONTACT)).toEqual({
    CustomerAccount: 'CON-00017',
    PartyNumber: 'CON-00017',
    PartyType: 'Person',
    PersonFirstName: 'Ingrid',
    PersonMiddleName: 'Marie',
    PersonLastName: 'Sørensen',
    OrganizationName: 'Ingrid Marie Sørensen',
    IsExternallyMaintained: 'Yes',
    CustomerGroupId: '10',
    LanguageId: 'en-us',
    SalesCurrencyCode: 'NOK',
    AddressStreet: 'Nygårdsgaten 5',
    AddressCity: 'Bergen',
    AddressState: 'Vestland',
    AddressZipCode: '5015',
    AddressCountryRegionISOCode: 'NO',
    AddressLocationRoles: 'Business',
    PrimaryContactEmail: 'ingrid@halvorsen.example',
    PrimaryContactPhone: '+47 55 00 00 02',
    PrimaryContactFax: null,
    PrimaryContactURL: null,
    CreditLimit: '500',
    SalesMemo: 'Prefers mail',
  })
  expect(map(D3, { ...CONTACT, creditlimit: null, address1_country: null })).toMatchObject({
    CreditLimit: '0',
    AddressCountryRegionISOCode: 'US',
  })
})

const PRODUCT: FieldValues = {
  ProductNumber: 'DW-40',
  ProductName: 'Deck winch DW-40',
  ProductDescription: 'Winch, 4 t',
  ProductType: 'Item',
  SalesUnitSymbol: 'ea',
  CurrencyCode: 'NOK',
  SalesPrice: '3120.50',
  UnitCost: '1999.99',
  IsStockedProduct: 'Yes',
}

test('templates 7.4 a sellable product becomes a product', () => {
  expect(map(D4, PRODUCT)).toEqual({
    productnumber: 'DW-40',
    name: 'Deck winch DW-40',
    description: 'Winch, 4 t',
    producttypecode: 1,
    'defaultuomid.name': 'Each',
    'defaultuomscheduleid.name': 'Default unit',
    'transactioncurrencyid.isocurrencycode': 'NOK',
    price: '3120.5',
    currentcost: '1999.99',
    isstockitem: true,
    quantitydecimal: 0,
    msdynce_ismaintainedexternally: true,
  })
})

test.each<[string, FieldValues[string], string, unknown]>([
  ['ProductName', null, 'name', 'DW-40'],
  ['ProductName', '  ', 'name', 'DW-40'],
  ['ProductType', 'Service', 'producttypecode', 3],
  ['IsStockedProduct', 'No', 'isstockitem', false],
  ['SalesUnitSymbol', 'Pcs', 'defaultuomid.name', 'Piece'],
  ['SalesUnitSymbol', 'box', 'defaultuomid.name', 'Box'],
  ['SalesUnitSymbol', 'KG', 'defaultuomid.name', 'Kilogram'],
  ['SalesUnitSymbol', 'lb', 'defaultuomid.name', 'Pound'],
  ['SalesUnitSymbol', 'hr', 'defaultuomid.name', 'Hour'],
  ['SalesUnitSymbol', null, 'defaultuomid.name', null],
  ['ProductDescription', null, 'description', null],
])('templates 7.4 %s %j makes %s %j', (field, value, destination, expected) => {
  expect(map(D4, { ...PRODUCT, [field]: value })).toMatchObject({ [destination]: expected })
})

test('templates 7.4 a unit that the map does not have is a record error', () => {
  expect(map(D4, { ...PRODUCT, SalesUnitSymbol: 'furlong' })).toEqual(['value-not-mapped', 'defaultuomid.name'])
})
