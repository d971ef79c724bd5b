import { type AppAction, readReferenceParameter } from '@p2c/dataverse'
import { lockOpenLead, qualifyLead } from '../plugins/prospects/lead-qualification.ts'

/** Turns a lead into account, contact and opportunity. Source: Sales 2.1, wire specification 15, DV-106. */
const qualify: AppAction = {
  name: 'QualifyLead',
  binding: { table: 'lead' },
  parameters: [
    { name: 'CreateAccount', type: 'Edm.Boolean' },
    { name: 'CreateContact', type: 'Edm.Boolean' },
    { name: 'CreateOpportunity', type: 'Edm.Boolean' },
    { name: 'OpportunityCurrencyId', type: 'mscrm.transactioncurrency', optional: true },
    { name: 'OpportunityCustomerId', type: 'mscrm.crmbaseentity', optional: true },
    { name: 'SourceCampaignId', type: 'mscrm.campaign', optional: true },
    { name: 'Status', type: 'Edm.Int32' },
    // Business process flows are not kept: taken and left alone.
    { name: 'ProcessInstanceId', type: 'mscrm.crmbaseentity', optional: true },
  ],
  returns: 'Collection(mscrm.crmbaseentity)',
  run: async (context, parameters) => {
    const { service, boundId = '' } = context
    const lead = await lockOpenLead(service, boundId)
    const record = (name: string, ...tables: readonly string[]) =>
      readReferenceParameter(context, { name, value: parameters[name], tables })
    const records = await qualifyLead(service, lead, {
      createAccount: parameters.CreateAccount === true,
      createContact: parameters.CreateContact === true,
      createOpportunity: parameters.CreateOpportunity === true,
      status: Number(parameters.Status),
      mayCreateAccounts: context.hasPrivilege('prvCreateAccount'),
      currency: await record('OpportunityCurrencyId', 'transactioncurrency'),
      customer: await record('OpportunityCustomerId', 'account', 'contact'),
      campaign: await record('SourceCampaignId', 'campaign'),
    })
    return { kind: 'records', records }
  },
}

/** Actions of leads. */
export const leadActions: readonly AppAction[] = [qualify]
