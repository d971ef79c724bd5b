import { refuse } from '@p2c/dataverse'
import type { ClosedList } from '../tables/closed-lists.ts'

/** How much of a refused value a message shows. */
const SHOWN = 100

const shown = (text: string): string => `'${text.slice(0, SHOWN)}'`

export interface MissingReference {
  readonly table: string
  readonly column: string
  readonly value: string
  /** Entity set of the row that is missing. */
  readonly entitySet: string
  /** Absent where an organisation itself is missing. */
  readonly organization?: string
}

/** 404 `0x80040217`, as of a reference by id: whoever brings the rows may wait for the other one. */
export function refuseMissing({ table, column, value, entitySet, organization }: MissingReference): never {
  const why = organization === undefined ? 'there is no such row' : `organisation ${shown(organization)} has no such row`
  refuse({
    status: 404,
    code: '0x80040217',
    message: `${table} cannot refer to ${entitySet} by ${column} = ${shown(value)}: ${why}. Bring that row first, or correct the value.`,
  })
}

export interface StrayOrganization {
  readonly table: string
  readonly column: string
  readonly value: string
  /** Column that says where the row lives, and its value. */
  readonly home: string
  readonly organization: string
}

/** 400 `0x80040203`: a mapping with two different constants never comes right by waiting. */
export function refuseStray({ table, column, value, home, organization }: StrayOrganization): never {
  refuse({
    code: '0x80040203',
    message: `${table} has ${column} = ${shown(value)} but ${home} = ${shown(organization)}: a row and all that it refers to live in one organisation. Write the same organisation to both.`,
  })
}

/** 400 `0x8004431a`, as of a choice. */
export function refuseMember(at: {
  readonly table: string
  readonly column: string
  readonly value: string
  readonly list: ClosedList
}): never {
  refuse({
    code: '0x8004431a',
    message: `${shown(at.value)} is no value of '${at.column}' on ${at.table}: expected ${at.list.expected} (${at.list.name}). Correct the value, or map it.`,
  })
}

/** 405 `0x80040227`, as of a delete. */
export function refuseRenaming(at: {
  readonly table: string
  readonly column: string
  readonly value: string
  readonly referrer: string
}): never {
  refuse({
    status: 405,
    code: '0x80040227',
    message: `'${at.column}' of the ${at.table} ${shown(at.value)} cannot be changed because ${at.referrer} records refer to it. Delete these or change their reference first.`,
  })
}
