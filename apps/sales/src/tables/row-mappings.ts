import type { RowMapping } from '@p2c/dataverse'

/** Which values a new row takes from the row that it is started from. Source: public reference of `InitializeFrom`; the columns are derived. */

const PLACE = ['line1', 'line2', 'line3', 'city', 'stateorprovince', 'country', 'postalcode'] as const
const TERMS = ['paymenttermscode', 'preferredcontactmethodcode', 'transactioncurrencyid'] as const

const sameAddress = (prefix: string): readonly string[] =>
  [
    'addresstypecode',
    'name',
    'county',
    'postofficebox',
    'telephone1',
    'telephone2',
    'fax',
    'freighttermscode',
    'shippingmethodcode',
    ...PLACE,
  ].map((part) => `${prefix}_${part}`)

/** The first address of a customer as one of a document. */
const documentPlace = (prefix: string): readonly (readonly [string, string])[] => [
  ...PLACE.map((part) => [`address1_${part}`, `${prefix}_${part}`] as const),
  ['address1_telephone1', `${prefix}_telephone`],
  ['address1_fax', `${prefix}_fax`],
]

const bothPlaces = (...prefixes: readonly string[]): readonly string[] =>
  prefixes.flatMap((prefix) => ['name', ...PLACE, 'telephone', 'fax'].map((part) => `${prefix}_${part}`))

/** What quotes, orders and invoices hand on to one another. */
const DOCUMENT = [
  'name',
  'customerid',
  'pricelevelid',
  'transactioncurrencyid',
  'description',
  'discountpercentage',
  'discountamount',
  'freightamount',
  'paymenttermscode',
  'shippingmethodcode',
  'willcall',
  'emailaddress',
  'opportunityid',
  ...bothPlaces('billto', 'shipto'),
] as const

const PREFERENCES = ['donotbulkemail', 'donotemail', 'donotfax', 'donotphone', 'donotpostalmail', 'donotsendmm'] as const

const COMPANY = [
  'industrycode',
  'sic',
  'telephone1',
  'telephone2',
  'fax',
  'websiteurl',
  'emailaddress1',
  'revenue',
  'numberofemployees',
  'description',
] as const

const ACCOUNT_TO_ACCOUNT: RowMapping = {
  source: 'account',
  target: 'account',
  parent: 'parentaccountid',
  columns: [
    'name',
    'accountcategorycode',
    'customertypecode',
    'customersizecode',
    'accountratingcode',
    'accountclassificationcode',
    'businesstypecode',
    'territorycode',
    'ownershipcode',
    'territoryid',
    'defaultpricelevelid',
    'preferredsystemuserid',
    'shippingmethodcode',
    'creditonhold',
    'donotbulkpostalmail',
    ...COMPANY,
    ...TERMS,
    ...PREFERENCES,
    ...sameAddress('address1'),
    ...sameAddress('address2'),
  ],
}

const ACCOUNT_TO_CONTACT: RowMapping = {
  source: 'account',
  target: 'contact',
  parent: 'parentcustomerid',
  columns: ['telephone1', 'defaultpricelevelid', 'preferredsystemuserid', ...TERMS, ...sameAddress('address1')],
}

const CONTACT_TO_CONTACT: RowMapping = {
  source: 'contact',
  target: 'contact',
  parent: 'parentcustomerid',
  columns: [
    'telephone1',
    'fax',
    'websiteurl',
    'defaultpricelevelid',
    'preferredsystemuserid',
    ...TERMS,
    ...PREFERENCES,
    ...sameAddress('address1'),
  ],
}

const TO_OPPORTUNITY: readonly RowMapping[] = [
  {
    source: 'account',
    target: 'opportunity',
    parent: 'parentaccountid',
    columns: ['transactioncurrencyid', ['defaultpricelevelid', 'pricelevelid']],
  },
  {
    source: 'contact',
    target: 'opportunity',
    parent: 'parentcontactid',
    columns: ['transactioncurrencyid', ['defaultpricelevelid', 'pricelevelid']],
  },
  {
    source: 'lead',
    target: 'opportunity',
    parent: 'originatingleadid',
    columns: [
      ['subject', 'name'],
      'description',
      'transactioncurrencyid',
      'campaignid',
      'parentaccountid',
      'parentcontactid',
      'budgetamount',
      'budgetstatus',
      'need',
      'purchaseprocess',
      'purchasetimeframe',
      'initialcommunication',
      'decisionmaker',
      'estimatedclosedate',
      'qualificationcomments',
    ],
  },
]

const FROM_LEAD: readonly RowMapping[] = [
  {
    source: 'lead',
    target: 'account',
    parent: 'originatingleadid',
    columns: [
      ['companyname', 'name'],
      'preferredcontactmethodcode',
      'transactioncurrencyid',
      ...COMPANY,
      ...PREFERENCES,
      ...sameAddress('address1'),
    ],
  },
  {
    source: 'lead',
    target: 'contact',
    parent: 'originatingleadid',
    columns: [
      'firstname',
      'middlename',
      'lastname',
      'salutation',
      'jobtitle',
      'emailaddress1',
      'telephone1',
      'mobilephone',
      'fax',
      'websiteurl',
      'description',
      'preferredcontactmethodcode',
      'transactioncurrencyid',
      ...PREFERENCES,
      ...sameAddress('address1'),
    ],
  },
]

/** A new document of a customer. */
const customerTo = (source: 'account' | 'contact', target: 'quote' | 'salesorder' | 'invoice'): RowMapping => ({
  source,
  target,
  parent: 'customerid',
  columns: [
    'transactioncurrencyid',
    'paymenttermscode',
    ['defaultpricelevelid', 'pricelevelid'],
    ['emailaddress1', 'emailaddress'],
    ...documentPlace('billto'),
    ...documentPlace('shipto'),
  ],
})

const TO_DOCUMENTS: readonly RowMapping[] = (['quote', 'salesorder', 'invoice'] as const).flatMap((target) => [
  customerTo('account', target),
  customerTo('contact', target),
  {
    source: 'opportunity',
    target,
    parent: 'opportunityid',
    columns: ['name', 'customerid', 'pricelevelid', 'transactioncurrencyid', 'discountpercentage', 'discountamount', 'freightamount'],
  },
])

export const ROW_MAPPINGS: readonly RowMapping[] = [
  ACCOUNT_TO_ACCOUNT,
  ACCOUNT_TO_CONTACT,
  CONTACT_TO_CONTACT,
  ...TO_OPPORTUNITY,
  ...FROM_LEAD,
  ...TO_DOCUMENTS,
  { source: 'quote', target: 'salesorder', parent: 'quoteid', columns: [...DOCUMENT, 'freighttermscode', 'requestdeliveryby'] },
  { source: 'salesorder', target: 'invoice', parent: 'salesorderid', columns: DOCUMENT },
]
