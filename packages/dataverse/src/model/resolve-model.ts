import { modelError } from '../errors/platform-error.ts'
import { checkDefinitions } from './check-model.ts'
import { COMMON_COLUMNS, moneyColumns, ownerColumns } from './common-columns.ts'
import { type Column, type ColumnOrigin, type Model, type Navigation, quoteName, type Referrer, type Table } from './resolved-model.ts'
import type { ColumnDefinition, TableDefinition } from './table.ts'

/**
 * The model that everything else is derived from: each table with its key, common, owner and money columns and its navigation
 * properties both ways. Throws `table-definitions-inconsistent` with every problem of all definitions.
 */
export function resolveModel(definitions: readonly TableDefinition[]): Model {
  const columns = new Map(definitions.map((definition) => [definition.logicalName, allColumns(definition)]))
  const problems = checkDefinitions(definitions, columns)
  if (problems.length > 0) throw modelError(problems)
  const referrers = collectReferrers(columns)
  const tables = new Map(
    definitions.map((definition) => {
      const own = columns.get(definition.logicalName) ?? []
      return [definition.logicalName, toTable(definition, own, referrers.get(definition.logicalName) ?? [])]
    }),
  )
  return { tables, bySet: new Map([...tables.values()].map((table) => [table.entitySetName, table])) }
}

/** Key, own, owner, money and common columns; a column that the definition itself describes is not added again. */
function allColumns(definition: TableDefinition): readonly Column[] {
  const key: ColumnDefinition = { name: definition.primaryId, label: definition.label, type: 'guid', required: 'system' }
  const groups: readonly (readonly [ColumnOrigin, readonly ColumnDefinition[]])[] = [
    ['key', [key]],
    ['own', definition.columns],
    ['owner', ownerColumns(definition)],
    ['money', moneyColumns(definition)],
    ['common', COMMON_COLUMNS],
  ]
  const seen = new Set<string>()
  return groups.flatMap(([origin, group]) =>
    group.flatMap((column) => {
      if (origin !== 'own' && seen.has(column.name)) return []
      seen.add(column.name)
      return [toColumn(column, origin)]
    }),
  )
}

function toColumn(definition: ColumnDefinition, origin: ColumnOrigin): Column {
  const lookup = definition.type === 'lookup'
  return {
    name: definition.name,
    property: lookup ? `_${definition.name}_value` : definition.name,
    type: definition.type,
    definition,
    origin,
    sql: quoteName(definition.name),
    ...(lookup && definition.targets.length > 1 && { sqlTarget: quoteName(`${definition.name}__table`) }),
    readOnly: definition.readOnly ?? false,
    ...(origin === 'money' && definition.type === 'money' && { baseOf: definition.name.slice(0, -'_base'.length) }),
    targets: lookup ? definition.targets : [],
  }
}

function collectReferrers(columns: ReadonlyMap<string, readonly Column[]>): Map<string, Referrer[]> {
  const byTarget = new Map<string, Referrer[]>()
  for (const [source, list] of columns) {
    for (const column of list) {
      for (const target of column.targets) {
        const known = byTarget.get(target.table) ?? []
        known.push({ source, column, target })
        byTarget.set(target.table, known)
      }
    }
  }
  return byTarget
}

function toTable(definition: TableDefinition, columns: readonly Column[], referrers: readonly Referrer[]): Table {
  const byName = new Map(columns.map((column) => [column.name, column]))
  const primaryId = byName.get(definition.primaryId)
  if (primaryId === undefined) throw new TypeError(`table '${definition.logicalName}' has no key column`)
  return {
    logicalName: definition.logicalName,
    entitySetName: definition.entitySetName,
    definition,
    sql: quoteName(definition.logicalName),
    primaryId,
    primaryName: definition.primaryName === undefined ? undefined : byName.get(definition.primaryName),
    columns,
    byName,
    byProperty: new Map(columns.map((column) => [column.property, column])),
    navigations: navigations(columns, referrers),
    referrers,
    keys: definition.alternateKeys,
    moneyColumns: columns.filter((column) => column.type === 'money' && column.baseOf === undefined),
    state: columns.find((column) => column.type === 'state'),
    status: columns.find((column) => column.type === 'status'),
    userOwned: byName.has('ownerid'),
  }
}

function navigations(columns: readonly Column[], referrers: readonly Referrer[]): Map<string, Navigation> {
  const found = new Map<string, Navigation>()
  for (const column of columns) {
    // Several targets may share one name, as `ownerid` does: the first describes it, a bind finds the table by its own set.
    for (const target of column.targets) {
      if (!found.has(target.navigation)) found.set(target.navigation, { kind: 'single', name: target.navigation, column, target })
    }
  }
  for (const { source, column, target } of referrers) {
    if (target.collection !== undefined)
      found.set(target.collection, { kind: 'collection', name: target.collection, source, column, target })
  }
  return found
}
