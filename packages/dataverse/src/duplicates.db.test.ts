import { expect, test } from 'vitest'
import { guid, startPlatform, type TestPlatform } from './platform.case.ts'
import { createRow } from './webhook-receiver.fixture.ts'

const DETECT = { 'mscrm.suppressduplicatedetection': 'false' }
const REFUSED = {
  code: '0x80040333',
  message: 'A record was not created or updated because a duplicate of the current record already exists.',
}
const account = (name: string, more: object = {}) => ({ '@odata.type': 'Microsoft.Dynamics.CRM.account', name, ...more })
const names = async (sales: TestPlatform): Promise<readonly string[]> =>
  (await sales.send('GET', 'accounts?$select=name&$orderby=name')).json.value.map((row: { name: string }) => row.name)

test('DV-050 a duplicate is refused by 412 where detection is asked for, on create, update, upsert and in bulk, with nothing stored', async (t) => {
  const sales = await startPlatform(t)
  const create = (name: string, headers = {}) => sales.send('POST', 'accounts', { body: { name }, headers })
  expect((await create('Halvorsen marine SUPPLY', { 'mscrm.suppressduplicatedetection': 'true' })).status).toBe(204)
  expect((await create('Nordkai Yards')).status).toBe(204)
  const before = await names(sales)
  const refused = await create('nordkai YARDS', DETECT)
  expect([refused.status, refused.json.error]).toEqual([412, REFUSED])
  expect((await sales.send('PATCH', `accounts(${guid('01')})`, { body: { name: 'Nordkai Yards' }, headers: DETECT })).json.error).toEqual(
    REFUSED,
  )
  expect((await sales.send('PATCH', "accounts(accountnumber='NEW')", { body: { name: 'Nordkai Yards' }, headers: DETECT })).status).toBe(
    412,
  )
  const bulk = (action: string, targets: readonly object[], headers = {}) =>
    sales.send('POST', `accounts/Microsoft.Dynamics.CRM.${action}`, { body: { Targets: targets }, headers })
  expect((await bulk('CreateMultiple', [account('Fresh'), account('Nordkai Yards')], DETECT)).status).toBe(412)
  expect((await bulk('CreateMultiple', [account('Twin'), account('TWIN')], DETECT)).status).toBe(412)
  expect(
    (await bulk('UpdateMultiple', [account('Same', { accountid: guid('01') }), account('same', { accountid: guid('10') })], DETECT)).status,
  ).toBe(412)
  expect(await names(sales)).toEqual(before)
  expect((await create('Fresh', DETECT)).status).toBe(204)
  expect((await bulk('CreateMultiple', [account('Twin'), account('TWIN')])).status).toBe(200)
})

test('a row is no duplicate of itself, and blank values are none of each other', async (t) => {
  const sales = await startPlatform(t)
  for (const body of [{ name: 'Halvorsen Marine Supply' }, { name: null }, { address1_city: 'Oslo' }]) {
    expect((await sales.send('PATCH', `accounts(${guid('01')})`, { body, headers: DETECT })).status).toBe(204)
  }
  expect((await sales.send('POST', 'accounts', { body: {}, headers: DETECT })).status).toBe(204)
})

interface RuleFacts {
  readonly rule?: object
  readonly conditions: readonly object[]
}

/** A rule on accounts, published as a client does it. */
async function publish(sales: TestPlatform, { rule = {}, conditions }: RuleFacts): Promise<string> {
  const id = await createRow(sales, 'duplicaterules', {
    name: 'Own rule',
    baseentityname: 'account',
    matchingentityname: 'account',
    ...rule,
  })
  for (const condition of conditions) {
    await createRow(sales, 'duplicateruleconditions', {
      operatorcode: 0,
      ...condition,
      'regardingobjectid@odata.bind': `/duplicaterules(${id})`,
    })
  }
  const answer = await sales.send('POST', `duplicaterules(${id})/Microsoft.Dynamics.CRM.PublishDuplicateRule`)
  expect([answer.status, answer.json.statuscode]).toEqual([200, 30])
  return id
}

/** The rules that an organisation starts with are out of the way. */
async function unpublishAll(sales: TestPlatform): Promise<void> {
  for (const rule of (await sales.send('GET', 'duplicaterules?$filter=statecode eq 1')).json.value) {
    const answer = await sales.send('POST', 'UnpublishDuplicateRule', { body: { DuplicateRuleId: rule.duplicateruleid } })
    expect(answer.status).toBe(204)
  }
}

const both = (column: string) => ({ baseattributename: column, matchingattributename: column })

const CASES: readonly (readonly [string, RuleFacts, object, object, number])[] = [
  ['exact text without case', { conditions: [both('address1_city')] }, { address1_city: 'Oslo' }, { address1_city: 'OSLO' }, 412],
  [
    'exact text with case',
    { rule: { iscasesensitive: true }, conditions: [both('address1_city')] },
    { address1_city: 'Oslo' },
    { address1_city: 'OSLO' },
    204,
  ],
  [
    'first characters',
    { conditions: [{ ...both('name'), operatorcode: 1, operatorparam: 3 }] },
    { name: 'Marine A' },
    { name: 'marigold' },
    412,
  ],
  [
    'too few first characters',
    { conditions: [{ ...both('name'), operatorcode: 1, operatorparam: 5 }] },
    { name: 'Marine A' },
    { name: 'marigold' },
    204,
  ],
  [
    'last characters',
    { conditions: [{ ...both('name'), operatorcode: 2, operatorparam: 4 }] },
    { name: 'North Ltd.' },
    { name: 'South ltd.' },
    412,
  ],
  [
    'all conditions',
    { conditions: [both('address1_city'), both('industrycode')] },
    { address1_city: 'Oslo', industrycode: 1 },
    { address1_city: 'Oslo', industrycode: 7 },
    204,
  ],
  ['numbers', { conditions: [both('numberofemployees')] }, { numberofemployees: 7 }, { numberofemployees: 7 }, 412],
  ['amounts', { conditions: [both('revenue')] }, { revenue: 7.5 }, { revenue: 7.5 }, 412],
  [
    'lookups',
    { conditions: [both('primarycontactid')] },
    { 'primarycontactid@odata.bind': `/contacts(${guid('02')})` },
    { 'primarycontactid@odata.bind': `/contacts(${guid('02')})` },
    412,
  ],
  ['labels', { conditions: [{ ...both('industrycode'), operatorcode: 5 }] }, { industrycode: 7 }, { industrycode: 7 }, 412],
  ['blank values that count', { conditions: [{ ...both('address1_city'), ignoreblankvalues: false }] }, {}, {}, 412],
  [
    'inactive rows left out',
    { rule: { excludeinactiverecords: true }, conditions: [both('address1_city')] },
    { address1_city: 'Oslo', statecode: 1 },
    { address1_city: 'Oslo' },
    204,
  ],
]

test.for(CASES)('a rule compares %s', async ([, rule, first, second, status], t) => {
  const sales = await startPlatform(t, { empty: true })
  await sales.platform.seed([{ table: 'contact', rows: [{ contactid: guid('02'), lastname: 'Lind' }] }])
  await unpublishAll(sales)
  await publish(sales, rule)
  await createRow(sales, 'accounts', first)
  expect((await sales.send('POST', 'accounts', { body: second, headers: DETECT })).status).toBe(status)
})

test('a rule between two tables, and dates by their day', async (t) => {
  const sales = await startPlatform(t, { empty: true })
  await publish(sales, {
    rule: { baseentityname: 'contact', matchingentityname: 'account' },
    conditions: [{ baseattributename: 'lastname', matchingattributename: 'name' }],
  })
  await publish(sales, {
    rule: { baseentityname: 'contact', matchingentityname: 'contact' },
    conditions: [{ baseattributename: 'lastonholdtime', matchingattributename: 'lastonholdtime', operatorcode: 3 }],
  })
  await createRow(sales, 'accounts', { name: 'Lind' })
  await createRow(sales, 'contacts', { lastname: 'Berg', lastonholdtime: '2025-02-11T01:00:00Z' })
  const create = (body: object) => sales.send('POST', 'contacts', { body, headers: DETECT })
  expect((await create({ lastname: 'lind' })).status).toBe(412)
  expect((await create({ lastname: 'Dahl', lastonholdtime: '2025-02-11T23:00:00Z' })).status).toBe(412)
  expect((await create({ lastname: 'Dahl', lastonholdtime: '2025-02-12T01:00:00Z' })).status).toBe(204)
})

test('a rule that cannot be run is not published, and a published one does not change', async (t) => {
  const sales = await startPlatform(t, { empty: true })
  const rule = { name: 'R', baseentityname: 'account', matchingentityname: 'account' }
  expect((await sales.send('POST', 'duplicaterules', { body: { ...rule, baseentityname: 'nothing' } })).status).toBe(400)
  const id = await createRow(sales, 'duplicaterules', rule)
  expect((await sales.send('POST', `duplicaterules(${id})/Microsoft.Dynamics.CRM.PublishDuplicateRule`)).status).toBe(400)
  expect((await sales.send('PATCH', `duplicaterules(${id})`, { body: { statecode: 1, statuscode: 2 } })).status).toBe(400)
  const regardingobjectid = { 'regardingobjectid@odata.bind': `/duplicaterules(${id})` }
  const bad = [
    { ...both('colour') },
    { ...both('name'), operatorcode: 1 },
    { ...both('name'), operatorcode: 3 },
    { baseattributename: 'name', matchingattributename: 'revenue' },
    { ...both('name'), operatorcode: 9 },
  ]
  for (const condition of bad) {
    expect((await sales.send('POST', 'duplicateruleconditions', { body: { ...condition, ...regardingobjectid } })).status).toBe(400)
  }
  const condition = await createRow(sales, 'duplicateruleconditions', { ...both('name'), ...regardingobjectid })
  expect((await sales.send('PATCH', `duplicaterules(${id})`, { body: { statecode: 1, statuscode: 2 } })).status).toBe(204)
  expect((await sales.send('PATCH', `duplicateruleconditions(${condition})`, { body: both('address1_city') })).status).toBe(400)
  expect((await sales.send('DELETE', `duplicateruleconditions(${condition})`)).status).toBe(400)
  expect((await sales.send('DELETE', `duplicaterules(${id})`)).status).toBe(204)
  expect((await sales.send('GET', `duplicateruleconditions(${condition})`)).status).toBe(404)
})

test('a default rule that an administrator deletes stays away', async (t) => {
  const sales = await startPlatform(t, { empty: true })
  const list = async (platform: TestPlatform) => (await platform.send('GET', 'duplicaterules?$select=name,statecode')).json.value
  const rules = await list(sales)
  expect(rules).toEqual([
    expect.objectContaining({ name: 'Accounts with the same Account Name', statecode: 1 }),
    expect.objectContaining({ name: 'Contacts with the same first name and last name', statecode: 0 }),
  ])
  for (const rule of rules) expect((await sales.send('DELETE', `duplicaterules(${rule.duplicateruleid})`)).status).toBe(204)
  expect(await list(await sales.restart())).toEqual([])
})

test('RetrieveDuplicates finds what published rules take for duplicates of a record that is not stored', async (t) => {
  const sales = await startPlatform(t)
  const ask = (entity: object, more = '') =>
    sales.send(
      'GET',
      `RetrieveDuplicates(BusinessEntity=@p1,MatchingEntityName=@p2${more === '' ? '' : ',PagingInfo=@p3'})?@p1=${JSON.stringify(entity)}&@p2='account'${more}`,
    )
  const found = await ask(account('NORDKAI yards'))
  expect([found.status, found.json.value]).toEqual([200, [expect.objectContaining({ accountid: guid('10') })]])
  expect((await ask(account('NORDKAI yards', { accountid: guid('10') }))).json.value).toEqual([])
  expect((await ask(account('Nobody'))).json.value).toEqual([])
  expect((await ask(account('Nordkai Yards'), '&@p3={"PageNumber":2,"Count":1}')).json.value).toEqual([])
  expect((await ask({ name: 'x' })).status).toBe(400)
})
