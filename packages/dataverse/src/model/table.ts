/** Tables described as data: storage, Web API, metadata and change tracking are all derived from these descriptions. */

export const REQUIREMENTS = ['none', 'recommended', 'application', 'system'] as const
/** `application` is enforced by forms only; `system` by the server (`0x80040200`). */
export type Requirement = (typeof REQUIREMENTS)[number]

export interface OptionDefinition {
  readonly value: number
  readonly label: string
}

export interface StateOption extends OptionDefinition {
  /** `Active`; used in the text of `0x80048408`. */
  readonly invariantName: string
  readonly defaultStatus: number
}

export interface StatusOption extends OptionDefinition {
  /** The `statecode` that this reason belongs to. */
  readonly state: number
}

export interface LookupTarget {
  /** Logical name of the table pointed to. */
  readonly table: string
  /** Single-valued navigation property on this table, as in `<navigation>@odata.bind`. */
  readonly navigation: string
  /** Collection-valued navigation property on the target, where it has one. */
  readonly collection?: string
  /** What deleting the target does to the rows that point to it. */
  readonly onDelete: 'cascade' | 'remove-link' | 'restrict'
  /** Assigning the target to another owner assigns the rows that point to it too; absent: they stay with theirs. */
  readonly onAssign?: 'cascade'
}

interface ColumnCommon {
  /** Logical name; a lookup is named without underscore and `_value`. */
  readonly name: string
  readonly label: string
  readonly required?: Requirement
  /** Ignored on input and kept by the platform or by a plug-in. */
  readonly readOnly?: boolean
}

export type ColumnDefinition = ColumnCommon &
  (
    | { readonly type: 'string' | 'memo'; readonly maxLength: number; readonly default?: string }
    | { readonly type: 'integer'; readonly min: number; readonly max: number; readonly default?: number }
    | { readonly type: 'bigint' }
    | {
        readonly type: 'decimal' | 'double'
        readonly precision: number
        readonly min: string
        readonly max: string
        readonly default?: string
      }
    /** `precisionSource` 0: the column's precision, 1: the organisation's pricing precision, 2: the currency's. A `_base` twin is added. */
    | {
        readonly type: 'money'
        readonly precision: number
        readonly precisionSource: 0 | 1 | 2
        readonly min: string
        readonly max: string
        readonly default?: string
      }
    | { readonly type: 'boolean'; readonly default?: boolean; readonly labels?: readonly [no: string, yes: string] }
    /** `shared`: name of the choice whose options several columns have; absent: they are the column's own. */
    | { readonly type: 'choice'; readonly options: readonly OptionDefinition[]; readonly default?: number; readonly shared?: string }
    /** `fixedOnCreate`: new rows begin in the default state, whatever a create says. */
    | { readonly type: 'state'; readonly options: readonly StateOption[]; readonly default: number; readonly fixedOnCreate?: boolean }
    | { readonly type: 'status'; readonly options: readonly StatusOption[] }
    | { readonly type: 'lookup'; readonly targets: readonly LookupTarget[] }
    | { readonly type: 'datetime'; readonly behavior: 'user-local' | 'date-only' | 'time-zone-independent' }
    | { readonly type: 'guid' }
  )

export type ColumnType = ColumnDefinition['type']

export interface AlternateKey {
  /** Schema name, as in `msdynce_ContactNumber`. */
  readonly name: string
  readonly columns: readonly string[]
}

export interface TableDefinition {
  /** `account` */
  readonly logicalName: string
  /** `accounts` */
  readonly entitySetName: string
  /** `accountid` */
  readonly primaryId: string
  /** `name`; absent where the table has no primary name. */
  readonly primaryName?: string
  readonly objectTypeCode: number
  readonly ownership: 'user' | 'organization' | 'business-unit' | 'parent' | 'none'
  readonly label: string
  readonly pluralLabel: string
  readonly changeTracking: boolean
  readonly optimisticConcurrency: boolean
  /** Own columns. The platform adds the primary key, the common columns (`createdon` ...), owner columns and the money companions. */
  readonly columns: readonly ColumnDefinition[]
  readonly alternateKeys: readonly AlternateKey[]
  /**
   * Noun in the names of its privileges, `Product` in `prvReadProduct`. Absent: that of the table it is part of (ownership `parent`), else its
   * logical name, with a capital letter where the name has no prefix.
   */
  readonly privilegeName?: string
  /** Holds the pairs of a many-to-many relationship: clients read it, and write it by associating rows. */
  readonly isIntersect?: boolean
}
