import type { SqlRunner } from '@p2c/base'
import { PlatformError } from '../errors/platform-error.ts'
import type { Row } from '../model/plugin.ts'
import type { Model, Table } from '../model/resolved-model.ts'
import { arrayLiteral, sqlType, storedScalar } from '../storage/column-sql.ts'
import { conditionSql, type DuplicateRule, readPublishedRules } from './duplicate-rule.ts'

/** What a look for duplicates needs of a write. */
interface WriteScope {
  readonly core: { readonly model: Model }
  readonly sql: SqlRunner
}

/** `DuplicateRecordsFound` */
export const DUPLICATE_FOUND = '0x80040333'

/** Status of the table of errors; older samples show 500. Source: wire specification 4 and 16. */
const duplicateFound = (): PlatformError =>
  new PlatformError(412, DUPLICATE_FOUND, 'A record was not created or updated because a duplicate of the current record already exists.')

/**
 * Refuses rows just written, by 412, where a published rule finds a duplicate of one of them: among the rows that are stored, those of the same write
 * included. Runs behind the write, in its transaction, so that a bulk write is held against itself with a fixed number of statements.
 */
export async function refuseDuplicates({ core, sql }: WriteScope, table: Table, ids: readonly string[]): Promise<void> {
  for (const rule of await readPublishedRules(sql, core.model, { base: table })) {
    const text = `select 1 from ${table.sql} b join ${matchSql(rule)}${itself(rule)} where b.${table.primaryId.sql} = any($1::uuid[]) limit 1`
    const found = await sql.query(text, [arrayLiteral(ids)])
    if (found.rows.length > 0) throw duplicateFound()
  }
}

const matchSql = (rule: DuplicateRule): string => {
  const active = rule.excludesInactive && rule.matching.state !== undefined ? [`m.${rule.matching.state.sql} = 0`] : []
  return `${rule.matching.sql} m on ${[...rule.conditions.map((condition) => conditionSql(rule, condition)), ...active].join(' and ')}`
}

/** A row is no duplicate of itself. */
const itself = (rule: DuplicateRule): string =>
  rule.base === rule.matching ? ` and m.${rule.matching.primaryId.sql} <> b.${rule.base.primaryId.sql}` : ''

interface Question {
  readonly table: Table
  readonly values: Row
  readonly matching: string
  readonly limit: number
  readonly offset: number
}

/** Ids of the rows of table `matching` that published rules take for duplicates of a row with these values, in order. */
export async function findDuplicates({ core, sql }: WriteScope, question: Question): Promise<readonly string[]> {
  const rules = await readPublishedRules(sql, core.model, { base: question.table, matching: question.matching })
  if (rules.length === 0) return []
  const values: unknown[] = []
  const columns = question.table.columns.map((column) => {
    const value = storedScalar(question.values[column.name])
    if (value === null) return `null::${sqlType(column)} as ${column.sql}`
    values.push(value)
    return `$${values.length}::${sqlType(column)} as ${column.sql}`
  })
  const own = question.values[question.table.primaryId.name] == null ? () => '' : itself
  const parts = rules.map(
    (rule) => `select m.${rule.matching.primaryId.sql} as id from (select ${columns.join(', ')}) b join ${matchSql(rule)}${own(rule)}`,
  )
  const text = `${parts.join(' union ')} order by id limit ${Math.trunc(question.limit)} offset ${Math.trunc(question.offset)}`
  const found = await sql.query<{ id: string }>(text, values)
  return found.rows.map((row) => row.id)
}
