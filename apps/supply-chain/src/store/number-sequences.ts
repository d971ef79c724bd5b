import type { Database, SqlRunner } from '@p2c/base'
import type { RowChange, WriteEffect } from './write-effects.ts'

/** Numbers wanted for one data type in one company. */
export interface NumberRequest {
  readonly dataAreaId: string
  /** Data type of the sequence reference: `CustAccount`. */
  readonly dataTypeName: string
  readonly count: number
}

/** `C-######` and 42 -> `C-000042`; a number with more digits than the format has stands in full. */
export function formatSequenceNumber(format: string, number: bigint): string {
  const digits = /#+/.exec(format)
  if (digits === null) return `${format}${number}`
  return `${format.slice(0, digits.index)}${number.toString().padStart(digits[0].length, '0')}${format.slice(digits.index + digits[0].length)}`
}

/** The source of numbers of a row that is not continuous: a sequence of the database, named for the row. */
const sourceName = (recId: string): string => `number_sequence_${BigInt(recId)}`

/** The number that comes next, as an expression over a row `alias` of `number_sequence`: the column of a continuous row, else what its source says. */
export const nextNumberSql = (alias: string): string =>
  `case when ${alias}.is_continuous = 'Yes' then ${alias}.next
    else least(coalesce(pg_sequence_last_value(to_regclass('number_sequence_' || ${alias}.rec_id)) + 1, ${alias}.next), ${alias}.largest + 1) end`

/** The sequence that a company (else the whole installation) refers to; numbers of a manual one are given by people. */
const REFERRED = `select q.* from number_sequence_reference r
  join number_sequence q on lower(q.scope_value) = lower(r.scope_value) and lower(q.number_sequence_code) = lower(r.number_sequence_code)
  where lower(r.data_type_name) = lower($2) and lower(r.scope_value) in (lower($1), '') and q.is_manual <> 'Yes'
  order by r.scope_value = '' limit 1`

/**
 * Takes `count` numbers from the sequence that the company (else the whole installation) refers to for this data type, in rising order.
 * Undefined where none is set up or it has too few numbers left.
 *
 * A continuous sequence stays locked until the transaction ends, so that its numbers have no gaps: a rolled back transaction gives
 * them back. Any other sequence keeps nobody waiting, and numbers of a rolled back transaction are lost.
 */
export async function takeNumbers(sql: SqlRunner, request: NumberRequest): Promise<string[] | undefined> {
  const { rows } = await sql.query<{ rec_id: string; format: string; largest: string; is_locked: boolean; numbers: string[] | null }>(
    `with s as (select q.*, to_regclass('number_sequence_' || q.rec_id) as source from (${REFERRED}) q)
     select s.rec_id::text, s.format, s.largest::text, (s.is_continuous = 'Yes' or s.source is null) as is_locked,
       case when s.is_continuous <> 'Yes' and s.source is not null and ${nextNumberSql('s')} + $3::int - 1 <= s.largest
         then array(select nextval(s.source)::text from generate_series(1, $3::int)) end as numbers
     from s`,
    [request.dataAreaId, request.dataTypeName, request.count],
    { isPrepared: true },
  )
  const [sequence] = rows
  if (sequence === undefined) return undefined
  const numbers = sequence.is_locked ? await takeLocked(sql, sequence.rec_id, request.count) : sequence.numbers
  // Others take numbers between the look and the taking: the last ones may lie beyond the end.
  if (numbers == null || numbers.some((number) => BigInt(number) > BigInt(sequence.largest))) return undefined
  return numbers.map((number) => formatSequenceNumber(sequence.format, BigInt(number)))
}

/** Counts the row itself up; it stays locked until the transaction ends. */
async function takeLocked(sql: SqlRunner, recId: string, count: number): Promise<string[] | undefined> {
  const { rows } = await sql.query<{ first: string }>(
    `update number_sequence s set next = s.next + $2, change_xid = pg_current_xact_id(), modified_at = now()
     where s.rec_id = $1 and s.next + $2 - 1 <= s.largest returning (s.next - $2)::text as first`,
    [recId, count],
  )
  const [taken] = rows
  if (taken === undefined) return undefined
  return Array.from({ length: count }, (_, index) => (BigInt(taken.first) + BigInt(index)).toString())
}

/** Makes, restarts or drops the sources of rows that were written. `NextSetCount` tells that somebody set the next number. */
export const keepNumberSources: WriteEffect = async (sql, changes) => {
  const statements = changes.flatMap(sourceStatements)
  if (statements.length > 0) await sql.query(statements.join(';\n'))
}

function sourceStatements({ recId, before, after }: RowChange): string[] {
  const source = sourceName(recId)
  if (after === undefined) return [`drop sequence if exists ${source}`]
  const wasCounted = before === undefined || before.IsContinuous === 'Yes'
  const isSet = before?.NextSetCount !== after.NextSetCount
  if (after.IsContinuous === 'Yes')
    // From now on the row counts: where the source stands is where it goes on.
    return wasCounted || isSet
      ? []
      : [
          `update number_sequence t set next = coalesce(pg_sequence_last_value(to_regclass('${source}')) + 1, t.next) where t.rec_id = ${BigInt(recId)}`,
        ]
  return wasCounted || isSet ? sourceAt(source, after.Next ?? '1') : []
}

const sourceAt = (source: string, next: string): string[] => [
  `create sequence if not exists ${source} minvalue 0 start ${BigInt(next)}`,
  `alter sequence ${source} restart with ${BigInt(next)}`,
]

/** Makes the sources of rows that an earlier release wrote without one. Safe from several programs at once. */
export async function prepareNumberSources(database: Database): Promise<void> {
  const missing = `select rec_id::text, next::text from number_sequence
    where is_continuous <> 'Yes' and to_regclass('number_sequence_' || rec_id) is null order by rec_id`
  if ((await database.query(missing)).rowCount === 0) return
  await database.transaction(async (sql) => {
    await sql.query('lock table number_sequence in share row exclusive mode')
    const { rows } = await sql.query<{ rec_id: string; next: string }>(missing)
    const statements = rows.flatMap((row) => sourceAt(sourceName(row.rec_id), row.next))
    if (statements.length > 0) await sql.query(statements.join(';\n'))
  })
}
