import { parentColumn, type Table } from '../model/resolved-model.ts'
import { SHARES } from '../model/sharing.ts'
import { ACCESS_RIGHTS, type Right, rightOn } from './privileges.ts'

/** Bits of a share that mean something. */
const ALL_RIGHTS = Object.values(ACCESS_RIGHTS).reduce((mask: number, bit) => mask | bit, 0)

/** `ReadAccess, WriteAccess` in the order of the numbers, as the service writes a set of rights; `None` for none. */
export function accessMaskText(mask: number): string {
  const names = Object.entries(ACCESS_RIGHTS)
    .filter(([, bit]) => (mask & bit) !== 0)
    .sort(([, one], [, other]) => one - other)
    .map(([right]) => `${right}Access`)
  return names.length === 0 ? 'None' : names.join(', ')
}

/** The rights that a mask names: `ReadAccess,WriteAccess`, `None`, or their number. Undefined where it names anything else. */
export function readAccessMask(text: string): number | undefined {
  if (/^\d{1,10}$/.test(text)) return isMask(Number(text)) ? Number(text) : undefined
  let mask = 0
  for (const name of text.split(',').map((part) => part.trim())) {
    if (name === 'None') continue
    const bit = Object.entries(ACCESS_RIGHTS).find(([right]) => `${right}Access` === name)?.[1]
    if (bit === undefined) return undefined
    mask |= bit
  }
  return mask
}

const isMask = (mask: number): boolean => (BigInt(mask) & ~BigInt(ALL_RIGHTS)) === 0n

/** The rights of a mask. */
export const rightsOfMask = (mask: number): readonly Right[] =>
  (Object.keys(ACCESS_RIGHTS) as readonly Right[]).filter((right) => (mask & ACCESS_RIGHTS[right]) !== 0)

/**
 * SQL condition: a row, or the row that it is part of, is shared for a right with one of the principals. `principals` is SQL of an array of
 * ids. The table's name is asked too: ids that clients choose may be those of rows of two tables.
 */
export function sharedSql(table: Table, at: { readonly right: Right; readonly alias: string; readonly principals: string }): string {
  const bit = ACCESS_RIGHTS[rightOn(table, at.right)]
  const alias = `${at.alias}_sh`
  const shared = (id: string, name: string): string =>
    `exists (select 1 from "${SHARES}" ${alias} where ${alias}.objectid = ${at.alias}.${id} and ${alias}.objecttypecode = '${name}' and ${alias}.principalid = any(${at.principals}) and ${alias}.accessrightsmask & ${bit} <> 0)`
  const parent = parentColumn(table)
  if (parent === undefined) return shared(table.primaryId.sql, table.logicalName)
  const each = parent.targets.map((target) => {
    const condition = shared(parent.sql, target.table)
    return parent.sqlTarget === undefined ? condition : `(${at.alias}.${parent.sqlTarget} = '${target.table}' and ${condition})`
  })
  return each.length === 1 ? (each[0] ?? 'false') : `(${each.join(' or ')})`
}
