/** How each condition operator is translated. Source: the platform's FetchXML reference, table of operators; wire specification 11.6. */

/** `none`, `one`, `two` or `some` values. */
export type ValueCount = 'none' | 'one' | 'two' | 'some'

export type ConditionOperator =
  /** A query function of the Web API with the same meaning. */
  | { readonly kind: 'function'; readonly name: string; readonly values: ValueCount }
  /** `ne` holds for empty values, the others do not. */
  | { readonly kind: 'comparison'; readonly symbol: '=' | '<>' | '>' | '>=' | '<' | '<=' }
  | { readonly kind: 'pattern'; readonly place: 'whole' | 'start' | 'end'; readonly negated: boolean }
  | { readonly kind: 'null'; readonly negated: boolean }
  | { readonly kind: 'owner'; readonly who: readonly ('user' | 'teams' | 'subordinates')[] }
  | { readonly kind: 'fiscal'; readonly name: string; readonly values: ValueCount }

const call = (name: string, values: ValueCount): ConditionOperator => ({ kind: 'function', name, values })
const compare = (symbol: Extract<ConditionOperator, { kind: 'comparison' }>['symbol']): ConditionOperator => ({
  kind: 'comparison',
  symbol,
})
const pattern = (place: 'whole' | 'start' | 'end', negated: boolean): ConditionOperator => ({ kind: 'pattern', place, negated })
const fiscal = (name: string, values: ValueCount): ConditionOperator => ({ kind: 'fiscal', name, values })

const capital = (word: string): string => `${word.charAt(0).toUpperCase()}${word.slice(1)}`

const PERIODS: Readonly<Record<string, ConditionOperator>> = Object.fromEntries([
  ...['this', 'last', 'next'].flatMap((when) =>
    ['week', 'month', 'year'].map((unit) => [`${when}-${unit}`, call(`${capital(when)}${capital(unit)}`, 'none')]),
  ),
  ...['hours', 'days', 'weeks', 'months', 'years'].flatMap((unit) => [
    [`last-x-${unit}`, call(`LastX${capital(unit)}`, 'one')],
    [`next-x-${unit}`, call(`NextX${capital(unit)}`, 'one')],
  ]),
  ...['minutes', 'hours', 'days', 'weeks', 'months', 'years'].flatMap((unit) => [
    [`olderthan-x-${unit}`, call(`OlderThanX${capital(unit)}`, 'one')],
    [`older-than-x-${unit}`, call(`OlderThanX${capital(unit)}`, 'one')],
  ]),
])

/** Operators by their name in the XML. */
export const OPERATORS: Readonly<Record<string, ConditionOperator>> = {
  eq: compare('='),
  ne: compare('<>'),
  neq: compare('<>'),
  gt: compare('>'),
  ge: compare('>='),
  lt: compare('<'),
  le: compare('<='),
  like: pattern('whole', false),
  'not-like': pattern('whole', true),
  'begins-with': pattern('start', false),
  'not-begin-with': pattern('start', true),
  'ends-with': pattern('end', false),
  'not-end-with': pattern('end', true),
  null: { kind: 'null', negated: false },
  'not-null': { kind: 'null', negated: true },
  in: call('In', 'some'),
  'not-in': call('NotIn', 'some'),
  between: call('Between', 'two'),
  'not-between': call('NotBetween', 'two'),
  on: call('On', 'one'),
  'on-or-after': call('OnOrAfter', 'one'),
  'on-or-before': call('OnOrBefore', 'one'),
  today: call('Today', 'none'),
  yesterday: call('Yesterday', 'none'),
  tomorrow: call('Tomorrow', 'none'),
  'last-seven-days': call('Last7Days', 'none'),
  'next-seven-days': call('Next7Days', 'none'),
  ...PERIODS,
  'eq-userid': call('EqualUserId', 'none'),
  'ne-userid': call('NotEqualUserId', 'none'),
  'eq-businessid': call('EqualBusinessId', 'none'),
  'ne-businessid': call('NotEqualBusinessId', 'none'),
  'eq-userteams': { kind: 'owner', who: ['teams'] },
  'eq-useroruserteams': { kind: 'owner', who: ['user', 'teams'] },
  'eq-useroruserhierarchy': { kind: 'owner', who: ['user', 'subordinates'] },
  'eq-useroruserhierarchyandteams': { kind: 'owner', who: ['user', 'subordinates', 'teams'] },
  above: call('Above', 'one'),
  'eq-or-above': call('AboveOrEqual', 'one'),
  under: call('Under', 'one'),
  'eq-or-under': call('UnderOrEqual', 'one'),
  'not-under': call('NotUnder', 'one'),
  'contain-values': call('ContainValues', 'some'),
  'not-contain-values': call('DoesNotContainValues', 'some'),
  // The fiscal year is the calendar year and its periods are quarters, as a new environment has them.
  'this-fiscal-year': call('ThisYear', 'none'),
  'last-fiscal-year': call('LastYear', 'none'),
  'next-fiscal-year': call('NextYear', 'none'),
  'last-x-fiscal-years': fiscal('last-x-years', 'one'),
  'next-x-fiscal-years': fiscal('next-x-years', 'one'),
  'this-fiscal-period': fiscal('this-period', 'none'),
  'last-fiscal-period': fiscal('last-period', 'none'),
  'next-fiscal-period': fiscal('next-period', 'none'),
  'last-x-fiscal-periods': fiscal('last-x-periods', 'one'),
  'next-x-fiscal-periods': fiscal('next-x-periods', 'one'),
  'in-fiscal-year': fiscal('in-year', 'one'),
  'in-fiscal-period': fiscal('in-period', 'one'),
  'in-fiscal-period-and-year': fiscal('in-period-and-year', 'two'),
  'in-or-before-fiscal-period-and-year': fiscal('in-or-before', 'two'),
  'in-or-after-fiscal-period-and-year': fiscal('in-or-after', 'two'),
}
