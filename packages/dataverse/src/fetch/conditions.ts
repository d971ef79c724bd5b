import { literalOfText, literalToSql, namedCallToSql, patternToSql, type SqlColumn } from '@p2c/odata'
import { fetchErrors } from './fetch-errors.ts'
import type { FetchCondition, FetchFilter } from './fetch-query.ts'
import { columnNamed, type FetchContext, type FilterScope, folded, type Source, sourceNamed, sqlOf, typeFamily } from './fetch-scope.ts'
import { fiscalSql } from './fiscal-periods.ts'
import { type ConditionOperator, OPERATORS } from './operators.ts'

/** Translates a link that stands inside a filter. */
export type FilterLinkSql = (context: FetchContext, scope: FilterScope, link: FetchFilter['links'][number]) => string

/** SQL of a filter; undefined where it holds no condition. Null stands for false. */
export function filterSql(
  context: FetchContext,
  scope: FilterScope,
  at: { readonly filter: FetchFilter; readonly linkSql: FilterLinkSql },
): string | undefined {
  const { filter, linkSql } = at
  const parts = [
    ...filter.conditions.map((condition) => conditionSql(context, scope, condition)),
    ...filter.filters.flatMap((inner) => filterSql(context, scope, { filter: inner, linkSql }) ?? []),
    ...filter.links.map((link) => linkSql(context, scope, link)),
  ]
  return parts.length === 0 ? undefined : `(${parts.join(` ${filter.type} `)})`
}

function conditionSql(context: FetchContext, scope: FilterScope, condition: FetchCondition): string {
  const operator = Object.hasOwn(OPERATORS, condition.operator) ? OPERATORS[condition.operator] : undefined
  if (operator === undefined) throw fetchErrors.invalidOperator(condition.operator)
  const source = condition.entityName === undefined ? scope.own : sourceNamed([...scope.joined, scope.own], condition.entityName)
  const column = sqlOf(context, source, columnNamed(source.table, condition.attribute))
  if (condition.otherColumn !== undefined) return columnComparison(context, scope, { condition, operator, column })
  return operatorSql(context, { condition, operator, column })
}

interface Translated {
  readonly condition: FetchCondition
  readonly operator: ConditionOperator
  readonly column: SqlColumn
}

function operatorSql(context: FetchContext, at: Translated): string {
  const { condition, operator, column } = at
  switch (operator.kind) {
    case 'null':
      return `${column.sql} is ${operator.negated ? 'not ' : ''}null`
    case 'comparison':
      return comparison(column, operator.symbol, valueSql(context, column, onlyValue(condition)))
    case 'pattern':
      return patternSql(context, { condition, column, operator })
    case 'owner':
      return ownerSql(context, { column, who: operator.who, name: condition.operator })
    case 'fiscal':
      return fiscalSql({ ...nowOf(context), name: operator.name, column, values: wholeNumbers(condition, operator.values) })
    case 'function':
      return functionSql(context, { condition, column, operator })
  }
}

function functionSql(
  context: FetchContext,
  at: Omit<Translated, 'operator'> & { readonly operator: Extract<ConditionOperator, { kind: 'function' }> },
): string {
  const { condition, column, operator } = at
  const values = operator.values === 'none' ? [] : condition.values
  if (operator.values === 'one') onlyValue(condition)
  if (operator.values === 'two' && values.length !== 2)
    throw fetchErrors.badCondition(`'${condition.operator}' on '${condition.attribute}' needs two values, found ${values.length}.`)
  if (operator.values === 'some' && values.length === 0)
    throw fetchErrors.badCondition(`'${condition.operator}' on '${condition.attribute}' needs at least one value.`)
  const args = new Map<string, string | string[]>([['PropertyName', condition.attribute]])
  if (values.length > 0) args.set('PropertyValues', [...values])
  return namedCallToSql({ name: operator.name, args }, () => column, context.sql)
}

function onlyValue({ attribute, operator, values }: FetchCondition): string {
  const [value] = values
  if (value === undefined || values.length > 1)
    throw fetchErrors.badCondition(`'${operator}' on '${attribute}' needs one value, found ${values.length}.`)
  return value
}

/** A value of a client as a parameter of the column's type. */
const valueSql = (context: FetchContext, column: SqlColumn, text: string): string =>
  literalToSql(literalOfText(text, column.type), { ...context.sql, target: column })

function comparison(column: SqlColumn, symbol: string, value: string): string {
  const other = folded({ sql: value, type: column.type })
  return symbol === '<>' ? `${folded(column)} is distinct from ${other}` : `${folded(column)} ${symbol} ${other}`
}

function patternSql(
  context: FetchContext,
  at: Omit<Translated, 'operator'> & { readonly operator: Extract<ConditionOperator, { kind: 'pattern' }> },
): string {
  const { condition, column, operator } = at
  if (column.type !== 'text')
    throw fetchErrors.badCondition(`'${condition.operator}' needs a text, but '${condition.attribute}' is of type ${column.type}.`)
  const text = onlyValue(condition)
  const { parameters, profile } = context.sql
  const request = { text, place: operator.place, wildcards: profile.wildcards, position: 0 } as const
  const matches = patternToSql(column.sql, request, parameters) ?? comparison(column, '=', parameters.add(text, 'text'))
  return operator.negated ? `(${matches}) is not true` : `(${matches})`
}

/** Compares with another column, of the same table or of a linked one. */
function columnComparison(context: FetchContext, scope: FilterScope, at: Translated): string {
  const { condition, operator, column } = at
  const named = condition.otherColumn ?? ''
  if (operator.kind !== 'comparison') throw fetchErrors.badCondition(`'${condition.operator}' takes no column in 'valueof'.`)
  if (condition.values.length > 0) throw fetchErrors.badCondition(`'${condition.attribute}' has a value and 'valueof'.`)
  const dot = named.indexOf('.')
  const source = dot < 0 ? scope.own : sourceNamed([...scope.joined, scope.own], named.slice(0, dot))
  const other = sqlOf(context, source, columnNamed(source.table, named.slice(dot + 1)))
  if (typeFamily(column) !== typeFamily(other))
    throw fetchErrors.badCondition(`'${condition.attribute}' and '${named}' have types that do not compare.`)
  const [left, right] = column.type === other.type ? [column, other] : [asComparable(column), asComparable(other)]
  return comparison(left, operator.symbol, right.sql)
}

/** The database would turn a decimal into a double and fail where it does not fit. */
const asComparable = (column: SqlColumn): SqlColumn =>
  typeFamily(column) === 'number' ? { ...column, sql: `(${column.sql})::numeric` } : column

const nowOf = (context: FetchContext) => ({
  now: context.sql.queryFunctions?.now ?? new Date(0),
  parameters: context.sql.parameters,
})

const LARGEST_NUMBER = 10_000

function wholeNumbers(condition: FetchCondition, count: 'none' | 'one' | 'two' | 'some'): readonly number[] {
  const wanted = count === 'none' ? 0 : count === 'one' ? 1 : 2
  const values = wanted === 0 ? [] : condition.values
  if (values.length !== wanted || values.some((value) => !/^\d{1,5}$/.test(value) || Number(value) < 1 || Number(value) > LARGEST_NUMBER)) {
    throw fetchErrors.badCondition(`'${condition.operator}' on '${condition.attribute}' needs ${wanted} whole numbers above 0.`)
  }
  return values.map(Number)
}

/** Rows of the caller, of teams that the caller belongs to, of users below the caller. */
function ownerSql(
  context: FetchContext,
  at: { readonly column: SqlColumn; readonly who: readonly ('user' | 'teams' | 'subordinates')[]; readonly name: string },
): string {
  const userId = context.sql.queryFunctions?.userId
  if (at.column.type !== 'guid' || userId === undefined) throw fetchErrors.badCondition(`'${at.name}' needs an owner.`)
  const user = context.sql.parameters.add(userId.toLowerCase(), 'uuid')
  const groups = {
    user: user,
    teams: membershipSql(context, user),
    subordinates: `with recursive below(id) as (select systemuserid from systemuser where parentsystemuserid = ${user} union select s.systemuserid from systemuser s join below on s.parentsystemuserid = below.id) select id from below`,
  }
  return `(${at.who.map((who) => `${at.column.sql} in (${groups[who]})`).join(' or ')})`
}

/** Teams of a user; without memberships in the model the default team of the user's business unit, which all its users belong to. */
const membershipSql = (context: FetchContext, user: string): string =>
  context.model.tables.has('teammembership')
    ? `select teamid from teammembership where systemuserid = ${user}`
    : `select m.teamid from team m join systemuser s on s.businessunitid = m.businessunitid where m.isdefault and s.systemuserid = ${user}`

/** All filters of an entity, joined by and. */
export const filtersSql = (
  context: FetchContext,
  scope: FilterScope,
  at: { readonly source: Source; readonly linkSql: FilterLinkSql },
): readonly string[] => at.source.entity.filters.flatMap((filter) => filterSql(context, scope, { filter, linkSql: at.linkSql }) ?? [])
