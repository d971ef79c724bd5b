import { expect, test } from 'vitest'
import { accountsWhere, contactsWhere, fetchOption, startFetch } from './fetch.case.ts'
import { guid, ROOT } from './platform.case.ts'

type Case = readonly [filter: string, ...names: readonly string[]]

const ACCOUNT_CASES: readonly Case[] = [
  ['<condition attribute="name" operator="eq" value="ALPHA"/>', 'Alpha'],
  ['<condition attribute="name" operator="eq" value="%a"/>'],
  ['<condition attribute="accountnumber" operator="ne" value="A1"/>', "beta's", 'delta', 'Gamma 100%'],
  ['<condition attribute="accountnumber" operator="neq" value="a1"/>', "beta's", 'delta', 'Gamma 100%'],
  ['<condition attribute="creditlimit" operator="gt" value="10"/>', "beta's", 'Gamma 100%'],
  ['<condition attribute="creditlimit" operator="ge" value="20.00"/>', "beta's", 'Gamma 100%'],
  ['<condition attribute="creditlimit" operator="lt" value="20"/>', 'Alpha'],
  ['<condition attribute="creditlimit" operator="le" value="20"/>', 'Alpha', "beta's"],
  ['<condition attribute="name" operator="like" value="%A\'S"/>', "beta's"],
  ['<condition attribute="name" operator="like" value="alpha"/>', 'Alpha'],
  ['<condition attribute="name" operator="like" value="[ab]%"/>', 'Alpha', "beta's"],
  ['<condition attribute="address1_city" operator="not-like" value="ær%"/>', 'Alpha', "beta's", 'delta'],
  ['<condition attribute="name" operator="begins-with" value="D"/>', 'delta'],
  ['<condition attribute="name" operator="not-begin-with" value="d"/>', 'Alpha', "beta's", 'Gamma 100%'],
  ['<condition attribute="name" operator="ends-with" value="HA"/>', 'Alpha'],
  ['<condition attribute="name" operator="not-end-with" value="a"/>', "beta's", 'Gamma 100%'],
  ['<condition attribute="name" operator="in"><value>alpha</value><value>DELTA</value></condition>', 'Alpha', 'delta'],
  ['<condition attribute="industrycode" operator="in"><value>1</value></condition>', "beta's"],
  ['<condition attribute="industrycode" operator="not-in"><value>7</value></condition>', "beta's", 'Gamma 100%'],
  ['<condition attribute="accountid" operator="in"><value>{G:41}</value><value>{{G:44}}</value></condition>', 'Alpha', 'delta'],
  ['<condition attribute="accountnumber" operator="null"/>', 'Gamma 100%'],
  ['<condition attribute="accountnumber" operator="not-null"/>', 'Alpha', "beta's", 'delta'],
  ['<condition attribute="creditlimit" operator="between"><value>10</value><value>20</value></condition>', 'Alpha', "beta's"],
  ['<condition attribute="creditlimit" operator="not-between"><value>10</value><value>20</value></condition>', 'delta', 'Gamma 100%'],
  ['<condition attribute="creditonhold" operator="eq" value="1"/>', "beta's"],
  ['<condition attribute="creditonhold" operator="eq" value="false"/>', 'Alpha', 'delta', 'Gamma 100%'],
  ['<condition attribute="statecode" operator="eq" value="0"/>', 'Alpha', "beta's", 'delta', 'Gamma 100%'],
  ['<condition attribute="primarycontactid" operator="eq" value="{G:51}" uiname="Ada" uitype="contact"/>', 'Alpha'],
  ['<condition attribute="description" operator="contain-values"><value>1</value><value>9</value></condition>', 'Alpha'],
  ['<condition attribute="description" operator="not-contain-values"><value>1</value></condition>', "beta's", 'delta', 'Gamma 100%'],
  ['<condition attribute="accountid" operator="under" value="{G:41}"/>', "beta's", 'Gamma 100%'],
  ['<condition attribute="accountid" operator="eq-or-under" value="{G:42}"/>', "beta's", 'Gamma 100%'],
  ['<condition attribute="accountid" operator="not-under" value="{G:41}"/>', 'Alpha', 'delta'],
  ['<condition attribute="accountid" operator="above" value="{G:43}"/>', 'Alpha', "beta's"],
  ['<condition attribute="accountid" operator="eq-or-above" value="{G:42}"/>', 'Alpha', "beta's"],
  ['<condition attribute="parentaccountid" operator="eq-or-under" value="{G:41}"/>', "beta's", 'Gamma 100%'],
  ['<condition attribute="creditlimit" operator="eq" valueof="revenue"/>', "beta's"],
  ['<condition attribute="creditlimit" operator="ne" valueof="revenue"/>', 'Alpha', 'Gamma 100%'],
  ['<condition attribute="creditlimit" operator="lt" valueof="revenue"/>', 'Alpha'],
  ['<condition attribute="numberofemployees" operator="lt" valueof="creditlimit"/>', 'Alpha'],
  [
    '<filter type="or"><condition attribute="name" operator="eq" value="alpha"/><filter><condition attribute="industrycode" operator="eq" value="1"/><condition attribute="creditonhold" operator="eq" value="1"/></filter></filter><condition attribute="creditlimit" operator="not-null"/>',
    'Alpha',
    "beta's",
  ],
  ['<filter/>', 'Alpha', "beta's", 'delta', 'Gamma 100%'],
  ['<link-entity name="contact" from="parentcustomerid" to="accountid" link-type="any"/>', 'Alpha', "beta's"],
  [
    '<link-entity name="contact" from="parentcustomerid" to="accountid" link-type="not any"><filter><condition attribute="lastname" operator="eq" value="moen"/></filter></link-entity>',
    "beta's",
    'delta',
    'Gamma 100%',
  ],
  [
    '<link-entity name="contact" from="parentcustomerid" to="accountid" link-type="all"><filter><condition attribute="lastname" operator="eq" value="moen"/></filter></link-entity>',
    "beta's",
  ],
  [
    '<link-entity name="contact" from="parentcustomerid" to="accountid" link-type="not all"><filter><condition attribute="lastname" operator="eq" value="moen"/></filter></link-entity>',
    'Alpha',
  ],
]

test('DV-076 every operator on accounts', async (t) => {
  const { fetch } = await startFetch(t)
  for (const [filter, ...names] of ACCOUNT_CASES) {
    const answer = await fetch('accounts', accountsWhere(filter))
    expect([filter, answer.status, answer.json.error?.message]).toEqual([filter, 200, undefined])
    expect([filter, answer.json.value.map((row: { name: string }) => row.name)]).toEqual([filter, names])
  }
})

const on = (column: string, operator: string, ...values: readonly string[]): string =>
  `<condition attribute="${column}" operator="${operator}">${values.map((value) => `<value>${value}</value>`).join('')}</condition>`

/** Birthdays: Lind 2025-02-11 (today), Moen 2025-02-10, Nor 2024-05-20, Odd 2025-03-02. Pil was on hold today at 07:10. */
const DATE_CASES: readonly Case[] = [
  [on('birthdate', 'on', '2025-02-10'), 'Moen'],
  [on('birthdate', 'on-or-after', '2025-02-11'), 'Lind', 'Odd'],
  [on('birthdate', 'on-or-before', '2025-02-10'), 'Moen', 'Nor'],
  [on('birthdate', 'eq', '2025-02-10'), 'Moen'],
  [on('birthdate', 'gt', '2025-02-11T00:00:00Z'), 'Odd'],
  [on('birthdate', 'today'), 'Lind'],
  [on('birthdate', 'yesterday'), 'Moen'],
  [on('birthdate', 'tomorrow')],
  [on('birthdate', 'this-week'), 'Lind', 'Moen'],
  [on('birthdate', 'last-week')],
  [on('birthdate', 'next-week')],
  [on('birthdate', 'this-month'), 'Lind', 'Moen'],
  [on('birthdate', 'last-month')],
  [on('birthdate', 'next-month'), 'Odd'],
  [on('birthdate', 'this-year'), 'Lind', 'Moen', 'Odd'],
  [on('birthdate', 'last-year'), 'Nor'],
  [on('birthdate', 'next-year')],
  [on('birthdate', 'last-seven-days'), 'Lind', 'Moen'],
  [on('birthdate', 'next-seven-days'), 'Lind'],
  [on('birthdate', 'last-x-days', '1'), 'Lind', 'Moen'],
  [on('birthdate', 'last-x-weeks', '1'), 'Lind', 'Moen'],
  [on('birthdate', 'last-x-months', '12'), 'Lind', 'Moen', 'Nor'],
  [on('birthdate', 'last-x-years', '1'), 'Lind', 'Moen', 'Nor'],
  [on('birthdate', 'next-x-days', '19'), 'Lind', 'Odd'],
  [on('birthdate', 'next-x-weeks', '3'), 'Lind', 'Odd'],
  [on('birthdate', 'next-x-months', '1'), 'Lind', 'Odd'],
  [on('birthdate', 'next-x-years', '1'), 'Lind', 'Odd'],
  [on('birthdate', 'olderthan-x-days', '1'), 'Nor'],
  [on('birthdate', 'older-than-x-weeks', '2'), 'Nor'],
  [on('birthdate', 'olderthan-x-months', '6'), 'Nor'],
  [on('birthdate', 'olderthan-x-years', '1')],
  [on('lastonholdtime', 'last-x-hours', '3'), 'Pil'],
  [on('lastonholdtime', 'last-x-hours', '1')],
  [on('lastonholdtime', 'olderthan-x-hours', '2'), 'Pil'],
  [on('lastonholdtime', 'olderthan-x-minutes', '200')],
  [on('lastonholdtime', 'next-x-hours', '5')],
  [on('lastonholdtime', 'on', '2025-02-11'), 'Pil'],
  [on('lastonholdtime', 'eq', '2025-02-11T08:10:00+01:00'), 'Pil'],
  [on('birthdate', 'this-fiscal-year'), 'Lind', 'Moen', 'Odd'],
  [on('birthdate', 'last-fiscal-year'), 'Nor'],
  [on('birthdate', 'next-fiscal-year')],
  [on('birthdate', 'this-fiscal-period'), 'Lind', 'Moen', 'Odd'],
  [on('birthdate', 'last-fiscal-period')],
  [on('birthdate', 'next-fiscal-period')],
  [on('birthdate', 'last-x-fiscal-years', '2'), 'Nor'],
  [on('birthdate', 'next-x-fiscal-years', '2')],
  [on('birthdate', 'last-x-fiscal-periods', '3'), 'Nor'],
  [on('birthdate', 'next-x-fiscal-periods', '3')],
  [on('birthdate', 'in-fiscal-year', '2024'), 'Nor'],
  [on('birthdate', 'in-fiscal-period', '1'), 'Lind', 'Moen', 'Odd'],
  [on('birthdate', 'in-fiscal-period-and-year', '2', '2024'), 'Nor'],
  [on('birthdate', 'in-or-before-fiscal-period-and-year', '4', '2024'), 'Nor'],
  [on('birthdate', 'in-or-after-fiscal-period-and-year', '1', '2025'), 'Lind', 'Moen', 'Odd'],
  [on('ownerid', 'eq-userid')],
  [on('ownerid', 'ne-userid'), 'Lind', 'Moen', 'Nor', 'Odd', 'Pil'],
  [on('ownerid', 'eq-userteams')],
  [on('ownerid', 'eq-useroruserteams')],
  [on('ownerid', 'eq-useroruserhierarchy')],
  [on('ownerid', 'eq-useroruserhierarchyandteams')],
  [on('owningbusinessunit', 'eq-businessid'), 'Lind', 'Moen', 'Nor', 'Odd', 'Pil'],
  [on('owningbusinessunit', 'ne-businessid')],
]

test('DV-076 every operator on dates and owners', async (t) => {
  const { fetch, send } = await startFetch(t)
  for (const [filter, ...names] of DATE_CASES) {
    const answer = await fetch('contacts', contactsWhere(filter))
    expect([filter, answer.status, answer.json.error?.message]).toEqual([filter, 200, undefined])
    expect([filter, answer.json.value.map((row: { lastname: string }) => row.lastname)]).toEqual([filter, names])
  }
  await send('PATCH', 'contacts({G:53})', { body: { 'ownerid@odata.bind': '/systemusers({G:0c})' } })
  for (const operator of ['eq-userid', 'eq-useroruserteams', 'eq-useroruserhierarchy']) {
    const own = await fetch('contacts', contactsWhere(on('ownerid', operator)))
    expect([operator, own.json.value]).toMatchObject([operator, [{ lastname: 'Nor' }]])
  }
})

test('DV-022 DV-020 rows leave out what is empty, carry key and currency, and annotate on request', async (t) => {
  const { fetch } = await startFetch(t)
  const xml = `<fetch mapping="logical" version="1.0" output-format="xml-platform" no-lock="true"><entity name="account">
    <attribute name="name"/><attribute name="address1_city"/><attribute name="creditlimit"/><attribute name="industrycode" alias="branch"/>
    <attribute name="primarycontactid"/><filter><condition attribute="accountnumber" operator="eq" value="A1"/></filter></entity></fetch>`
  const plain = await fetch('accounts', xml)
  expect(plain.json).toEqual({
    '@odata.context': `${ROOT}/$metadata#accounts(name,address1_city,creditlimit,branch,_primarycontactid_value,accountid)`,
    value: [
      {
        '@odata.etag': expect.stringMatching(/^W\/"\d+"$/),
        name: 'Alpha',
        creditlimit: 10,
        branch: 7,
        _primarycontactid_value: guid('51'),
        accountid: guid('41'),
        _transactioncurrencyid_value: guid('0b'),
      },
    ],
  })
  const annotated = await fetch('accounts', xml, { prefer: 'odata.include-annotations="*"' })
  expect(annotated.json).toMatchObject({
    '@Microsoft.Dynamics.CRM.totalrecordcount': -1,
    '@Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded': false,
  })
  expect(annotated.json.value[0]).toMatchObject({
    'creditlimit@OData.Community.Display.V1.FormattedValue': '€10.00',
    'branch@OData.Community.Display.V1.FormattedValue': 'Shipping',
    '_primarycontactid_value@OData.Community.Display.V1.FormattedValue': 'Ada Lind',
    '_primarycontactid_value@Microsoft.Dynamics.CRM.lookuplogicalname': 'contact',
    '_primarycontactid_value@Microsoft.Dynamics.CRM.associatednavigationproperty': 'primarycontactid',
  })
  const all = await fetch('accounts', '<fetch top="1"><entity name="account"><all-attributes/><order attribute="name"/></entity></fetch>')
  expect(all.json['@odata.context']).toBe(`${ROOT}/$metadata#accounts`)
  expect(all.json.value).toMatchObject([{ name: 'Alpha', creditlimit_base: 10, statecode: 0 }])
  expect(Object.values(all.json.value[0])).not.toContain(null)
})

const children = (inner: string, type = 'inner'): string =>
  `<fetch><entity name="account"><attribute name="name"/><order attribute="name"/>${inner.replaceAll('TYPE', type)}</entity></fetch>`

test('DV-076 links bring columns under their alias, test for rows, and nest', async (t) => {
  const { fetch } = await startFetch(t)
  const rows = async (xml: string): Promise<object[]> => {
    const answer = await fetch('accounts', xml, { prefer: 'odata.include-annotations="OData.Community.Display.V1.FormattedValue"' })
    expect([xml, answer.status, answer.json.error?.message]).toEqual([xml, 200, undefined])
    return answer.json.value.map((row: Record<string, unknown>) =>
      Object.fromEntries(Object.entries(row).filter(([name]) => !/^(?:@odata\.etag|accountid)$/.test(name))),
    )
  }
  const contacts =
    '<link-entity name="contact" from="parentcustomerid" to="accountid" alias="c" link-type="TYPE"><attribute name="lastname"/>'
  expect(await rows(children(`${contacts}<order attribute="lastname" descending="true"/></link-entity>`))).toEqual([
    { name: 'Alpha', 'c.lastname': 'Moen' },
    { name: 'Alpha', 'c.lastname': 'Lind' },
    { name: "beta's", 'c.lastname': 'Nor' },
  ])
  const filter = '<filter><condition attribute="firstname" operator="eq" value="bo"/></filter></link-entity>'
  expect(await rows(children(`${contacts}${filter}`, 'outer'))).toEqual([
    { name: 'Alpha', 'c.lastname': 'Moen' },
    { name: "beta's" },
    { name: 'delta' },
    { name: 'Gamma 100%' },
  ])
  const missing = '</link-entity><filter><condition entityname="c" attribute="contactid" operator="null"/></filter>'
  expect(await rows(children(`${contacts}${missing}`, 'outer'))).toEqual([{ name: 'delta' }, { name: 'Gamma 100%' }])
  expect(
    await rows(children('<link-entity name="contact" from="contactid" to="primarycontactid"><attribute name="birthdate"/></link-entity>')),
  ).toEqual([
    { name: 'Alpha', 'contact1.birthdate@OData.Community.Display.V1.FormattedValue': '2/11/2025', 'contact1.birthdate': '2025-02-11' },
  ])
  for (const type of ['exists', 'in']) {
    const linked =
      '<link-entity name="contact" from="parentcustomerid" to="accountid" link-type="TYPE"><filter><condition attribute="lastname" operator="like" value="%n%"/></filter></link-entity>'
    expect(await rows(children(linked, type))).toEqual([{ name: 'Alpha' }, { name: "beta's" }])
  }
  expect(await rows(children(`${contacts}</link-entity>`, 'matchfirstrowusingcrossapply'))).toEqual([
    { name: 'Alpha', 'c.lastname': 'Lind' },
    { name: "beta's", 'c.lastname': 'Nor' },
  ])
  const nested =
    '<link-entity name="account" from="accountid" to="parentaccountid" alias="p"><attribute name="name" alias="parentname"/><link-entity name="contact" from="contactid" to="primarycontactid" alias="pc" link-type="outer"><attribute name="parentcustomerid"/></link-entity></link-entity>'
  expect(await rows(children(nested))).toEqual([
    {
      name: "beta's",
      parentname: 'Alpha',
      'pc.parentcustomerid@OData.Community.Display.V1.FormattedValue': 'Alpha',
      'pc.parentcustomerid': guid('41'),
    },
    { name: 'Gamma 100%', parentname: "beta's" },
  ])
  const compared =
    '<link-entity name="account" from="accountid" to="parentaccountid" alias="p"/><filter><condition attribute="creditlimit" operator="gt" valueof="p.creditlimit"/></filter>'
  expect(await rows(children(compared))).toEqual([{ name: "beta's" }, { name: 'Gamma 100%' }])
  const inferred = '<link-entity name="account" alias="p"><attribute name="accountnumber"/></link-entity>'
  expect((await fetch('accounts', children(inferred))).json.error.code).toBe('0x80041111')
  const single =
    '<fetch><entity name="salesorderdetail"><link-entity name="salesorder"><attribute name="name"/></link-entity></entity></fetch>'
  expect((await fetch('salesorderdetails', single)).status).toBe(200)
})

test('links lead through the tables of many-to-many relationships', async (t) => {
  const { fetch } = await startFetch(t)
  const roles =
    '<link-entity name="systemuserroles" from="systemuserid" to="systemuserid" intersect="true" visible="false"><link-entity name="role" from="roleid" to="roleid" alias="r"><attribute name="name"/></link-entity></link-entity>'
  const self = '<filter><condition attribute="systemuserid" operator="eq-userid"/></filter>'
  const answer = await fetch('systemusers', `<fetch><entity name="systemuser"><attribute name="fullname"/>${roles}${self}</entity></fetch>`)
  expect(answer.json.value).toMatchObject([{ fullname: 'Integrator', 'r.name': 'System Administrator' }])
})

test('DV-076 distinct rows are told apart by what they return', async (t) => {
  const { fetch } = await startFetch(t)
  const linked = '<link-entity name="contact" from="parentcustomerid" to="accountid" link-type="inner"/>'
  const accounts = await fetch(
    'accounts',
    `<fetch distinct="true"><entity name="account"><attribute name="accountid"/><attribute name="creditlimit"/><order attribute="name"/>${linked}</entity></fetch>`,
    {
      prefer: 'odata.include-annotations="*"',
    },
  )
  expect(accounts.json.value).toMatchObject([
    {
      '@odata.etag': expect.stringMatching(/^W\//),
      accountid: guid('41'),
      'creditlimit@OData.Community.Display.V1.FormattedValue': '€10.00',
    },
    { accountid: guid('42') },
  ])
  const names = await fetch(
    'salesorders',
    '<fetch distinct="1"><entity name="salesorder"><attribute name="name"/><order attribute="name" descending="true"/></entity></fetch>',
  )
  expect(names.json).toEqual({
    '@odata.context': `${ROOT}/$metadata#salesorders(name)`,
    value: [{ name: 'Order B' }, { name: expect.stringMatching(/^order a$/i) }],
  })
})

test('DV-076 aggregates: count, sum, avg, min, max, groups, parts of dates, order by alias', async (t) => {
  const { fetch } = await startFetch(t)
  const aggregate = async (set: string, inner: string, options = {}): Promise<unknown[]> => {
    const answer = await fetch(set, `<fetch aggregate="true"><entity name="${set.slice(0, -1)}">${inner}</entity></fetch>`, options)
    expect([inner, answer.status, answer.json.error?.message]).toEqual([inner, 200, undefined])
    expect(answer.json['@odata.context']).toBe(`${ROOT}/$metadata#${set}`)
    return answer.json.value
  }
  const measures = ['count', 'countcolumn', 'sum', 'avg', 'min', 'max'].map(
    (kind) => `<attribute name="creditlimit" aggregate="${kind}" alias="${kind}"/>`,
  )
  expect(await aggregate('accounts', measures.join(''))).toEqual([{ count: 4, countcolumn: 3, sum: 60, avg: 20, min: 10, max: 30 }])
  expect(await aggregate('accounts', '<attribute name="industrycode" aggregate="countcolumn" distinct="true" alias="n"/>')).toEqual([
    { n: 2 },
  ])
  const groups =
    '<attribute name="industrycode" groupby="true" alias="branch"/><attribute name="accountid" aggregate="count" alias="n"/><order alias="n" descending="true"/><order alias="branch"/>'
  expect(await aggregate('accounts', groups)).toEqual([{ branch: 7, n: 2 }, { n: 1 }, { branch: 1, n: 1 }])
  expect(await aggregate('accounts', groups, { prefer: 'odata.include-annotations="*"' })).toMatchObject([
    { 'branch@OData.Community.Display.V1.FormattedValue': 'Shipping', 'n@OData.Community.Display.V1.FormattedValue': '2' },
    {},
    {},
  ])
  const parts = ['day', 'week', 'month', 'quarter', 'year', 'fiscal-period', 'fiscal-year']
    .map((part) => `<attribute name="birthdate" groupby="true" dategrouping="${part}" alias="${part.replace('-', '_')}"/>`)
    .join('')
  const nor = '<filter><condition attribute="lastname" operator="eq" value="nor"/></filter>'
  expect(await aggregate('contacts', `${parts}${nor}`)).toEqual([
    { day: 20, week: 21, month: 5, quarter: 2, year: 2024, fiscal_period: 2, fiscal_year: 2024 },
  ])
  const byOwner =
    '<attribute name="name" aggregate="max" alias="m"/><link-entity name="contact" from="parentcustomerid" to="accountid" alias="c"><attribute name="parentcustomerid" groupby="true" alias="who"/><attribute name="birthdate" aggregate="min" alias="first"/><order alias="first"/></link-entity>'
  expect(await aggregate('accounts', byOwner, { prefer: 'odata.include-annotations="*"' })).toMatchObject([
    {
      who: guid('42'),
      'who@OData.Community.Display.V1.FormattedValue': "beta's",
      'who@Microsoft.Dynamics.CRM.lookuplogicalname': 'account',
      m: "beta's",
      first: '2024-05-20',
    },
    { who: guid('41'), first: '2025-02-10', 'first@OData.Community.Display.V1.FormattedValue': '2/10/2025' },
  ])
  expect(
    await aggregate(
      'accounts',
      '<attribute name="creditlimit" aggregate="sum" alias="s"/><filter><condition attribute="name" operator="eq" value="none"/></filter>',
    ),
  ).toEqual([{}])
})

test('DV-075 an aggregation over more rows than its limit is refused', async (t) => {
  const { fetch, database } = await startFetch(t)
  const count = '<fetch aggregate="true"><entity name="contact"><attribute name="contactid" aggregate="count" alias="n"/></entity></fetch>'
  const limited = await fetch('contacts', count.replace('<fetch', '<fetch aggregatelimit="4"'))
  expect([limited.status, limited.json.error.code]).toEqual([400, '0x8004e023'])
  await database.query(`insert into contact (contactid, versionnumber) select gen_random_uuid(), n from generate_series(1, 49995) n`)
  expect((await fetch('contacts', count)).json.value).toEqual([{ n: 50_000 }])
  await database.query(`insert into contact (contactid, versionnumber) values (gen_random_uuid(), 1)`)
  expect((await fetch('contacts', count)).json.error.code).toBe('0x8004e023')
  const high = await fetch('contacts', '<fetch count="5000" page="11"><entity name="contact"><attribute name="lastname"/></entity></fetch>')
  expect([high.status, high.json.error.message]).toEqual([
    400,
    'Paging cookie is required when trying to retrieve a set of records on any high pages.',
  ])
})

test('DV-136 the option is read in any case, on child collections, and alone', async (t) => {
  const { send } = await startFetch(t)
  const contacts = '<fetch><entity name="contact"><attribute name="lastname"/><order attribute="lastname"/></entity></fetch>'
  for (const name of ['fetchXml', 'fetchxml', 'FetchXML']) {
    expect((await send('GET', `contacts?${fetchOption(contacts, name)}`)).json.value).toHaveLength(5)
  }
  const children = await send('GET', `accounts({G:41})/contact_customer_accounts?${fetchOption(contacts)}`)
  expect(children.json.value.map((row: { lastname: string }) => row.lastname)).toEqual(['Lind', 'Moen'])
  const counted = await send('GET', `contacts?$count=true&${fetchOption(contacts.replace('<fetch', '<fetch count="2"'))}`)
  expect(counted.json).toMatchObject({ '@odata.count': 5, value: [{ lastname: 'Lind' }, { lastname: 'Moen' }] })
  for (const path of [
    `contacts?$select=lastname&${fetchOption(contacts)}`,
    `contacts?fetchxml=x&${fetchOption(contacts)}`,
    `contacts({G:51})?${fetchOption(contacts)}`,
    `contacts({G:51})/lastname?${fetchOption(contacts)}`,
    `contacts/$count?${fetchOption(contacts)}`,
    `accounts({G:41})/primarycontactid?${fetchOption(contacts)}`,
    `accounts({G:41})/contact_customer_accounts/$count?${fetchOption(contacts)}`,
  ]) {
    expect([path, (await send('GET', path)).status]).toEqual([path, 400])
  }
})
