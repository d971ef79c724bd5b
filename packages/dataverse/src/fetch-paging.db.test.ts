import { expect, test } from 'vitest'
import { fetchOption, startFetch } from './fetch.case.ts'
import { guid, type TestAnswer } from './platform.case.ts'

const COOKIE = '@Microsoft.Dynamics.CRM.fetchxmlpagingcookie'
const MORE = '@Microsoft.Dynamics.CRM.morerecords'

/** What public clients do with the annotation: decode its attribute twice, escape it, place it. */
function nextCookie(answer: TestAnswer): string {
  const encoded = /pagingcookie="([^"]*)"/.exec(answer.json[COOKIE])?.[1] ?? ''
  const cookie = decodeURIComponent(decodeURIComponent(encoded))
  return cookie.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

const QUERIES: readonly (readonly [set: string, entity: string])[] = [
  ['contacts', '<entity name="contact"><attribute name="lastname"/></entity>'],
  ['contacts', '<entity name="contact"><attribute name="lastname"/><order attribute="birthdate" descending="true"/></entity>'],
  [
    'contacts',
    '<entity name="contact"><attribute name="lastname"/><order attribute="parentcustomerid"/><order attribute="statecode"/></entity>',
  ],
  [
    'accounts',
    '<entity name="account"><attribute name="name"/><order attribute="industrycode"/><order attribute="name" descending="true"/></entity>',
  ],
  [
    'accounts',
    '<entity name="account"><attribute name="name"/><link-entity name="contact" from="parentcustomerid" to="accountid" alias="c" link-type="outer"><attribute name="lastname"/><order attribute="firstname" descending="true"/></link-entity></entity>',
  ],
  [
    'accounts',
    '<entity name="account"><attribute name="name"/><order attribute="statecode"/><link-entity name="contact" from="parentcustomerid" to="accountid" alias="c"><attribute name="lastname"/></link-entity></entity>',
  ],
]

test('DV-076 DV-077 DV-135 pages by cookie, unasked, give every row once in the order of one page', async (t) => {
  const { fetch } = await startFetch(t)
  for (const [set, entity] of QUERIES) {
    const whole = (await fetch(set, `<fetch>${entity}</fetch>`)).json.value.map((row: unknown) => JSON.stringify(row))
    for (const withCookie of [true, false]) {
      const seen: string[] = []
      let cookie = ''
      for (let page = 1; page < 20; page += 1) {
        const answer = await fetch(set, `<fetch count="2" page="${page}"${cookie}>${entity}</fetch>`)
        expect([entity, page, answer.json.error?.message]).toEqual([entity, page, undefined])
        seen.push(...answer.json.value.map((row: unknown) => JSON.stringify(row)))
        expect(answer.json[MORE]).toBe(answer.json[COOKIE] === undefined ? undefined : true)
        if (answer.json[COOKIE] === undefined) break
        expect(answer.json[COOKIE]).toMatch(new RegExp(`^<cookie pagenumber="${page + 1}" pagingcookie="[^"]+" istracking="False" />$`))
        if (withCookie) cookie = ` paging-cookie="${nextCookie(answer)}"`
      }
      expect([entity, withCookie, seen]).toEqual([entity, withCookie, whole])
    }
  }
})

test('DV-069 a page by cookie is not shifted by rows that come in before it', async (t) => {
  const { fetch, send } = await startFetch(t)
  const entity = '<entity name="account"><attribute name="name"/><order attribute="name"/></entity>'
  const first = await fetch('accounts', `<fetch count="2" page="1">${entity}</fetch>`)
  await send('POST', 'accounts', { body: { name: 'Aaa' } })
  const second = await fetch('accounts', `<fetch count="2" page="2" paging-cookie="${nextCookie(first)}">${entity}</fetch>`)
  expect(second.json.value.map((row: { name: string }) => row.name)).toEqual(['delta', 'Gamma 100%'])
  expect(second.json[COOKIE]).toBeUndefined()
  const jumped = await fetch('accounts', `<fetch count="1" page="5" paging-cookie="${nextCookie(first)}">${entity}</fetch>`)
  expect(jumped.json.value.map((row: { name: string }) => row.name)).toEqual(['Gamma 100%'])
})

test('DV-076 distinct and aggregated pages are counted; top and totals', async (t) => {
  const { fetch } = await startFetch(t)
  const groups =
    '<entity name="account"><attribute name="accountid" groupby="true" alias="id"/><attribute name="accountid" aggregate="count" alias="n"/></entity>'
  const ids: string[] = []
  for (const page of [1, 2, 3]) {
    const answer = await fetch('accounts', `<fetch aggregate="true" count="2" page="${page}">${groups}</fetch>`)
    ids.push(...answer.json.value.map((row: { id: string }) => row.id))
    expect([page, answer.json[MORE]]).toEqual([page, page === 1 ? true : undefined])
  }
  expect(ids).toEqual([guid('41'), guid('42'), guid('43'), guid('44')])
  const top = await fetch('accounts', '<fetch top="3"><entity name="account"><attribute name="name"/></entity></fetch>')
  expect([top.json.value.length, top.json[COOKIE]]).toEqual([3, undefined])
  const total = await fetch(
    'accounts',
    '<fetch count="1" returntotalrecordcount="true"><entity name="account"><attribute name="name"/></entity></fetch>',
    {
      prefer: 'odata.include-annotations="Microsoft.Dynamics.CRM.*"',
    },
  )
  expect(total.json).toMatchObject({
    '@odata.count': 4,
    '@Microsoft.Dynamics.CRM.totalrecordcount': 4,
    '@Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded': false,
  })
})

const account = (inner: string, attributes = ''): string => `<fetch${attributes}><entity name="account">${inner}</entity></fetch>`
const where = (condition: string): string => account(`<filter>${condition}</filter>`)
const link = (attributes: string, inner = ''): string => account(`<link-entity name="contact" ${attributes}>${inner}</link-entity>`)

const REFUSED: readonly (readonly [xml: string, code: string])[] = [
  ['', '0x80040203'],
  ['nonsense', '0x80040203'],
  ['<fetch><entity name="account"></fetch>', '0x80040203'],
  ['<fetch/><fetch/>', '0x80040203'],
  ['<fetch><entity name="account"><attribute name="&custom;"/></entity></fetch>', '0x80040203'],
  ['<query><entity name="account"/></query>', '0x8004111c'],
  ['<fetch><table name="account"/></fetch>', '0x8004111c'],
  ['<fetch/>', '0x80041123'],
  ['<fetch><entity/></fetch>', '0x8004111e'],
  ['<fetch><entity name="account"/><entity name="account"/></fetch>', '0x8004111c'],
  ['<fetch><entity name="nothing"/></fetch>', '0x80041102'],
  ['<fetch><entity name="Account"/></fetch>', '0x80041102'],
  ['<fetch><entity name="contact"/></fetch>', '0x80041128'],
  [account('<columns/>'), '0x8004111c'],
  [account('<attribute name="nmae"/>'), '0x80041103'],
  [account('<attribute/>'), '0x8004111e'],
  [account('<attribute name="constructor"/>'), '0x80041103'],
  [account('<attribute name="name" alias="a b"/>'), '0x80041109'],
  [account('<attribute name="name" alias="a&quot;,&quot;x"/>'), '0x80041109'],
  [account('<attribute name="name" alias="x"/><attribute name="accountnumber" alias="x"/>'), '0x80041130'],
  [account('<attribute name="name" aggregate="count" alias="n"/>'), '0x8004111a'],
  [account('<order attribute="nmae"/>'), '0x80041103'],
  [account('<order/>'), '0x80041133'],
  [account('<order alias="x"/>'), '0x80041132'],
  [account('<order attribute="name" descending="maybe"/>'), '0x80041139'],
  [account('', ' top="2" page="1"'), '0x80040203'],
  [account('', ' top="0"'), '0x8004110c'],
  [account('', ' top="5001"'), '0x80040203'],
  [account('', ' count="-1"'), '0x8004110c'],
  [account('', ' page="x"'), '0x8004110c'],
  [account('', ' distinct="perhaps"'), '0x80041139'],
  [account('', ' page="2" paging-cookie="nonsense"'), '0x8004112a'],
  [account('', ' page="2" paging-cookie="&lt;cookie page=&quot;x&quot;/&gt;"'), '0x8004112a'],
  [
    account('', ' page="2" paging-cookie="&lt;cookie page=&quot;1&quot;&gt;&lt;other last=&quot;1&quot;/&gt;&lt;/cookie&gt;"'),
    '0x80041129',
  ],
  [
    account('', ' page="2" paging-cookie="&lt;cookie page=&quot;1&quot;&gt;&lt;accountid last=&quot;no guid&quot;/&gt;&lt;/cookie&gt;"'),
    '0x80040203',
  ],
  [where('<condition attribute="nmae" operator="null"/>'), '0x80041103'],
  [where('<condition attribute="name" operator="resembles" value="x"/>'), '0x80041120'],
  [where('<condition attribute="name" operator="toString" value="x"/>'), '0x80041120'],
  [where('<condition attribute="name"/>'), '0x8004111e'],
  [where('<condition attribute="name" operator="eq"/>'), '0x80041106'],
  [where('<condition attribute="name" operator="in"/>'), '0x80041106'],
  [where('<condition attribute="creditlimit" operator="between"><value>1</value></condition>'), '0x80041106'],
  [where('<condition attribute="creditlimit" operator="like" value="1%"/>'), '0x80041106'],
  [where('<condition attribute="name" operator="eq" valueof="creditlimit"/>'), '0x80041106'],
  [where('<condition attribute="name" operator="like" valueof="accountnumber"/>'), '0x80041106'],
  [where('<condition attribute="name" operator="eq" valueof="q.name"/>'), '0x8004110a'],
  [where('<condition entityname="q" attribute="name" operator="null"/>'), '0x8004110a'],
  [where('<condition attribute="createdon" operator="in-fiscal-year" value="0"/>'), '0x80041106'],
  [where('<condition attribute="name" operator="this-fiscal-period"/>'), '0x80041106'],
  [where('<condition attribute="createdon" operator="last-x-fiscal-periods" value="10000"/>'), '0x80041106'],
  [where('<condition attribute="name" operator="eq-userteams"/>'), '0x80041106'],
  [account('<filter type="xor"/>'), '0x80041122'],
  [account('<filter><order attribute="name"/></filter>'), '0x8004111c'],
  [link('from="nothing" to="accountid"'), '0x80041103'],
  [link('from="contactid" to="nothing"'), '0x80041103'],
  [link('from="contactid" to="name"'), '0x80040203'],
  [link('from="contactid" to="primarycontactid" link-type="sideways"'), '0x80041117'],
  [link('from="contactid" to="primarycontactid" link-type="any"'), '0x80041117'],
  [link('from="contactid" to="primarycontactid" alias="1x"'), '0x80041109'],
  [link('from="contactid"'), '0x80041111'],
  [account('<link-entity name="nothing" from="a" to="b"/>'), '0x80041102'],
  [account('<link-entity name="contact" from="contactid" to="primarycontactid" alias="x"/>'.repeat(2)), '0x80041130'],
  [account('<link-entity name="contact" from="contactid" to="primarycontactid"/>'.repeat(16)), '0x80040203'],
  [account('<attribute name="name"/>', ' aggregate="true"'), '0x80041107'],
  [account('<all-attributes/>', ' aggregate="true"'), '0x80041107'],
  [account('', ' aggregate="true"'), '0x80041123'],
  [account('<attribute name="name" groupby="true"/>', ' aggregate="true"'), '0x80041109'],
  [account('<attribute name="name" groupby="true" aggregate="max" alias="x"/>', ' aggregate="true"'), '0x80041137'],
  [account('<attribute name="name" aggregate="sum" alias="x"/>', ' aggregate="true"'), '0x8004112f'],
  [account('<attribute name="name" aggregate="median" alias="x"/>', ' aggregate="true"'), '0x8004112f'],
  [account('<attribute name="statecode" aggregate="avg" alias="x"/>', ' aggregate="true"'), '0x8004112f'],
  [account('<attribute name="accountid" aggregate="min" alias="x"/>', ' aggregate="true"'), '0x8004112f'],
  [account('<attribute name="createdon" groupby="true" alias="x"/>', ' aggregate="true"'), '0x80041135'],
  [account('<attribute name="name" groupby="true" dategrouping="year" alias="x"/>', ' aggregate="true"'), '0x80041135'],
  [account('<attribute name="createdon" groupby="true" dategrouping="decade" alias="x"/>', ' aggregate="true"'), '0x80041135'],
  [account('<attribute name="name" groupby="true" alias="x"/><order attribute="name"/>', ' aggregate="true"'), '0x80041131'],
  [account('<attribute name="name" groupby="true" alias="x"/><order alias="y"/>', ' aggregate="true"'), '0x8004110a'],
]

test('DV-076 what FetchXML does not know is refused by its code', async (t) => {
  const { fetch } = await startFetch(t)
  for (const [xml, code] of REFUSED) {
    const answer = await fetch('accounts', xml)
    expect([xml.slice(0, 200), answer.status, answer.json.error.code]).toEqual([xml.slice(0, 200), 400, code])
  }
  const unknown = await fetch('accounts', account('<attribute name="nmae"/>'))
  expect(unknown.json.error.message).toContain("'account' entity doesn't contain attribute with Name = 'nmae'")
  for (const value of ['x', "1'; drop table account; --", '9'.repeat(400)]) {
    const answer = await fetch('accounts', where(`<condition attribute="creditlimit" operator="eq" value="${value}"/>`))
    expect([value, answer.status]).toEqual([value, 400])
  }
  expect((await fetch('accounts', account(''))).json.value).toHaveLength(4)
})

test('hostile FetchXML is refused at once and harms nothing', async (t) => {
  const { fetch, send } = await startFetch(t)
  const entity = '<entity name="account"><attribute name="name"/></entity>'
  for (const xml of [
    `<!DOCTYPE fetch [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><fetch>${entity}</fetch>`,
    `<!DOCTYPE fetch SYSTEM "file:///etc/passwd"><fetch>${entity}</fetch>`,
    `<fetch><entity name="account">${'<filter>'.repeat(1000)}${'</filter>'.repeat(1000)}</entity></fetch>`,
    '<'.repeat(2000),
    `<fetch><entity name="account"><attribute name="${'&#0;'}"/></entity></fetch>`,
    `<fetch><entity name="account" ${'a'.repeat(5000)}/></fetch>`,
    account(`<filter><condition attribute="name" operator="like" value="${'%a'.repeat(3000)}${'[a'.repeat(2000)}"/></filter>`),
  ]) {
    const answer = await fetch('accounts', xml)
    expect([xml.slice(0, 60), answer.status < 500]).toEqual([xml.slice(0, 60), true])
    if (!xml.includes('%a')) expect([xml.slice(0, 60), answer.status]).toEqual([xml.slice(0, 60), 400])
  }
  const text = `"\\'); drop table account; --`
  const quoted = text.replaceAll('"', '&quot;').replaceAll("'", '&apos;')
  await send('POST', 'accounts', { body: { name: text } })
  for (const operator of ['eq', 'like', 'begins-with', 'in']) {
    const found = await fetch('accounts', where(`<condition attribute="name" operator="${operator}"><value>${quoted}</value></condition>`))
    expect([operator, found.json.value?.map((row: { name: string }) => row.name)]).toEqual([operator, [text]])
  }
})

test('a query whose links multiply without end is stopped by the database', async (t) => {
  const { fetch } = await startFetch(t, { maxFetchMs: 300 })
  const every = '<link-entity name="contact" from="statecode" to="statecode"><attribute name="lastname"/></link-entity>'.repeat(15)
  const answer = await fetch(
    'accounts',
    `<fetch><entity name="account"><attribute name="name"/><order attribute="createdon"/>${every}</entity></fetch>`,
  )
  expect([answer.status, answer.json.error.code]).toEqual([500, '0x80044151'])
  const few = await fetch('accounts', account(every.slice(0, every.indexOf('</link-entity>') + 14)))
  expect(few.json.value).toHaveLength(20)
})

test('a query longer than an address comes by $batch; 1 MB is refused', async (t) => {
  const { send } = await startFetch(t)
  const values = (count: number): string => Array.from({ length: count }, (_, n) => `<value>name ${n}</value>`).join('')
  const query = (count: number): string =>
    fetchOption(where(`<condition attribute="name" operator="in"><value>delta</value>${values(count)}</condition>`))
  const batch = (option: string): string =>
    `--b\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\nGET /api/data/v9.2/accounts?${option} HTTP/1.1\r\nAccept: application/json\r\n\r\n\r\n--b--`
  const headers = { 'content-type': 'multipart/mixed; boundary=b' }
  const long = query(1000)
  expect(long.length).toBeGreaterThan(33_000)
  expect((await send('GET', `accounts?${long}`)).status).toBeGreaterThanOrEqual(400)
  const answer = await send('POST', '$batch', { headers, body: batch(long) })
  expect(answer.text).toContain('HTTP/1.1 200 OK')
  expect(answer.text).toContain('"name":"delta"')
  const many = await send('POST', 'savedqueries', {
    body: { name: 'Many', fetchxml: where('<condition attribute="name" operator="null"/>'.repeat(501)) },
  })
  expect([many.status, many.json.error.code]).toEqual([400, '0x80040203'])
  const huge = await send('POST', '$batch', { headers, body: batch(query(30_000)) })
  expect(huge.status).toBe(400)
  const stored = await send('POST', 'savedqueries', { body: { name: 'Huge', fetchxml: where(`<!--${'x'.repeat(1_000_000)}-->`) } })
  expect(stored.status).toBe(400)
})
