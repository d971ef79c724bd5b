import type { RuleRefusal } from '../refusal.ts'

export const LIST_NOT_ACTIVE = (list: string): RuleRefusal => ({
  code: '0x80040304',
  message: `List '${list}' is inactive and cannot be associated with a campaign.`,
})

export const ALREADY_RELATED = (list: string): RuleRefusal => ({
  code: '0x80040237',
  status: 412,
  message: `List '${list}' is in the campaign already.`,
})

export const NOT_RELATED = (campaign: string, item: string): RuleRefusal => ({
  code: '0x8004030e',
  message: `${item} is not related to campaign '${campaign}'.`,
})

export const RESPONSE_WITHOUT_CAMPAIGN: RuleRefusal = {
  code: '0x8004030a',
  message: "A campaign response belongs to a campaign: 'regardingobjectid' is a required field.",
}

export const RESPONSE_CAMPAIGN_FIXED: RuleRefusal = {
  code: '0x8004030c',
  message: 'The campaign of a campaign response cannot be changed.',
}

export const RESPONSE_NOT_OPEN = (response: string): RuleRefusal => ({
  code: '0x80040203',
  message: `Campaign response '${response}' is closed: it cannot be converted again.`,
})

/** Columns that a copied campaign takes over; it gets a code of its own and begins as proposed. */
export const COPIED_CAMPAIGN_COLUMNS = [
  'name',
  'typecode',
  'proposedstart',
  'proposedend',
  'budgetedcost',
  'othercost',
  'expectedrevenue',
  'expectedresponse',
  'promotioncodename',
  'objective',
  'description',
  'pricelistid',
  'transactioncurrencyid',
  'ownerid',
] as const

/** Columns of a campaign response that its copy takes over. */
export const COPIED_RESPONSE_COLUMNS = [
  'subject',
  'description',
  'regardingobjectid',
  'customer',
  'firstname',
  'lastname',
  'companyname',
  'emailaddress',
  'telephone',
  'fax',
  'responsecode',
  'promotioncodename',
  'receivedon',
  'prioritycode',
  'ownerid',
] as const

/** Reason "Closed" of a converted response. */
export const RESPONSE_CLOSED = { statecode: 1, statuscode: 2 } as const

/** Columns of a lead that come from a campaign response. Source: derived, the fields that both have. */
export const RESPONSE_TO_LEAD = [
  ['subject', 'subject'],
  ['firstname', 'firstname'],
  ['lastname', 'lastname'],
  ['companyname', 'companyname'],
  ['emailaddress', 'emailaddress1'],
  ['telephone', 'telephone1'],
  ['fax', 'fax'],
  ['description', 'description'],
  ['ownerid', 'ownerid'],
] as const
