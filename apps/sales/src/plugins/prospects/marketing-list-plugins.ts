import type { Plugin, PluginContext, Row, TableEvent } from '@p2c/dataverse'
import {
  ALREADY_A_MEMBER,
  LIST_KIND_FIXED,
  type MarketingList,
  MEMBER_FIXED,
  memberTableOf,
  memberTypeOf,
  refuseMarketingList,
  refuseMember,
  refuseMemberChange,
} from '../../domain/prospects/marketing-list.ts'
import { byId, changes, enforce, idOf, nextIds, nextValue, referenceOf, textOf } from '../row-values.ts'

const LIST_COLUMNS = ['listname', 'type', 'createdfromcode', 'lockstatus', 'query', 'statecode', 'membercount'] as const

const toList = (read: (column: string) => Row[string]): MarketingList => ({
  name: String(read('listname') ?? ''),
  isDynamic: read('type') === true,
  isLocked: read('lockstatus') === true,
  isActive: read('statecode') !== 1,
  query: textOf(read('query')),
  memberTable: memberTableOf(read('createdfromcode')),
})

/** A stored list as its rules see it. */
export const listOf = (row: Row): MarketingList => toList((column) => row[column] ?? null)

/** Lists with what their rules look at, locked until the transaction ends: counts and checks hold for writers at once. */
export const lockLists = async (service: PluginContext['service'], ids: readonly string[]): Promise<ReadonlyMap<string, Row>> =>
  ids.length === 0
    ? new Map()
    : byId(await service.find({ table: 'list', columns: LIST_COLUMNS, where: { listid: ids }, forUpdate: true }), 'listid')

async function checkLists(events: readonly TableEvent[]): Promise<void> {
  for (const event of events) {
    const list = toList((column) => nextValue(event, column))
    if (event.before !== undefined) {
      if (event.target.type !== undefined && changes(event, 'type')) enforce(LIST_KIND_FIXED(list.name, 'type'))
      const isFilled = Number(event.before.membercount ?? 0) > 0
      if (isFilled && changes(event, 'createdfromcode')) enforce(LIST_KIND_FIXED(list.name, 'createdfromcode'))
    }
    enforce(refuseMarketingList(list))
  }
}

const listIds = (events: readonly TableEvent[]): readonly string[] => [
  ...new Set(events.flatMap((event) => idOf(event.before?.listid ?? event.target.listid) ?? [])),
]

/** New members are rows of the list's kind, each once, on a static list that is open. */
async function checkMembers(events: readonly TableEvent[], context: PluginContext): Promise<void> {
  const lists = await lockLists(context.service, nextIds(events, 'listid'))
  const taken = await membersOf(context, events)
  for (const { target } of events) {
    const member = referenceOf(target.entityid)
    const listId = idOf(target.listid) ?? ''
    const row = lists.get(listId)
    if (row === undefined || member === null) continue // The platform refuses a row without them.
    const list = listOf(row)
    enforce(refuseMemberChange(list) ?? refuseMember(list, member.table))
    const key = `${listId} ${member.id}`
    if (taken.has(key)) enforce(ALREADY_A_MEMBER(list.name, `${member.table} ${member.id}`))
    taken.add(key)
    target.entitytype = memberTypeOf(member.table) ?? null
  }
}

async function membersOf(context: PluginContext, events: readonly TableEvent[]): Promise<Set<string>> {
  const found = await context.sql.query<{ list: string; member: string }>(
    'select listid as list, entityid as member from listmember where listid = any($1::uuid[]) and entityid = any($2::uuid[])',
    [nextIds(events, 'listid'), nextIds(events, 'entityid')],
  )
  return new Set(found.rows.map((row) => `${row.list} ${row.member}`))
}

async function refuseMoves(events: readonly TableEvent[]): Promise<void> {
  for (const event of events) {
    if (['listid', 'entityid', 'entitytype'].some((column) => changes(event, column))) enforce(MEMBER_FIXED)
  }
}

/** A member leaves by hand only where the list allows it; with the list or with its own row it always goes. */
async function checkLeaving(events: readonly TableEvent[], context: PluginContext): Promise<void> {
  const lists = await lockLists(context.service, listIds(events))
  if (context.depth > 1) return
  for (const row of lists.values()) enforce(refuseMemberChange(listOf(row)))
}

/** Counts the members of the lists again. */
async function countMembers(events: readonly TableEvent[], context: PluginContext): Promise<void> {
  const ids = listIds(events)
  const counts = await context.sql.query<{ id: string; n: string }>(
    'select listid as id, count(*) as n from listmember where listid = any($1::uuid[]) group by listid',
    [ids],
  )
  const byList = new Map(counts.rows.map((row) => [row.id, Number(row.n)]))
  await context.service.update(
    'list',
    ids.map((id) => ({ id, values: { membercount: byList.get(id) ?? 0 } })),
  )
}

const member = { table: 'listmember', stage: 'pre-operation' } as const

/** Marketing lists and their members. Source: Sales 1.13. */
export const marketingListPlugins: readonly Plugin[] = [
  { table: 'list', name: 'marketing list', message: 'create', stage: 'pre-operation', run: checkLists },
  {
    table: 'list',
    name: 'marketing list',
    message: 'update',
    stage: 'pre-operation',
    columns: ['type', 'query', 'lockstatus', 'createdfromcode'],
    reads: LIST_COLUMNS,
    run: checkLists,
  },
  { ...member, name: 'list member', message: 'create', run: checkMembers },
  { ...member, name: 'list member', message: 'update', run: refuseMoves },
  { ...member, name: 'list member', message: 'delete', run: checkLeaving },
  { table: 'listmember', name: 'member count', message: 'create', stage: 'post-operation', run: countMembers },
  { table: 'listmember', name: 'member count', message: 'delete', stage: 'post-operation', run: countMembers },
]
