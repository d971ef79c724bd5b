/** A value of a column as rows hold it; rules of this page only pass it on. */
type Value = string | number | boolean | null | { readonly table: string; readonly id: string }
type Values = Readonly<Record<string, Value | undefined>>
type Reference = { readonly table: string; readonly id: string }

/** From a column of the lead to one of the new row; one name where both are the same. */
type Mapping = string | readonly [lead: string, created: string]

/** What one address of a lead hands over. Its id and its composite belong to the lead's own row. */
const ADDRESS = [
  'addresstypecode',
  'name',
  'line1',
  'line2',
  'line3',
  'city',
  'stateorprovince',
  'county',
  'country',
  'postalcode',
  'postofficebox',
  'telephone1',
  'telephone2',
  'telephone3',
  'fax',
  'latitude',
  'longitude',
  'upszone',
  'utcoffset',
  'shippingmethodcode',
  'freighttermscode',
] as const

const address = (prefix: string): readonly string[] => ADDRESS.map((part) => `${prefix}_${part}`)

/** Source: Sales 2.1 (2), the usual default of a map that organisations configure. */
export const LEAD_TO_ACCOUNT: readonly Mapping[] = [
  ['companyname', 'name'],
  'telephone1',
  'fax',
  'emailaddress1',
  'websiteurl',
  'sic',
  'industrycode',
  'revenue',
  'numberofemployees',
  'description',
  'transactioncurrencyid',
  ...address('address1'),
]

/** Source: Sales 2.1 (3). */
export const LEAD_TO_CONTACT: readonly Mapping[] = [
  'salutation',
  'firstname',
  'middlename',
  'lastname',
  'jobtitle',
  'emailaddress1',
  'emailaddress2',
  'emailaddress3',
  'telephone1',
  'telephone2',
  'telephone3',
  'mobilephone',
  'fax',
  'pager',
  'websiteurl',
  'donotemail',
  'donotbulkemail',
  'donotphone',
  'donotfax',
  'donotpostalmail',
  'donotsendmm',
  'description',
  ...address('address1'),
  ...address('address2'),
]

/** Source: Sales 2.1 (4). */
export const LEAD_TO_OPPORTUNITY: readonly Mapping[] = [
  ['subject', 'name'],
  ['estimatedamount', 'estimatedvalue'],
  'estimatedclosedate',
  'budgetamount',
  'budgetstatus',
  'need',
  'purchaseprocess',
  'purchasetimeframe',
  'decisionmaker',
  'description',
  'qualificationcomments',
  'campaignid',
  'transactioncurrencyid',
]

/** The filled columns of a lead under the names of the row that they go to. */
export function mapLead(lead: Values, mapping: readonly Mapping[]): Record<string, Value> {
  const mapped: Record<string, Value> = {}
  for (const pair of mapping) {
    const [from, to] = typeof pair === 'string' ? [pair, pair] : pair
    const value = lead[from]
    if (value !== undefined && value !== null) mapped[to] = value
  }
  return mapped
}

/** What the caller of `QualifyLead` asks for. */
export interface QualifyWishes {
  readonly createAccount: boolean
  readonly createContact: boolean
  readonly createOpportunity: boolean
}

export interface QualifyPlan {
  /** Existing rows that the lead is linked to already: these are used and not created again. */
  readonly account: Reference | null
  readonly contact: Reference | null
  readonly createAccount: boolean
  readonly createContact: boolean
  readonly createOpportunity: boolean
}

const linked = (value: Value | undefined): Reference | null => (typeof value === 'object' && value !== null ? value : null)

/** Which rows a lead is turned into. A lead without company name gives no account. Source: Sales 2.1 (1) and (2). */
export function planQualification(lead: Values, wishes: QualifyWishes): QualifyPlan {
  const account = linked(lead.parentaccountid)
  const contact = linked(lead.parentcontactid)
  const hasCompany = typeof lead.companyname === 'string' && lead.companyname.trim() !== ''
  return {
    account,
    contact,
    createAccount: wishes.createAccount && account === null && hasCompany,
    createContact: wishes.createContact && contact === null,
    createOpportunity: wishes.createOpportunity,
  }
}

/** Customer and parents of the new opportunity: the customer that the caller names, else the account, else the contact. Source: Sales 2.1 (4). */
export function opportunityParties(parties: {
  readonly customer: Reference | null
  readonly account: Reference | null
  readonly contact: Reference | null
}): Record<'customerid' | 'parentaccountid' | 'parentcontactid', Reference | null> {
  const { customer } = parties
  return {
    customerid: customer ?? parties.account ?? parties.contact,
    parentaccountid: customer?.table === 'account' ? customer : parties.account,
    parentcontactid: customer?.table === 'contact' ? customer : parties.contact,
  }
}
