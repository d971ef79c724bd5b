import { modelError } from '../errors/platform-error.ts'
import { checkDefinitions } from './check-model.ts'
import { COMMON_COLUMNS, moneyColumns, ownerColumns } from './common-columns.ts'
import { intersectTable, type ManyToManyDefinition, relationsOf, type TableRelation } from './many-to-many.ts'
import { type Column, type ColumnOrigin, type Model, type Navigation, quoteName, type Referrer, type Table } from './resolved-model.ts'
import type { ColumnDefinition, TableDefinition } from './table.ts'

/**
 * The model that everything else is derived from: each table with its key, common, owner and money columns and its navigation
 * properties both ways; the pairs of many-to-many relationships are tables too. Throws `table-definitions-inconsistent` with every problem of
 * all definitions.
 */
export function resolveModel(given: readonly TableDefinition[], relations: readonly ManyToManyDefinition[] = []): Model {
  const definitions = [...given, ...relations.map(intersectTable)]
  const columns = new Map(definitions.map((definition) => [definition.logicalName, allColumns(definition)]))
  const problems = checkDefinitions(definitions, columns, relations)
  if (problems.length > 0) throw modelError(problems)
  const referrers = collectReferrers(columns)
  const tables: Map<string, Table> = new Map(
    definitions.map((definition) => {
      const name = definition.logicalName
      const shape = { columns: columns.get(name) ?? [], referrers: referrers.get(name) ?? [], relations }
      const noun = privilegeNoun(definition, { definitions, columns })
      return [name, toTable(definition, { ...shape, noun, tableNamed: (other) => tables.get(other) })]
    }),
  )
  return { tables, bySet: new Map([...tables.values()].map((table) => [table.entitySetName, table])), relations }
}

/** Lines of a document have its privileges. Source: Sales specification 7. */
function privilegeNoun(
  definition: TableDefinition,
  all: { readonly definitions: readonly TableDefinition[]; readonly columns: ReadonlyMap<string, readonly Column[]> },
): string {
  if (definition.privilegeName !== undefined) return definition.privilegeName
  const name = definition.logicalName
  const cascading = definition.ownership === 'parent' ? all.columns.get(name)?.flatMap((column) => column.targets) : undefined
  const parentName = cascading?.find((target) => target.onDelete === 'cascade' && target.table !== name)?.table
  const parent = all.definitions.find((candidate) => candidate.logicalName === parentName)
  if (parent !== undefined) return privilegeNoun(parent, all)
  return name.includes('_') ? name : `${name.charAt(0).toUpperCase()}${name.slice(1)}`
}

/** Key, own, owner, money and common columns; a column that the definition itself describes is not added again. */
function allColumns(definition: TableDefinition): readonly Column[] {
  const key: ColumnDefinition = { name: definition.primaryId, label: definition.label, type: 'guid', required: 'system' }
  const groups: readonly (readonly [ColumnOrigin, readonly ColumnDefinition[]])[] = [
    ['key', [key]],
    ['own', definition.columns],
    ['owner', ownerColumns(definition)],
    ['money', moneyColumns(definition)],
    ['common', COMMON_COLUMNS.filter((column) => definition.isIntersect !== true || column.name === 'versionnumber')],
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

function holderOf({ columns, noun, tableNamed }: TableShape): { readonly column: Column; readonly table: Table } | undefined {
  for (const column of columns) {
    const [target] = column.targets
    const table = target?.onDelete === 'cascade' && column.targets.length === 1 ? tableNamed(target.table) : undefined
    if (table?.userOwned === true && table.privilegeName === noun) return { column, table }
  }
  return undefined
}

interface TableShape {
  readonly columns: readonly Column[]
  readonly referrers: readonly Referrer[]
  /** All of the model. */
  readonly relations: readonly ManyToManyDefinition[]
  readonly noun: string
  readonly tableNamed: (name: string) => Table | undefined
}

function toTable(definition: TableDefinition, shape: TableShape): Table {
  const { columns, referrers } = shape
  const relations = relationsOf(shape.relations, definition.logicalName)
  const intersectOf = shape.relations.find((relation) => relation.intersectTable === definition.logicalName)
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
    navigations: navigations(columns, referrers, relations),
    referrers,
    keys: definition.alternateKeys,
    moneyColumns: columns.filter((column) => column.type === 'money' && column.baseOf === undefined),
    state: columns.find((column) => column.type === 'state'),
    status: columns.find((column) => column.type === 'status'),
    userOwned: byName.has('ownerid'),
    relations,
    intersectOf,
    sides: () => (intersectOf?.sides ?? []).flatMap((side) => shape.tableNamed(side.table) ?? []),
    belongsTo: () => (byName.has('ownerid') ? undefined : holderOf(shape)),
    privilegeName: shape.noun,
  }
}

function navigations(
  columns: readonly Column[],
  referrers: readonly Referrer[],
  relations: readonly TableRelation[],
): Map<string, Navigation> {
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
  for (const { relation, own, other } of relations)
    found.set(own.navigation, { kind: 'many', name: own.navigation, source: other.table, relation, own, other })
  return found
}
