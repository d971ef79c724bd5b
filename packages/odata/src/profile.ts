/** Where the two services differ; everything else of the grammar and its translation is shared. */
export interface ODataProfile {
  readonly name: 'dataverse' | 'finops'
  /** Functions that `$filter` may call with positional arguments, lower case. */
  readonly functions: readonly string[]
  readonly operators: readonly string[]
  readonly inOperator: boolean
  readonly lambda: boolean
  readonly apply: boolean
  /** Prefix of query functions with named arguments; absent where there are none. */
  readonly queryFunctionNamespace?: string
  /** System query options that are read; any other `$` option is refused. */
  readonly options: readonly string[]
  readonly expandDepth: number
  readonly maxExpands: number
  /** Text patterns: `%`, `_`, `[x]` (Dataverse); `*` inside `eq` (F&O). */
  readonly wildcards: 'like' | 'asterisk'
  /** Longest request line that is parsed, in characters. */
  readonly maxUrlLength: number
  /** The same for a request line inside `$batch`; absent: `maxUrlLength`. */
  readonly maxBatchUrlLength?: number
  /** Deepest nesting of parentheses and operators in one expression. */
  readonly maxDepth: number
}
