import { type Decimal, decimal, formatDecimal, type SqlRunner } from '@p2c/base'
import { refuseRow } from '../domain/messages.ts'
import { rulesOf } from '../domain/table-rules.ts'
import type { Table } from '../entities/catalogue.ts'
import { columnText, columnType, comparedColumn, comparedValue, tableProperty } from './table-columns.ts'
import { joinKey } from './tracked-row.ts'
import { type Draft, mayCreate } from './write-draft.ts'

const isBlank = (value: string | undefined): boolean => value === undefined || value === '' || value === '0'

/** New rows of one table that count within the same kind of parent, and the fields that they count in. */
interface Counter {
  readonly table: Table
  readonly within: readonly string[]
  readonly fields: readonly string[]
  readonly drafts: readonly Draft[]
}

/**
 * Gives new rows without a number the next one within their parent: one above everything that is stored there or given in the same
 * change set. The parents are locked, so no one else counts meanwhile. One statement per table and kind of parent; none where all rows bring
 * their numbers.
 */
export async function numberWithinParents(sql: SqlRunner, drafts: readonly Draft[]): Promise<Draft[]> {
  const numbers = new Map<Draft, Record<string, string>>()
  for (const counter of countersOf(drafts)) {
    const highest = await readHighest(sql, counter)
    for (const field of counter.fields)
      for (const [draft, number] of count(counter, field, highest(field))) {
        const taken = numbers.get(draft) ?? {}
        taken[field] = number
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

/** The counters that some row wants a number of. */
function countersOf(drafts: readonly Draft[]): Counter[] {
  const born = drafts.filter((draft) => draft.problem === undefined && mayCreate(draft))
  return [...Map.groupBy(born, ({ table }) => table)].flatMap(([table, ofTable]) => {
    const byParent = Map.groupBy(rulesOf(table.relation).numberedWithin ?? [], ({ within }) => within.join())
    return [...byParent.values()].flatMap((rules): Counter[] => {
      const within = rules[0]?.within ?? []
      const fields = rules.map(({ field }) => field).filter((field) => ofTable.some((draft) => isCounted(draft, field, within)))
      return fields.length === 0 ? [] : [{ table, within, fields, drafts: ofTable }]
    })
  })
}

const parentOf = (draft: Draft, within: readonly string[]): string[] => [
  draft.dataAreaId,
  ...within.map((field) => draft.operation.values[field] ?? ''),
]

const isCounted = (draft: Draft, field: string, within: readonly string[]): boolean =>
  isBlank(draft.operation.values[field]) && !parentOf(draft, within).includes('')

/** The numbers of the rows that have none in `field`. `highest` is what is stored, by parent, and goes up with them. */
function count({ within, drafts }: Counter, field: string, highest: Map<string, Decimal>): ReadonlyMap<Draft, string> {
  for (const draft of drafts) {
    const given = draft.operation.values[field]
    const parent = joinKey(parentOf(draft, within))
    if (isBlank(given) || given === undefined || !highest.has(parent)) continue
    if (decimal(given).greaterThan(highest.get(parent) ?? 0)) highest.set(parent, decimal(given))
  }
  const counted = drafts.filter((draft) => isCounted(draft, field, within))
  return new Map(
    counted.map((draft) => {
      const parent = joinKey(parentOf(draft, within))
      const next = (highest.get(parent) ?? decimal(0)).plus(1)
      highest.set(parent, next)
      return [draft, formatDecimal(next)] as const
    }),
  )
}

/** The highest number of each field that is stored, by parent; nought where a parent has no rows. */
async function readHighest(sql: SqlRunner, { table, within, fields, drafts }: Counter): Promise<(field: string) => Map<string, Decimal>> {
  const counting = drafts.filter((draft) => fields.some((field) => isCounted(draft, field, within)))
  const parents = [...new Map(counting.map((draft) => [joinKey(parentOf(draft, within)), parentOf(draft, within)])).values()]
  const names = ['dataAreaId', ...within].map((name) => tableProperty(table, name))
  const numbered = fields.map((field) => tableProperty(table, field))
  const matches = names.map((property, index) => `${comparedColumn(property, 't')} = ${comparedValue(property, `k.k${index}`)}`)
  const { rows } = await sql.query<Readonly<Record<string, string>>>(
    `select k.place::text, ${numbered.map((property, index) => `coalesce(${columnText(property, 'm')}, '0') as highest${index}`).join(', ')}
     from unnest(${names.map((property, index) => `$${index + 1}::${columnType(property)}[]`).join(', ')})
       with ordinality as k(${names.map((_, index) => `k${index}`).join(', ')}, place)
     cross join lateral (select ${numbered.map(({ column }) => `max(t.${column}) as ${column}`).join(', ')}
       from ${table.relation} t where ${matches.join(' and ')}) m`,
    names.map((_, index) => parents.map((parent) => parent[index] ?? '')),
    { isPrepared: true },
  )
  const floor = (text: string): Decimal => (text.startsWith('-') ? decimal(0) : decimal(text))
  return (field) =>
    new Map(rows.map((row) => [joinKey(parents[Number(row.place) - 1] ?? []), floor(row[`highest${fields.indexOf(field)}`] ?? '0')]))
}
