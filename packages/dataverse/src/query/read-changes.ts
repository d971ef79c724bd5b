import type { SqlRunner } from '@p2c/base'
import type { QueryOptions } from '@p2c/odata'
import type { Table } from '../model/resolved-model.ts'
import { readScopeSql } from '../security/access.ts'
import { type ReadScope, rowSql, statementOptions } from './read-rows.ts'

/** Where a page of changes begins: behind a version, first among the changed rows, then among the deleted ones. */
export interface ChangePlace {
  readonly phase: 'changed' | 'deleted'
  readonly version: string
}

export interface ChangePage {
  /** JSON text of new and changed rows by version. */
  readonly rows: readonly string[]
  readonly deletedIds: readonly string[]
  /** Absent on the last page. */
  readonly next?: ChangePlace
}

interface ChangeRequest {
  readonly options: QueryOptions
  /** Snapshot of the reader's last position, as text of `pg_snapshot`. */
  readonly snapshot: string
  readonly place: ChangePlace
  readonly limit: number
}

/**
 * Rows whose last writer was not finished at the snapshot. The index on the writer's number makes it cheap where nothing changed; the
 * snapshot itself tells late commits from what was seen.
 */
const sinceSql = (alias: string, at: { readonly xmin: string; readonly snapshot: string }): string =>
  `${alias}.platform_xact >= ${at.xmin} and not pg_visible_in_snapshot(${alias}.platform_xact, ${at.snapshot})`

const xminOf = (snapshot: string): string => snapshot.split(':')[0] ?? '0'

/**
 * One page of changes of a table: rows that the caller may read, and the ids of deleted ones, which say nothing more. Source: wire
 * specification 12.
 */
export async function readChanges(runner: SqlRunner, scope: ReadScope, request: ChangeRequest): Promise<ChangePage> {
  const { limit, place } = request
  const changed = place.phase === 'changed' ? await changedRows(runner, scope, request) : []
  if (changed.length > limit) {
    const page = changed.slice(0, limit)
    return { rows: page.map((row) => row.j), deletedIds: [], next: { phase: 'changed', version: page.at(-1)?.v ?? place.version } }
  }
  const room = limit - changed.length
  const deleted = await deletedRows(runner, scope.table, {
    ...request,
    place: place.phase === 'deleted' ? place : { phase: 'deleted', version: '0' },
    limit: room,
  })
  const rows = changed.map((row) => row.j)
  if (deleted.length <= room) return { rows, deletedIds: deleted.map((row) => row.id) }
  const page = deleted.slice(0, room)
  return {
    rows,
    deletedIds: page.map((row) => row.id),
    next: { phase: 'deleted', version: page.at(-1)?.v ?? (place.phase === 'deleted' ? place.version : '0') },
  }
}

async function changedRows(runner: SqlRunner, scope: ReadScope, request: ChangeRequest): Promise<readonly { j: string; v: string }[]> {
  const sql = statementOptions(scope)
  const json = rowSql(scope, request.options, sql)
  const at = { xmin: sql.parameters.add(xminOf(request.snapshot), 'xid8'), snapshot: sql.parameters.add(request.snapshot, 'pg_snapshot') }
  const version = sql.parameters.add(request.place.version, 'bigint')
  const allowed = readScopeSql(scope.caller, scope.table, 't')
  const inner = `select t.* from ${scope.table.sql} t where ${sinceSql('t', at)} and t.versionnumber > ${version}${allowed === undefined ? '' : ` and ${allowed}`} order by t.versionnumber limit ${request.limit + 1}`
  const found = await runner.query<{ j: string; v: string }>(
    `select ${json} as j, t.versionnumber::text as v from (${inner}) t`,
    sql.parameters.values,
  )
  return found.rows
}

async function deletedRows(runner: SqlRunner, table: Table, request: ChangeRequest): Promise<readonly { id: string; v: string }[]> {
  const at = { xmin: '$2::xid8', snapshot: '$3::pg_snapshot' }
  const found = await runner.query<{ id: string; v: string }>(
    `select d.id, d.versionnumber::text as v from platform_deleted_row d where d.table_name = $1 and ${sinceSql('d', at)} and d.versionnumber > $4::bigint
       and not exists (select 1 from ${table.sql} t where t.${table.primaryId.sql} = d.id)
     order by d.versionnumber limit ${request.limit + 1}`,
    [table.logicalName, xminOf(request.snapshot), request.snapshot, request.place.version],
  )
  return found.rows
}

/** Number of changes since a position. */
export async function countChanges(runner: SqlRunner, scope: Pick<ReadScope, 'table' | 'caller'>, snapshot: string): Promise<number> {
  const { table } = scope
  const allowed = readScopeSql(scope.caller, table, 't')
  const at = { xmin: '$2::xid8', snapshot: '$3::pg_snapshot' }
  const found = await runner.query<{ n: string }>(
    `select (select count(*) from ${table.sql} t where ${sinceSql('t', at)}${allowed === undefined ? '' : ` and ${allowed}`}) + (select count(*) from platform_deleted_row d where d.table_name = $1
       and ${sinceSql('d', at)} and not exists (select 1 from ${table.sql} t where t.${table.primaryId.sql} = d.id)) as n`,
    [table.logicalName, xminOf(snapshot), snapshot],
  )
  return Number(found.rows[0]?.n ?? 0)
}

/** What decides whether a position is still good. */
export interface ChangeRetention {
  readonly days: number
  /** The position was taken after the table's description changed last. No clock is asked: those of two programs differ. */
  readonly knowsDescription: boolean
  /** A position behind the database's own count belongs to another database. */
  readonly newest: bigint
}

export async function readRetention(
  runner: SqlRunner,
  at: { readonly table: Table; readonly organizationId: string; readonly defaultDays: number; readonly snapshot: string },
): Promise<ChangeRetention> {
  const found = await runner.query<{ days: number | null; knows: boolean | null; newest: string }>(
    `select (select expirechangetrackingindays from organization where organizationid = $1) as days,
       (select pg_visible_in_snapshot(changed_xact, $3::pg_snapshot) from platform_table where table_name = $2) as knows,
       pg_snapshot_xmax(pg_current_snapshot())::text as newest`,
    [at.organizationId, at.table.logicalName, at.snapshot],
  )
  const row = found.rows[0]
  return { days: row?.days ?? at.defaultDays, knowsDescription: row?.knows ?? true, newest: BigInt(row?.newest ?? '0') }
}
