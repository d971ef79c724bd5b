import { isAppError } from '@p2c/base'
import { expect, test } from 'vitest'
import {
  applyToSql,
  dataverseProfile,
  filterToSql,
  finOpsProfile,
  keysetAfter,
  namedCallToSql,
  type ODataProfile,
  orderByToSql,
  parseApply,
  parseFilter,
  parseOrderBy,
  QUERY_FUNCTIONS,
  type SqlColumn,
  SqlParameters,
  type SqlScope,
} from '../index.ts'

const column = (sql: string, type: SqlColumn['type'], nullable = true): SqlColumn => ({ sql, type, nullable })

const COLUMNS: Readonly<Record<string, SqlColumn>> = {
  name: column('a.name', 'text'),
  code: column('a.code', 'text', false),
  size: column('a.size', 'integer'),
  big: column('a.big', 'bigint'),
  price: column('a.price', 'decimal'),
  ratio: column('a.ratio', 'double'),
  open: column('a.open', 'boolean'),
  id: { ...column('a.id', 'guid', false), hierarchy: { table: '"a"', key: '"id"', parent: '"above"' } },
  owner: column('a.owner', 'guid'),
  day: column('a.day', 'date'),
  moment: column('a.moment', 'date-time'),
  choices: column('a.choices', 'text'),
  state: { ...column('a.state', 'integer'), enumMembers: new Map([['Active', 0]]) },
  Status: {
    ...column('a.status', 'enum', false),
    enumType: 'N.Status',
    enumMembers: new Map([
      ['Open', 1],
      ['Done', 2],
    ]),
  },
}

/** The name of the row that a lookup points to. */
const BOSS_NAME: SqlColumn = {
  ...column('(select b.name from b where b.id = a.boss)', 'text'),
  behindLookup: { sql: 'b.name', passes: (test) => `(a.boss = any(array(select b.id from b where ${test})))` },
}

const scope: SqlScope = {
  typeName: 'Microsoft.Dynamics.CRM.account',
  column: ([name = '', ...rest]) => {
    if (rest.length === 0) return Object.hasOwn(COLUMNS, name) ? COLUMNS[name] : undefined
    if (rest[0] !== 'name') return undefined
    return name === 'boss' ? BOSS_NAME : name === 'contact' ? column('p.name', 'text') : undefined
  },
  collection: ([name], alias) =>
    name === 'kids' ? { from: `kid ${alias}`, where: `${alias}.parent = a.id`, scope: kidScope(alias) } : undefined,
}
const kidScope = (alias: string): SqlScope => ({
  typeName: 'Kid',
  column: ([name]) => (name === 'age' ? column(`${alias}.age`, 'integer') : undefined),
})

const NOW = new Date('2025-02-11T12:34:56.789Z') // a Tuesday
const GUID = '6f1c2a90-3b7e-4d11-9a55-0d3c8e21f001'

function translate(filter: string, profile: ODataProfile): readonly unknown[] {
  const parameters = new SqlParameters()
  const sql = filterToSql(parseFilter(filter, profile), scope, { parameters, profile, queryFunctions: { now: NOW, userId: GUID } })
  return [sql, ...parameters.values]
}

const DATAVERSE: readonly (readonly [filter: string, ...sql: readonly unknown[]])[] = [
  ["name eq 'X'", 'lower(a.name) = lower($1::text)', 'X'],
  ["name ne 'X'", 'lower(a.name) is distinct from lower($1::text)', 'X'],
  ["code ne 'X'", 'lower(a.code) <> lower($1::text)', 'X'],
  ["'X' lt name", 'lower(a.name) > lower($1::text)', 'X'],
  ["not (name eq 'X')", 'not coalesce(lower(a.name) = lower($1::text), false)', 'X'],
  ['name eq code', 'lower(a.name) = lower(a.code)'],
  ["boss/name eq 'X'", '(a.boss = any(array(select b.id from b where lower(b.name) = lower($1::text))))', 'X'],
  [
    "boss/name eq 'X' or not ('Y' eq boss/name)",
    '((a.boss = any(array(select b.id from b where lower(b.name) = lower($1::text)))) or not coalesce((a.boss = any(array(select b.id from b where lower(b.name) = lower($2::text)))), false))',
    'X',
    'Y',
  ],
  ["boss/name ne 'X'", 'lower((select b.name from b where b.id = a.boss)) is distinct from lower($1::text)', 'X'],
  ['boss/name eq null', '(select b.name from b where b.id = a.boss) is null'],
  ['boss/name eq code', 'lower((select b.name from b where b.id = a.boss)) = lower(a.code)'],
  ['name eq contact/name', 'lower(a.name) is not distinct from lower(p.name)'],
  ["name eq '50%_\\'", 'lower(a.name) like lower($1::text)', '50%_\\\\'],
  ["contains(name,'a_c')", 'lower(a.name) like lower($1::text)', '%a_c%'],
  ["startswith(name,'[%]x')", 'lower(a.name) like lower($1::text)', '\\%x%'],
  ["endswith(name,'[a-c^]')", 'a.name ~* $1::text', '^.*[a-c\\^]$'],
  ["contains(name,'[^a].+')", 'a.name ~* $1::text', '^.*[^a]\\.\\+.*$'],
  ['contains(name,code)', 'strpos(lower(a.name), lower(a.code)) > 0'],
  ['name eq null', 'a.name is null'],
  ['size ge 5', 'a.size >= $1::integer', '5'],
  ['size eq 5.5', 'a.size = $1::numeric', '5.5'],
  ['big eq 9223372036854775807', 'a.big = $1::bigint', '9223372036854775807'],
  ['price gt 1e3', 'a.price > $1::numeric', '1e3'],
  ['ratio lt -INF', 'a.ratio < $1::double precision', '-Infinity'],
  [`id eq ${GUID.toUpperCase()}`, 'a.id = $1::uuid', GUID],
  ['day eq 2025-02-01', 'a.day = $1::date', '2025-02-01'],
  ['moment ge 2025-02-01', 'a.moment >= $1::timestamptz', '2025-02-01T00:00:00Z'],
  ['moment ge 2025-02-01T01:00:00.5+02:00', 'a.moment >= $1::timestamptz', '2025-01-31T23:00:00.5Z'],
  ["state eq Ns.State'Active'", 'a.state = $1::integer', 0],
  ['open eq true and size gt 1 or not open', '((a.open = $1::boolean and a.size > $2::integer) or not coalesce(a.open, false))', true, '1'],
  ['kids/any()', 'exists (select 1 from kid c1 where (c1.parent = a.id))'],
  [
    'kids/any(k:k/age gt 3 and size eq k/age)',
    'exists (select 1 from kid c1 where (c1.parent = a.id) and ((c1.age > $1::integer and a.size is not distinct from c1.age)))',
    '3',
  ],
  [
    'kids/all(k:k/age gt 3)',
    'not exists (select 1 from kid c1 where (c1.parent = a.id) and (not coalesce(c1.age > $1::integer, false)))',
    '3',
  ],
  ['$it/size eq 1', 'a.size = $1::integer', '1'],
  ["Microsoft.Dynamics.CRM.In(PropertyName='size',PropertyValues=['1','2'])", 'a.size in ($1::integer, $2::integer)', '1', '2'],
  [
    "Microsoft.Dynamics.CRM.OnOrAfter(PropertyName='moment',PropertyValue='2025-02-01')",
    'a.moment >= $1::timestamptz',
    '2025-02-01T00:00:00.000Z',
  ],
  ["Microsoft.Dynamics.CRM.ThisWeek(PropertyName='day')", '(a.day >= $1::date and a.day <= $2::date)', '2025-02-09', '2025-02-15'],
  ["Microsoft.Dynamics.CRM.LastMonth(PropertyName='day')", '(a.day >= $1::date and a.day <= $2::date)', '2025-01-01', '2025-01-31'],
  ["Microsoft.Dynamics.CRM.NextYear(PropertyName='day')", '(a.day >= $1::date and a.day <= $2::date)', '2026-01-01', '2026-12-31'],
  [
    "Microsoft.Dynamics.CRM.LastXHours(PropertyName='moment',PropertyValue=2)",
    '(a.moment >= $1::timestamptz and a.moment < $2::timestamptz)',
    '2025-02-11T10:00:00.000Z',
    '2025-02-11T12:34:56.790Z',
  ],
  [
    "Microsoft.Dynamics.CRM.NextXMonths(PropertyName='moment',PropertyValue=1)",
    '(a.moment >= $1::timestamptz and a.moment < $2::timestamptz)',
    '2025-02-11T12:34:56.789Z',
    '2025-03-12T00:00:00.000Z',
  ],
  [
    "Microsoft.Dynamics.CRM.OlderThanXDays(PropertyName='moment',PropertyValue=1)",
    'a.moment < $1::timestamptz',
    '2025-02-10T00:00:00.000Z',
  ],
]

const FINOPS: readonly (readonly [filter: string, ...sql: readonly unknown[]])[] = [
  ["code eq '*100%_\\*'", 'lower(a.code) like lower($1::text)', '%100\\%\\_\\\\%'],
  ["name ne '*x'", '(lower(a.name) like lower($1::text)) is not true', '%x'],
  ["code eq 'a  '", 'lower(a.code) = lower($1::text)', 'a'],
  ['code eq null', "a.code = ''"],
  ["Status eq N.Status'open'", 'a.status = $1::text', 'Open'],
  ["Status ne N.Status'2'", 'a.status <> $1::text', 'Done'],
  ['day eq 2025-02-11T12:00:00Z', 'a.day = $1::date', '2025-02-11'],
  ['moment eq 1900-01-01T12:00:00Z', 'a.moment = $1::timestamptz', '1900-01-01T00:00:00Z'],
  ['price mul 2 gt 10', '((a.price)::numeric * ($1::numeric)::numeric) > $2::numeric', '2', '10'],
]

test('DV-059 FO-052 filters as SQL, every value a parameter', () => {
  for (const [filter, ...sql] of DATAVERSE) expect(translate(filter, dataverseProfile), filter).toEqual(sql)
  for (const [filter, ...sql] of FINOPS) expect(translate(filter, finOpsProfile), filter).toEqual(sql)
})

function refusal(work: () => unknown) {
  try {
    return { code: 'accepted', result: work() }
  } catch (error) {
    if (isAppError(error)) return { code: error.code, message: error.message, ...error.details }
    throw error
  }
}

const named = (name: string, rest: string): string => `Microsoft.Dynamics.CRM.${name}(PropertyName=${rest})`

const BAD: readonly (readonly [filter: string, profile: ODataProfile, expected: Readonly<Record<string, unknown>>])[] = [
  [
    'nmae eq 1',
    dataverseProfile,
    {
      code: 'odata-unknown-property',
      property: 'nmae',
      typeName: 'Microsoft.Dynamics.CRM.account',
      position: 0,
      message: "Could not find a property named 'nmae' on type 'Microsoft.Dynamics.CRM.account'.",
    },
  ],
  ['size eq 1 and constructor eq 1', dataverseProfile, { code: 'odata-unknown-property', position: 14 }],
  ['contact/nope eq 1', dataverseProfile, { code: 'odata-unknown-property', property: 'contact/nope' }],
  ['kids/any(k:k/nope eq 1)', dataverseProfile, { code: 'odata-unknown-property', property: 'nope', typeName: 'Kid', position: 11 }],
  ['name/any()', dataverseProfile, { code: 'odata-unknown-property', property: 'name' }],
  ['kids/any(k:kids/any(k:k/age eq 1))', dataverseProfile, { code: 'odata-syntax' }],
  ['name eq 5', dataverseProfile, { code: 'odata-type-mismatch', position: 8 }],
  ["size eq '5'", dataverseProfile, { code: 'odata-type-mismatch', position: 8 }],
  [`id eq '${GUID}'`, dataverseProfile, { code: 'odata-type-mismatch', position: 6 }],
  ['day eq true', dataverseProfile, { code: 'odata-type-mismatch' }],
  ['open gt true', dataverseProfile, { code: 'odata-type-mismatch', operator: 'gt' }],
  ['name', dataverseProfile, { code: 'odata-type-mismatch', position: 0 }],
  ["'x'", dataverseProfile, { code: 'odata-type-mismatch', position: 0 }],
  ["contains(size,'x')", dataverseProfile, { code: 'odata-type-mismatch', position: 9 }],
  ['contains(name,null)', dataverseProfile, { code: 'odata-type-mismatch', position: 14 }],
  ['contains(name)', dataverseProfile, { code: 'odata-syntax' }],
  ['name eq size', dataverseProfile, { code: 'odata-type-mismatch', position: 8 }],
  ["day eq duration'P1D'", dataverseProfile, { code: 'odata-type-mismatch' }],
  ['size eq 2147483648', dataverseProfile, { code: 'odata-out-of-range', position: 8 }],
  [`big eq ${'9'.repeat(5000)}`, dataverseProfile, { code: 'odata-out-of-range' }],
  [`price eq ${'9'.repeat(500)}.5`, dataverseProfile, { code: 'odata-out-of-range' }],
  ['ratio eq 1e999', dataverseProfile, { code: 'odata-out-of-range' }],
  ['ratio eq 1e-400', dataverseProfile, { code: 'odata-out-of-range' }],
  ['price eq NaN', dataverseProfile, { code: 'odata-type-mismatch' }],
  [`name eq '${'[ab]'.repeat(2000)}'`, dataverseProfile, { code: 'odata-too-long', position: 8 }],
  ['size eq 1 eq 2', dataverseProfile, { code: 'odata-type-mismatch' }],
  ["Status eq 'Open'", finOpsProfile, { code: 'odata-type-mismatch', position: 10 }],
  ['Status eq 1', finOpsProfile, { code: 'odata-type-mismatch' }],
  ["Status gt N.Status'Open'", finOpsProfile, { code: 'odata-type-mismatch', operator: 'gt' }],
  ["Status eq N.Status'Nope'", finOpsProfile, { code: 'odata-type-mismatch' }],
  ["Status eq N.Other'Open'", finOpsProfile, { code: 'odata-type-mismatch' }],
  ["name eq N.Status'Open'", finOpsProfile, { code: 'odata-type-mismatch' }],
  ['name add 1 eq 2', finOpsProfile, { code: 'odata-type-mismatch', position: 0 }],
  ['(size eq 1) add 1 eq 2', finOpsProfile, { code: 'odata-type-mismatch' }],
  ['size add 1', finOpsProfile, { code: 'odata-type-mismatch' }],
  [named('In', "'size'"), dataverseProfile, { code: 'odata-syntax', expected: [expect.stringContaining('PropertyValues')] }],
  [named('In', "'size',PropertyValues=['x']"), dataverseProfile, { code: 'odata-type-mismatch' }],
  [named('In', "'size',PropertyValues=[{'kind':'literal'}]"), dataverseProfile, { code: 'odata-type-mismatch' }],
  [named('In', "'nope',PropertyValues=['1']"), dataverseProfile, { code: 'odata-unknown-property', property: 'nope' }],
  ['Microsoft.Dynamics.CRM.Today()', dataverseProfile, { code: 'odata-syntax', expected: ['PropertyName'] }],
  [named('Today', "'name'"), dataverseProfile, { code: 'odata-type-mismatch' }],
  [named('LastXDays', "'day',PropertyValue=0"), dataverseProfile, { code: 'odata-syntax' }],
  [named('LastXDays', "'day',PropertyValue='x'"), dataverseProfile, { code: 'odata-syntax' }],
  [named('On', "'day',PropertyValue='2025-02-31'"), dataverseProfile, { code: 'odata-syntax' }],
  [named('Between', "'size',PropertyValues=['1']"), dataverseProfile, { code: 'odata-syntax' }],
  [named('EqualBusinessId', "'id'"), dataverseProfile, { code: 'odata-unsupported' }],
  [named('Under', `'owner',PropertyValue='${GUID}'`), dataverseProfile, { code: 'odata-unsupported' }],
]

test('DV-064 FO-057 a filter that does not fit the columns is refused before the database sees it', () => {
  for (const [filter, profile, expected] of BAD)
    expect(
      refusal(() => translate(filter, profile)),
      filter,
    ).toMatchObject(expected)
})

test('DV-062 every query function of the list is translated', () => {
  const values: Readonly<Record<string, string>> = { Between: "['1','2']", NotBetween: "['1','2']" }
  const dates = /^(On|OnOr|Today|Yesterday|Tomorrow|This|Last|Next|Older)/
  for (const name of QUERY_FUNCTIONS) {
    const property = dates.test(name)
      ? 'moment'
      : /User|Business|Above|Under/.test(name)
        ? 'id'
        : /^(Contain|Does|Begins|Ends)/.test(name)
          ? 'choices'
          : 'size'
    const value = /^On/.test(name)
      ? "'2025-02-01'"
      : property === 'id'
        ? `'${GUID}'`
        : /^(LastX|NextX|Older)/.test(name)
          ? '3'
          : (values[name] ?? "'4'")
    const parameters = new SqlParameters()
    const queryFunctions = { now: NOW, userId: GUID, businessUnitId: GUID }
    const filter = parseFilter(`Microsoft.Dynamics.CRM.${name}(PropertyName='${property}',PropertyValue=${value})`, dataverseProfile)
    expect(filterToSql(filter, scope, { parameters, profile: dataverseProfile, queryFunctions }), name).toContain(
      property === 'id' && /Above|Under/.test(name) ? 'with recursive relatives(id)' : 'a.',
    )
  }
})

test('a scope may translate query functions itself', () => {
  const parameters = new SqlParameters(['before'])
  const own: SqlScope = { ...scope, namedCall: (name, args, list) => (name.endsWith('.Today') ? `own(${list.add(args.size)})` : undefined) }
  const options = { parameters, profile: dataverseProfile, queryFunctions: { now: NOW } }
  expect(filterToSql(parseFilter("Microsoft.Dynamics.CRM.Today(PropertyName='day')", dataverseProfile), own, options)).toBe('own($2)')
  const day = () =>
    namedCallToSql(
      {
        name: 'On',
        args: new Map([
          ['PropertyName', 'day'],
          ['PropertyValue', '2025-02-01'],
        ]),
      },
      () => column('d', 'date'),
      options,
    )
  expect(day()).toBe('(d >= $3::date and d <= $4::date)')
})

test('order and key sets as SQL', () => {
  const parameters = new SqlParameters()
  const options = { parameters, profile: dataverseProfile }
  expect(orderByToSql(parseOrderBy('name desc,size,id', dataverseProfile), scope, options)).toEqual([
    'lower(a.name) desc nulls last',
    'a.size nulls first',
    'a.id',
  ])
  expect(refusal(() => orderByToSql(parseOrderBy('contains(name,code)', dataverseProfile), scope, options))).toMatchObject({
    code: 'odata-unsupported',
    option: '$orderby',
  })
  expect(refusal(() => orderByToSql(parseOrderBy('name,nope', dataverseProfile), scope, options))).toMatchObject({
    code: 'odata-unknown-property',
    position: 5,
  })
  const item = (sql: string, type: SqlColumn['type'], descending: boolean, nullable: boolean) => ({ sql, type, descending, nullable })
  const after = (columns: ReturnType<typeof item>[], values: (string | null)[]) => {
    const list = new SqlParameters()
    return [keysetAfter(columns, values, list), ...list.values]
  }
  expect(after([item('id', 'guid', false, false)], [GUID])).toEqual(['id > $1::uuid', GUID])
  expect(after([item('c', 'text', false, false), item('n', 'bigint', false, false)], ['x', '1'])).toEqual([
    '(lower(c), n) > (lower($1::text), $2::bigint)',
    'x',
    '1',
  ])
  expect(after([item('s', 'integer', true, true), item('id', 'guid', false, false)], ['7', GUID])).toEqual([
    '((s < $1::integer or s is null) or (s = $1::integer and id > $2::uuid))',
    '7',
    GUID,
  ])
  expect(after([item('s', 'integer', true, true), item('id', 'guid', false, false)], [null, GUID])).toEqual([
    '(false or (s is null and id > $1::uuid))',
    GUID,
  ])
  expect(after([item('s', 'integer', false, true), item('id', 'guid', false, false)], [null, GUID])).toEqual([
    '(s is not null or (s is null and id > $1::uuid))',
    GUID,
  ])
})

test('DV-074 DV-075 $apply as SQL, and what it refuses', () => {
  const apply = (text: string) => {
    const parameters = new SqlParameters()
    const groupName = (path: readonly string[]) => (path.length > 1 ? `contact_${path.at(-1)}` : (path[0] ?? ''))
    return {
      ...applyToSql(parseApply(text, dataverseProfile), scope, { parameters, profile: dataverseProfile, groupName }),
      values: parameters.values,
    }
  }
  expect(
    apply('filter(size gt 1)/groupby((contact/name,size),aggregate(price with average as avg,name with countdistinct as n,$count as c))'),
  ).toMatchObject({
    where: '(a.size > $1::integer)',
    groupBy: ['lower(p.name)', 'a.size'],
    columns: [
      { name: 'contact_name', kind: 'group', sql: 'min(p.name)' },
      { name: 'size', kind: 'group', sql: 'a.size', type: 'integer' },
      { name: 'avg', kind: 'aggregate', sql: 'round(avg((a.price)::numeric), 9)', type: 'decimal', method: 'average' },
      { name: 'n', sql: 'count(distinct lower(a.name))', type: 'bigint' },
      { name: 'c', sql: 'count(*)', type: 'bigint' },
    ],
    values: ['1'],
  })
  expect(apply('aggregate(day with min as first)')).toMatchObject({ groupBy: [], columns: [{ sql: 'min(a.day)', type: 'date' }] })
  expect(refusal(() => apply('groupby((moment))'))).toMatchObject({ code: 'odata-unsupported', property: 'moment' })
  expect(refusal(() => apply('filter(size gt 1)'))).toMatchObject({ code: 'odata-unsupported', option: '$apply' })
  expect(refusal(() => apply('groupby((size))/filter(size gt 1)'))).toMatchObject({ code: 'odata-unsupported', function: 'filter' })
  expect(refusal(() => apply('aggregate(name with sum as n)'))).toMatchObject({ code: 'odata-type-mismatch' })
  expect(refusal(() => apply('aggregate(size with sum as n,size with max as n)'))).toMatchObject({ code: 'odata-syntax', name: 'n' })
  expect(refusal(() => apply('groupby((nope))'))).toMatchObject({ code: 'odata-unknown-property' })
})
