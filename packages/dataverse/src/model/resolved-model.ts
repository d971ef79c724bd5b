import type { ManyToManyDefinition, ManyToManySide, TableRelation } from './many-to-many.ts'
import type { AlternateKey, ColumnDefinition, ColumnType, LookupTarget, TableDefinition } from './table.ts'

/** Why a column exists: described by the app, or added by the platform. */
export type ColumnOrigin = 'key' | 'own' | 'common' | 'owner' | 'money'

/** A column as storage, Web API and metadata use it. */
export interface Column {
  readonly name: string
  /** Name on the wire: the logical name, of a lookup `_name_value`. */
  readonly property: string
  readonly type: ColumnType
  readonly definition: ColumnDefinition
  readonly origin: ColumnOrigin
  /** Quoted name of the stored column. */
  readonly sql: string
  /** Quoted name of the column with the target's logical name; only of a lookup with several targets. */
  readonly sqlTarget?: string
  readonly readOnly: boolean
  /** Of a `_base` twin: the money column it follows. */
  readonly baseOf?: string
  /** Targets of a lookup, else empty. */
  readonly targets: readonly LookupTarget[]
}

/** A navigation property of a table. */
export type Navigation =
  | { readonly kind: 'single'; readonly name: string; readonly column: Column; readonly target: LookupTarget }
  /** Rows of table `source` whose lookup `column` points to this table. */
  | { readonly kind: 'collection'; readonly name: string; readonly source: string; readonly column: Column; readonly target: LookupTarget }
  /** Rows of table `source` that a many-to-many relationship pairs with a row of this table. */
  | {
      readonly kind: 'many'
      readonly name: string
      readonly source: string
      readonly relation: ManyToManyDefinition
      readonly own: ManyToManySide
      readonly other: ManyToManySide
    }

/** A navigation property that leads to any number of rows. */
export type ManyNavigation = Exclude<Navigation, { kind: 'single' }>

/** A lookup of another table that points to this one. */
export interface Referrer {
  readonly source: string
  readonly column: Column
  readonly target: LookupTarget
}

export interface Table {
  readonly logicalName: string
  readonly entitySetName: string
  readonly definition: TableDefinition
  /** Quoted name of the stored table. */
  readonly sql: string
  readonly primaryId: Column
  readonly primaryName: Column | undefined
  readonly columns: readonly Column[]
  readonly byName: ReadonlyMap<string, Column>
  readonly byProperty: ReadonlyMap<string, Column>
  readonly navigations: ReadonlyMap<string, Navigation>
  readonly referrers: readonly Referrer[]
  readonly keys: readonly AlternateKey[]
  readonly moneyColumns: readonly Column[]
  readonly state: Column | undefined
  readonly status: Column | undefined
  readonly userOwned: boolean
  /** Many-to-many relationships that it takes part in. */
  readonly relations: readonly TableRelation[]
  /** Of an intersect table: its relationship. */
  readonly intersectOf: ManyToManyDefinition | undefined
  /** The two tables that an intersect table pairs; of other tables nothing. */
  readonly sides: () => readonly Table[]
  /** Of a table without owners that shares the privileges of one with owners, as members of a list do: the lookup to that one. */
  readonly belongsTo: () => { readonly column: Column; readonly table: Table } | undefined
  /** Noun in the names of its privileges: `Account` in `prvReadAccount`. */
  readonly privilegeName: string
}

export interface Model {
  readonly tables: ReadonlyMap<string, Table>
  readonly bySet: ReadonlyMap<string, Table>
  readonly relations: readonly ManyToManyDefinition[]
}

/** The table of a name that the caller knows to exist; asserts otherwise. */
export function tableOf(model: Model, logicalName: string): Table {
  const table = model.tables.get(logicalName)
  if (table === undefined) throw new TypeError(`no table '${logicalName}' in this platform`)
  return table
}

/** A column that the caller knows to exist; asserts otherwise. */
export function columnOf(table: Table, name: string): Column {
  const column = table.byName.get(name)
  if (column === undefined) throw new TypeError(`table '${table.logicalName}' has no column '${name}'`)
  return column
}

/** The lookup to the row that a row of this table is part of: its owner follows that row's. Undefined for other tables. */
export const parentColumn = (table: Table): Column | undefined =>
  table.definition.ownership === 'parent'
    ? table.columns.find((column) => column.targets.some((target) => target.onDelete === 'cascade'))
    : undefined

/** Lookups that are followed from the row that they point to, or that deletions follow, have an index. */
export const isIndexedLookup = (column: Column): boolean =>
  column.origin === 'own' && column.targets.some((target) => target.collection !== undefined || target.onDelete === 'cascade')

/** Navigation property of a lookup that leads to one target table. */
export const navigationOf = (column: Column, table: string): string | undefined =>
  column.targets.find((target) => target.table === table)?.navigation

/** SQL identifier in quotes; names come from table definitions, checked to be plain. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`
