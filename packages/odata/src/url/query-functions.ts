const PERIODS = ['Week', 'Month', 'Year'] as const
const X_UNITS = ['Hours', 'Days', 'Weeks', 'Months', 'Years'] as const

/**
 * Query functions of Dataverse without their namespace (wire specification 11.2). All take `PropertyName`; most take `PropertyValue` or
 * `PropertyValues`.
 */
export const QUERY_FUNCTIONS: readonly string[] = [
  'Between',
  'NotBetween',
  'In',
  'NotIn',
  'On',
  'OnOrAfter',
  'OnOrBefore',
  'Today',
  'Yesterday',
  'Tomorrow',
  ...['This', 'Last', 'Next'].flatMap((when) => PERIODS.map((period) => `${when}${period}`)),
  'Last7Days',
  'Next7Days',
  ...['LastX', 'NextX', 'OlderThanX'].flatMap((when) => X_UNITS.map((unit) => `${when}${unit}`)),
  'OlderThanXMinutes',
  'EqualUserId',
  'NotEqualUserId',
  'EqualBusinessId',
  'NotEqualBusinessId',
  'ContainValues',
  'DoesNotContainValues',
  'Above',
  'AboveOrEqual',
  'Under',
  'UnderOrEqual',
  'NotUnder',
  'Contains',
  'BeginsWith',
  'EndsWith',
]
