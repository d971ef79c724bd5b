import type { SqlRunner } from '@p2c/base'
import type { RowReference } from '../model/plugin.ts'
import type { Model, Table } from '../model/resolved-model.ts'
import { isShareable, SHARES } from '../model/sharing.ts'

/** One share for each row and principal; found by the row, and by the principal for lists. */
const INDEXES = [
  `create unique index if not exists ${SHARES}__share on ${SHARES} (objectid, objecttypecode, principalid)`,
  `create index if not exists ${SHARES}__by__principal on ${SHARES} (principalid, objecttypecode)`,
]

export async function createShareIndexes(sql: SqlRunner, model: Model): Promise<void> {
  if (!model.tables.has(SHARES)) return
  for (const statement of INDEXES) await sql.query(statement)
}

/** Which row is shared with whom. */
export interface SharePlace {
  readonly target: RowReference
  readonly principal: RowReference
}

export interface Share {
  readonly principal: RowReference
  readonly mask: number
}

/** Gives rights beside those that the principal has (`add`), or in their place. Shares of two calls at once both count. */
export async function writeShare(
  sql: SqlRunner,
  place: SharePlace,
  share: { readonly mask: number; readonly mode: 'add' | 'replace'; readonly now: string },
): Promise<void> {
  const { target, principal } = place
  const mask = share.mode === 'add' ? 's.accessrightsmask | excluded.accessrightsmask' : 'excluded.accessrightsmask'
  await sql.query(
    `insert into ${SHARES} as s (principalobjectaccessid, objectid, objecttypecode, principalid, principaltypecode, accessrightsmask,
       inheritedaccessrightsmask, changedon, createdon, modifiedon)
     values (gen_random_uuid(), $1, $2, $3, $4, $5, 0, $6, $6, $6)
     on conflict (objectid, objecttypecode, principalid) do update set accessrightsmask = ${mask}, changedon = excluded.changedon,
       modifiedon = excluded.modifiedon, versionnumber = nextval('platform_row_version'), platform_xact = pg_current_xact_id()`,
    [target.id, target.table, principal.id, principal.table, share.mask, share.now],
  )
}

/** Ends a share; one that is not there is no fault. */
export async function removeShare(sql: SqlRunner, { target, principal }: SharePlace): Promise<void> {
  await sql.query(`delete from ${SHARES} where objectid = $1 and objecttypecode = $2 and principalid = $3`, [
    target.id,
    target.table,
    principal.id,
  ])
}

/** With whom a row is shared, in the order of their ids. */
export async function readShares(sql: SqlRunner, target: RowReference): Promise<readonly Share[]> {
  const found = await sql.query<{ id: string; kind: string; mask: number }>(
    `select principalid as id, principaltypecode as kind, accessrightsmask as mask from ${SHARES}
     where objectid = $1 and objecttypecode = $2 order by 2, 1`,
    [target.id, target.table],
  )
  return found.rows.map((row) => ({ principal: { table: row.kind, id: row.id }, mask: row.mask }))
}

const PRINCIPALS = ['systemuser', 'team']

/**
 * The shares of rows that are deleted, and of users and teams: SQL to stand before the statement that deletes them (`$1` are their ids), so
 * that it costs no statement of its own. Empty for tables without shares.
 */
export function unshareSql(table: Table): string {
  const name = table.logicalName
  if (isShareable(table)) return `with unshared as (delete from ${SHARES} where objectid = any($1::uuid[]) and objecttypecode = '${name}') `
  if (PRINCIPALS.includes(name)) return `with unshared as (delete from ${SHARES} where principalid = any($1::uuid[])) `
  return ''
}
