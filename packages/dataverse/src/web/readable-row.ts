import type { EntityReference } from '../payload/read-reference.ts'
import { readScopeSql, rowRefused } from '../security/access.ts'
import type { Exchange } from './exchange.ts'
import { requireRow } from './write-answers.ts'

/** The row that a path starts from: 404 where it is missing, 403 `0x80040220` where the caller may not read it. */
export async function requireReadableRow(exchange: Exchange, reference: EntityReference): Promise<string> {
  const { table } = reference
  const scope = readScopeSql(exchange.caller, table, 't')
  const id = await requireRow({ sql: exchange.sql }, reference)
  if (scope === undefined) return id
  const found = await exchange.sql.query(`select 1 from ${table.sql} t where t.${table.primaryId.sql} = $1 and ${scope}`, [id])
  if (found.rowCount === 0) throw rowRefused(exchange.caller, table, { right: 'Read', id })
  return id
}
