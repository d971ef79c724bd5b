import type { SqlRunner } from '@p2c/base'
import type { Column, Model, Table } from '../model/resolved-model.ts'
import { sqlType } from '../storage/column-sql.ts'

/** Choices of `duplicaterulecondition.operatorcode`. */
export const OPERATOR = {
  exactMatch: 0,
  sameFirstCharacters: 1,
  sameLastCharacters: 2,
  sameDate: 3,
  sameDateAndTime: 4,
  sameOptionLabel: 5,
  sameOptionValue: 6,
} as const

/** A condition as it is stored. */
export interface StoredCondition {
  readonly base: string
  readonly matching: string
  readonly operator: number
  readonly parameter: number | null
  readonly ignoreBlank: boolean
}

/** A rule that can be run: its tables and columns are there. */
export interface DuplicateRule {
  readonly base: Table
  readonly matching: Table
  readonly isCaseSensitive: boolean
  readonly excludesInactive: boolean
  readonly conditions: readonly StoredCondition[]
}

interface StoredRule {
  readonly matching: string
  readonly sensitive: boolean | null
  readonly active_only: boolean | null
  readonly conditions: readonly StoredCondition[] | null
}

/** Published rules of a table in the order of their names; `matching` limits them to one other side. */
export async function readPublishedRules(
  sql: SqlRunner,
  model: Model,
  wanted: { readonly base: Table; readonly matching?: string },
): Promise<readonly DuplicateRule[]> {
  const found = await sql.query<StoredRule>(
    `select r.matchingentityname as matching, r.iscasesensitive as sensitive, r.excludeinactiverecords as active_only,
       (select json_agg(json_build_object('base', c.baseattributename, 'matching', c.matchingattributename, 'operator', c.operatorcode,
          'parameter', c.operatorparam, 'ignoreBlank', coalesce(c.ignoreblankvalues, true)) order by c.duplicateruleconditionid)
        from duplicaterulecondition c where c.regardingobjectid = r.duplicateruleid) as conditions
     from duplicaterule r where r.statecode = 1 and r.baseentityname = $1 order by r.name, r.duplicateruleid`,
    [wanted.base.logicalName],
  )
  return found.rows.flatMap((row): readonly DuplicateRule[] => {
    const matching = model.tables.get(row.matching)
    const conditions = row.conditions ?? []
    if (matching === undefined || conditions.length === 0) return []
    if (wanted.matching !== undefined && wanted.matching !== row.matching) return []
    // A column may have left the description since the rule was published: the rule then has nothing to compare.
    if (conditions.some((condition) => conditionProblem(condition, { base: wanted.base, matching }) !== undefined)) return []
    return [
      { base: wanted.base, matching, isCaseSensitive: row.sensitive === true, excludesInactive: row.active_only === true, conditions },
    ]
  })
}

const isText = (column: Column): boolean => column.type === 'string' || column.type === 'memo'
const isChoice = (column: Column): boolean => column.type === 'choice' || column.type === 'state' || column.type === 'status'
/** Length and precision do not hinder a comparison. */
const kindOf = (column: Column): string => (isText(column) ? 'text' : column.type === 'lookup' ? 'uuid' : sqlType(column))

/** Why a condition cannot be run on these tables; undefined where it can. */
export function conditionProblem(
  condition: StoredCondition,
  { base, matching }: { readonly base: Table; readonly matching: Table },
): string | undefined {
  const left = base.byName.get(condition.base)
  const right = matching.byName.get(condition.matching)
  if (left === undefined) return `The table '${base.logicalName}' has no column '${condition.base}'.`
  if (right === undefined) return `The table '${matching.logicalName}' has no column '${condition.matching}'.`
  const columns = [left, right]
  switch (condition.operator) {
    case OPERATOR.sameFirstCharacters:
    case OPERATOR.sameLastCharacters:
      if (!columns.every(isText)) return 'Same first or last characters are compared on text columns only.'
      return condition.parameter === null ? "Same first or last characters need their number in 'operatorparam'." : undefined
    case OPERATOR.sameDate:
    case OPERATOR.sameDateAndTime:
      return columns.every((column) => column.type === 'datetime') ? undefined : 'Dates are compared on date columns only.'
    case OPERATOR.sameOptionLabel:
    case OPERATOR.sameOptionValue:
      return columns.every(isChoice) ? undefined : 'Labels and values of choices are compared on choice columns only.'
    default:
      return kindOf(left) === kindOf(right)
        ? undefined
        : `The columns '${condition.base}' and '${condition.matching}' hold values of different types.`
  }
}

/** The comparison of a condition in SQL, between the aliases `b` (base) and `m` (matching). */
export function conditionSql(rule: DuplicateRule, condition: StoredCondition): string {
  const left = comparable(rule, condition, { alias: 'b', column: rule.base.byName.get(condition.base) })
  const right = comparable(rule, condition, { alias: 'm', column: rule.matching.byName.get(condition.matching) })
  return condition.ignoreBlank ? `${left} = ${right}` : `${left} is not distinct from ${right}`
}

function comparable(
  rule: DuplicateRule,
  condition: StoredCondition,
  side: { readonly alias: string; readonly column: Column | undefined },
): string {
  const { alias, column } = side
  if (column === undefined) throw new TypeError('a condition on a column that is not there')
  const name = `${alias}.${column.sql}`
  const folded = isText(column) && !rule.isCaseSensitive ? `lower(${name})` : name
  switch (condition.operator) {
    case OPERATOR.sameFirstCharacters:
      return `left(${folded}, ${Math.trunc(condition.parameter ?? 0)})`
    case OPERATOR.sameLastCharacters:
      return `right(${folded}, ${Math.trunc(condition.parameter ?? 0)})`
    case OPERATOR.sameDate:
      return `${name}::date`
    case OPERATOR.sameOptionLabel:
      return labelSql(name, column)
    default:
      return folded
  }
}

/** Options with one label may have other values on the other side. */
function labelSql(name: string, column: Column): string {
  const { definition } = column
  const options = 'options' in definition ? definition.options : []
  if (options.length === 0) return `${name}::text`
  const cases = options.map((option) => `when ${Math.trunc(option.value)} then '${option.label.toLowerCase().replaceAll("'", "''")}'`)
  return `case ${name} ${cases.join(' ')} end`
}
