import { readFileSync } from 'node:fs'
import { parseTemplate } from '@p2c/engine'
import { expect, test } from 'vitest'

const read = (file: string) => parseTemplate(JSON.parse(readFileSync(new URL(`../../templates/${file}.json`, import.meta.url), 'utf8')))

interface Expected {
  readonly file: string
  readonly name: string
  readonly task: string
  readonly from: string
  readonly to: string
  readonly filter: string | undefined
  /** Source and destination of every row of the default mapping, as the templates specification lists them. */
  readonly rows: string
}

/** Templates specification 7.1 to 7.4: rows marked opt or off are left out; `-` is a constant. */
const TEMPLATES: readonly Expected[] = [
  {
    file: 'accounts-sales-to-supply-chain-direct',
    name: 'Accounts (Sales to Supply Chain Management) - Direct',
    task: 'Accounts - Customers',
    from: 'accounts',
    to: 'CustomersV2',
    filter: 'accountnumber ne null',
    rows: `accountnumber CustomerAccount, accountnumber PartyNumber, name OrganizationName, - PartyType, - IsExternallyMaintained, - CustomerGroupId, - SiteId,
      - WarehouseId, - LanguageId, transactioncurrencyid.isocurrencycode SalesCurrencyCode, address1_line1 AddressStreet, address1_city AddressCity,
      address1_stateorprovince AddressState, address1_postalcode AddressZipCode, address1_county AddressCounty, address1_country AddressCountryRegionISOCode,
      - AddressLocationRoles, address2_line1 DeliveryAddressStreet, address2_city DeliveryAddressCity, address2_stateorprovince DeliveryAddressState,
      address2_postalcode DeliveryAddressZipCode, address2_county DeliveryAddressCounty, address2_country DeliveryAddressCountryRegionISOCode,
      emailaddress1 PrimaryContactEmail, telephone1 PrimaryContactPhone, fax PrimaryContactFax, websiteurl PrimaryContactURL, creditlimit CreditLimit,
      numberofemployees OrganizationNumberOfEmployees, description SalesMemo`,
  },
  {
    file: 'contacts-sales-to-supply-chain-direct',
    name: 'Contacts (Sales to Supply Chain Management) - Direct',
    task: 'Contacts',
    from: 'contacts',
    to: 'CDSContactPersons',
    filter: 'msdynce_isactivecustomer eq false and msdynce_iscompanyanaccount eq true',
    rows: `msdynce_contactnumber ContactPersonPartyNumber, parentcustomerid.Account(accountnumber) AssociatedPartyNumber, - IsContactPersonExternallyMaintained,
      - ContactPersonPartyType, firstname FirstName, middlename MiddleName, lastname LastName, address1_line1 PrimaryAddressStreet,
      address1_city PrimaryAddressCity, address1_stateorprovince PrimaryAddressStateId, address1_postalcode PrimaryAddressZipCode,
      address1_county PrimaryAddressCountyId, address1_country PrimaryAddressCountryRegionISOCode, emailaddress1 PrimaryEmailAddress,
      telephone1 PrimaryPhoneNumber, fax PrimaryFaxNumber, websiteurl PrimaryURL, jobtitle EmploymentProfession, department EmploymentDepartment,
      accountrolecode DecisionMakingRoleCode, gendercode Gender, familystatuscode MaritalStatus, birthdate BirthDay, birthdate BirthMonth,
      birthdate BirthYear, donotpostalmail IsReceivingDirectMail, description Notes, statecode IsInactive`,
  },
  {
    file: 'contacts-to-customer-sales-to-supply-chain-direct',
    name: 'Contacts to Customer (Sales to Supply Chain Management) - Direct',
    task: 'ContactToCustomer',
    from: 'contacts',
    to: 'CustomersV2',
    filter: 'msdynce_isactivecustomer eq true',
    rows: `msdynce_contactnumber CustomerAccount, msdynce_contactnumber PartyNumber, - PartyType, firstname PersonFirstName, middlename PersonMiddleName,
      lastname PersonLastName, fullname OrganizationName, - IsExternallyMaintained, - CustomerGroupId, - LanguageId,
      transactioncurrencyid.isocurrencycode SalesCurrencyCode, address1_line1 AddressStreet, address1_city AddressCity,
      address1_stateorprovince AddressState, address1_postalcode AddressZipCode, address1_country AddressCountryRegionISOCode, - AddressLocationRoles,
      emailaddress1 PrimaryContactEmail, telephone1 PrimaryContactPhone, fax PrimaryContactFax, websiteurl PrimaryContactURL, creditlimit CreditLimit,
      description SalesMemo`,
  },
  {
    file: 'products-supply-chain-to-sales-direct',
    name: 'Products (Supply Chain Management to Sales) - Direct',
    task: 'Products',
    from: 'SellableReleasedProducts',
    to: 'products',
    filter: undefined,
    rows: `ProductNumber productnumber, ProductName name, ProductDescription description, ProductType producttypecode, SalesUnitSymbol defaultuomid.name,
      - defaultuomscheduleid.name, CurrencyCode transactioncurrencyid.isocurrencycode, SalesPrice price, UnitCost currentcost,
      IsStockedProduct isstockitem, - quantitydecimal, - msdynce_ismaintainedexternally`,
  },
]

test.each(TEMPLATES)('$name has the rows of its specification, and no others', ({ file, name, task, from, to, filter, rows }) => {
  const template = read(file)
  expect(template).toMatchObject({ name, version: '2.1.0' })
  const [only] = template.entityMappingTasks
  const leg = only?.legs[0]
  expect(only).toMatchObject({ name: task, order: 1 })
  expect(leg).toMatchObject({ sourceSchema: from, destinationSchema: to })
  expect(leg?.sourceFilter).toBe(filter)
  const pairs = leg?.fieldMappings.map((mapping) => `${mapping.sourceField ?? '-'} ${mapping.destinationField}`)
  expect(pairs).toEqual(rows.split(',').map((pair) => pair.trim()))
  expect(leg?.fieldMappings.every((mapping) => mapping.syncDirection === 1)).toBe(true)
})

test.each([
  [
    'accounts-sales-to-supply-chain-direct',
    {
      PartyType: 'Organization',
      IsExternallyMaintained: 'Yes',
      CustomerGroupId: '10',
      SiteId: '1',
      WarehouseId: '13',
      LanguageId: 'en-us',
      AddressLocationRoles: 'Business',
      CreditLimit: '0',
      OrganizationNumberOfEmployees: '0',
      AddressCountryRegionISOCode: 'US',
    },
  ],
  [
    'contacts-sales-to-supply-chain-direct',
    { IsContactPersonExternallyMaintained: 'Yes', ContactPersonPartyType: 'Person', PrimaryAddressCountryRegionISOCode: 'US' },
  ],
  [
    'contacts-to-customer-sales-to-supply-chain-direct',
    {
      PartyType: 'Person',
      IsExternallyMaintained: 'Yes',
      CustomerGroupId: '10',
      LanguageId: 'en-us',
      AddressLocationRoles: 'Business',
      CreditLimit: '0',
      AddressCountryRegionISOCode: 'US',
    },
  ],
  [
    'products-supply-chain-to-sales-direct',
    { 'defaultuomscheduleid.name': 'Default unit', quantitydecimal: '0', msdynce_ismaintainedexternally: 'true' },
  ],
])('%s has the defaults of its specification', (file, expected) => {
  const mappings = read(file).entityMappingTasks[0]?.legs[0]?.fieldMappings ?? []
  const defaults = mappings.flatMap(({ destinationField, valueTransforms }) => {
    const last = valueTransforms?.find((transform) => transform.transformType === 'Default')
    return last === undefined || destinationField === undefined ? [] : [[destinationField, last.defaultValue]]
  })
  expect(Object.fromEntries(defaults)).toEqual(expected)
})
