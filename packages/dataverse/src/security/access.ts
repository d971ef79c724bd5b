import { PlatformError } from '../errors/platform-error.ts'
import type { RowReference } from '../model/plugin.ts'
import type { Table } from '../model/resolved-model.ts'
import { privilegeId, privilegeName, type Right, rightOn } from './privileges.ts'
import { sharedSql } from './shares.ts'

/** The rows that one privilege reaches, all roles of a principal together. */
export interface Grant {
  readonly everything: boolean
  /** The user, and teams of the user: it reaches their rows, and those that are shared with them. */
  readonly owners: ReadonlySet<string>
  /** Business units whose rows it reaches. */
  readonly units: ReadonlySet<string>
}

/** What one user may do; read from the roles of the user and of its teams. */
export interface UserRights {
  readonly userId: string
  readonly unitId: string
  /** Text of the access mode as messages show it: `0 Read-Write`. */
  readonly accessMode: string
  readonly roleCount: number
  /** By name of the privilege. */
  readonly grants: ReadonlyMap<string, Grant>
}

/** Who asks. `rights` are those of the user, and of the signed-in user where it runs as another one: each of them must allow. Absent: the program itself. */
export interface Holder {
  readonly rights?: readonly UserRights[]
}

/** True when the caller has a privilege, however deep; the program itself has all. */
export const hasPrivilege = (holder: Holder, name: string): boolean =>
  holder.rights === undefined || holder.rights.every((rights) => rights.grants.has(name))

/** The privilege that is missing on a table at all is refused by 403 `0x80040220`. */
export function requirePrivilege(holder: Holder, table: Table, right: Right): void {
  for (const rights of holder.rights ?? []) grantOf(rights, table, right)
}

function grantOf(rights: UserRights, table: Table, right: Right): Grant {
  const grant = rights.grants.get(privilegeName(rightOn(table, right), table))
  if (grant === undefined) throw privilegeMissing(rights, table, right)
  return grant
}

/** The text is that of the current service as field captures show it; the short beginning is the documented part. */
function privilegeMissing(rights: UserRights, table: Table, right: Right): PlatformError {
  const name = privilegeName(rightOn(table, right), table)
  const who = [
    `Id=${rights.userId}`,
    'type=8',
    `roleCount=${rights.roleCount}`,
    `privilegeCount=${rights.grants.size}`,
    `accessMode='${rights.accessMode}'`,
    `businessUnitId=${rights.unitId}`,
  ]
  return new PlatformError(
    403,
    '0x80040220',
    `Principal user (${who.join(', ')}) is missing ${name} privilege (Id=${privilegeId(name)}) on OTC=${table.definition.objectTypeCode} for entity '${table.logicalName}'. context.Caller=${rights.userId}`,
  )
}

/** A row that lies outside the depth of the privilege. The code is that of every missing privilege (Sales specification 8). */
export const rowRefused = (holder: Holder, table: Table, at: { readonly right: Right; readonly id: string }): PlatformError =>
  new PlatformError(
    403,
    '0x80040220',
    `user with id ${holder.rights?.[0]?.userId ?? ''} does not have ${at.right}Access right(s) for record with id ${at.id} of entity ${table.logicalName}.`,
  )

/** True where owner and unit of a row say nothing: whoever has the privilege has it for all rows. */
const isShared = (table: Table): boolean =>
  !table.userOwned && table.definition.ownership !== 'business-unit' && table.intersectOf === undefined

/** True when the caller may do this with every row of the table. */
export function isGlobal(holder: Holder, table: Table, right: Right): boolean {
  if (table.intersectOf !== undefined) return table.sides().every((side) => isGlobal(holder, side, right))
  const name = privilegeName(rightOn(table, right), table)
  return (holder.rights ?? []).every((rights) => {
    const grant = rights.grants.get(name)
    return grant !== undefined && (grant.everything || (isShared(table) && (right !== 'Read' || table.belongsTo() === undefined)))
  })
}

/** The same, but throws the 403 where it may with none. */
export function reachesAll(holder: Holder, table: Table, right: Right): boolean {
  for (const asked of table.intersectOf === undefined ? [table] : table.sides()) requirePrivilege(holder, asked, right)
  return isGlobal(holder, table, right)
}

/**
 * SQL condition on the rows of a table that the caller may read, without parameters; undefined where that is all of them. Every statement that
 * answers rows to a client has it for each table it reads. Throws the 403 where the caller may read none. Source: Sales specification 7.
 */
export const readScopeSql = (holder: Holder, table: Table, alias: string): string | undefined =>
  rightScopeSql(holder, table, { right: 'Read', alias })

/** The same for any right. */
export function rightScopeSql(holder: Holder, table: Table, at: { readonly right: Right; readonly alias: string }): string | undefined {
  if (holder.rights === undefined || reachesAll(holder, table, at.right)) return undefined
  if (table.intersectOf !== undefined) return pairScope(holder, table, at)
  const whole = table.belongsTo()
  if (whole !== undefined) return wholeScope(holder, whole, at)
  const conditions = holder.rights.flatMap((rights) => {
    const grant = grantOf(rights, table, at.right)
    return grant.everything ? [] : [grantSql(table, grant, { ...at, rights })]
  })
  return conditions.length === 0 ? undefined : `(${conditions.join(' and ')})`
}

/** A pair may be read by whoever may read both of its rows. */
function pairScope(holder: Holder, table: Table, at: { readonly right: Right; readonly alias: string }): string {
  const sides = table.intersectOf?.sides ?? []
  const conditions = table.sides().flatMap((side, index) => {
    const alias = `${at.alias}_s${index}`
    const scope = rightScopeSql(holder, side, { right: at.right, alias })
    const column = sides[index]?.column
    return scope === undefined || column === undefined
      ? []
      : [`exists (select 1 from ${side.sql} ${alias} where ${alias}.${side.primaryId.sql} = ${at.alias}."${column}" and ${scope})`]
  })
  return conditions.length === 0 ? 'true' : `(${conditions.join(' and ')})`
}

/** Members of a list are read by whoever may read the list. */
function wholeScope(
  holder: Holder,
  whole: NonNullable<ReturnType<Table['belongsTo']>>,
  at: { readonly right: Right; readonly alias: string },
): string {
  const alias = `${at.alias}_w`
  const scope = rightScopeSql(holder, whole.table, { right: at.right, alias }) ?? 'true'
  return `exists (select 1 from ${whole.table.sql} ${alias} where ${alias}.${whole.table.primaryId.sql} = ${at.alias}.${whole.column.sql} and ${scope})`
}

/** Ids come from stored rows: nothing in them can end the text. */
const idList = (ids: Iterable<string>): string => `'{${[...ids].filter((id) => /^[0-9a-f-]{36}$/.test(id)).join(',')}}'::uuid[]`

function grantSql(table: Table, grant: Grant, at: { readonly right: Right; readonly alias: string; readonly rights: UserRights }): string {
  const { alias } = at
  const owners = (column: string): string => `${alias}.${column} = any(${idList(grant.owners)})`
  const units = (column: string, ids: Iterable<string>): string => `${alias}.${column} = any(${idList(ids)})`
  if (table.userOwned) {
    const parts = [
      ...(grant.owners.size > 0 ? [owners('ownerid')] : []),
      ...(grant.units.size > 0 ? [units('owningbusinessunit', grant.units)] : []),
      ...(grant.owners.size > 0 ? [sharedSql(table, { ...at, principals: idList(grant.owners) })] : []),
    ]
    return parts.length === 0 ? 'false' : `coalesce(${parts.join(' or ')}, false)`
  }
  // The own unit and its roles belong to everybody in it.
  const reached = grant.owners.size > 0 ? [...grant.units, at.rights.unitId] : grant.units
  if (table.logicalName === 'businessunit') return units(table.primaryId.sql, reached)
  if (table.logicalName === 'role') return `coalesce(${units('businessunitid', reached)}, false)`
  return `coalesce(${owners(table.primaryId.sql)} or ${units('businessunitid', grant.units)}, false)`
}

/** Whom a row belongs to. */
export interface RowPlace {
  readonly owner: RowReference | null
  readonly unit: string | null
}

/** True when the caller may do this with a row of this owner and unit, shared or not. Throws the 403 where it may with none of the table. */
export function covers(holder: Holder, table: Table, at: { readonly right: Right; readonly place: RowPlace }): boolean {
  if (reachesAll(holder, table, at.right)) return true
  const { owner, unit } = at.place
  return (holder.rights ?? []).every((rights) => {
    const grant = grantOf(rights, table, at.right)
    if (grant.everything || (owner !== null && grant.owners.has(owner.id))) return true
    if (unit === null) return false
    return grant.units.has(unit) || (!table.userOwned && grant.owners.size > 0 && unit === rights.unitId)
  })
}
