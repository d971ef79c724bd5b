import { type PluginContext, type Row, type RowReference, refuse } from '@p2c/dataverse'
import { LIST_NOT_ACTIVE, NOT_RELATED } from '../../domain/prospects/marketing-campaign.ts'
import { MEMBER_TABLE_NAMES, NOT_A_MEMBER, refuseMemberChange } from '../../domain/prospects/marketing-list.ts'
import { enforce, textOf } from '../row-values.ts'
import { listOf, lockLists } from './marketing-list-plugins.ts'

type Service = PluginContext['service']

/** A list that is there, locked until the transaction ends. */
async function lockList(service: Service, listId: string): Promise<Row> {
  const list = (await lockLists(service, [listId])).get(listId)
  if (list === undefined) refuse({ code: '0x80040217', status: 404, message: `list With Id = ${listId} Does Not Exist` })
  return list
}

/**
 * Adds rows to a static list and gives the ids of their memberships, in the order given. Who is a member stays one: adding again
 * changes nothing. Refuses a list that is dynamic, locked or inactive, and rows of another kind. Source: Sales 1.13.
 */
export async function addMembers(service: Service, listId: string, members: readonly RowReference[]): Promise<readonly string[]> {
  const list = await lockList(service, listId)
  enforce(refuseMemberChange(listOf(list)))
  const known = await memberships(service, listId, members)
  const added = [...new Map(members.filter((member) => !known.has(member.id)).map((member) => [member.id, member])).values()]
  const reference: RowReference = { table: 'list', id: listId }
  const ids = await service.create(
    'listmember',
    added.map((member): Row => ({ listid: reference, entityid: member })),
  )
  added.forEach((member, at) => {
    known.set(member.id, ids[at] ?? '')
  })
  return members.map((member) => known.get(member.id) ?? '')
}

async function memberships(service: Service, listId: string, members: readonly RowReference[]): Promise<Map<string, string>> {
  if (members.length === 0) return new Map()
  const stored = await service.find({ table: 'listmember', columns: ['entityid'], where: { listid: listId, entityid: members } })
  return new Map(
    stored.flatMap((row) =>
      typeof row.entityid === 'object' && row.entityid !== null ? [[row.entityid.id, String(row.listmemberid)]] : [],
    ),
  )
}

/** The member that an id means on a list: a row of the list's kind. Refused by 404 where there is none. */
export async function memberOf(service: Service, listId: string, entityId: string): Promise<RowReference> {
  const list = listOf(await lockList(service, listId))
  const tables = MEMBER_TABLE_NAMES.toSorted((a) => (a === list.memberTable ? -1 : 0))
  for (const table of tables) {
    const found = await service.find({ table, columns: [], where: { [`${table}id`]: entityId }, limit: 1 })
    if (found.length > 0) return { table, id: entityId }
  }
  refuse({ code: '0x80040217', status: 404, message: `${list.memberTable ?? 'member'} With Id = ${entityId} Does Not Exist` })
}

/** Takes a row off a static list. Refuses one that is not on it. */
export async function removeMember(service: Service, listId: string, entityId: string): Promise<void> {
  const list = await lockList(service, listId)
  enforce(refuseMemberChange(listOf(list)))
  const members = await service.find({ table: 'listmember', columns: ['entityid'], where: { listid: listId } })
  const found = members.filter((row) => typeof row.entityid === 'object' && row.entityid?.id === entityId)
  if (found.length === 0) enforce(NOT_A_MEMBER(String(list.listname), entityId))
  await service.delete(
    'listmember',
    found.map((row) => String(row.listmemberid)),
  )
}

/** Puts a list into a campaign and gives the id of the link; a list that is in it stays in it. */
export async function addListToCampaign(service: Service, listId: string, campaignId: string): Promise<string> {
  const list = await lockList(service, listId)
  if (list.statecode === 1) enforce(LIST_NOT_ACTIVE(String(list.listname)))
  const links = await service.find({ table: 'campaignitem', columns: [], where: { listid: listId, campaignid: campaignId }, limit: 1 })
  if (links[0] !== undefined) return String(links[0].campaignitemid)
  const [id = ''] = await service.create('campaignitem', [
    { listid: { table: 'list', id: listId }, campaignid: { table: 'campaign', id: campaignId } },
  ])
  return id
}

/** Takes a list out of a campaign. Refuses one that is not in it. */
export async function removeListFromCampaign(service: Service, listId: string, campaignId: string): Promise<void> {
  const [campaign] = await service.find({ table: 'campaign', columns: ['name'], where: { campaignid: campaignId } })
  const links = await service.find({ table: 'campaignitem', columns: [], where: { listid: listId, campaignid: campaignId } })
  if (links.length === 0) enforce(NOT_RELATED(textOf(campaign?.name ?? null) ?? campaignId, `list ${listId}`))
  await service.delete(
    'campaignitem',
    links.map((row) => String(row.campaignitemid)),
  )
}
