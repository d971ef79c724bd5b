import assert from 'node:assert/strict'
import type { OutsideClient } from '../../../support/outside-client.ts'
import type { OperationFacts } from '../../operation.ts'
import { column, create, expectStatus, get, NS, pages, q, read, refused, rows } from '../calls.ts'
import type { Market } from '../market.ts'
import { area, differs, notOffered, works } from '../operation.ts'

/** The query accounts of the market, by the words after the prefix, that a filter finds. */
async function found(dv: OutsideClient, market: Market, filter: string, more = ''): Promise<readonly string[]> {
  const all = `(${filter}) and (${market.accounts.map((id) => `accountid eq ${id}`).join(' or ')})`
  const names = await column(dv, `accounts?$select=name&$orderby=name&$filter=${q(all)}${more}`, 'name')
  return names.map((name) => String(name).slice(market.prefix.length + 1))
}

/** A filter and what it finds. */
type Case = readonly [filter: string, ...names: readonly string[]]

const filters = (facts: OperationFacts, cases: (market: Market) => readonly Case[]) =>
  works(facts, async (dv, market) => {
    for (const [filter, ...names] of cases(market)) assert.deepEqual([filter, ...(await found(dv, market, filter))], [filter, ...names])
  })

const ALL = ['Alpha', 'Beta', 'Gamma 100%', "O'Delta"]

export const QUERIES = area('Query options', [
  works({ name: 'columns and order', request: 'GET accounts?$select=…&$orderby=…', points: 'DV-020 DV-140' }, async (dv, market) => {
    const filter = q(`startswith(name,'${market.prefix}')`)
    const reply = await read(dv, `accounts?$select=numberofemployees,name&$orderby=numberofemployees desc,name&$filter=${filter}`)
    assert.equal(reply['@odata.context'], `${dv.root}/$metadata#accounts(numberofemployees,name)`)
    assert.deepEqual(
      reply.value.map((row: { name: string }) => row.name.slice(market.prefix.length + 1)),
      ['Gamma 100%', 'Beta', 'Alpha', "O'Delta"],
    )
  }),
  works({ name: 'order by a choice', request: 'GET accounts?$orderby=industrycode' }, async (dv, market) => {
    const name = market.fresh('Chosen')
    for (const industrycode of [12, 2, 1]) await create(dv, 'accounts', { name, industrycode })
    assert.deepEqual(
      await column(dv, `accounts?$select=industrycode&$filter=name eq '${name}'&$orderby=industrycode`, 'industrycode'),
      [1, 2, 12],
    )
  }),
  works({ name: 'order by a lookup', request: 'GET contacts?$orderby=_parentcustomerid_value' }, async (dv, market) => {
    const lastname = market.fresh('Ordered')
    const parents: string[] = []
    for (const name of ['Zeta', 'Eta', 'Theta']) {
      const parent = await create(dv, 'accounts', { name: market.fresh(name) })
      parents.push(parent)
      await create(dv, 'contacts', { lastname, 'parentcustomerid_account@odata.bind': `/accounts(${parent})` })
    }
    const [zeta, eta, theta] = parents
    const path = `contacts?$select=_parentcustomerid_value&$filter=lastname eq '${lastname}'&$orderby=`
    assert.deepEqual(await column(dv, `${path}_parentcustomerid_value`, '_parentcustomerid_value'), [eta, theta, zeta])
    const backwards = await pages(dv, `${path}_parentcustomerid_value desc`, { prefer: 'odata.maxpagesize=1' })
    assert.deepEqual(
      backwards.flat().map((row) => row._parentcustomerid_value),
      [zeta, theta, eta],
    )
  }),
  works({ name: 'the first rows', request: 'GET accounts?$top=2', points: 'DV-066' }, async (dv) => {
    assert.equal((await rows(dv, 'accounts?$select=name&$top=2')).length, 2)
    assert.equal((await get(dv, 'accounts?$select=name&$top=-1')).status, 400)
  }),
  works({ name: 'how many there are', request: 'GET accounts?$count=true', points: 'DV-070' }, async (dv, market) => {
    const path = `accounts?$select=name&$count=true&$top=1&$filter=${q(`startswith(name,'${market.prefix}')`)}`
    const reply = await read(dv, path, { prefer: `odata.include-annotations="${NS}.*"` })
    assert.deepEqual(
      [reply['@odata.count'], reply[`@${NS}.totalrecordcount`], reply[`@${NS}.totalrecordcountlimitexceeded`]],
      [4, 4, false],
    )
  }),
  works({ name: 'the bare number', request: 'GET accounts/$count', points: 'DV-071' }, async (dv, market) => {
    const reply = await expectStatus(200, get(dv, `accounts/$count?$filter=${q(`startswith(name,'${market.prefix}')`)}`))
    assert.match(reply.headers.get('content-type') ?? '', /^text\/plain/)
    assert.equal(reply.text.replace(/^\uFEFF/, ''), '4')
  }),
  differs(
    {
      name: 'numbers of whole tables',
      request: 'GET RetrieveTotalRecordCount(EntityNames=@p1)',
      points: 'DV-138 DV-128',
      difference: 'exact at the moment of the call, not from a snapshot of up to a day before',
    },
    async (dv) => {
      for (const names of [q('["contact","account"]'), q("['contact','account']")]) {
        const { EntityRecordCountCollection: counts } = await read(dv, `RetrieveTotalRecordCount(EntityNames=@p1)?@p1=${names}`)
        assert.deepEqual([counts.Count, counts.Keys, counts.Values.every(Number.isInteger)], [2, ['contact', 'account'], true])
      }
    },
  ),
  filters({ name: 'comparisons', request: '$filter=… eq ne gt ge lt le', points: 'DV-059 DV-060' }, ({ prefix }) => [
    [`name eq '${prefix.toUpperCase()} ALPHA'`, 'Alpha'],
    ["address1_city ne 'Oslo'", 'Beta', 'Gamma 100%'],
    ['numberofemployees gt 10', 'Beta', 'Gamma 100%'],
    ['numberofemployees ge 20', 'Beta', 'Gamma 100%'],
    ['numberofemployees lt 20', 'Alpha', "O'Delta"],
    ['numberofemployees le 20 and creditonhold eq true', 'Alpha'],
    ['revenue eq 1000.50', 'Alpha'],
    ['createdon gt 2001-01-01T00:00:00Z', ...ALL],
  ]),
  filters({ name: 'logic', request: '$filter=… and or not ( )', points: 'DV-059' }, () => [
    ["address1_city eq 'Oslo' and numberofemployees eq 10 or address1_city eq 'Bergen'", 'Alpha', 'Beta', "O'Delta"],
    ["not (address1_city eq 'Oslo')", 'Beta', 'Gamma 100%'],
    ["(address1_city eq 'Oslo' or address1_city eq 'Bergen') and numberofemployees eq 20", 'Beta'],
    ["not contains(name,'Alpha')", 'Beta', 'Gamma 100%', "O'Delta"],
  ]),
  filters({ name: 'empty columns', request: '$filter=address1_city eq null', points: 'DV-059' }, () => [
    ['address1_city eq null', 'Gamma 100%'],
    ['address1_city ne null', 'Alpha', 'Beta', "O'Delta"],
    ['primarycontactid/fullname eq null', 'Beta', 'Gamma 100%', "O'Delta"],
  ]),
  filters({ name: 'parts of a text', request: "$filter=contains(name,'…')", points: 'DV-059 DV-060' }, ({ prefix }) => [
    ["contains(name,'ALPH')", 'Alpha'],
    [`startswith(name,'${prefix} g')`, 'Gamma 100%'],
    ["endswith(name,'beta')", 'Beta'],
    ["contains(name,'o''d')", "O'Delta"],
    ["contains(name,'%elt_')", "O'Delta"],
    ["contains(name,'[ab]eta')", 'Beta'],
  ]),
  filters({ name: 'a column with a column', request: '$filter=createdon eq modifiedon', points: 'DV-059' }, () => [
    ['numberofemployees eq numberofemployees', ...ALL],
  ]),
  filters({ name: 'columns of a parent', request: '$filter=primarycontactid/lastname eq …', points: 'DV-061' }, ({ contacts }) => [
    ["primarycontactid/lastname eq 'lind'", 'Alpha'],
    [`primarycontactid/contactid eq ${contacts[0]}`, 'Alpha'],
    [`_primarycontactid_value eq ${contacts[0]}`, 'Alpha'],
    ["primarycontactid/parentcustomerid_account/address1_city eq 'Oslo'", 'Alpha'],
  ]),
  filters({ name: 'conditions on children', request: '$filter=contact_customer_accounts/any(c:…)', points: 'DV-061' }, () => [
    ["contact_customer_accounts/any(c:c/lastname eq 'Moen')", 'Alpha'],
    ['contact_customer_accounts/any()', 'Alpha'],
    ["contact_customer_accounts/all(c:c/lastname eq 'Moen')", 'Beta', 'Gamma 100%', "O'Delta"],
    ["not contact_customer_accounts/any(c:contains(c/lastname,'o'))", 'Beta', 'Gamma 100%', "O'Delta"],
  ]),
  filters({ name: 'query functions on values', request: '$filter=Microsoft.Dynamics.CRM.In(…)', points: 'DV-062' }, () => [
    [`${NS}.In(PropertyName='numberofemployees',PropertyValues=['10','30'])`, 'Alpha', 'Gamma 100%', "O'Delta"],
    [`${NS}.NotIn(PropertyName='address1_city',PropertyValues=["Oslo"])`, 'Beta', 'Gamma 100%'],
    [`${NS}.Between(PropertyName='numberofemployees',PropertyValues=['15','30'])`, 'Beta', 'Gamma 100%'],
    [`${NS}.Contains(PropertyName='name',PropertyValue='amma')`, 'Gamma 100%'],
    [`${NS}.BeginsWith(PropertyName='address1_city',PropertyValue='B')`, 'Beta'],
  ]),
  filters({ name: 'query functions on dates', request: '$filter=Microsoft.Dynamics.CRM.Today(…)', points: 'DV-062' }, () => [
    [`${NS}.LastXDays(PropertyName='createdon',PropertyValue=2)`, ...ALL],
    [`${NS}.OnOrAfter(PropertyName='createdon',PropertyValue='2001-01-01')`, ...ALL],
    [`${NS}.LastYear(PropertyName='createdon')`],
    [`${NS}.OlderThanXDays(PropertyName='createdon',PropertyValue=1)`],
    [`${NS}.ThisYear(PropertyName='createdon')`, ...ALL],
  ]),
  filters({ name: 'query functions on the caller', request: '$filter=Microsoft.Dynamics.CRM.EqualUserId(…)', points: 'DV-062' }, () => [
    [`${NS}.EqualUserId(PropertyName='ownerid')`, ...ALL],
    [`${NS}.EqualUserId(PropertyName='_ownerid_value')`, ...ALL],
    [`${NS}.NotEqualUserId(PropertyName='ownerid')`],
    [`${NS}.EqualBusinessId(PropertyName='owningbusinessunit')`, ...ALL],
  ]),
  works(
    { name: 'query functions on a hierarchy', request: '$filter=Microsoft.Dynamics.CRM.Under(…)', points: 'DV-062' },
    async (dv, market) => {
      const top = await create(dv, 'accounts', { name: market.fresh('Top') })
      const middle = await create(dv, 'accounts', { name: market.fresh('Middle'), 'parentaccountid@odata.bind': `/accounts(${top})` })
      const low = await create(dv, 'accounts', { name: market.fresh('Low'), 'parentaccountid@odata.bind': `/accounts(${middle})` })
      const ids = async (name: string): Promise<ReadonlySet<unknown>> =>
        new Set(
          await column(
            dv,
            `accounts?$select=name&$filter=${q(`${NS}.${name}(PropertyName='accountid',PropertyValue='${top}')`)}`,
            'accountid',
          ),
        )
      assert.deepEqual(await ids('Under'), new Set([middle, low]))
      assert.deepEqual(await ids('UnderOrEqual'), new Set([top, middle, low]))
    },
  ),
  works({ name: 'a query function cannot be negated', request: '$filter=not Microsoft.Dynamics.CRM.…', points: 'DV-062' }, async (dv) => {
    await refused(
      '400 0x80060888',
      get(dv, `accounts?$filter=${q(`not ${NS}.Last7Days(PropertyName='createdon')`)}`),
      /Not operator along with the Custom Named Condition operators is not allowed/,
    )
  }),
  works({ name: 'values and columns by alias', request: '$filter=contains(@c,@v)&@c=name&@v=…', points: 'DV-128' }, async (dv, market) => {
    assert.deepEqual(await found(dv, market, 'contains(@c,@v)', `&@c=name&@v=${q("'lph'")}`), ['Alpha'])
    assert.deepEqual(await found(dv, market, 'numberofemployees eq @n or numberofemployees eq @n', '&@n=20'), ['Beta'])
    await expectStatus(400, get(dv, 'accounts?$select=name&$filter=name eq @missing'))
    const filter = q(`startswith(name,'${market.prefix}')`)
    assert.equal((await rows(dv, `accounts?$select=name&$filter=${filter}&$orderby=@o desc&@o=name`))[0]?.name, `${market.prefix} O'Delta`)
  }),
  works({ name: 'an unknown column', request: 'GET accounts?$select=nmae', points: 'DV-064' }, async (dv) => {
    for (const query of ['$select=nmae', '$orderby=nmae', '$filter=nmae eq 1', '$filter=primarycontactid/nmae eq 1'])
      await refused(
        '400 0x80060888',
        get(dv, `accounts?${query}`),
        /Could not find a property named 'nmae' on type 'Microsoft\.Dynamics\.CRM\.(account|contact)'\./,
      )
  }),
  works({ name: 'a broken filter', request: 'GET accounts?$filter=name eq', points: 'DV-064' }, async (dv) => {
    for (const filter of ['name eq', "name eq 'x", '(name eq 1', 'name xx 1', 'contains(name)'])
      await refused('400 0x80060888', get(dv, `accounts?$filter=${q(filter)}`))
  }),
  works({ name: 'parents in the answer', request: '$expand=primarycontactid($select=…)', points: 'DV-072 DV-140' }, async (dv, market) => {
    const reply = await read(
      dv,
      `accounts?$select=name&$filter=accountid eq ${market.accounts[0]}&$expand=primarycontactid($select=fullname;$expand=parentcustomerid_account($select=name))`,
    )
    assert.equal(reply['@odata.context'], `${dv.root}/$metadata#accounts(name,primarycontactid(fullname,parentcustomerid_account(name)))`)
    assert.equal(reply.value[0].primarycontactid.parentcustomerid_account.name, `${market.prefix} Alpha`)
  }),
  works(
    { name: 'children in the answer', request: '$expand=contact_customer_accounts($filter=…;$orderby=…;$top=…)', points: 'DV-072' },
    async (dv, market) => {
      const expand = 'contact_customer_accounts($select=lastname;$orderby=lastname desc;$top=1;$filter=birthdate eq 1990-05-17)'
      const row = await read(dv, `accounts(${market.accounts[0]})?$select=name&$expand=${expand}`)
      assert.deepEqual(
        row.contact_customer_accounts.map((one: { lastname: string }) => one.lastname),
        ['Moen'],
      )
      assert.match(row['contact_customer_accounts@odata.nextLink'], /\/contact_customer_accounts\?/)
    },
  ),
  works(
    { name: 'children of children', request: '$expand=contact_customer_accounts($expand=Contact_Tasks)', points: 'DV-072 DV-073' },
    async (dv, market) => {
      const [row] = await rows(
        dv,
        `accounts?$select=name&$filter=accountid eq ${market.accounts[0]}&$expand=contact_customer_accounts($select=lastname;$expand=Contact_Tasks($select=subject))`,
      )
      assert.deepEqual(
        row?.contact_customer_accounts.map((one: { Contact_Tasks: unknown }) => one.Contact_Tasks),
        [[], []],
      )
      await refused('400 0x80060888', get(dv, 'accounts?$expand=contact_customer_accounts($expand=Contact_Tasks($top=1))'))
      await refused('400 0x80060888', get(dv, 'accounts?$expand=primarycontactid($top=1)'))
    },
  ),
  works({ name: 'the address of a parent', request: '$expand=primarycontactid/$ref', points: 'DV-072' }, async (dv, market) => {
    const row = await read(dv, `accounts(${market.accounts[0]})?$select=name&$expand=primarycontactid/$ref`)
    assert.equal(row.primarycontactid['@odata.id'], `${dv.root}/contacts(${market.contacts[0]})`)
    await refused('400 0x80060888', get(dv, 'accounts?$expand=contact_customer_accounts/$ref'))
  }),
  works({ name: 'sixteen expands', request: '$expand=…,… (16)', points: 'DV-072' }, async (dv) => {
    const names = [
      'ownerid',
      'primarycontactid',
      'parentaccountid',
      'transactioncurrencyid',
      'createdby',
      'modifiedby',
      'owninguser',
      'owningteam',
    ]
    assert.equal((await get(dv, `accounts?$top=1&$select=name&$expand=${names.join(',')}`)).status, 200)
    assert.equal(
      (await get(dv, `accounts?$top=1&$select=name&$expand=${[...names, ...names.map((name) => `${name}($select=createdon)`)].join(',')}`))
        .status,
      400,
    )
  }),
  works({ name: 'skipping rows is refused', request: 'GET accounts?$skip=1', points: '' }, async (dv) => {
    await refused('400 0x80060888', get(dv, 'accounts?$skip=1'), /Skip Clause is not supported in CRM/)
  }),
  notOffered(
    {
      name: 'functions of OData beside those documented',
      request: "$filter=tolower(name) eq 'x'",
      points: 'DV-063',
      status: 400,
      code: '0x80060888',
      instead: 'texts compare without case',
    },
    (dv) => get(dv, `accounts?$filter=${q("tolower(name) eq 'x'")}`),
  ),
  notOffered(
    { name: 'arithmetic', request: '$filter=numberofemployees add 1 eq 2', points: 'DV-063', status: 400, code: '0x80060888' },
    (dv) => get(dv, `accounts?$filter=${q('numberofemployees add 1 eq 2')}`),
  ),
  notOffered(
    {
      name: 'the operator in',
      request: "$filter=name in ('a','b')",
      points: 'DV-063',
      status: 400,
      code: '0x80060888',
      instead: '`Microsoft.Dynamics.CRM.In`',
    },
    (dv) => get(dv, `accounts?$filter=${q("name in ('a','b')")}`),
  ),
  notOffered(
    {
      name: 'free text search',
      request: 'GET accounts?$search=x',
      points: 'DV-063',
      status: 400,
      code: '0x80060888',
      instead: '`contains`',
    },
    (dv) => get(dv, 'accounts?$search=x'),
  ),
  notOffered(
    {
      name: 'rows of one type of activities',
      request: 'GET activitypointers/Microsoft.Dynamics.CRM.task',
      status: 404,
      code: '0x80060888',
      instead: '`GET tasks`',
    },
    (dv) => get(dv, `activitypointers/${NS}.task`),
  ),
  notOffered({ name: 'computed columns', request: 'GET accounts?$compute=…', points: 'DV-063', status: 400, code: '0x80060888' }, (dv) =>
    get(dv, `accounts?$compute=${q('numberofemployees add 1 as n')}`),
  ),
  notOffered(
    { name: 'another format than JSON', request: 'GET accounts?$format=atom', points: 'DV-063', status: 400, code: '0x80060888' },
    (dv) => get(dv, 'accounts?$format=atom'),
  ),
  notOffered({ name: 'queries in SQL', request: 'GET accounts?sql=…', status: 400, code: '0x80060888', instead: 'FetchXML' }, (dv) =>
    get(dv, `accounts?sql=${q("SELECT name FROM account WHERE name LIKE 'x'")}`),
  ),
  notOffered(
    { name: 'the search service', request: 'POST /api/search/v2.0/query', status: 404, code: '0x80060888', instead: '`$filter`, FetchXML' },
    (dv, market) => dv.call('POST', `${market.url}/api/search/v2.0/query`, { body: { search: 'x' } }),
  ),
])
