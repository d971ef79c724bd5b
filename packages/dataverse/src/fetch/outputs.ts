import type { Column } from '../model/resolved-model.ts'
import { fetchErrors } from './fetch-errors.ts'
import type { FetchAttribute } from './fetch-query.ts'
import { columnNamed, type Source } from './fetch-scope.ts'
import { checkedAlias, type FetchTables } from './joins.ts'

/** A column that the answer carries. */
export interface Output {
  readonly source: Source
  readonly column: Column
  /** Name of the member: the property, `alias.column` of a link, or the attribute's own alias. */
  readonly name: string
}

/** The columns that a query without aggregation asks for, root first, each once. Throws `0x80041103`, `0x80041130`. */
export function outputsOf(tables: FetchTables): readonly Output[] {
  const sources = [tables.root, ...tables.joins.map((join) => join.source)]
  return distinctOutputs(sources.flatMap(sourceOutputs))
}

/** True where a query names no column of its root, or all of them: the platform then sends every one. */
export const sendsAll = ({ entity }: Source): boolean => entity.allAttributes || entity.attributes.length === 0

function sourceOutputs(source: Source): readonly Output[] {
  const { entity, table } = source
  const all = source.name === undefined ? sendsAll(source) : entity.allAttributes
  const named = entity.attributes.map((attribute) => toOutput(source, attribute))
  if (!all) return named
  const taken = new Set(named.map((output) => output.column))
  return [...named, ...table.columns.filter((column) => !taken.has(column)).map((column) => plainOutput(source, column))]
}

function toOutput(source: Source, attribute: FetchAttribute): Output {
  if (attribute.aggregate !== undefined || attribute.groupBy) throw fetchErrors.aggregateNotAsked(attribute.name)
  const column = columnNamed(source.table, attribute.name)
  return attribute.alias === undefined ? plainOutput(source, column) : { source, column, name: checkedAlias(attribute.alias) }
}

/** Linked columns keep their logical names, as the platform sends them: `contact1.parentcustomerid`. */
const plainOutput = (source: Source, column: Column): Output => ({
  source,
  column,
  name: source.name === undefined ? column.property : `${source.name}.${column.name}`,
})

function distinctOutputs(outputs: readonly Output[]): readonly Output[] {
  const known = new Map<string, Output>()
  for (const output of outputs) {
    const other = known.get(output.name)
    if (other !== undefined && (other.column !== output.column || other.source !== output.source))
      throw fetchErrors.duplicateAlias(output.name)
    known.set(output.name, output)
  }
  return [...known.values()]
}

/** What a row carries besides what was asked: its key, and the currency of its money (wire specification 6, DV-020, DV-021). */
export function withCompanions(root: Source, outputs: readonly Output[]): readonly Output[] {
  const own = outputs.filter((output) => output.source === root)
  const currency = root.table.byName.get('transactioncurrencyid')
  const missing = (column: Column): boolean => !own.some((output) => output.column === column && output.name === column.property)
  const needsCurrency = currency !== undefined && own.some((output) => output.column.type === 'money')
  const added = [root.table.primaryId, ...(needsCurrency ? [currency] : [])].filter(missing).map((column) => plainOutput(root, column))
  return distinctOutputs([...own, ...added, ...outputs.filter((output) => output.source !== root)])
}
