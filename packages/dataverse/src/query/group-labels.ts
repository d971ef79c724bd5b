import type { SqlRunner } from '@p2c/base'
import { type Column, type Model, type Table, tableOf } from '../model/resolved-model.ts'

/** Display text of a grouped value, given as text; undefined where the value shows itself. */
export type GroupLabel = (value: string) => string | undefined

/** The column that a grouped path leads to. */
export function columnAtPath(model: Model, table: Table, path: readonly string[]): Column | undefined {
  const [first = '', ...rest] = path
  if (rest.length === 0) return table.byProperty.get(first)
  const navigation = table.navigations.get(first)
  return navigation?.kind === 'single' ? columnAtPath(model, tableOf(model, navigation.target.table), rest) : undefined
}

/** Display texts of the values of one grouped column: labels of options, names of the rows that a lookup points to. */
export async function groupLabel(
  runner: SqlRunner,
  at: { readonly model: Model; readonly column: Column; readonly values: readonly string[] },
): Promise<GroupLabel> {
  const { definition } = at.column
  switch (definition.type) {
    case 'choice':
    case 'state':
    case 'status': {
      const labels = new Map(definition.options.map((option) => [String(option.value), option.label]))
      return (value) => labels.get(value)
    }
    case 'boolean': {
      const [no, yes] = definition.labels ?? ['No', 'Yes']
      return (value) => (value === 'true' ? yes : no)
    }
    case 'lookup': {
      const names = await lookupNames(runner, at)
      return (value) => names.get(value)
    }
    default:
      return () => undefined
  }
}

async function lookupNames(
  runner: SqlRunner,
  { model, column, values }: { readonly model: Model; readonly column: Column; readonly values: readonly string[] },
): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>()
  for (const target of column.targets) {
    const table = tableOf(model, target.table)
    if (table.primaryName === undefined || values.length === 0) continue
    const found = await runner.query<{ id: string; name: string | null }>(
      `select ${table.primaryId.sql}::text as id, ${table.primaryName.sql} as name from ${table.sql} where ${table.primaryId.sql} = any($1::uuid[])`,
      [values],
    )
    for (const { id, name } of found.rows) if (name !== null) names.set(id, name)
  }
  return names
}
