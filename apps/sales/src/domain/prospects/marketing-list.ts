import type { RuleRefusal } from '../refusal.ts'

/** Tables whose rows can be members, by `list.createdfromcode` and `listmember.entitytype`: the type codes of the tables. Source: Sales 1.13. */
export const MEMBER_TABLES = { 1: 'account', 2: 'contact', 4: 'lead' } as const
export type MemberTable = (typeof MEMBER_TABLES)[keyof typeof MEMBER_TABLES]
export const MEMBER_TABLE_NAMES: readonly MemberTable[] = Object.values(MEMBER_TABLES)

/** The table of a list's members; undefined for another code. */
export const memberTableOf = (createdfromcode: unknown): MemberTable | undefined =>
  createdfromcode === 1 || createdfromcode === 2 || createdfromcode === 4 ? MEMBER_TABLES[createdfromcode] : undefined

/** The type code of a member's table. */
export const memberTypeOf = (table: string): number | undefined => {
  const found = Object.entries(MEMBER_TABLES).find(([, name]) => name === table)
  return found === undefined ? undefined : Number(found[0])
}

/** A marketing list as its rules see it. */
export interface MarketingList {
  readonly name: string
  readonly isDynamic: boolean
  readonly isLocked: boolean
  readonly isActive: boolean
  readonly query: string | null
  readonly memberTable: MemberTable | undefined
}

/** Why a list may not stand; undefined where it may: only a dynamic list has a query, only a static one can be locked. */
export function refuseMarketingList(list: MarketingList): RuleRefusal | undefined {
  if (!list.isDynamic && list.query !== null) {
    return { code: '0x8004f702', message: `List '${list.name}' is static: it cannot have a query.` }
  }
  if (list.isDynamic && list.isLocked) {
    return { code: '0x8004f703', message: `List '${list.name}' is dynamic: it cannot be locked.` }
  }
  return undefined
}

/** Why nobody may be added to a list or taken from it; undefined where that is allowed. Source: Sales 1.13; the codes are named by the error list. */
export function refuseMemberChange(list: MarketingList): RuleRefusal | undefined {
  if (list.isDynamic) return { code: '0x8004f701', message: `List '${list.name}' is dynamic: its query decides who is in it.` }
  if (!list.isActive) return { code: '0x8004033a', message: `List '${list.name}' is not active. Activate it first.` }
  if (list.isLocked) return { code: '0x80040302', message: `List '${list.name}' is locked. Unlock it first.` }
  return undefined
}

/** Why a row of this table may not be a member of the list; undefined where it may. */
export const refuseMember = (list: MarketingList, table: string): RuleRefusal | undefined =>
  list.memberTable === table
    ? undefined
    : { code: '0x80040301', message: `Members of list '${list.name}' are rows of ${list.memberTable ?? 'no table'}, not of ${table}.` }

export const LIST_KIND_FIXED = (list: string, column: string): RuleRefusal => ({
  code: '0x80040203',
  message: `'${column}' of list '${list}' cannot be changed. Create another list.`,
})

export const ALREADY_A_MEMBER = (list: string, member: string): RuleRefusal => ({
  code: '0x80040237',
  status: 412,
  message: `${member} is a member of list '${list}' already.`,
})

export const NOT_A_MEMBER = (list: string, member: string): RuleRefusal => ({
  code: '0x80048458',
  message: `${member} is not a member of list '${list}'.`,
})

export const MEMBER_FIXED: RuleRefusal = {
  code: '0x80040203',
  message: 'A list member cannot be changed: remove it and add another one.',
}
