import type { Table } from '../model/resolved-model.ts'

/**
 * Schema names of tables whose words do not begin where the logical name begins. One that is not here is its logical name with a capital letter,
 * and, where it has a prefix (`msdynce_…`), the logical name itself. Source: public table reference of Dataverse.
 */
const SCHEMA_NAMES: Readonly<Record<string, string>> = {
  activitypointer: 'ActivityPointer',
  asyncoperation: 'AsyncOperation',
  businessunit: 'BusinessUnit',
  campaignitem: 'CampaignItem',
  campaignresponse: 'CampaignResponse',
  discounttype: 'DiscountType',
  duplicaterule: 'DuplicateRule',
  duplicaterulecondition: 'DuplicateRuleCondition',
  invoicedetail: 'InvoiceDetail',
  listmember: 'ListMember',
  opportunityclose: 'OpportunityClose',
  opportunityproduct: 'OpportunityProduct',
  orderclose: 'OrderClose',
  pricelevel: 'PriceLevel',
  principalobjectaccess: 'PrincipalObjectAccess',
  productassociation: 'ProductAssociation',
  productpricelevel: 'ProductPriceLevel',
  quoteclose: 'QuoteClose',
  quotedetail: 'QuoteDetail',
  roleprivileges: 'RolePrivileges',
  salesorder: 'SalesOrder',
  salesorderdetail: 'SalesOrderDetail',
  savedquery: 'SavedQuery',
  sdkmessage: 'SdkMessage',
  sdkmessagefilter: 'SdkMessageFilter',
  sdkmessageprocessingstep: 'SdkMessageProcessingStep',
  sdkmessageprocessingstepimage: 'SdkMessageProcessingStepImage',
  serviceendpoint: 'ServiceEndpoint',
  systemuser: 'SystemUser',
  systemuserroles: 'SystemUserRoles',
  teammembership: 'TeamMembership',
  teamroles: 'TeamRoles',
  transactioncurrency: 'TransactionCurrency',
  uom: 'UoM',
  uomschedule: 'UoMSchedule',
  userquery: 'UserQuery',
}

export function schemaNameOf({ logicalName }: Pick<Table, 'logicalName'>): string {
  const known = SCHEMA_NAMES[logicalName]
  if (known !== undefined || logicalName.includes('_')) return known ?? logicalName
  return `${logicalName.charAt(0).toUpperCase()}${logicalName.slice(1)}`
}
