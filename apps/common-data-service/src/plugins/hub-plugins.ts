import type { Plugin } from '@p2c/dataverse'
import { type HubTable, ORGANIZATION, OWN_ORGANIZATION, type Target } from '../tables/hub-table.ts'
import { HUB_TABLES } from '../tables/hub-tables.ts'
import { keepKeys, type Referrer } from './keep-keys.ts'
import { referenceColumns, settleReferences } from './settle-references.ts'
import { dropBlankKeys, settleMembers } from './settle-words.ts'

/** The rules of the hub: closed lists, references by value, keys that stay while others refer to them. */
export const hubPlugins = (): readonly Plugin[] => [
  ...HUB_TABLES.flatMap((hub) => [
    settlingOnCreate(hub),
    ...settlingOnUpdate(hub),
    ...renaming(hub.target, [hub.organizationColumn, hub.target.keyColumn]),
  ]),
  ...organizationPlugins(),
]

function settlingOnCreate(hub: HubTable): Plugin {
  return {
    name: `settle-${hub.target.table}`,
    table: hub.target.table,
    message: 'create',
    stage: 'pre-operation',
    run: async (events, { sql }) => {
      settleMembers(hub, events)
      dropBlankKeys(ownKeys(hub), events)
      await settleReferences(hub, events, sql)
    },
  }
}

function settlingOnUpdate(hub: HubTable): readonly Plugin[] {
  const { table } = hub.target
  const common = { table, message: 'update', stage: 'pre-operation' } as const
  const columns = referenceColumns(hub)
  return [
    {
      ...common,
      name: `settle-members-${table}`,
      columns: [...hub.lists.keys(), ...ownKeys(hub)],
      reads: [],
      run: async (events) => {
        settleMembers(hub, events)
        dropBlankKeys(ownKeys(hub), events)
      },
    },
    {
      ...common,
      name: `settle-references-${table}`,
      columns,
      reads: [...columns, ...lookupColumns(hub)],
      run: (events, { sql }) => settleReferences(hub, events, sql),
    },
  ]
}

/** Only tables that others refer to. */
function renaming(target: Target, keys: readonly string[]): readonly Plugin[] {
  const referrers = referrersOf(target)
  if (referrers.length === 0) return []
  return [
    {
      name: `keep-keys-${target.table}`,
      table: target.table,
      message: 'update',
      stage: 'pre-operation',
      columns: keys,
      reads: keys,
      run: (events, { sql }) => keepKeys({ target, keys, referrers }, events, sql),
    },
  ]
}

function organizationPlugins(): readonly Plugin[] {
  const keys = [ORGANIZATION.keyColumn]
  const common = {
    table: ORGANIZATION.table,
    stage: 'pre-operation',
    run: async (events) => dropBlankKeys(keys, events),
  } as const satisfies Partial<Plugin>
  return [
    { ...common, name: 'key-of-organization', message: 'create' },
    { ...common, name: 'key-of-renamed-organization', message: 'update', columns: keys, reads: [] },
    ...renaming(ORGANIZATION, keys),
  ]
}

/** The organisation's columns are seen to where they are looked up. */
const ownKeys = (hub: HubTable): readonly string[] => (isLine(hub) ? [] : [hub.target.keyColumn])

const isLine = (hub: HubTable): boolean => hub.organizationColumn !== OWN_ORGANIZATION

const lookupColumns = (hub: HubTable): readonly string[] => [
  ...(hub.organizationLookup === undefined ? [] : [hub.organizationLookup]),
  ...hub.references.map((reference) => reference.lookup),
]

const referrersOf = (target: Target): readonly Referrer[] =>
  HUB_TABLES.flatMap((hub): readonly Referrer[] => {
    const { table } = hub.target
    if (target.table === ORGANIZATION.table) return hub.organizationLookup === undefined ? [] : [{ table, lookup: hub.organizationLookup }]
    return hub.references.filter((reference) => reference.target.table === target.table).map(({ lookup }) => ({ table, lookup }))
  })
