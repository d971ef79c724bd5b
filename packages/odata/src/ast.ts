/** Where a node stands in the decoded text, in UTF-16 code units: `start` included, `end` excluded. */
export interface Span {
  readonly start: number
  readonly end: number
}

export const LITERAL_TYPES = [
  'null',
  'string',
  'boolean',
  'integer',
  'decimal',
  'double',
  'guid',
  'date',
  'date-time',
  'time',
  'duration',
  'binary',
  'enum',
] as const
export type LiteralType = (typeof LITERAL_TYPES)[number]

/** `value` is the decoded text (quotes doubled in the source are single here); numbers keep their digits as written. */
export interface Literal {
  readonly kind: 'literal'
  readonly type: LiteralType
  readonly value: string
  /** Qualified enumeration type, for `type: 'enum'`. */
  readonly enumType?: string
  readonly span: Span
}

/** `name`, `primarycontactid/fullname`, inside a lambda `d/quantity` (the variable is the first segment), `$it`. */
export interface PropertyPath {
  readonly kind: 'path'
  readonly segments: readonly string[]
  readonly span: Span
}

export const BINARY_OPERATORS = [
  'or',
  'and',
  'eq',
  'ne',
  'gt',
  'ge',
  'lt',
  'le',
  'has',
  'add',
  'sub',
  'mul',
  'div',
  'divby',
  'mod',
] as const
export type BinaryOperator = (typeof BINARY_OPERATORS)[number]

export type Expression =
  | Literal
  | PropertyPath
  | {
      readonly kind: 'binary'
      readonly operator: BinaryOperator
      readonly left: Expression
      readonly right: Expression
      readonly span: Span
    }
  | { readonly kind: 'not' | 'negate'; readonly operand: Expression; readonly span: Span }
  /** A function with positional arguments: `contains(name,'x')`, `tolower(name)`, `year(createdon)`. */
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[]; readonly span: Span }
  /** A function with named arguments: `Microsoft.Dynamics.CRM.In(PropertyName='a',PropertyValues=['1'])`; aliases are resolved. */
  | { readonly kind: 'named-call'; readonly name: string; readonly args: ReadonlyMap<string, JsonValue | Literal>; readonly span: Span }
  | { readonly kind: 'in'; readonly left: Expression; readonly values: readonly Expression[]; readonly span: Span }
  | {
      readonly kind: 'lambda'
      readonly operator: 'any' | 'all'
      /** Path to the collection navigation property. */
      readonly collection: PropertyPath
      /** Absent for `any()` without argument. */
      readonly variable?: string
      readonly predicate?: Expression
      readonly span: Span
    }
  /** `children/$count` in a comparison. */
  | { readonly kind: 'count'; readonly collection: PropertyPath; readonly span: Span }

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [name: string]: JsonValue }

export interface OrderItem {
  readonly expression: Expression
  readonly descending: boolean
}

export interface SelectItem {
  /** `name`, or `*`. */
  readonly path: string
  readonly span: Span
}

export interface ExpandItem {
  readonly navigation: string
  /** `nav/$ref` or `nav/$count`. */
  readonly suffix?: '$ref' | '$count'
  readonly options: QueryOptions
  readonly span: Span
}

export const AGGREGATE_METHODS = ['sum', 'average', 'min', 'max', 'countdistinct'] as const
export type AggregateMethod = (typeof AGGREGATE_METHODS)[number]

export type ApplyStep =
  | { readonly kind: 'filter'; readonly expression: Expression }
  | { readonly kind: 'groupby'; readonly paths: readonly PropertyPath[]; readonly aggregates: readonly Aggregate[] }
  | { readonly kind: 'aggregate'; readonly aggregates: readonly Aggregate[] }

export interface Aggregate {
  /** `$count as n` has the method `count` and no path. */
  readonly method: AggregateMethod | 'count'
  readonly path?: PropertyPath
  readonly alias: string
}

/** The system query options of one request or one expand; absent where not given. Numbers are checked, texts decoded. */
export interface QueryOptions {
  readonly filter?: Expression
  readonly select?: readonly SelectItem[]
  readonly expand?: readonly ExpandItem[]
  readonly orderby?: readonly OrderItem[]
  readonly top?: number
  readonly skip?: number
  readonly count?: boolean
  readonly apply?: readonly ApplyStep[]
  readonly search?: string
  readonly compute?: string
  readonly levels?: string
  readonly format?: string
  readonly skiptoken?: string
  readonly deltatoken?: string
  readonly id?: string
}

/** One part of a key: the name is absent in the short form `set('v')` and `set(guid)`. */
export interface KeyPart {
  readonly name?: string
  readonly value: Literal
}

export interface PathSegment {
  /** A set, property, navigation property, action or function, `$ref`, `$value`, `$count`, `$metadata`, `$batch`, `$1`. */
  readonly name: string
  /** Parentheses with keys: `accounts(…)`. Empty parentheses give an empty array. */
  readonly key?: readonly KeyPart[]
  /** Parentheses whose values are function parameters that no key could be (JSON, alias to JSON). */
  readonly parameters?: ReadonlyMap<string, JsonValue | Literal>
  readonly span: Span
}

/** A request path and query below the service root. */
export interface ODataRequest {
  readonly path: readonly PathSegment[]
  readonly options: QueryOptions
  /** Options without `$` and without `@`, in any case as written: `cross-company`, `fetchXml`, `tag`. The last one of a name wins. */
  readonly custom: ReadonlyMap<string, string>
}
