import { isAppError } from '@p2c/base'
import { describe, expect, test } from 'vitest'
import {
  dataverseProfile,
  encodeKeyValue,
  encodeOption,
  finOpsProfile,
  formatFilter,
  isLiteral,
  type JsonValue,
  keyNeedsAlias,
  type Literal,
  type ODataRequest,
  parseRequest,
} from '../index.ts'
import type { ODataProfile } from '../profile.ts'

const ROOT = '/api/data/v9.2'
const dataverse = (url: string): ODataRequest => parseRequest(url, { profile: dataverseProfile, basePath: ROOT })
const finops = (url: string): ODataRequest => parseRequest(url, { profile: finOpsProfile, basePath: '/data' })

const value = (item: JsonValue | Literal): unknown => (isLiteral(item) ? `${item.type}:${item.enumType ?? ''}${item.value}` : item)

/** The path as plain data: names, keys with the type of their values, parameters. */
const path = (request: ODataRequest) =>
  request.path.map(({ name, key, parameters }) => ({
    name,
    ...(key !== undefined && { key: key.map((part) => (part.name === undefined ? value(part.value) : [part.name, value(part.value)])) }),
    ...(parameters !== undefined && { parameters: Object.fromEntries([...parameters].map(([name, item]) => [name, value(item)])) }),
  }))

function refusal(parse: () => unknown) {
  try {
    parse()
  } catch (error) {
    if (isAppError(error)) return { code: error.code, ...error.details }
    throw error
  }
  return 'accepted'
}

const GUID = '6f1c2a90-3b7e-4d11-9a55-0d3c8e21f001'

const PATHS: readonly (readonly [url: string, expected: unknown])[] = [
  ['', []],
  [`${ROOT}`, []],
  [`${ROOT}/`, []],
  [`${ROOT}/accounts`, [{ name: 'accounts' }]],
  [`https://hms.crm4.dynamics.com${ROOT}/accounts`, [{ name: 'accounts' }]],
  [`https://hms.crm4.dynamics.com${ROOT}//contacts(${GUID})`, [{ name: 'contacts', key: [`guid:${GUID}`] }]],
  ['accounts', [{ name: 'accounts' }]],
  [`accounts(${GUID})`, [{ name: 'accounts', key: [`guid:${GUID}`] }]],
  [`accounts(accountid=${GUID})`, [{ name: 'accounts', key: [['accountid', `guid:${GUID}`]] }]],
  ["accounts(accountnumber='HMS-1001')", [{ name: 'accounts', key: [['accountnumber', 'string:HMS-1001']] }]],
  ['accounts%28accountnumber%3D%27HMS-1001%27%29', [{ name: 'accounts', key: [['accountnumber', 'string:HMS-1001']] }]],
  [
    `contacts(firstname='Ada',_parentcustomerid_value=${GUID})`,
    [
      {
        name: 'contacts',
        key: [
          ['firstname', 'string:Ada'],
          ['_parentcustomerid_value', `guid:${GUID}`],
        ],
      },
    ],
  ],
  ["accounts(accountnumber=@p1)?@p1='A%2FB&'", 'odata-syntax'],
  ["accounts(accountnumber=@p1)?@p1='A%2FB%26'", [{ name: 'accounts', key: [['accountnumber', 'string:A/B&']] }]],
  [
    "sets(k1='O''Brien',k2=-2,k3=1.5,k4=true,k5=2025-02-11)",
    [
      {
        name: 'sets',
        key: [
          ['k1', "string:O'Brien"],
          ['k2', 'integer:-2'],
          ['k3', 'decimal:1.5'],
          ['k4', 'boolean:true'],
          ['k5', 'date:2025-02-11'],
        ],
      },
    ],
  ],
  [`accounts(${GUID})/name/$value`, [{ name: 'accounts', key: [`guid:${GUID}`] }, { name: 'name' }, { name: '$value' }]],
  [
    `accounts(${GUID})/contact_customer_accounts(${GUID})/$ref?$id=x`,
    [{ name: 'accounts', key: [`guid:${GUID}`] }, { name: 'contact_customer_accounts', key: [`guid:${GUID}`] }, { name: '$ref' }],
  ],
  ['accounts/$count', [{ name: 'accounts' }, { name: '$count' }]],
  ['$metadata', [{ name: '$metadata' }]],
  ['$1/primarycontactid/$ref', [{ name: '$1' }, { name: 'primarycontactid' }, { name: '$ref' }]],
  ['WhoAmI()', [{ name: 'WhoAmI', key: [] }]],
  ['WhoAmI', [{ name: 'WhoAmI' }]],
  ['accounts/Microsoft.Dynamics.CRM.UpsertMultiple', [{ name: 'accounts' }, { name: 'Microsoft.Dynamics.CRM.UpsertMultiple' }]],
  [
    "EntityDefinitions(LogicalName='account')/Attributes(LogicalName='name')/Microsoft.Dynamics.CRM.StringAttributeMetadata",
    [
      { name: 'EntityDefinitions', key: [['LogicalName', 'string:account']] },
      { name: 'Attributes', key: [['LogicalName', 'string:name']] },
      { name: 'Microsoft.Dynamics.CRM.StringAttributeMetadata' },
    ],
  ],
  [
    "F(a='x',b=@b)?@b=Microsoft.Dynamics.CRM.T'M'",
    [
      {
        name: 'F',
        key: [
          ['a', 'string:x'],
          ['b', 'enum:Microsoft.Dynamics.CRM.TM'],
        ],
      },
    ],
  ],
  ["F(t=@t)?@t={'@odata.id':'accounts(1)'}", [{ name: 'F', parameters: { t: { '@odata.id': 'accounts(1)' } } }]],
  ['F(t=[1,2.5,"a\\u0041\\n",true,null,[]],u=7)', [{ name: 'F', parameters: { t: [1, 2.5, 'aA\n', true, null, []], u: 'integer:7' } }]],
  ['accounts(', 'odata-syntax'],
  ["accounts(a='x',a='y')", 'odata-syntax'],
  ["accounts('x','y')", 'odata-syntax'],
  ['accounts(accountnumber=name)', 'odata-syntax'],
  ['accounts(accountnumber=@p)', 'odata-alias-missing'],
  ['accounts(accountnumber=@p)?@p=name', 'odata-syntax'],
  [`accounts({${GUID}})`, 'odata-syntax'],
  ['accounts//name', 'odata-syntax'],
  ['accounts%2Fname', 'odata-syntax'],
  ['accounts%', 'odata-syntax'],
  ['accounts%C3', 'odata-syntax'],
  ['accounts%00', 'odata-syntax'],
  ['/other/accounts', 'odata-syntax'],
]

describe('DV-014 DV-015 DV-127 DV-128 resource paths', () => {
  test.each(PATHS)('%s', (url, expected) => {
    if (typeof expected === 'string') expect(refusal(() => dataverse(url))).toMatchObject({ code: expected, position: expect.any(Number) })
    else expect(path(dataverse(url))).toEqual(expected)
  })
})

test('FO-021 FO-023 FO-024 FO-119 keys: any order, encoded characters belong to the value, dates bare, enumerations qualified or plain', () => {
  expect(path(finops("/data/CustomersV3(CustomerAccount='CUST%20%26%20CO',dataAreaId='us%2Fmf')?cross-company=true"))).toEqual([
    {
      name: 'CustomersV3',
      key: [
        ['CustomerAccount', 'string:CUST & CO'],
        ['dataAreaId', 'string:us/mf'],
      ],
    },
  ])
  expect(path(finops("/data/Leaves(LeaveDate=2025-02-11T12%3A00%3A00Z,P=N.PartyType'Organization',Q='Organization')"))).toEqual([
    {
      name: 'Leaves',
      key: [
        ['LeaveDate', 'date-time:2025-02-11T12:00:00Z'],
        ['P', 'enum:N.PartyTypeOrganization'],
        ['Q', 'string:Organization'],
      ],
    },
  ])
  expect(path(finops("/data/Sets(k='a+b%2Bc')"))).toEqual([{ name: 'Sets', key: [['k', 'string:a+b+c']] }])
})

test('DV-129 FO-119 a plus is a blank in the query, and the case of an escape makes no difference', () => {
  const filters = ["$filter=name+eq+'a%2Bb+(c)'", "$filter=name%20eq%20'a%2bb%20(c)'", '%24filter=name%20eq%20%27a%2Bb%20%28c%29%27'].map(
    (query) => dataverse(`accounts?${query}`).options.filter,
  )
  for (const filter of filters) expect(filter).toMatchObject({ right: { value: 'a+b (c)' } })
})

test('options come in any order and are read', () => {
  const request = dataverse(
    'accounts?$top=5&fetchXml=%3Cfetch/%3E&$orderby=name desc,createdon asc , size&$count=true&tag=x&$select=name,%20_ownerid_value,*&' +
      "$expand=order_details($select=quantity,productid;$filter=a eq ';)';$orderby=quantity desc;$top=2;$count=true;$expand=productid($select=name)),primarycontactid/$ref,kids()",
  )
  const { filter, ...options } = request.options
  expect(filter).toBeUndefined()
  expect(options).toMatchObject({
    top: 5,
    count: true,
    orderby: [{ descending: true }, { descending: false }, { descending: false }],
    select: [{ path: 'name' }, { path: '_ownerid_value' }, { path: '*' }],
    expand: [
      {
        navigation: 'order_details',
        options: {
          select: [{ path: 'quantity' }, { path: 'productid' }],
          filter: { right: { value: ';)' } },
          top: 2,
          count: true,
          expand: [{ navigation: 'productid', options: { select: [{ path: 'name' }] } }],
        },
      },
      { navigation: 'primarycontactid', suffix: '$ref', options: {} },
      { navigation: 'kids', options: {} },
    ],
  })
  expect([...request.custom]).toEqual([
    ['fetchXml', '<fetch/>'],
    ['tag', 'x'],
  ])
})

test('a comma behind the last name of $select is read over', () => {
  expect(dataverse('accounts?$select=name,%20&$expand=a($select=b,)').options).toMatchObject({
    select: [{ path: 'name' }],
    expand: [{ options: { select: [{ path: 'b' }] } }],
  })
})

test('G-DV-13 G-DV-19 tokens are decoded once and otherwise left alone', () => {
  const request = dataverse(
    'salesorders?$select=name&$skiptoken=%3Ccookie%20pagenumber=%222%22%20pagingcookie=%22%253Ccookie%2520page%253D%25221%2522%253E%22%20/%3E',
  )
  expect(request.options.skiptoken).toBe('<cookie pagenumber="2" pagingcookie="%3Ccookie%20page%3D%221%22%3E" />')
  expect(dataverse('accounts?$deltatoken=503115%2102%2f11%2f2025%2009%3a30%3a00').options.deltatoken).toBe('503115!02/11/2025 09:30:00')
})

test('G-DV-16 $apply with filter, groupby and aggregate', () => {
  const { apply } = dataverse(
    "salesorders?$apply=filter(name ne 'Order C')/groupby((statecode,owner/name),aggregate(totalamount with sum as total,$count as n))",
  ).options
  expect(apply).toMatchObject([
    { kind: 'filter', expression: { operator: 'ne' } },
    {
      kind: 'groupby',
      paths: [{ segments: ['statecode'] }, { segments: ['owner', 'name'] }],
      aggregates: [
        { method: 'sum', path: { segments: ['totalamount'] }, alias: 'total' },
        { method: 'count', alias: 'n' },
      ],
    },
  ])
  expect(dataverse('a?$apply=aggregate(x with countdistinct as n)').options.apply).toMatchObject([
    { kind: 'aggregate', aggregates: [{ method: 'countdistinct' }] },
  ])
})

test('DV-128 G-DV-32 aliases stand for literals, JSON and columns; several uses of one are allowed', () => {
  for (const list of ['["account","contact"]', "['account','contact']", "%5B%22account%22%2C'contact'%5D"]) {
    expect(path(dataverse(`RetrieveTotalRecordCount(EntityNames=@p1)?@p1=${list}`))).toEqual([
      { name: 'RetrieveTotalRecordCount', parameters: { EntityNames: ['account', 'contact'] } },
    ])
  }
  const text = (query: string) => formatFilter(dataverse(`accounts?${query}`).options.filter ?? expect.unreachable('no filter'))
  expect(text("$filter=name eq @n or fullname eq @n&@n='Halvorsen'")).toBe("name eq 'Halvorsen' or fullname eq 'Halvorsen'")
  expect(text("@p1=fullname&$filter=contains(@p1,'x')")).toBe("contains(fullname,'x')")
  expect(text("$filter=a eq @a and b eq @b and c eq @c and d eq @d&@a=1&@b=null&@c=6f1c2a90-3b7e-4d11-9a55-0d3c8e21f001&@d=N.X'M'")).toBe(
    "a eq 1 and b eq null and c eq 6f1c2a90-3b7e-4d11-9a55-0d3c8e21f001 and d eq N.X'M'",
  )
  expect(text("$filter=Microsoft.Dynamics.CRM.In(PropertyName=@p,PropertyValues=@v)&@p='a'&@v=['1','2']")).toBe(
    "Microsoft.Dynamics.CRM.In(PropertyName='a',PropertyValues=['1','2'])",
  )
  expect(dataverse('accounts?$orderby=@c desc&@c=primarycontactid/fullname').options.orderby).toMatchObject([
    { expression: { segments: ['primarycontactid', 'fullname'] }, descending: true },
  ])
  expect(refusal(() => dataverse('accounts?$filter=name eq @n'))).toMatchObject({
    code: 'odata-alias-missing',
    alias: '@n',
    option: '$filter',
    position: 8,
  })
  expect(refusal(() => dataverse('accounts?$filter=name eq @n&@n=@n'))).toMatchObject({ code: 'odata-syntax', option: '@n', position: 0 })
  expect(refusal(() => dataverse('accounts?$filter=name eq @n&@n=[1]'))).toMatchObject({ code: 'odata-syntax', alias: '@n' })
  expect(refusal(() => dataverse("accounts?@n='a'&@n='b'"))).toMatchObject({ code: 'odata-duplicate-option', option: '@n' })
})

test('JSON from a client cannot pass for a literal or reach a prototype', () => {
  const url = 'F(t=@t)?@t={"kind":"literal","type":"integer","value":"x","span":{},"__proto__":{"a":1}}'
  const given = dataverse(url).path[0]?.parameters?.get('t')
  expect(given !== undefined && isLiteral(given)).toBe(false)
  expect(Object.keys(given ?? {})).toContain('__proto__')
  expect(({} as { a?: number }).a).toBeUndefined()
})

const REFUSED: readonly (readonly [url: string, profile: ODataProfile, expected: Readonly<Record<string, unknown>>])[] = [
  ['accounts?$skip=3', dataverseProfile, { code: 'odata-unsupported', option: '$skip' }],
  ['accounts?$search=x', dataverseProfile, { code: 'odata-unsupported', option: '$search' }],
  ['accounts?$compute=a', dataverseProfile, { code: 'odata-unsupported', option: '$compute' }],
  ['accounts?$format=json', dataverseProfile, { code: 'odata-unsupported', option: '$format' }],
  ['accounts?$Filter=a eq 1', dataverseProfile, { code: 'odata-unsupported', option: '$Filter' }],
  ['accounts?$foo', dataverseProfile, { code: 'odata-unsupported', option: '$foo' }],
  ['accounts?$filter=a eq 1&$filter=a eq 1', dataverseProfile, { code: 'odata-duplicate-option', option: '$filter' }],
  ['accounts?$expand=a($select=b;$select=c)', dataverseProfile, { code: 'odata-duplicate-option', option: '$select' }],
  ['accounts?$expand=a($foo=1)', dataverseProfile, { code: 'odata-unsupported', option: '$foo' }],
  [
    `accounts?$expand=${Array.from({ length: 16 }, (_, index) => `n${index}`).join(',')}`,
    dataverseProfile,
    { code: 'odata-unsupported', option: '$expand', limit: 15 },
  ],
  ['accounts?$top=-1', dataverseProfile, { code: 'odata-syntax', option: '$top' }],
  ['accounts?$top=1e3', dataverseProfile, { code: 'odata-syntax', option: '$top' }],
  ['accounts?$top=99999999999', dataverseProfile, { code: 'odata-syntax', option: '$top' }],
  ['accounts?$top=', dataverseProfile, { code: 'odata-syntax', option: '$top' }],
  ['accounts?$count=yes', dataverseProfile, { code: 'odata-syntax', option: '$count' }],
  ['accounts?$select=', dataverseProfile, { code: 'odata-syntax', option: '$select' }],
  ['accounts?$select=,', dataverseProfile, { code: 'odata-syntax', option: '$select' }],
  ['accounts?$select=a,,', dataverseProfile, { code: 'odata-syntax', option: '$select' }],
  ['accounts?$select=a,,b', dataverseProfile, { code: 'odata-syntax', option: '$select', position: 2 }],
  ['accounts?$orderby=name up', dataverseProfile, { code: 'odata-syntax', option: '$orderby', position: 5 }],
  ['accounts?$expand=a(', dataverseProfile, { code: 'odata-syntax', option: '$expand', position: 2 }],
  ['accounts?$apply=topcount(1,a)', dataverseProfile, { code: 'odata-unsupported', option: '$apply', function: 'topcount' }],
  ["accounts?$filter=tolower(name) eq 'x'", dataverseProfile, { code: 'odata-unsupported', option: '$filter', function: 'tolower' }],
  ['accounts?$filter=name%20eq%20%zz', dataverseProfile, { code: 'odata-syntax', position: 29 }],
  ['C?$expand=a($expand=b)', finOpsProfile, { code: 'odata-unsupported', option: '$expand', position: 10 }],
  ['C?$apply=aggregate($count as n)', finOpsProfile, { code: 'odata-unsupported', option: '$apply' }],
  ['C?$search=x', finOpsProfile, { code: 'odata-unsupported', option: '$search' }],
  ['C?$format=xml', finOpsProfile, { code: 'odata-unsupported', option: '$format' }],
  ['C?cross-company=true&cross-company=false', finOpsProfile, { code: 'odata-duplicate-option', option: 'cross-company' }],
]

test('DV-063 DV-065 FO-051 FO-058 what is not supported or not readable is refused by name and place', () => {
  for (const [url, profile, expected] of REFUSED)
    expect(
      refusal(() => parseRequest(url, { profile })),
      url,
    ).toMatchObject(expected)
})

test('FO-051 FO-122 the options of Finance and Operations; cross-company counts once', () => {
  const request = finops(
    "/data/C?Cross-Company=TRUE&$skip=20&$top=10&$format=json&$count=true&cross-company=true&$expand=Lines($select=A,B)&$filter=A eq '*x*'",
  )
  expect(request.options).toMatchObject({ skip: 20, top: 10, format: 'json', count: true, expand: [{ navigation: 'Lines' }] })
  expect([...request.custom.values()]).toEqual(['TRUE', 'true'])
})

test('DV-017 key values for a client', () => {
  expect(encodeKeyValue('CUST & CO')).toBe("'CUST%20%26%20CO'")
  expect(encodeKeyValue("O'Brien/ö")).toBe("'O''Brien%2F%C3%B6'")
  expect(encodeKeyValue({ type: 'guid', value: GUID })).toBe(GUID)
  expect(['HMS-1001', 'a/b', 'a+b', 'x:y', 'Å'].map(keyNeedsAlias)).toEqual([false, true, true, true, false])
  const query = encodeOption('$filter', "name eq 'a+b&c%d' and x eq 'é?#'")
  expect(dataverse(`accounts?${query}`).options.filter).toMatchObject({
    left: { right: { value: 'a+b&c%d' } },
    right: { right: { value: 'é?#' } },
  })
  expect(refusal(() => encodeKeyValue('\ud800'))).toMatchObject({ code: 'odata-syntax' })
})
