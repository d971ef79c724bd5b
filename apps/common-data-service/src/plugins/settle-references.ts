import type { PluginContext, TableEvent } from '@p2c/dataverse'
import { type HubTable, ORGANIZATION, OWN_ORGANIZATION, type Reference, type Target } from '../tables/hub-table.ts'
import { type FoundRow, type FoundRows, findTargets, type WantedRow } from './find-targets.ts'
import { refuseMissing, refuseStray } from './refusals.ts'
import { nextText, sameText, settle } from './row-values.ts'

/** Columns with the organisation of a row and of what it refers to, the one that counts first. */
export const organizationColumns = (hub: HubTable): readonly string[] => [
  ...new Set([
    hub.organizationColumn,
    ...(hub.organizationLookup === undefined ? [] : [OWN_ORGANIZATION]),
    ...hub.references.map((reference) => reference.organizationColumn),
  ]),
]

/** Columns that say what a row refers to; a write of one of them settles them all. */
export const referenceColumns = (hub: HubTable): readonly string[] => [
  ...organizationColumns(hub),
  ...hub.references.map((reference) => reference.column),
]

/**
 * Finds what the rows of a write refer to, and writes it down twice: as the other row spells its key, and as the lookup that keeps that row
 * from being deleted. An organisation that is not given is the one the row lives in; another one, and what is not there, is refused.
 * One statement for each table referred to, whatever the number of rows. Source: templates 8 and 2.4 (compared without case and outer blanks).
 */
export async function settleReferences(hub: HubTable, events: readonly TableEvent[], sql: PluginContext['sql']): Promise<void> {
  await settleOrganizations(hub, events, sql)
  for (const { target, references } of byTarget(hub.references)) {
    const named = events.flatMap((event) => references.map((reference) => ({ event, reference })))
    const wanted = named.map(({ event, reference }) => wantedBy(hub, event, reference)).filter(({ value }) => value !== '')
    const copies = references.find((reference) => reference.copies !== undefined)?.copies?.from
    const found = await findTargets(sql, { target, wanted, copies })
    for (const { event, reference } of named) settleReference(hub, event, { reference, found })
  }
}

/** The organisation of the row itself is the first of its columns that says one. */
async function settleOrganizations(hub: HubTable, events: readonly TableEvent[], sql: PluginContext['sql']): Promise<void> {
  const columns = organizationColumns(hub)
  const homes = events.map((event) => columns.map((column) => nextText(event, column)).find((value) => value !== '') ?? '')
  const wanted = homes.filter((home) => home !== '').map((home): WantedRow => ({ organization: home, value: home }))
  const found = await findTargets(sql, { target: ORGANIZATION, wanted })
  for (const [at, event] of events.entries()) {
    const home = homes[at] ?? ''
    if (home === '') {
      // Without any organisation the row lacks its key: the platform says so.
      for (const column of columns) settle(event, column, null)
      continue
    }
    for (const column of columns) refuseOther(hub, event, { column, home })
    const organization = found.get({ organization: home, value: home })
    if (organization === undefined)
      refuseMissing({ table: hub.target.table, column: hub.organizationColumn, value: home, entitySet: ORGANIZATION.entitySetName })
    for (const column of columns) settle(event, column, organization.value)
    if (hub.organizationLookup !== undefined) settleLookup(event, hub.organizationLookup, { target: ORGANIZATION, row: organization })
  }
}

function refuseOther(hub: HubTable, event: TableEvent, at: { readonly column: string; readonly home: string }): void {
  const value = nextText(event, at.column)
  if (value === '' || sameText(value, at.home)) return
  refuseStray({ table: hub.target.table, column: at.column, value, home: hub.organizationColumn, organization: at.home })
}

const wantedBy = (hub: HubTable, event: TableEvent, reference: Reference): WantedRow => ({
  organization: nextText(event, hub.organizationColumn),
  value: nextText(event, reference.column),
})

function settleReference(hub: HubTable, event: TableEvent, at: { readonly reference: Reference; readonly found: FoundRows }): void {
  const { reference, found } = at
  const { column, target, copies } = reference
  const wanted = wantedBy(hub, event, reference)
  if (wanted.value === '') {
    settle(event, column, null)
    settle(event, reference.lookup, null)
    return
  }
  const row = found.get(wanted)
  if (row === undefined) {
    // The row lacks its own organisation: that is what it will be refused for.
    if (wanted.organization === '') return
    refuseMissing({ table: hub.target.table, column, ...wanted, entitySet: target.entitySetName })
  }
  // A row that comes to refer to another one takes over its text; one that says it itself, or stays where it is, keeps its own.
  const isNew = lookupId(event, reference.lookup) !== row.id
  if (copies !== undefined && isNew && event.target[copies.to] == null) event.target[copies.to] = row.copied
  settle(event, column, row.value)
  settleLookup(event, reference.lookup, { target, row })
}

const lookupId = (event: TableEvent, column: string): string | undefined => {
  const stored = event.before?.[column]
  return typeof stored === 'object' && stored !== null ? stored.id : undefined
}

function settleLookup(event: TableEvent, column: string, to: { readonly target: Target; readonly row: FoundRow }): void {
  if (lookupId(event, column) !== to.row.id) event.target[column] = { table: to.target.table, id: to.row.id }
}

/** References to one table are looked up together. */
const byTarget = (references: readonly Reference[]): readonly { readonly target: Target; readonly references: readonly Reference[] }[] =>
  [...Map.groupBy(references, (reference) => reference.target.table).values()].flatMap((group) =>
    group[0] === undefined ? [] : [{ target: group[0].target, references: group }],
  )
