import type { SqlRunner } from '@p2c/base'

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

/**
 * Takes `count` consecutive numbers from the sequence that the company (else the whole installation) refers to for this data type.
 * Undefined where none is set up or it has too few numbers left. The sequence stays locked until the transaction ends: no number
 * is given twice; a rolled back transaction gives its numbers back.
 */
export async function takeNumbers(sql: SqlRunner, request: NumberRequest): Promise<string[] | undefined> {
  const { rows } = await sql.query<{ format: string; first: string }>(
    `update number_sequence s set next = s.next + $3, change_xid = pg_current_xact_id(), modified_at = now()
     where s.rec_id = (select q.rec_id from number_sequence_reference r
       join number_sequence q on lower(q.scope_value) = lower(r.scope_value) and lower(q.number_sequence_code) = lower(r.number_sequence_code)
       where lower(r.data_type_name) = lower($2) and lower(r.scope_value) in (lower($1), '') order by r.scope_value = '' limit 1)
       and s.next + $3 - 1 <= s.largest
     returning s.format, (s.next - $3)::text as first`,
    [request.dataAreaId, request.dataTypeName, request.count],
  )
  const [taken] = rows
  if (taken === undefined) return undefined
  return Array.from({ length: request.count }, (_, index) => formatSequenceNumber(taken.format, BigInt(taken.first) + BigInt(index)))
}
