import { type PluginContext, type Row, type RowReference, refuse } from '@p2c/dataverse'
import {
  COPIED_CAMPAIGN_COLUMNS,
  COPIED_RESPONSE_COLUMNS,
  RESPONSE_CLOSED,
  RESPONSE_NOT_OPEN,
  RESPONSE_TO_LEAD,
} from '../../domain/prospects/marketing-campaign.ts'
import { enforce, idOf } from '../row-values.ts'
import { addListToCampaign } from './marketing-members.ts'

type Service = PluginContext['service']

async function lockRow(service: Service, table: string, row: { readonly key: string; readonly id: string }): Promise<Row> {
  const [found] = await service.find({ table, where: { [row.key]: row.id }, forUpdate: true })
  if (found === undefined) refuse({ code: '0x80040217', status: 404, message: `${table} With Id = ${row.id} Does Not Exist` })
  return found
}

const lockResponse = (service: Service, id: string): Promise<Row> => lockRow(service, 'campaignresponse', { key: 'activityid', id })

const filled = (row: Row, columns: readonly string[]): Row =>
  Object.fromEntries(columns.flatMap((column) => (row[column] == null ? [] : [[column, row[column]]])))

/**
 * Turns an open campaign response into a lead of its campaign and closes the response, which names the lead as its customer; gives
 * the lead. A response from an account or contact makes these the parents of the lead. Derived: the public record has no such message.
 */
export async function convertResponse(service: Service, responseId: string): Promise<RowReference> {
  const response = await lockResponse(service, responseId)
  if (response.statecode !== 0) enforce(RESPONSE_NOT_OPEN(String(response.subject ?? responseId)))
  const customer = typeof response.customer === 'object' ? response.customer : null
  const mapped = RESPONSE_TO_LEAD.flatMap(([from, to]) => (response[from] == null ? [] : [[to, response[from]] as const]))
  const [id = ''] = await service.create('lead', [
    {
      ...Object.fromEntries(mapped),
      campaignid: response.regardingobjectid ?? null,
      ...(customer?.table === 'account' && { parentaccountid: customer }),
      ...(customer?.table === 'contact' && { parentcontactid: customer }),
    },
  ])
  const lead: RowReference = { table: 'lead', id }
  await service.update('campaignresponse', [
    { id: responseId, values: { ...RESPONSE_CLOSED, ...(customer === null && { customer: lead }) } },
  ])
  return lead
}

/** An open copy of a campaign response; gives its id. */
export async function copyResponse(service: Service, responseId: string): Promise<string> {
  const response = await lockResponse(service, responseId)
  const [id = ''] = await service.create('campaignresponse', [filled(response, COPIED_RESPONSE_COLUMNS)])
  return id
}

/** A proposed copy of a campaign with a code of its own and the same lists; gives its id. */
export async function copyCampaign(service: Service, campaignId: string): Promise<string> {
  const campaign = await lockRow(service, 'campaign', { key: 'campaignid', id: campaignId })
  const [id = ''] = await service.create('campaign', [filled(campaign, COPIED_CAMPAIGN_COLUMNS)])
  const items = await service.find({ table: 'campaignitem', columns: ['listid'], where: { campaignid: campaignId } })
  const lists = await service.find({
    table: 'list',
    columns: ['statecode'],
    where: { listid: items.flatMap((item) => idOf(item.listid) ?? []) },
  })
  for (const list of lists) if (list.statecode !== 1) await addListToCampaign(service, String(list.listid), id)
  return id
}
