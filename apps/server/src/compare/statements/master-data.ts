import { CURRENCY, code, constant, country, type FieldStatement, number, type Statement, text, yes } from './statement.ts'

const CONTACT_DATA: readonly FieldStatement[] = [
  text('PrimaryContactEmail', 'emailaddress1'),
  text('PrimaryContactPhone', 'telephone1'),
  text('PrimaryContactFax', 'fax'),
  text('PrimaryContactURL', 'websiteurl'),
]

const CREDIT = {
  source: { plus: ['creditlimit'], currency: CURRENCY },
  destination: { plus: ['CreditLimit'], currency: 'SalesCurrencyCode' },
}

const DELIVERY_ADDRESS = [
  ['DeliveryAddressStreet', 'address2_line1'],
  ['DeliveryAddressCity', 'address2_city'],
  ['DeliveryAddressState', 'address2_stateorprovince'],
  ['DeliveryAddressZipCode', 'address2_postalcode'],
  ['DeliveryAddressCounty', 'address2_county'],
] as const

const ADDRESS = [
  ['AddressStreet', 'address1_line1'],
  ['AddressCity', 'address1_city'],
  ['AddressState', 'address1_stateorprovince'],
  ['AddressZipCode', 'address1_postalcode'],
] as const

const customerCodes = (kind: 'Organization' | 'Person'): readonly FieldStatement[] => [
  constant('PartyType', kind),
  yes('IsExternallyMaintained'),
  constant('CustomerGroupId', '10'),
  constant('LanguageId', 'en-us'),
]

/** What an account is as a customer, whatever the version of the customer entity. */
const ACCOUNT_AS_CUSTOMER: readonly FieldStatement[] = [
  code('CustomerAccount', 'accountnumber', { isIdentity: true }),
  code('PartyNumber', 'accountnumber'),
  ...customerCodes('Organization'),
  constant('SiteId', '1'),
  constant('WarehouseId', '13'),
  code('SalesCurrencyCode', CURRENCY),
  ...ADDRESS.map(([field, of]) => text(field, of)),
  country('AddressCountryRegionISOCode', 'address1_country', { blank: 'US' }),
  ...CONTACT_DATA,
  number('CreditLimit', 'creditlimit'),
  number('OrganizationNumberOfEmployees', 'numberofemployees'),
  text('SalesMemo', 'description'),
]

const ACCOUNTS = {
  source: 'accounts',
  qualifies: [{ field: 'accountnumber', isNot: [''] }],
  key: [{ source: 'accountnumber', destination: 'CustomerAccount' }],
  claims: [
    { field: 'IsExternallyMaintained', is: ['Yes'] },
    { field: 'PartyType', is: ['Organization'] },
  ],
  amounts: CREDIT,
}

/** Source: templates specification 7.1. */
export const ACCOUNTS_DIRECT: Statement = {
  id: 'D1',
  templateName: 'Accounts (Sales to Supply Chain Management) - Direct',
  tasks: [
    {
      ...ACCOUNTS,
      destination: 'CustomersV2',
      aliases: ['CustomersV3'],
      fields: [
        ...ACCOUNT_AS_CUSTOMER,
        text('OrganizationName', 'name'),
        text('AddressCounty', 'address1_county'),
        constant('AddressLocationRoles', 'Business'),
        ...DELIVERY_ADDRESS.map(([field, of]) => text(field, of)),
        country('DeliveryAddressCountryRegionISOCode', 'address2_country', {
          blank: 'US',
          onlyWith: [...DELIVERY_ADDRESS.map(([, of]) => of), 'address2_country'],
        }),
      ],
    },
  ],
}

/** Source: templates specification 8.1. */
export const ACCOUNTS_TWO_HOP: Statement = {
  id: 'H1',
  templateName: 'Accounts (Sales to Fin and Ops)',
  tasks: [
    {
      ...ACCOUNTS,
      destination: 'Customers',
      aliases: ['CustomersV2', 'CustomersV3'],
      fields: [
        ...ACCOUNT_AS_CUSTOMER,
        text('Name', 'name'),
        ...DELIVERY_ADDRESS.slice(0, 4).map(([field, of]) => text(field, of)),
        country('DeliveryAddressCountryRegionISOCode', 'address2_country', {
          blank: 'US',
          onlyWith: [...DELIVERY_ADDRESS.map(([, of]) => of), 'address2_country'],
        }),
      ],
    },
  ],
}

const PERSON_AS_CUSTOMER: readonly FieldStatement[] = [
  code('CustomerAccount', 'msdynce_contactnumber', { isIdentity: true }),
  code('PartyNumber', 'msdynce_contactnumber'),
  ...customerCodes('Person'),
  text('PersonFirstName', 'firstname'),
  text('PersonMiddleName', 'middlename'),
  text('PersonLastName', 'lastname'),
  text('OrganizationName', 'fullname'),
  code('SalesCurrencyCode', CURRENCY),
  ...ADDRESS.map(([field, of]) => text(field, of)),
  country('AddressCountryRegionISOCode', 'address1_country', { blank: 'US' }),
  constant('AddressLocationRoles', 'Business'),
  ...CONTACT_DATA,
  number('CreditLimit', 'creditlimit'),
  text('SalesMemo', 'description'),
]

const contactsToCustomer = (id: string, templateName: string): Statement => ({
  id,
  templateName,
  tasks: [
    {
      source: 'contacts',
      destination: 'CustomersV2',
      aliases: ['CustomersV3'],
      qualifies: [
        { field: 'msdynce_isactivecustomer', is: ['true'] },
        { field: 'msdynce_contactnumber', isNot: [''] },
      ],
      key: [{ source: 'msdynce_contactnumber', destination: 'CustomerAccount' }],
      claims: [
        { field: 'IsExternallyMaintained', is: ['Yes'] },
        { field: 'PartyType', is: ['Person'] },
      ],
      amounts: CREDIT,
      fields: PERSON_AS_CUSTOMER,
    },
  ],
})

/** Source: templates specification 7.3. */
export const CONTACTS_TO_CUSTOMER_DIRECT = contactsToCustomer('D3', 'Contacts to Customer (Sales to Supply Chain Management) - Direct')
/** Source: templates specification 8.3. */
export const CONTACTS_TO_CUSTOMER_TWO_HOP = contactsToCustomer('H3', 'Contacts to Customer (Sales to Fin and Ops)')
