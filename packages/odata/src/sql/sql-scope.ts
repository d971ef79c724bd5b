import type { JsonValue, Literal } from '../ast.ts'
import type { ODataProfile } from '../profile.ts'

export type SqlType = 'text' | 'integer' | 'bigint' | 'decimal' | 'double' | 'boolean' | 'guid' | 'date' | 'date-time' | 'enum'

/** A column as the translation sees it. `sql` is a trusted expression, qualified by its table alias. */
export interface SqlColumn {
  readonly sql: string
  readonly type: SqlType
  /** Qualified enumeration type of an `enum` column; its stored value is the member's name. */
  readonly enumType?: string
  /** Members and their numbers. On an `integer` column they let an enumeration literal stand for its number. */
  readonly enumMembers?: ReadonlyMap<string, number>
  /** False where every row has a value: Finance and Operations stores the empty text or date instead. */
  readonly nullable: boolean
  /** Of a column that holds ids of a table whose rows stand above one another: `Above`, `Under` … ask for these. */
  readonly hierarchy?: SqlHierarchy
  /** Of a text behind a lookup: how a test for equality is asked with the indexes of both tables. */
  readonly behindLookup?: SqlBehindLookup
}

/** A column of the row that a lookup points to. */
export interface SqlBehindLookup {
  /** The column under the alias of its own table. */
  readonly sql: string
  /** The condition that the row pointed to passes `test`, a condition on `sql`; as an expression by itself it holds or does not, or is null. */
  readonly passes: (test: string) => string
}

/** A table whose rows point to the row above them. All three are trusted, quoted names. */
export interface SqlHierarchy {
  readonly table: string
  readonly key: string
  readonly parent: string
}

/** A collection navigation property as a subquery: `exists (select 1 from <from> where <where> and …)`. */
export interface SqlCollection {
  readonly from: string
  /** Joins the children to the outer row; absent where `from` is already a correlated subselect. */
  readonly where?: string
  /** Columns of the children. */
  readonly scope: SqlScope
}

/** The columns that a filter may name: one row of a table and what can be reached from it. */
export interface SqlScope {
  /** Qualified type name for messages: `Microsoft.Dynamics.CRM.account`. */
  readonly typeName: string
  /** A column, or one through single-valued navigation properties; undefined where there is none of that name. */
  column(path: readonly string[]): SqlColumn | undefined
  /** A lookup by its own name, which query functions take beside that of its value property; undefined where there is none. */
  lookup?(name: string): SqlColumn | undefined
  /** Which segment of a path that leads nowhere is unknown, and on which type; absent: the whole path, on this type. */
  unknownAt?(path: readonly string[]): { readonly property: string; readonly typeName: string } | undefined
  /** A collection navigation property; `alias` is a table alias that nothing else in the statement uses. */
  collection?(path: readonly string[], alias: string): SqlCollection | undefined
  /** Translates a query function in the scope's own way; undefined hands it to the built-in translation. */
  namedCall?(name: string, args: ReadonlyMap<string, JsonValue | Literal>, parameters: SqlParameters): string | undefined
}

/**
 * The parameters of one statement in the order of their places. A class, since it grows while a statement is put together.
 * `new SqlParameters([companyId])` begins behind parameters that the caller has already placed.
 */
export class SqlParameters {
  readonly values: unknown[]

  constructor(values: readonly unknown[] = []) {
    this.values = [...values]
  }

  /** Adds a value; returns its place, `$3` or `$3::guid`. */
  add(value: unknown, cast?: string): string {
    this.values.push(value)
    return cast === undefined ? `$${this.values.length}` : `$${this.values.length}::${cast}`
  }
}

/** What a person asks for "my rows" with. All pure: time and ids come in. */
export interface QueryFunctionContext {
  /** The moment that `Today`, `LastXDays` … are counted from. */
  readonly now: Date
  readonly userId?: string
  readonly businessUnitId?: string
}

export interface SqlOptions {
  readonly parameters: SqlParameters
  readonly profile: ODataProfile
  /** Needed for query functions; without it they are refused unless the scope translates them. */
  readonly queryFunctions?: QueryFunctionContext
}
