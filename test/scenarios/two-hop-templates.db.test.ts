import { type FieldValues, validateProject } from '@p2c/engine'
import { beforeAll, expect, test } from 'vitest'
import { TWO_HOP_INTEGRATION_KEYS, TWO_HOP_PROJECTS } from '../../apps/server/src/setup/two-hop-set-up.ts'
import { describeTwoHopSides, readTwoHop, TWO_HOP_IDS, type TwoHopId, type TwoHopSides } from './kit/two-hop-templates.ts'

let sides: TwoHopSides

beforeAll(async () => {
  sides = await describeTwoHopSides()
}, 60_000)

const CONNECTION_SET = {
  name: 'local-two-hop',
  connections: (['CRM', 'AX', 'CDS'] as const).map((environmentType) => ({
    name: environmentType,
    environmentType,
    baseUrl: 'http://127.0.0.1',
    settings: {},
    secrets: {},
  })),
  organisations: [],
  integrationKeys: TWO_HOP_INTEGRATION_KEYS,
}

test.each(TWO_HOP_IDS)('R12 %s passes validation against the metadata of all three sides', (id) => {
  const issues = validateProject(readTwoHop(id), {
    findSchema: (type, entity) => sides.schemaOf(type, entity),
    parseFilter: (type, text) => sides.connectorOf(type).parseFilter(text),
    connectionSet: CONNECTION_SET,
  })
  expect(issues.filter((issue) => issue.severity === 'error')).toEqual([])
})

/** Name, aliases and tasks of each template, with the entities of both legs (templates specification, sections 1, 2.1 and 8). */
const CATALOGUE: Readonly<Record<TwoHopId, readonly [name: string, aliases: readonly string[], tasks: string]>> = {
  H1: ['Accounts (Sales to Fin and Ops)', [], 'Accounts - Account - Customers: accounts > Account > Customers'],
  H2: [
    'Contacts (Sales to Fin and Ops)',
    ['Contacts to Contact (Sales to Fin and Ops)'],
    'Contacts: contacts > Contact > CDSContactPersons',
  ],
  H3: ['Contacts to Customer (Sales to Fin and Ops)', [], 'ContactToCustomer: contacts > Account > CustomersV2'],
  H4: ['Products (Fin and Ops to Sales)', [], 'Products: SellableReleasedProducts > Product > products'],
  H5: [
    'Sales Quotes (Sales to Fin and Ops)',
    [],
    'QuoteHeader: quotes > Quotation > SalesQuotationHeaders; QuoteLine: quotedetails > QuotationLine > CDSSalesQuotationLines',
  ],
  H6: [
    'Sales Orders (Fin and Ops to Sales)',
    [],
    'OrderHeader: CDSSalesOrderHeaders > SalesOrder > salesorders; OrderLine: CDSSalesOrderLines > SalesOrderLine > salesorderdetails',
  ],
  H7: [
    'Sales Invoices (Fin and Ops to Sales)',
    [],
    `SalesInvoiceHeader: ExternallyMaintainedCustomerSalesInvoiceHeaders > SalesInvoice > invoices; SalesInvoiceLine: ${
      '' //
    }ExternallyMaintainedCustomerSalesInvoiceLines > SalesInvoiceLine > invoicedetails`,
  ],
  H8: [
    'Sales Orders (Sales to Fin and Ops)',
    [],
    'OrderHeader: salesorders > SalesOrder > SalesOrderHeadersV2; OrderLine: salesorderdetails > SalesOrderLine > CDSSalesOrderLines',
  ],
}

test.each(TWO_HOP_IDS)('templates 1 %s has its name, its aliases, its tasks and two legs through the hub', (id) => {
  const [name, aliases, tasks] = CATALOGUE[id]
  const { entityMappingTasks, ...template } = readTwoHop(id)
  expect(template).toMatchObject({ name, version: '1.0.1', ...(aliases.length > 0 && { aliases }) })
  const told = entityMappingTasks.map(({ name: task, legs }) => {
    expect(legs.map((leg) => leg.id)).toEqual(['001', '002'])
    expect([legs[0]?.destinationEnvironmentType, legs[1]?.sourceEnvironmentType, legs[1]?.sourceSchema]).toEqual([
      'CDS',
      'CDS',
      legs[0]?.destinationSchema,
    ])
    return `${task}: ${[legs[0]?.sourceSchema, ...legs.map((leg) => leg.destinationSchema)].join(' > ')}`
  })
  expect(told.join('; ')).toBe(tasks)
})

test('templates 3 the two-hop projects are one for each template, in the waves of their direct twins', () => {
  expect(TWO_HOP_PROJECTS.map(({ templateName }) => templateName).sort()).toEqual(TWO_HOP_IDS.map((id) => readTwoHop(id).name).sort())
  const before = new Map(TWO_HOP_PROJECTS.map(({ name, dependsOn }) => [name, dependsOn]))
  expect(before.get('invoices-two-hop')).toEqual(expect.arrayContaining(['products-two-hop', 'orders-to-sales-two-hop']))
  for (const name of [...before.values()].flat()) expect(before.has(name), name).toBe(true)
})

/** Fields of a leg that are the constant organisation (templates specification, section 8). */
const ORGANISATION_ROWS: Readonly<Record<string, readonly string[]>> = {
  Account: ['Organization'],
  Product: ['Organization'],
  Contact: ['Organization', 'PrimaryAccount_Organization'],
  Quotation: ['Organization', 'Account_Organization', 'InvoiceAccount_Organization'],
  QuotationLine: ['Organization', 'Product_Organization', 'Quotation_Organization'],
  'SalesOrder of H6': ['Organization', 'Account_Organization', 'InvoiceAccount_Organization'],
  'SalesOrder of H8': ['Organization', 'Account_Organization'],
  SalesOrderLine: ['SalesOrder_Organization', 'Product_Organization'],
  SalesInvoice: ['Organization', 'Account_Organization', 'SalesOrder_Organization'],
  SalesInvoiceLine: ['SalesInvoice_Organization', 'Product_Organization'],
}

test.each(TWO_HOP_IDS)('templates 8 %s names its organisation on the first leg and reads only that one on the second', (id) => {
  for (const { legs } of readTwoHop(id).entityMappingTasks) {
    const [first, second] = legs
    const rows = first?.fieldMappings.filter(({ valueTransforms }) => valueTransforms?.some((each) => each.defaultValue === 'ORG001'))
    const entity = first?.destinationSchema ?? ''
    const expected = ORGANISATION_ROWS[entity] ?? ORGANISATION_ROWS[`${entity} of ${id}`] ?? []
    expect(rows?.map(({ destinationField }) => destinationField)).toEqual(expected.map((name) => `${name}_OrganizationId`))
    const key = TWO_HOP_INTEGRATION_KEYS.find((each) => each.environmentType === 'CDS' && each.entity === entity)?.fields[0]
    expect(second?.sourceFilter?.split(' and ')[0]?.toLowerCase()).toBe(`${key} eq 'org001'`)
  }
})

const ACCOUNT: FieldValues = {
  accountnumber: 'ACC-01002',
  name: 'Halvorsen Båtutstyr AS',
  'transactioncurrencyid.isocurrencycode': 'NOK',
  address1_line1: 'Strandgaten 14',
  address1_line2: 'Oppgang B',
  address1_city: 'Bergen',
  address1_stateorprovince: 'Vestland',
  address1_postalcode: '5013',
  address1_country: 'Norway',
  address2_line1: 'Kaigaten 2',
  address2_line2: null,
  address2_city: 'Bremen',
  address2_stateorprovince: 'HB',
  address2_postalcode: '28195',
  address2_country: 'deu',
  emailaddress1: 'post@halvorsen.example',
  telephone1: '+47 55 00 00 00',
  fax: '+47 55 00 00 01',
  websiteurl: 'https://halvorsen.example',
  creditlimit: '12480.50',
  numberofemployees: 42,
  description: 'Deck equipment',
}

/** Every value of a row blank but those named. */
const blankBut = (row: FieldValues, names: readonly string[]): FieldValues =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, names.includes(name) ? value : null]))

test('templates 8.1 a full account becomes an organisation of the hub and a customer with one name', () => {
  const [inHub, customer] = sides.throughHub('H1', 0, ACCOUNT)
  expect(inHub).toMatchObject({
    organization_organizationid: 'ORG001',
    accountid: 'ACC-01002',
    organizationname: 'Halvorsen Båtutstyr AS',
    partytype: 'Organization',
    mailingpostaladdress_addressline1: 'Strandgaten 14',
    mailingpostaladdress_addressline2: 'Oppgang B',
    mailingpostaladdress_country: 'Norway',
    shippingpostaladdress_country: 'deu',
    creditlimitamount: '12480.5',
    employeecount: 42,
  })
  expect(customer).toEqual({
    CustomerAccount: 'ACC-01002',
    PartyNumber: 'ACC-01002',
    Name: 'Halvorsen Båtutstyr AS',
    PartyType: 'Organization',
    AddressStreet: 'Strandgaten 14',
    AddressCity: 'Bergen',
    AddressState: 'Vestland',
    AddressZipCode: '5013',
    AddressCountryRegionISOCode: 'NO',
    DeliveryAddressStreet: 'Kaigaten 2',
    DeliveryAddressCity: 'Bremen',
    DeliveryAddressState: 'HB',
    DeliveryAddressZipCode: '28195',
    DeliveryAddressCountryRegionISOCode: 'DE',
    PrimaryContactEmail: 'post@halvorsen.example',
    PrimaryContactPhone: '+47 55 00 00 00',
    PrimaryContactFax: '+47 55 00 00 01',
    PrimaryContactURL: 'https://halvorsen.example',
    SalesCurrencyCode: 'NOK',
    CreditLimit: '12480.5',
    SalesMemo: 'Deck equipment',
    OrganizationNumberOfEmployees: 42,
    CustomerGroupId: '10',
    SiteId: '1',
    WarehouseId: '13',
    LanguageId: 'en-us',
    IsExternallyMaintained: 'Yes',
  })
})

test('templates 8.1 and 10.1 blanks have their defaults: US, and no delivery country without a second address', () => {
  const blank = blankBut(ACCOUNT, ['accountnumber', 'name', 'transactioncurrencyid.isocurrencycode'])
  expect(sides.throughHub('H1', 0, blank)[1]).toMatchObject({
    AddressStreet: null,
    AddressCountryRegionISOCode: 'US',
    DeliveryAddressCountryRegionISOCode: null,
    CreditLimit: '0',
    OrganizationNumberOfEmployees: 0,
  })
  expect(sides.throughHub('H1', 0, { ...blank, address2_city: 'Łódź' })[1]).toMatchObject({
    DeliveryAddressCity: 'Łódź',
    DeliveryAddressCountryRegionISOCode: 'US',
  })
})

test('templates 8 a country that nobody knows is a record error of the second leg', () => {
  const [inHub, customer] = sides.throughHub('H1', 0, { ...ACCOUNT, address1_country: 'Atlantis' })
  expect(inHub).toMatchObject({ mailingpostaladdress_country: 'Atlantis' })
  expect(customer).toEqual({ code: 'value-not-mapped', field: 'AddressCountryRegionISOCode' })
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
  address1_line2: null,
  address1_city: 'Bergen',
  address1_stateorprovince: 'Vestland',
  address1_postalcode: '5015',
  address1_country: 'NOR',
  emailaddress1: 'ingrid@halvorsen.example',
  emailaddress2: 'ingrid@hjemme.example',
  telephone1: '+47 55 00 00 02',
  mobilephone: '+47 90 00 00 02',
  fax: null,
  websiteurl: null,
  jobtitle: 'Purchaser',
  accountrolecode: 1,
  gendercode: 2,
  familystatuscode: 4,
  birthdate: '1980-02-29',
  donotpostalmail: true,
  donotemail: true,
  donotphone: false,
  creditlimit: '500',
  description: 'Prefers mail',
  statecode: 0,
}

test('templates 8.2 a full contact becomes a contact of the hub and a contact person', () => {
  const [inHub, person] = sides.throughHub('H2', 0, CONTACT)
  expect(inHub).toMatchObject({
    organization_organizationid: 'ORG001',
    contactid: 'CON-00017',
    primaryaccount_organization_organizationid: 'ORG001',
    primaryaccount_accountid: 'ACC-01002',
    personname_surname: 'Sørensen',
    emailalternate: 'ingrid@hjemme.example',
    phone01: '+47 90 00 00 02',
    gender: 'Female',
    maritalstatus: 'Widowed',
    birthdate: '1980-02-29',
    primaryaccountrole: 'Decision Maker',
    isemailcontactallowed: false,
    isphonecontactallowed: true,
    status: 'Active',
    partytype: 'Person',
  })
  expect(person).toEqual({
    ContactPersonPartyNumber: 'CON-00017',
    AssociatedPartyNumber: 'ACC-01002',
    FirstName: 'Ingrid',
    MiddleName: 'Marie',
    LastName: 'Sørensen',
    PrimaryAddressStreet: 'Nygårdsgaten 5',
    PrimaryAddressCity: 'Bergen',
    PrimaryAddressStateId: 'Vestland',
    PrimaryAddressZipCode: '5015',
    PrimaryAddressCountryRegionISOCode: 'NO',
    PrimaryEmailAddress: 'ingrid@halvorsen.example',
    PrimaryPhoneNumber: '+47 55 00 00 02',
    PrimaryURL: null,
    Gender: 'Female',
    MaritalStatus: 'Widowhood',
    BirthDay: 29,
    BirthMonth: 'February',
    BirthYear: 1980,
    EmploymentProfession: 'Purchaser',
    DecisionMakingRoleCode: 'Decision Maker',
    IsInactive: 'No',
    Notes: 'Prefers mail',
    ContactPersonPartyType: 'Person',
    IsContactPersonExternallyMaintained: 'Yes',
  })
})

test.each<[string, FieldValues[string], string, unknown]>([
  ['gendercode', 1, 'Gender', 'Male'],
  ['gendercode', null, 'Gender', 'Unknown'],
  ['familystatuscode', 1, 'MaritalStatus', 'Single'],
  ['familystatuscode', 2, 'MaritalStatus', 'Married'],
  ['familystatuscode', 3, 'MaritalStatus', 'Divorced'],
  ['familystatuscode', null, 'MaritalStatus', 'None'],
  ['accountrolecode', 2, 'DecisionMakingRoleCode', 'Employee'],
  ['accountrolecode', 3, 'DecisionMakingRoleCode', 'Influencer'],
  ['accountrolecode', null, 'DecisionMakingRoleCode', null],
  ['statecode', 1, 'IsInactive', 'Yes'],
  ['address1_country', null, 'PrimaryAddressCountryRegionISOCode', 'US'],
])('templates 8.2 %s %j goes by way of the hub to %s %j', (field, value, destination, expected) => {
  expect(sides.throughHub('H2', 0, { ...CONTACT, [field]: value })[1]).toMatchObject({ [destination]: expected })
})

test('templates 8.2 without a birth date none is written', () => {
  expect(Object.keys(sides.throughHub('H2', 0, { ...CONTACT, birthdate: null })[1]).filter((name) => name.startsWith('Birth'))).toEqual([])
})

test('templates 8.3 a contact with documents becomes a person among the accounts of the hub and a customer', () => {
  const [inHub, customer] = sides.throughHub('H3', 0, CONTACT)
  expect(inHub).toMatchObject({
    organization_organizationid: 'ORG001',
    accountid: 'CON-00017',
    partytype: 'Person',
    organizationname: 'Ingrid Marie Sørensen',
    gender: 'Female',
    maritalstatus: 'Widowed',
    emailalternate: 'ingrid@hjemme.example',
    phone01: '+47 90 00 00 02',
    isemailcontactallowed: false,
    status: 'Active',
  })
  expect(customer).toEqual({
    CustomerAccount: 'CON-00017',
    PartyNumber: 'CON-00017',
    PersonFirstName: 'Ingrid',
    PersonMiddleName: 'Marie',
    PersonLastName: 'Sørensen',
    OrganizationName: 'Ingrid Marie Sørensen',
    PartyType: 'Person',
    AddressStreet: 'Nygårdsgaten 5',
    AddressCity: 'Bergen',
    AddressState: 'Vestland',
    AddressZipCode: '5015',
    AddressCountryRegionISOCode: 'NO',
    PrimaryContactEmail: 'ingrid@halvorsen.example',
    PrimaryContactPhone: '+47 55 00 00 02',
    PrimaryContactFax: null,
    PrimaryContactURL: null,
    SalesCurrencyCode: 'NOK',
    CreditLimit: '500',
    SalesMemo: 'Prefers mail',
    AddressLocationRoles: 'Business',
    CustomerGroupId: '10',
    LanguageId: 'en-us',
    IsExternallyMaintained: 'Yes',
  })
})

const PRODUCT: FieldValues = {
  ProductNumber: 'DW-40',
  ProductName: 'Dekkvinsj «Ærlig» 4 t',
  ProductDescription: 'Vinsj, 4 t',
  ProductType: 'Item',
  SalesUnitSymbol: 'ea',
  CurrencyCode: 'NOK',
  SalesPrice: '3120.50',
  UnitCost: '1999.99',
  IsStockedProduct: 'Yes',
}

test('templates 8.4 a sellable product becomes a product of the hub and of Sales', () => {
  const [inHub, product] = sides.throughHub('H4', 0, PRODUCT)
  expect(inHub).toEqual({
    organization_organizationid: 'ORG001',
    productid: 'DW-40',
    name: 'Dekkvinsj «Ærlig» 4 t',
    description: 'Vinsj, 4 t',
    producttype: 'Item',
    defaultsellingquantity_uom: 'Each',
    sellingunitprice: '3120.5',
    sellingunitprice_currencycode: 'NOK',
    standardcostamount_currencycode: 'NOK',
    standardcostamount: '1999.99',
    isstocked: true,
  })
  expect(product).toEqual({
    productnumber: 'DW-40',
    name: 'Dekkvinsj «Ærlig» 4 t',
    description: 'Vinsj, 4 t',
    producttypecode: 1,
    'defaultuomid.name': 'Each',
    price: '3120.5',
    'transactioncurrencyid.isocurrencycode': 'NOK',
    currentcost: '1999.99',
    isstockitem: true,
    'defaultuomscheduleid.name': 'Default unit',
    quantitydecimal: 0,
    msdynce_ismaintainedexternally: true,
  })
})

test.each<[string, FieldValues[string], string, unknown]>([
  ['ProductName', null, 'name', 'DW-40'],
  ['ProductType', 'Service', 'producttypecode', 3],
  ['IsStockedProduct', 'No', 'isstockitem', false],
  ['IsStockedProduct', null, 'isstockitem', null],
  ['SalesUnitSymbol', 'pcs', 'defaultuomid.name', 'Piece'],
  ['SalesUnitSymbol', 'KG', 'defaultuomid.name', 'Kilogram'],
])('templates 8.4 %s %j goes by way of the hub to %s %j', (field, value, destination, expected) => {
  expect(sides.throughHub('H4', 0, { ...PRODUCT, [field]: value })[1]).toMatchObject({ [destination]: expected })
})

test('templates 8.4 a unit that the map does not have is a record error of the first leg', () => {
  expect(sides.throughHub('H4', 0, { ...PRODUCT, SalesUnitSymbol: 'drum' })[0]).toEqual({
    code: 'value-not-mapped',
    field: 'defaultsellingquantity_uom',
  })
})
