import type { Model, Table } from './resolved-model.ts'

/** Which values a new row of one table takes from a row of another that it is started from (`InitializeFrom`). */
export interface RowMapping {
  /** Logical names. */
  readonly source: string
  readonly target: string
  /** Lookup of the target that gets the source row itself. */
  readonly parent?: string
  /** Columns of one name in both tables, or pairs of names. */
  readonly columns: readonly (string | readonly [from: string, to: string])[]
}

/** The two names of an entry. */
export const pairOf = (entry: RowMapping['columns'][number]): readonly [from: string, to: string] =>
  typeof entry === 'string' ? [entry, entry] : entry

/** What in the mappings does not fit the tables; empty where all does. */
export function mappingProblems(model: Model, mappings: readonly RowMapping[]): readonly string[] {
  return mappings.flatMap((mapping) => {
    const name = `mapping '${mapping.source}' to '${mapping.target}'`
    const source = model.tables.get(mapping.source)
    const target = model.tables.get(mapping.target)
    if (source === undefined || target === undefined) return [`${name} names an unknown table`]
    return [...parentProblems(mapping, target), ...columnProblems(mapping, { source, target })].map((problem) => `${name}: ${problem}`)
  })
}

function parentProblems({ parent, source }: RowMapping, target: Table): readonly string[] {
  const leads = parent === undefined || target.byName.get(parent)?.targets.some(({ table }) => table === source)
  return leads ? [] : [`'${parent}' is no lookup to '${source}'`]
}

function columnProblems(mapping: RowMapping, tables: { readonly source: Table; readonly target: Table }): readonly string[] {
  return mapping.columns.flatMap((entry) => {
    const [from, to] = pairOf(entry)
    const type = tables.source.byName.get(from)?.type
    if (type !== undefined && type === tables.target.byName.get(to)?.type) return []
    return [`'${from}' and '${to}' are no columns of one type`]
  })
}
