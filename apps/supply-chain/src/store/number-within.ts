import { decimal, formatDecimal, type SqlRunner } from '@p2c/base'
import type { NumberedWithin } from '../domain/decision.ts'
import { refuseRow } from '../domain/messages.ts'
import { rulesOf } from '../domain/table-rules.ts'
import type { Table } from '../entities/catalogue.ts'
import { columnText, columnType, comparedColumn, comparedValue, tableProperty } from './table-columns.ts'
import { joinKey } from './tracked-row.ts'
import { type Draft, mayCreate } from './write-draft.ts'

const isBlank = (value: string | undefined): boolean => value === undefined || value === '' || value === '0'

/** The drafts of one table that count in one field, parent by parent. */
interface Counter {
  readonly table: Table
  readonly rule: NumberedWithin
  readonly drafts: readonly Draft[]
}

/**
 * Gives new rows without a number the next one within their parent: one above everything that is stored there or given in the same
 * change set. The parents are locked, so no one else counts meanwhile. One statement per table and field; none where all rows bring theirs.
 */
export async function numberWithinParents(sql: SqlRunner, drafts: readonly Draft[]): Promise<Draft[]> {
  const numbers = new Map<Draft, Record<string, string>>()
  for (const counter of countersOf(drafts)) {
    for (const [draft, number] of await count(sql, counter)) {
      const taken = numbers.get(draft) ?? {}
      taken[counter.rule.field] = number
      numbers.set(draft, taken)
    }
  }
  if (numbers.size === 0) return [...drafts]
  return drafts.map((draft) => withNumbers(draft, numbers.get(draft)))
}

const LARGEST_INT32 = 2_147_483_647

/** A document whose highest number is the highest that there is takes no further rows. */
function withNumbers(draft: Draft, numbers: Readonly<Record<string, string>> = {}): Draft {
  const full = Object.entries(numbers).find(
    ([field, number]) => tableProperty(draft.table, field).type === 'Int32' && decimal(number).greaterThan(LARGEST_INT32),
  )
  if (full === undefined) return { ...draft, numbers: { ...draft.numbers, ...numbers } }
  return { ...draft, problem: { kind: 'refused', infolog: [refuseRow('L09', tableProperty(draft.table, full[0]).label)] } }
}

function countersOf(drafts: readonly Draft[]): Counter[] {
  const born = drafts.filter((draft) => draft.problem === undefined && mayCreate(draft))
  return [...Map.groupBy(born, ({ table }) => table)].flatMap(([table, ofTable]) =>
    (rulesOf(table.relation).numberedWithin ?? []).map((rule) => ({ table, rule, drafts: ofTable })),
  )
}

const parentOf = (draft: Draft, { within }: NumberedWithin): string[] => [
  draft.dataAreaId,
  ...within.map((field) => draft.operation.values[field] ?? ''),
]

async function count(sql: SqlRunner, { table, rule, drafts }: Counter): Promise<ReadonlyMap<Draft, string>> {
  const blank = drafts.filter((draft) => isBlank(draft.operation.values[rule.field]) && !parentOf(draft, rule).includes(''))
  if (blank.length === 0) return new Map()
  const parents = [...new Map(blank.map((draft) => [joinKey(parentOf(draft, rule)), parentOf(draft, rule)])).values()]
  const highest = await readHighest(sql, { table, rule, parents })
  for (const draft of drafts) {
    const given = draft.operation.values[rule.field]
    const parent = joinKey(parentOf(draft, rule))
    if (isBlank(given) || given === undefined || !highest.has(parent)) continue
    if (decimal(given).greaterThan(highest.get(parent) ?? 0)) highest.set(parent, decimal(given))
  }
  return new Map(
    blank.map((draft) => {
      const parent = joinKey(parentOf(draft, rule))
      const next = (highest.get(parent) ?? decimal(0)).plus(1)
      highest.set(parent, next)
      return [draft, formatDecimal(next)] as const
    }),
  )
}

interface HighestInput {
  readonly table: Table
  readonly rule: NumberedWithin
  readonly parents: readonly (readonly string[])[]
}

async function readHighest(sql: SqlRunner, { table, rule, parents }: HighestInput) {
  const fields = ['dataAreaId', ...rule.within].map((name) => tableProperty(table, name))
  const numbered = tableProperty(table, rule.field)
  const matches = fields.map((property, index) => `${comparedColumn(property, 't')} = ${comparedValue(property, `k.k${index}`)}`)
  const { rows } = await sql.query<{ place: string; highest: string }>(
    `select k.place::text, coalesce((select ${columnText(numbered, 'm')} from (select max(t.${numbered.column}) as ${numbered.column}
       from ${table.relation} t where ${matches.join(' and ')}) m), '0') as highest
     from unnest(${fields.map((property, index) => `$${index + 1}::${columnType(property)}[]`).join(', ')})
       with ordinality as k(${fields.map((_, index) => `k${index}`).join(', ')}, place)`,
    fields.map((_, index) => parents.map((parent) => parent[index] ?? '')),
    { isPrepared: true },
  )
  const floor = (text: string) => (text.startsWith('-') ? decimal(0) : decimal(text))
  return new Map(rows.map((row) => [joinKey(parents[Number(row.place) - 1] ?? []), floor(row.highest)]))
}
