import type { ManyToManyDefinition } from './many-to-many.ts'
import type { Column } from './resolved-model.ts'
import type { TableDefinition } from './table.ts'

const NAME = /^[a-z][a-z0-9_]{0,62}$/
const SET_NAME = /^[A-Za-z][A-Za-z0-9_]{0,99}$/

/** Every contradiction of the definitions, as sentences that name table and column; empty when they fit together. */
export function checkDefinitions(
  definitions: readonly TableDefinition[],
  columns: ReadonlyMap<string, readonly Column[]>,
  relations: readonly ManyToManyDefinition[] = [],
): readonly string[] {
  const problems: string[] = []
  problems.push(...repeated(definitions.map((definition) => definition.logicalName)).map((name) => `table '${name}' is described twice`))
  problems.push(
    ...repeated(definitions.map((definition) => definition.entitySetName)).map((name) => `entity set '${name}' belongs to two tables`),
  )
  for (const definition of definitions) {
    const own = columns.get(definition.logicalName) ?? []
    problems.push(...checkTable(definition, own), ...own.flatMap((column) => checkColumn(definition.logicalName, column, columns)))
  }
  problems.push(
    ...relations.flatMap(({ schemaName, sides }) =>
      sides.flatMap((side) =>
        columns.has(side.table) ? [] : [`relationship '${schemaName}': its table '${side.table}' is not described`],
      ),
    ),
  )
  return [...problems, ...checkNavigations(columns, relations)]
}

function checkTable(definition: TableDefinition, columns: readonly Column[]): readonly string[] {
  const problems: string[] = []
  const at = `table '${definition.logicalName}'`
  if (!NAME.test(definition.logicalName)) problems.push(`${at}: the logical name must be lower case letters, digits and underscores`)
  if (!SET_NAME.test(definition.entitySetName)) problems.push(`${at}: '${definition.entitySetName}' is not an entity set name`)
  const names = new Set(columns.map((column) => column.name))
  problems.push(...repeated(columns.map((column) => column.name)).map((name) => `${at}: column '${name}' is described twice`))
  if (definition.primaryName !== undefined && !names.has(definition.primaryName)) {
    problems.push(`${at}: the primary name '${definition.primaryName}' is not a column`)
  }
  for (const key of definition.alternateKeys) {
    const unknown = key.columns.filter((column) => !names.has(column))
    if (unknown.length > 0 || key.columns.length === 0)
      problems.push(`${at}: key ${key.name} names no column or unknown ones (${unknown.join(', ')})`)
  }
  const states = columns.filter((column) => column.type === 'state')
  const statuses = columns.filter((column) => column.type === 'status')
  if (states.length > 1 || statuses.length !== states.length)
    problems.push(`${at}: a table has one state and one status column, or neither`)
  return problems
}

function checkColumn(table: string, column: Column, columns: ReadonlyMap<string, readonly Column[]>): readonly string[] {
  const at = `column '${table}.${column.name}'`
  const problems: string[] = []
  if (!NAME.test(column.name)) problems.push(`${at}: the logical name must be lower case letters, digits and underscores`)
  const definition = column.definition
  if (definition.type === 'lookup') {
    if (definition.targets.length === 0) problems.push(`${at}: a lookup needs a target`)
    for (const target of definition.targets) {
      if (!columns.has(target.table)) problems.push(`${at}: its target table '${target.table}' is not described`)
    }
  }
  if (definition.type === 'choice' || definition.type === 'state' || definition.type === 'status') {
    problems.push(
      ...repeated(definition.options.map((option) => String(option.value))).map((value) => `${at}: option ${value} is given twice`),
    )
  }
  if (
    definition.type === 'choice' &&
    definition.default !== undefined &&
    !definition.options.some((option) => option.value === definition.default)
  ) {
    problems.push(`${at}: its default ${definition.default} is not one of its options`)
  }
  return [...problems, ...checkStatePair(at, column, columns.get(table) ?? [])]
}

function checkStatePair(at: string, column: Column, columns: readonly Column[]): readonly string[] {
  if (column.definition.type !== 'state') return []
  const status = columns.find((other) => other.type === 'status')?.definition
  if (status?.type !== 'status') return []
  return column.definition.options.flatMap((state) =>
    status.options.some((option) => option.value === state.defaultStatus && option.state === state.value)
      ? []
      : [`${at}: state ${state.value} has the default reason ${state.defaultStatus}, which is not one of its reasons`],
  )
}

/** One navigation name on one table leads to one place; only the targets of one lookup may share a name. */
function checkNavigations(columns: ReadonlyMap<string, readonly Column[]>, relations: readonly ManyToManyDefinition[]): readonly string[] {
  const owners = new Map<string, string>()
  const problems: string[] = []
  const claim = (table: string, name: string, owner: string): void => {
    const key = `${table}.${name}`
    const known = owners.get(key)
    if (known !== undefined && known !== owner)
      problems.push(`navigation property '${name}' of table '${table}' belongs to ${known} and to ${owner}`)
    owners.set(key, owner)
  }
  for (const [table, list] of columns) {
    for (const column of list) {
      for (const target of column.targets) {
        claim(table, target.navigation, `${table}.${column.name}`)
        if (target.collection !== undefined) claim(target.table, target.collection, `${table}.${column.name}`)
      }
    }
  }
  for (const { schemaName, sides } of relations)
    for (const [index, side] of sides.entries()) claim(side.table, side.navigation, `${schemaName} side ${index + 1}`)
  return problems
}

const repeated = (names: readonly string[]): readonly string[] => [...new Set(names.filter((name, at) => names.indexOf(name) !== at))]
