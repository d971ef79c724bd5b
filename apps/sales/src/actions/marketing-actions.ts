import { type ActionContext, type AppAction, readReferenceParameter, readReferencesParameter, refuse } from '@p2c/dataverse'
import { MEMBER_TABLE_NAMES } from '../domain/prospects/marketing-list.ts'
import { addListToCampaign, addMembers, memberOf, removeListFromCampaign, removeMember } from '../plugins/prospects/marketing-members.ts'
import { convertResponse, copyCampaign, copyResponse } from '../plugins/prospects/marketing-responses.ts'

const LIST = { table: 'list' } as const
const CAMPAIGN = { table: 'campaign' } as const
const RESPONSE = { table: 'campaignresponse' } as const

const ENTITY_ID = { name: 'EntityId', type: 'Edm.Guid' } as const

/** A record parameter that the action cannot do without. */
async function recordOf(
  context: ActionContext,
  parameter: { readonly name: string; readonly value: unknown; readonly table: string },
): Promise<string> {
  const { name, value, table } = parameter
  const found = await readReferenceParameter(context, { name, value, tables: [table] })
  if (found === undefined) refuse({ code: '0x80048d19', message: `The parameter '${name}' is missing.` })
  return found.id
}

/** Members of marketing lists. Source: public Web API reference; the binding of RemoveMemberList is derived from its twin. */
const memberActions: readonly AppAction[] = [
  {
    name: 'AddMemberList',
    binding: LIST,
    parameters: [ENTITY_ID],
    returns: 'mscrm.AddMemberListResponse',
    returnMembers: [{ name: 'Id', type: 'Edm.Guid' }],
    run: async ({ service, boundId = '' }, parameters) => {
      const member = await memberOf(service, boundId, String(parameters.EntityId))
      const [id = ''] = await addMembers(service, boundId, [member])
      return { kind: 'value', type: 'Microsoft.Dynamics.CRM.AddMemberListResponse', value: { Id: id } }
    },
  },
  {
    name: 'AddListMembersList',
    binding: 'unbound',
    parameters: [
      { name: 'List', type: 'mscrm.list' },
      { name: 'Members', type: 'Collection(mscrm.crmbaseentity)' },
    ],
    run: async (context, parameters) => {
      const listId = await recordOf(context, { name: 'List', value: parameters.List, table: 'list' })
      const members = await readReferencesParameter(context, { name: 'Members', value: parameters.Members, tables: MEMBER_TABLE_NAMES })
      await addMembers(context.service, listId, members)
      return undefined
    },
  },
  {
    name: 'RemoveMemberList',
    binding: LIST,
    parameters: [ENTITY_ID],
    run: async ({ service, boundId = '' }, parameters) => {
      await removeMember(service, boundId, String(parameters.EntityId))
      return undefined
    },
  },
]

/** Lists of campaigns, and copies. Source: public Web API reference; the binding of RemoveItemCampaign is derived. */
const campaignActions: readonly AppAction[] = [
  {
    name: 'AddItemCampaign',
    binding: LIST,
    parameters: [{ name: 'Campaign', type: 'mscrm.campaign' }],
    returns: 'mscrm.campaignitem',
    run: async (context, parameters) => {
      const campaignId = await recordOf(context, { name: 'Campaign', value: parameters.Campaign, table: 'campaign' })
      const id = await addListToCampaign(context.service, context.boundId ?? '', campaignId)
      return { kind: 'record', table: 'campaignitem', id }
    },
  },
  {
    name: 'RemoveItemCampaign',
    binding: CAMPAIGN,
    parameters: [ENTITY_ID],
    run: async ({ service, boundId = '' }, parameters) => {
      await removeListFromCampaign(service, String(parameters.EntityId), boundId)
      return undefined
    },
  },
  {
    name: 'CopyCampaign',
    binding: CAMPAIGN,
    parameters: [{ name: 'SaveAsTemplate', type: 'Edm.Boolean' }],
    returns: 'mscrm.campaign',
    run: async ({ service, boundId = '' }, parameters) => {
      if (parameters.SaveAsTemplate === true) {
        refuse({ code: '0x80040203', message: "There are no campaign templates: call CopyCampaign with 'SaveAsTemplate' false." })
      }
      return { kind: 'record', table: 'campaign', id: await copyCampaign(service, boundId) }
    },
  },
]

/** Campaign responses. `ConvertCampaignResponseToLead` is derived: the public record has no message for it. */
const responseActions: readonly AppAction[] = [
  {
    name: 'CopyCampaignResponse',
    binding: RESPONSE,
    parameters: [],
    returns: 'mscrm.campaignresponse',
    run: async ({ service, boundId = '' }) => ({ kind: 'record', table: 'campaignresponse', id: await copyResponse(service, boundId) }),
  },
  {
    name: 'ConvertCampaignResponseToLead',
    binding: RESPONSE,
    parameters: [],
    returns: 'mscrm.lead',
    run: async ({ service, boundId = '' }) => ({ kind: 'record', table: 'lead', id: (await convertResponse(service, boundId)).id }),
  },
]

/** Actions of marketing lists, campaigns and campaign responses. */
export const marketingActions: readonly AppAction[] = [...memberActions, ...campaignActions, ...responseActions]
