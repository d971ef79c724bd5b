import type { Model, Table } from '../model/resolved-model.ts'
import { stableId } from '../system/stable-id.ts'

/** What may be done with a row of a table, with the number that `privilege.accessright` has for it. */
export const ACCESS_RIGHTS = {
  Create: 32,
  Read: 1,
  Write: 2,
  Delete: 65_536,
  Append: 4,
  AppendTo: 16,
  Assign: 524_288,
  Share: 262_144,
} as const
export type Right = keyof typeof ACCESS_RIGHTS
export const RIGHTS = Object.keys(ACCESS_RIGHTS) as readonly Right[]

/**
 * How far a privilege reaches: own rows, those of the business unit, those of the units below it too, all. The numbers are derived: they
 * are those of `roleprivileges.privilegedepthmask`. Source: Sales specification 7.
 */
export const DEPTHS = { basic: 1, local: 2, deep: 4, global: 8 } as const
export type Depth = keyof typeof DEPTHS

/** Names of depths on the wire, in requests and answers of the actions on roles. */
export const DEPTH_NAMES = { Basic: 1, Local: 2, Deep: 4, Global: 8 } as const

/** Rights that belong to no table. Source: wire specification 20. */
export const ACT_ON_BEHALF = 'prvActOnBehalfOfAnotherUser'
const OTHER_PRIVILEGES = [ACT_ON_BEHALF, 'prvBypassCustomBusinessLogic', 'prvBypassCustomPlugins'] as const

export interface PrivilegeRow {
  readonly id: string
  readonly name: string
  readonly accessRight: number
  /** Depths that make sense: rows without owner and unit are there for all or for nobody. */
  readonly depths: readonly Depth[]
}

/** The same id in every installation. */
export const privilegeId = (name: string): string => stableId('privilege', name)

export const privilegeName = (right: Right, table: Table): string => `prv${right}${table.privilegeName}`

/** Lines are part of their document: whoever may change the document may change its lines. Derived. */
export const rightOn = (table: Table, right: Right): Right =>
  table.definition.ownership === 'parent' && (right === 'Create' || right === 'Delete' || right === 'Append') ? 'Write' : right

/** Pairs of rows have no privileges of their own: who may read both rows may read the pair. */
const hasPrivileges = (table: Table): boolean => table.intersectOf === undefined

/** Every privilege of a model: eight for each noun, and those of no table. */
export function privilegesOf(model: Model): readonly PrivilegeRow[] {
  const found = new Map<string, PrivilegeRow>()
  for (const table of model.tables.values()) {
    if (!hasPrivileges(table)) continue
    for (const right of RIGHTS) {
      const name = privilegeName(right, table)
      const known = found.get(name)
      const depths = [...new Set([...(known?.depths ?? []), ...depthsOf(table)])]
      found.set(name, { id: privilegeId(name), name, accessRight: ACCESS_RIGHTS[right], depths })
    }
  }
  for (const name of OTHER_PRIVILEGES) found.set(name, { id: privilegeId(name), name, accessRight: 0, depths: ['global'] })
  return [...found.values()]
}

function depthsOf(table: Table): readonly Depth[] {
  if (table.userOwned || table.definition.ownership === 'business-unit') return ['basic', 'local', 'deep', 'global']
  return ['global']
}
