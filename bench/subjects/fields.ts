import type { EntitySchema, FieldSchema } from '@p2c/engine'

/** What both subjects do to a row: the field pairs, and the tables of two of the transforms. */
export const PAYMENT_TERMS = { '1': 'Net30', '2': '2Net30', '3': 'Net45', '4': 'Net60', '': 'Net10' } as const
export const NAME_LENGTH = 60

const DEFAULT_OF = (defaultValue: string) => [{ transformType: 'Default', defaultValue }]

const FIELD_MAPPINGS = [
  { sourceField: 'accountnumber', destinationField: 'CustomerAccount' },
  { sourceField: 'name', destinationField: 'OrganizationName', valueTransforms: [{ transformType: 'Truncate', maxLength: NAME_LENGTH }] },
  { destinationField: 'PartyType', valueTransforms: DEFAULT_OF('Organization') },
  { sourceField: 'transactioncurrencyid.isocurrencycode', destinationField: 'SalesCurrencyCode' },
  {
    sourceField: 'paymenttermscode',
    destinationField: 'PaymentTerms',
    valueTransforms: [{ transformType: 'ValueMap', valueMap: PAYMENT_TERMS }],
  },
  { sourceField: 'address1_line1', destinationField: 'AddressStreet' },
  { sourceField: 'address1_city', destinationField: 'AddressCity' },
  { sourceField: 'address1_postalcode', destinationField: 'AddressZipCode' },
  {
    sourceField: 'address1_country',
    destinationField: 'AddressCountryRegionISOCode',
    valueTransforms: [{ transformType: 'CountryRegionCode', to: 'iso2' }, ...DEFAULT_OF('US')],
  },
  { sourceField: 'emailaddress1', destinationField: 'PrimaryContactEmail' },
  { sourceField: 'telephone1', destinationField: 'PrimaryContactPhone' },
  { sourceField: 'creditlimit', destinationField: 'CreditLimit', valueTransforms: DEFAULT_OF('0') },
]

/** The task of template D1, made as short as its kinds of field pairs allow. */
export const accountsTask = (source: string, destination: string) => ({
  name: 'Accounts - Customers',
  order: 1,
  legs: [
    {
      id: '001',
      sourceEnvironmentType: 'CRM',
      sourceSchema: source,
      destinationEnvironmentType: 'AX',
      destinationSchema: destination,
      sourceFilter: 'accountnumber ne null',
      fieldMappings: FIELD_MAPPINGS,
    },
  ],
})

const text = (name: string, more: Partial<FieldSchema> = {}): FieldSchema => ({
  name,
  type: 'text',
  required: false,
  readOnly: false,
  maxLength: 160,
  ...more,
})

export const accountSchema = (name: string): EntitySchema => ({
  name,
  fields: [
    text('accountnumber', { required: true, maxLength: 20 }),
    ...[
      'name',
      'address1_line1',
      'address1_line2',
      'address1_city',
      'address1_stateorprovince',
      'address1_postalcode',
      'address1_county',
    ].map((field) => text(field)),
    ...['address1_country', 'emailaddress1', 'telephone1', 'fax', 'websiteurl', 'paymenttermscode', 'industrycode'].map((field) =>
      text(field),
    ),
    ...['customertypecode', 'description', 'transactioncurrencyid.isocurrencycode'].map((field) => text(field)),
    text('creditlimit', { type: 'decimal' }),
    text('numberofemployees', { type: 'integer' }),
  ],
  keys: [{ name: 'accountnumber', fields: ['accountnumber'] }],
})

export const customerSchema = (name: string): EntitySchema => ({
  name,
  fields: [
    text('CustomerAccount', { required: true, maxLength: 20 }),
    text('OrganizationName', { maxLength: NAME_LENGTH }),
    text('PartyType', { type: 'enumeration', options: ['Organization', 'Person'] }),
    ...['SalesCurrencyCode', 'PaymentTerms', 'AddressStreet', 'AddressCity', 'AddressZipCode'].map((field) => text(field)),
    text('AddressCountryRegionISOCode', { maxLength: 2 }),
    ...['PrimaryContactEmail', 'PrimaryContactPhone'].map((field) => text(field)),
    text('CreditLimit', { type: 'decimal' }),
  ],
  keys: [{ name: 'EntityKey', fields: ['CustomerAccount'] }],
})
