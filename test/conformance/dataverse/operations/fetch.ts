import assert from 'node:assert/strict'
import { column, create, expectStatus, fetchXml, get, NS, q, read, refused, remove, rows } from '../calls.ts'
import type { Market } from '../market.ts'
import { area, notOffered, works } from '../operation.ts'

const ofMarket = ({ prefix }: Market, more = ''): string =>
  `<filter><condition attribute="name" operator="begins-with" value="${prefix}"/>${more}</filter>`

const namesAfter = (market: Market, found: readonly Record<string, unknown>[]): readonly string[] =>
  found.map((row) => String(row.name).slice(market.prefix.length + 1))

export const FETCH = area('FetchXML', [
  works({ name: 'columns, conditions, order', request: 'GET accounts?fetchXml=…', points: 'DV-076 DV-022' }, async (dv, market) => {
    const xml = `<fetch><entity name="account"><attribute name="name"/><attribute name="address1_city"/><order attribute="name" descending="true"/>${ofMarket(market)}</entity></fetch>`
    const found = await rows(dv, fetchXml('accounts', xml))
    assert.deepEqual(namesAfter(market, found), ["O'Delta", 'Gamma 100%', 'Beta', 'Alpha'])
    assert.ok(!('address1_city' in (found[1] ?? {})), 'empty columns are left out')
  }),
  works({ name: 'a join with an alias', request: '<link-entity … alias="c">', points: 'DV-076' }, async (dv, market) => {
    const link =
      '<link-entity name="contact" from="contactid" to="primarycontactid" link-type="inner" alias="c"><attribute name="lastname"/></link-entity>'
    const found = await rows(
      dv,
      fetchXml('accounts', `<fetch><entity name="account"><attribute name="name"/>${link}${ofMarket(market)}</entity></fetch>`),
    )
    assert.deepEqual(
      found.map((row) => row['c.lastname']),
      ['Lind'],
    )
  }),
  works({ name: 'an outer join', request: '<link-entity link-type="outer">', points: 'DV-076' }, async (dv, market) => {
    const link =
      '<link-entity name="contact" from="parentcustomerid" to="accountid" link-type="outer" alias="c"><attribute name="lastname"/></link-entity>'
    const found = await rows(
      dv,
      fetchXml('accounts', `<fetch><entity name="account"><attribute name="name"/>${link}${ofMarket(market)}</entity></fetch>`),
    )
    assert.equal(found.length, 5)
  }),
  works({ name: 'operators on values', request: '<condition operator="in">', points: 'DV-076' }, async (dv, market) => {
    const conditions: readonly (readonly [string, number])[] = [
      ['<condition attribute="numberofemployees" operator="in"><value>10</value><value>20</value></condition>', 3],
      ['<condition attribute="address1_city" operator="null"/>', 1],
      ['<condition attribute="name" operator="like" value="%eta"/>', 1],
      ['<condition attribute="numberofemployees" operator="between"><value>15</value><value>30</value></condition>', 2],
      ['<condition attribute="createdon" operator="last-x-days" value="2"/>', 4],
      ['<condition attribute="ownerid" operator="eq-userid"/>', 4],
    ]
    for (const [condition, count] of conditions)
      assert.equal(
        (
          await rows(
            dv,
            fetchXml('accounts', `<fetch><entity name="account"><attribute name="name"/>${ofMarket(market, condition)}</entity></fetch>`),
          )
        ).length,
        count,
        condition,
      )
  }),
  works(
    { name: 'pages with a cookie', request: '<fetch count="2" page="2" paging-cookie="…">', points: 'DV-076 DV-135' },
    async (dv, market) => {
      const page = async (head: string) =>
        read(
          dv,
          fetchXml(
            'accounts',
            `<fetch count="3" ${head}><entity name="account"><attribute name="name"/><order attribute="name"/>${ofMarket(market)}</entity></fetch>`,
          ),
        )
      const first = await page('page="1"')
      assert.equal(first[`@${NS}.morerecords`], true)
      const cookie = decodeURIComponent(decodeURIComponent(/pagingcookie="([^"]*)"/.exec(first[`@${NS}.fetchxmlpagingcookie`])?.[1] ?? ''))
      const escaped = cookie.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
      for (const head of [`page="2" paging-cookie="${escaped}"`, 'page="2"']) {
        const last = await page(head)
        assert.deepEqual([namesAfter(market, last.value), `@${NS}.morerecords` in last], [["O'Delta"], false])
      }
    },
  ),
  works({ name: 'totals', request: '<fetch returntotalrecordcount="true">', points: 'DV-076' }, async (dv, market) => {
    const xml = `<fetch top="1" returntotalrecordcount="true"><entity name="account"><attribute name="name"/>${ofMarket(market)}</entity></fetch>`
    const counted = xml.replace('top="1"', 'count="1" page="1"')
    assert.equal((await read(dv, fetchXml('accounts', counted), { prefer: 'odata.include-annotations="*"' }))[`@${NS}.totalrecordcount`], 4)
    assert.equal((await rows(dv, fetchXml('accounts', xml.replace(' returntotalrecordcount="true"', '')))).length, 1)
  }),
  works({ name: 'groups', request: '<fetch aggregate="true">', points: 'DV-076' }, async (dv, market) => {
    const xml = `<fetch aggregate="true"><entity name="account"><attribute name="numberofemployees" aggregate="sum" alias="people"/><attribute name="address1_city" groupby="true" alias="city"/><order alias="city"/>${ofMarket(market, '<condition attribute="address1_city" operator="not-null"/>')}</entity></fetch>`
    assert.deepEqual(
      (await rows(dv, fetchXml('accounts', xml))).map((row) => [row.city, row.people]),
      [
        ['Bergen', 20],
        ['Oslo', 20],
      ],
    )
  }),
  works({ name: 'different rows only', request: '<fetch distinct="true">', points: 'DV-076' }, async (dv, market) => {
    const xml = `<fetch distinct="true"><entity name="account"><attribute name="numberofemployees"/><order attribute="numberofemployees"/>${ofMarket(market)}</entity></fetch>`
    assert.deepEqual(await column(dv, fetchXml('accounts', xml), 'numberofemployees'), [10, 20, 30])
  }),
  works({ name: 'top together with page', request: '<fetch top="1" page="1">', points: 'DV-076' }, async (dv) => {
    assert.equal((await get(dv, fetchXml('accounts', '<fetch top="1" page="1"><entity name="account"/></fetch>'))).status, 400)
  }),
  works({ name: 'an unknown column', request: '<attribute name="nmae">', points: 'DV-076' }, async (dv) => {
    await refused(
      '400 0x80041103',
      get(dv, fetchXml('accounts', '<fetch><entity name="account"><attribute name="nmae"/></entity></fetch>')),
    )
  }),
  works({ name: 'another table than the path', request: 'GET contacts?fetchXml=<… name="account">', points: 'DV-076' }, async (dv) => {
    for (const xml of ['<fetch><entity name="account"/></fetch>', '<fetch>', 'text'])
      assert.equal((await get(dv, fetchXml('contacts', xml))).status, 400)
  }),
])

export const STORED_QUERIES = area('Stored queries', [
  works({ name: 'a view of the system', request: 'GET accounts?savedQuery={id}', points: 'DV-136' }, async (dv, market) => {
    const [view] = await rows(dv, `savedqueries?$select=name&$filter=${q("name eq 'Active Accounts'")}`)
    const found = await rows(dv, `accounts?savedQuery=${view?.savedqueryid}`)
    assert.ok(found.some((row) => row.accountid === market.accounts[0]))
  }),
  works({ name: 'a view of a user', request: 'GET accounts?userQuery={id}', points: 'DV-136' }, async (dv, market) => {
    const fetchxml = `<fetch><entity name="account"><attribute name="name"/><order attribute="name"/>${ofMarket(market)}</entity></fetch>`
    const id = await create(dv, 'userqueries', { name: market.fresh('Mine'), returnedtypecode: 'account', querytype: 0, fetchxml })
    assert.deepEqual(namesAfter(market, await rows(dv, `accounts?userQuery=${id}`)), ['Alpha', 'Beta', 'Gamma 100%', "O'Delta"])
    await expectStatus(400, get(dv, `contacts?userQuery=${id}`))
  }),
  works({ name: 'a view that is not there', request: 'GET accounts?savedQuery={id}', points: 'DV-136' }, async (dv) => {
    assert.equal((await get(dv, 'accounts?savedQuery=6f1c2a90-3b7e-4d11-9a55-0d3c8e21f0ff')).status, 404)
  }),
  notOffered(
    { name: 'FetchXML as a query expression', request: 'GET FetchXmlToQueryExpression(…)', status: 404, code: '0x80060888' },
    (dv) => get(dv, `FetchXmlToQueryExpression(FetchXml='x')`),
  ),
  notOffered(
    {
      name: 'a view checked by its layout',
      request: 'GET ValidateSavedQuery(…)',
      status: 404,
      code: '0x80060888',
      instead: 'a create or update of the view checks its FetchXML',
    },
    (dv) => dv.call('POST', '/ValidateSavedQuery', { body: { FetchXml: '<fetch/>', QueryType: 0 } }),
  ),
])

export const CHANGES = area('Change tracking', [
  works(
    {
      name: 'changes since a read',
      request: 'GET contacts with odata.track-changes, GET @odata.deltaLink',
      points: 'DV-078 DV-079 DV-134 DV-009',
    },
    async (dv, market) => {
      const gone = await create(dv, 'contacts', { lastname: market.fresh('Gone') })
      const reply = await get(dv, 'contacts?$select=lastname', { prefer: 'odata.track-changes' })
      assert.equal(reply.headers.get('preference-applied'), 'odata.track-changes')
      const kept = await create(dv, 'contacts', { lastname: market.fresh('Kept') })
      await remove(dv, `contacts(${gone})`)
      const follow = async (link: string) => read(dv, link.slice(dv.root.length + 1))
      const delta = await follow(reply.json['@odata.deltaLink'])
      assert.ok(delta['@odata.context'].endsWith('#contacts(lastname)/$delta'))
      assert.ok(delta.value.some((row: { contactid?: string }) => row.contactid === kept))
      assert.deepEqual(delta.value.find((row: { id?: string }) => row.id === gone)?.reason, 'deleted')
      assert.match((await follow(delta['@odata.deltaLink']))['@odata.deltaLink'], /\$deltatoken=/)
    },
  ),
  works({ name: 'the number of changes', request: 'GET contacts/$count?$deltatoken=…', points: 'DV-079' }, async (dv, market) => {
    const first = await read(dv, 'contacts?$select=lastname', { prefer: 'odata.track-changes' })
    await create(dv, 'contacts', { lastname: market.fresh('Counted') })
    const link: string = first['@odata.deltaLink'].slice(dv.root.length + 1).replace('contacts?', 'contacts/$count?')
    assert.ok(Number((await expectStatus(200, get(dv, link))).text.replace(/^\uFEFF/, '')) >= 1)
  }),
  works(
    { name: 'options that do not go with it', request: 'GET contacts?$filter=… with odata.track-changes', points: 'DV-081' },
    async (dv) => {
      for (const [option, query] of [
        ['filter', "$filter=lastname eq 'x'"],
        ['orderby', '$orderby=lastname'],
        ['top', '$top=1'],
        ['expand', '$expand=ownerid'],
      ])
        assert.match(
          (await expectStatus(400, get(dv, `contacts?$select=lastname&${query}`, { prefer: 'odata.track-changes' }))).json.error.message,
          new RegExp(`^The "\\$\\{?${option}\\}?" query parameter isn't supported when Change Tracking is enabled\\.$`),
        )
    },
  ),
  works({ name: 'a token that has expired', request: 'GET accounts?$deltatoken=1!…', points: 'DV-082' }, async (dv) => {
    await refused(
      '400 0x80044352',
      get(dv, 'accounts?$select=name&$deltatoken=1%2101%2F01%2F2020%2000%3A00%3A00'),
      /^Version stamp associated with the client has expired/,
    )
  }),
  works({ name: 'a table that is not tracked', request: 'GET sdkmessages with odata.track-changes', points: 'DV-085' }, async (dv) => {
    const reply = await get(dv, 'sdkmessages?$select=name', { prefer: 'odata.track-changes' })
    assert.ok(reply.status === 200 && reply.json.value.length > 0, reply.text)
    assert.deepEqual([reply.headers.get('preference-applied'), reply.json['@odata.deltaLink']], [null, undefined])
  }),
  works(
    { name: 'how long a token lives', request: 'GET organizations?$select=expirechangetrackingindays', points: 'DV-083' },
    async (dv) => {
      assert.deepEqual(await column(dv, 'organizations?$select=expirechangetrackingindays', 'expirechangetrackingindays'), [7])
    },
  ),
])
