import { expect, test } from 'vitest'
import { BASE, filled, guid, ROOT, startPlatform } from './platform.case.ts'

const ETAG = /^W\/"\d+"$/

/** A body of the specification with row versions replaced, to compare with. */
const expected = (example: string): unknown => JSON.parse(filled(example).replace(/W\/\\"\d+\\"/g, 'VERSION'))
const versionless = (body: unknown): unknown => JSON.parse(JSON.stringify(body).replace(/W\/\\"\d+\\"/g, 'VERSION'))

test('G-DV-01 DV-001 a client gets a token by its secret, and the token signs in', async (t) => {
  const { platform } = await startPlatform(t)
  const payload = `client_id=${guid('a1')}&client_secret=s3cret%7Evalue&scope=${encodeURIComponent(`${BASE}/.default`)}&grant_type=client_credentials`
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const answer = await platform.app.inject({ method: 'POST', url: `/${guid('a0')}/oauth2/v2.0/token`, headers, payload })
  expect(answer.statusCode).toBe(200)
  expect(answer.json()).toMatchObject({ token_type: 'Bearer', access_token: expect.any(String) })
  const who = await platform.app.inject({
    method: 'GET',
    url: '/api/data/v9.2/WhoAmI',
    headers: { authorization: `Bearer ${answer.json().access_token}` },
  })
  expect(who.statusCode).toBe(200)
})

test('G-DV-02 DV-005 WhoAmI and WhoAmI() say who calls', async (t) => {
  const { send } = await startPlatform(t)
  const body = expected(
    '{"@odata.context":"{R}/$metadata#Microsoft.Dynamics.CRM.WhoAmIResponse","BusinessUnitId":"{G:0d}","UserId":"{G:0c}","OrganizationId":"{G:0e}"}',
  )
  expect((await send('GET', 'WhoAmI')).json).toEqual(body)
  const called = await send('GET', 'WhoAmI()')
  expect(called.json).toEqual(body)
  expect(called.headers['odata-version']).toBe('4.0')
  expect(called.headers['content-type']).toBe('application/json; odata.metadata=minimal')
})

test('G-DV-03 DV-031 DV-034 create with a nested contact answers 204 and the id', async (t) => {
  const { send } = await startPlatform(t, { empty: true })
  const answer = await send('POST', 'accounts', {
    body: '{"accountid":"{G:01}","name":"Halvorsen Marine Supply","accountnumber":"HMS-1001","creditlimit":50000,"primarycontactid":{"contactid":"{G:02}","firstname":"Ada","lastname":"Lind"}}',
  })
  expect([answer.status, answer.text, answer.headers['odata-entityid']]).toEqual([204, '', `${ROOT}/accounts(${guid('01')})`])
  const contact = await send('GET', 'accounts({G:01})?$select=creditlimit&$expand=primarycontactid($select=fullname)')
  expect(contact.json).toMatchObject({ creditlimit: 50000, primarycontactid: { fullname: 'Ada Lind' } })
})

test('G-DV-04 DV-009 DV-020 DV-032 DV-140 create with representation', async (t) => {
  const { send } = await startPlatform(t, { empty: true })
  const answer = await send('POST', 'accounts?$select=name,accountnumber', {
    prefer: 'return=representation',
    body: '{"accountid":"{G:10}","name":"Nordkai Yards","accountnumber":"HMS-1002"}',
  })
  expect(answer.status).toBe(201)
  expect(answer.headers).toMatchObject({ 'preference-applied': 'return=representation', etag: expect.stringMatching(ETAG) })
  expect(versionless(answer.json)).toEqual(
    expected(
      '{"@odata.context":"{R}/$metadata#accounts(name,accountnumber)/$entity","@odata.etag":"W/\\"503115\\"","name":"Nordkai Yards","accountnumber":"HMS-1002","accountid":"{G:10}"}',
    ),
  )
})

test('G-DV-05 DV-010 DV-021 DV-051 DV-054 read with annotations; money selects its currency', async (t) => {
  const { send } = await startPlatform(t)
  const answer = await send('GET', 'accounts({G:01})?$select=name,creditlimit,statecode,_primarycontactid_value', {
    prefer: 'odata.include-annotations="*"',
  })
  expect(answer.status).toBe(200)
  expect(answer.headers['preference-applied']).toBe('odata.include-annotations="*"')
  expect(versionless(answer.json)).toEqual(
    expected(
      '{"@odata.context":"{R}/$metadata#accounts(name,creditlimit,statecode,_primarycontactid_value)/$entity","@odata.etag":"W/\\"1\\"","name":"Halvorsen Marine Supply","creditlimit@OData.Community.Display.V1.FormattedValue":"€50,000.00","creditlimit":50000,"statecode@OData.Community.Display.V1.FormattedValue":"Active","statecode":0,"_primarycontactid_value@OData.Community.Display.V1.FormattedValue":"Ada Lind","_primarycontactid_value@Microsoft.Dynamics.CRM.associatednavigationproperty":"primarycontactid","_primarycontactid_value@Microsoft.Dynamics.CRM.lookuplogicalname":"contact","_primarycontactid_value":"{G:02}","accountid":"{G:01}","_transactioncurrencyid_value@OData.Community.Display.V1.FormattedValue":"Euro","_transactioncurrencyid_value@Microsoft.Dynamics.CRM.associatednavigationproperty":"transactioncurrencyid","_transactioncurrencyid_value@Microsoft.Dynamics.CRM.lookuplogicalname":"transactioncurrency","_transactioncurrencyid_value":"{G:0b}"}',
    ),
  )
  const order = ['FormattedValue', 'associatednavigationproperty', 'lookuplogicalname'].map((name) =>
    answer.text.indexOf(
      `_primarycontactid_value@${name === 'FormattedValue' ? 'OData.Community.Display.V1.' : 'Microsoft.Dynamics.CRM.'}${name}`,
    ),
  )
  expect(order).toEqual([...order].sort((a, b) => a - b))
})

test('G-DV-06 DV-037 DV-109 a missing row', async (t) => {
  const { send } = await startPlatform(t)
  const answer = await send('GET', 'accounts({G:ff})?$select=name')
  expect([answer.status, answer.json]).toEqual([
    404,
    expected('{"error":{"code":"0x80040217","message":"account With Id = {G:ff} Does Not Exist"}}'),
  ])
})

test('G-DV-07 DV-043 a stale version is refused and nothing changes', async (t) => {
  const { send } = await startPlatform(t)
  const answer = await send('PATCH', 'accounts({G:01})', { headers: { 'if-match': 'W/"1"' }, body: { creditlimit: 60000 } })
  expect(answer.status).toBe(412)
  expect(answer.json).toEqual({
    error: { code: '0x80060882', message: "The version of the existing record doesn't match the RowVersion property provided." },
  })
  expect((await send('DELETE', 'accounts({G:01})', { headers: { 'if-match': 'W/"1"' } })).status).toBe(412)
  expect((await send('GET', 'accounts({G:01})?$select=creditlimit')).json.creditlimit).toBe(50000)
})

test('G-DV-08 DV-042 create-only upsert on an existing key', async (t) => {
  const { send } = await startPlatform(t)
  const answer = await send('PATCH', "accounts(accountnumber='HMS-1001')", {
    headers: { 'if-none-match': '*' },
    body: { name: 'Must not be written' },
  })
  expect([answer.status, answer.json]).toEqual([
    412,
    { error: { code: '0x80040237', message: 'A record with matching key values already exists.' } },
  ])
})

test('G-DV-09 G-DV-10 DV-014 DV-040 DV-045 DV-046 upsert by alternate key creates, then updates and keeps its key', async (t) => {
  const { send } = await startPlatform(t)
  const created = await send('PATCH', "accounts(accountnumber='HMS-1003')?$select=name,accountnumber", {
    prefer: 'return=representation',
    body: '{"accountid":"{G:13}","name":"Fjordline Charter"}',
  })
  expect(created.status).toBe(201)
  expect(versionless(created.json)).toEqual(
    expected(
      '{"@odata.context":"{R}/$metadata#accounts(name,accountnumber)/$entity","@odata.etag":"W/\\"5\\"","name":"Fjordline Charter","accountnumber":"HMS-1003","accountid":"{G:13}"}',
    ),
  )
  const updated = await send('PATCH', "accounts(accountnumber='HMS-1003')", {
    body: { name: 'Fjordline Charter AS', accountnumber: 'IGNORED' },
  })
  expect([updated.status, updated.headers['odata-entityid']]).toEqual([204, `${ROOT}/accounts(accountnumber='HMS-1003')`])
  expect((await send('GET', 'accounts({G:13})?$select=name,accountnumber')).json).toMatchObject({
    name: 'Fjordline Charter AS',
    accountnumber: 'HMS-1003',
  })
})

test('G-DV-12 DV-041 DV-055 a lookup is cleared by an update that never creates', async (t) => {
  const { send } = await startPlatform(t)
  const answer = await send('PATCH', 'accounts({G:01})', { headers: { 'if-match': '*' }, body: { 'primarycontactid@odata.bind': null } })
  expect([answer.status, answer.headers['odata-entityid']]).toEqual([204, `${ROOT}/accounts(${guid('01')})`])
  expect((await send('GET', 'accounts({G:01})?$select=_primarycontactid_value')).json._primarycontactid_value).toBeNull()
  const missing = await send('PATCH', 'accounts({G:fe})', { headers: { 'if-match': '*' }, body: { name: 'X' } })
  expect(missing.status).toBe(404)
})

test('G-DV-13 DV-067 pages carry a cookie that leads to the rest', async (t) => {
  const { send, platform, token } = await startPlatform(t)
  const answer = await send('GET', 'salesorders?$select=name', { prefer: 'odata.maxpagesize=2' })
  expect(answer.headers['preference-applied']).toBe('odata.maxpagesize=2')
  expect(answer.json['@odata.nextLink']).toBe(
    `${ROOT}/salesorders?$select=name&$skiptoken=%3Ccookie%20pagenumber=%222%22%20pagingcookie=%22%253Ccookie%2520page%253D%25221%2522%253E%253Csalesorderid%2520last%253D%2522%257B6F1C2A90-3B7E-4D11-9A55-0D3C8E21F011%257D%2522%2520first%253D%2522%257B6F1C2A90-3B7E-4D11-9A55-0D3C8E21F005%257D%2522%2520%252F%253E%253C%252Fcookie%253E%22%20istracking=%22False%22%20/%3E`,
  )
  expect(answer.json.value.map((row: { name: string }) => row.name)).toEqual(['Order A', 'Order B'])
  const next = await platform.app.inject({
    method: 'GET',
    url: answer.json['@odata.nextLink'].slice(BASE.length),
    headers: { authorization: `Bearer ${token}`, prefer: 'odata.maxpagesize=2' },
  })
  expect(next.json().value.map((row: { name: string }) => row.name)).toEqual(['Order C'])
  expect(next.json()['@odata.nextLink']).toBeUndefined()
})

test('G-DV-14 DV-059 DV-070 filter, count and annotations', async (t) => {
  const { send } = await startPlatform(t)
  const answer = await send('GET', "accounts?$select=name&$filter=startswith(name,'N') and accountnumber ne null&$count=true&$top=1", {
    prefer: 'odata.include-annotations="Microsoft.Dynamics.CRM.*"',
  })
  expect(versionless(answer.json)).toEqual(
    expected(
      '{"@odata.context":"{R}/$metadata#accounts(name)","@odata.count":1,"@Microsoft.Dynamics.CRM.totalrecordcount":1,"@Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded":false,"value":[{"@odata.etag":"W/\\"1\\"","name":"Nordkai Yards","accountid":"{G:10}"}]}',
    ),
  )
})

test('G-DV-15 DV-072 expand of a collection', async (t) => {
  const { send } = await startPlatform(t)
  const answer = await send('GET', 'salesorders({G:05})?$select=name&$expand=order_details($select=quantity;$orderby=quantity desc)')
  expect(versionless(answer.json)).toEqual(
    expected(
      '{"@odata.context":"{R}/$metadata#salesorders(name,order_details(quantity))/$entity","@odata.etag":"W/\\"1\\"","name":"Order A","salesorderid":"{G:05}","order_details":[{"@odata.etag":"W/\\"503142\\"","quantity":4,"salesorderdetailid":"{G:07}"}],"order_details@odata.nextLink":"{R}/salesorders({G:05})/order_details?$select=quantity&$orderby=quantity%20desc"}',
    ),
  )
})

test('G-DV-16 DV-074 aggregation', async (t) => {
  const { send } = await startPlatform(t)
  const answer = await send(
    'GET',
    "salesorders?$apply=filter(name ne 'Order C')/groupby((statecode),aggregate(totalamount with sum as total,$count as n))",
  )
  expect(answer.json).toEqual({ '@odata.context': `${ROOT}/$metadata#salesorders`, value: [{ total: 18720, n: 2, statecode: 0 }] })
})

test('G-DV-17 DV-064 an unknown column is named', async (t) => {
  const { send } = await startPlatform(t)
  const message = "Could not find a property named 'nmae' on type 'Microsoft.Dynamics.CRM.account'."
  for (const query of ['$select=nmae', "$filter=nmae eq 'x'", '$orderby=nmae']) {
    const answer = await send('GET', `accounts?${query}`)
    expect([answer.status, answer.json]).toEqual([400, { error: { code: '0x80060888', message } }])
  }
})

test('G-DV-18 G-DV-19 DV-078 DV-079 DV-134 change tracking: baseline, changes, then nothing', async (t) => {
  const { send, platform, token, clock } = await startPlatform(t)
  const follow = async (link: string) =>
    (await platform.app.inject({ method: 'GET', url: link.slice(BASE.length), headers: { authorization: `Bearer ${token}` } })).json()
  const baseline = await send('GET', 'accounts?$select=name', { prefer: 'odata.track-changes' })
  expect(baseline.headers['preference-applied']).toBe('odata.track-changes')
  expect(baseline.json.value).toHaveLength(2)
  expect(decodeURIComponent(baseline.json['@odata.deltaLink'])).toMatch(/\/accounts\?\$select=name&\$deltatoken=\d+!02\/11\/2025 09:30:00$/)
  await send('PATCH', 'accounts({G:01})', { body: { name: 'Halvorsen Marine Supply AS' } })
  await send('DELETE', 'accounts({G:10})')
  await send('POST', 'accounts', { body: '{"accountid":"{G:15}","name":"Gone soon"}' })
  await send('DELETE', 'accounts({G:15})')
  clock.advance(900_000)
  const delta = await follow(baseline.json['@odata.deltaLink'])
  expect(versionless({ ...delta, '@odata.deltaLink': '' })).toEqual(
    expected(
      '{"@odata.context":"{R}/$metadata#accounts(name)/$delta","value":[{"@odata.etag":"W/\\"503160\\"","name":"Halvorsen Marine Supply AS","accountid":"{G:01}"},{"@odata.context":"{R}/$metadata#accounts/$deletedEntity","id":"{G:10}","reason":"deleted"},{"@odata.context":"{R}/$metadata#accounts/$deletedEntity","id":"{G:15}","reason":"deleted"}],"@odata.deltaLink":""}',
    ),
  )
  const count = await platform.app.inject({
    method: 'GET',
    url: baseline.json['@odata.deltaLink'].slice(BASE.length).replace('/accounts?', '/accounts/$count?'),
    headers: { authorization: `Bearer ${token}` },
  })
  expect(count.payload).toBe('\uFEFF3')
  const nothing = await follow(delta['@odata.deltaLink'])
  expect(nothing.value).toEqual([])
  expect(nothing['@odata.deltaLink']).toContain('$deltatoken=')
})

test('G-DV-20 DV-082 an expired token', async (t) => {
  const { send } = await startPlatform(t)
  const answer = await send('GET', 'accounts?$select=name&$deltatoken=1%2101%2f01%2f2020%2000%3a00%3a00')
  expect([answer.status, answer.json.error]).toEqual([
    400,
    { code: '0x80044352', message: 'Version stamp associated with the client has expired. Please perform a full sync.' },
  ])
})

const BATCH = [
  '--batch_hms1',
  'Content-Type: multipart/mixed; boundary="changeset_hms1"',
  '',
  '--changeset_hms1',
  'Content-Type: application/http',
  'Content-Transfer-Encoding: binary',
  'Content-ID: 1',
  '',
  'POST /api/data/v9.2/contacts HTTP/1.1',
  'Content-Type: application/json; type=entry',
  '',
  '{"contactid":"{G:14}","lastname":"Moen"}',
  '--changeset_hms1',
  'Content-Type: application/http',
  'Content-Transfer-Encoding: binary',
  'Content-ID: 2',
  '',
  'PATCH /api/data/v9.2/accounts({G:10}) HTTP/1.1',
  'Content-Type: application/json; type=entry',
  '',
  '{"primarycontactid@odata.bind":"$1"}',
  '--changeset_hms1--',
  '--batch_hms1--',
].join('\r\n')

test('G-DV-21 DV-088 DV-089 DV-131 a change set with a reference', async (t) => {
  const { send } = await startPlatform(t)
  const answer = await send('POST', '$batch', { headers: { 'content-type': 'multipart/mixed; boundary="batch_hms1"' }, body: BATCH })
  expect(answer.status).toBe(200)
  const lines = answer.text.replaceAll(/(batch|changeset)response_[0-9a-f-]{36}/g, '$1response')
  const part = (id: number, url: string) =>
    `--changesetresponse\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\nContent-ID: ${id}\r\n\r\nHTTP/1.1 204 No Content\r\nOData-Version: 4.0\r\nLocation: ${url}\r\nOData-EntityId: ${url}\r\n\r\n\r\n`
  expect(lines.trimEnd()).toBe(
    `--batchresponse\r\nContent-Type: multipart/mixed; boundary=changesetresponse\r\n\r\n${part(1, `${ROOT}/contacts(${guid('14')})`)}${part(2, `${ROOT}/accounts(${guid('10')})`)}--changesetresponse--\r\n--batchresponse--`,
  )
  expect((await send('GET', 'accounts({G:10})?$select=_primarycontactid_value')).json._primarycontactid_value).toBe(guid('14'))
})

test('G-DV-22 DV-093 CreateMultiple', async (t) => {
  const { send } = await startPlatform(t)
  const answer = await send('POST', 'accounts/Microsoft.Dynamics.CRM.CreateMultiple', {
    body: '{"Targets":[{"@odata.type":"Microsoft.Dynamics.CRM.account","accountid":"{G:15}","name":"Skerry Boats"},{"@odata.type":"Microsoft.Dynamics.CRM.account","accountid":"{G:16}","name":"Tidewater Rig"}]}',
  })
  expect([answer.status, answer.json]).toEqual([
    200,
    expected('{"@odata.context":"{R}/$metadata#Microsoft.Dynamics.CRM.CreateMultipleResponse","Ids":["{G:15}","{G:16}"]}'),
  ])
})

test('G-DV-26 DV-056 a bad bind name', async (t) => {
  const { send } = await startPlatform(t)
  const answer = await send('POST', 'accounts', { body: '{"name":"X","customerid@odata.bind":"/accounts({G:01})"}' })
  expect(answer.status).toBe(400)
  expect(answer.json.error.code).toBe('0x80048d19')
  expect(answer.json.error.message).toContain(
    "Error identified in Payload provided by the user for Entity :'accounts', For more information on this error please follow this help link https://go.microsoft.com/fwlink/?linkid=2195293  ---->  InnerException : Microsoft.OData.ODataException: An undeclared property 'customerid' which only has property annotations in the payload but no property value was found in the payload.",
  )
})

test('G-DV-27 DV-038 a single property is read, written and emptied', async (t) => {
  const { send } = await startPlatform(t)
  expect((await send('PUT', 'accounts({G:01})/name', { body: { value: 'Halvorsen Marine Supply AS' } })).status).toBe(204)
  const read = await send('GET', 'accounts({G:01})/name')
  expect(read.json).toEqual({ '@odata.context': `${ROOT}/$metadata#accounts(${guid('01')})/name`, value: 'Halvorsen Marine Supply AS' })
  expect((await send('GET', 'accounts({G:01})/name/$value')).text).toBe('Halvorsen Marine Supply AS')
  expect((await send('DELETE', 'accounts({G:01})/name')).status).toBe(204)
  expect((await send('GET', 'accounts({G:01})/name')).status).toBe(204)
})

test('G-DV-28 DV-117 table metadata', async (t) => {
  const { send } = await startPlatform(t)
  const answer = await send('GET', "EntityDefinitions(LogicalName='account')?$select=LogicalName,EntitySetName,ChangeTrackingEnabled")
  expect(answer.json).toEqual({
    '@odata.context': `${ROOT}/$metadata#EntityDefinitions(LogicalName,EntitySetName,ChangeTrackingEnabled)/$entity`,
    LogicalName: 'account',
    EntitySetName: 'accounts',
    ChangeTrackingEnabled: true,
    MetadataId: expect.any(String),
  })
  expect((await send('GET', `EntityDefinitions(${answer.json.MetadataId})?$select=LogicalName`)).json.LogicalName).toBe('account')
})

test('G-DV-29 DV-047 delete, and a second time', async (t) => {
  const { send } = await startPlatform(t)
  expect((await send('DELETE', 'accounts({G:10})')).status).toBe(204)
  expect((await send('DELETE', 'accounts({G:10})')).status).toBe(404)
  expect((await send('PATCH', 'accounts', { body: {} })).status).toBe(405)
  expect((await send('DELETE', 'accounts')).status).toBe(405)
})

const PAGING = 'odata.include-annotations="Microsoft.Dynamics.CRM.fetchxmlpagingcookie,Microsoft.Dynamics.CRM.morerecords"'

/** The XML of an exchange is one query option. */
const fetchUrl = (xml: string): string => `accounts?fetchXml=${encodeURIComponent(filled(xml))}`

test('G-DV-31 G-DV-31b DV-076 a FetchXML page with its cookie, and the last page without', async (t) => {
  const { send } = await startPlatform(t)
  const entity = '<entity name="account"><attribute name="name"/><order attribute="name"/></entity>'
  const first = await send('GET', fetchUrl(`<fetch count="1" page="1">${entity}</fetch>`), { prefer: PAGING })
  expect([first.status, first.headers['preference-applied']]).toEqual([200, PAGING])
  expect(versionless(first.json)).toEqual(
    expected(
      String.raw`{"@odata.context":"{R}/$metadata#accounts(name,accountid)","@Microsoft.Dynamics.CRM.fetchxmlpagingcookie":"<cookie pagenumber=\"2\" pagingcookie=\"%253ccookie%2520page%253d%25221%2522%253e%253cname%2520last%253d%2522Halvorsen%2520Marine%2520Supply%2522%2520first%253d%2522Halvorsen%2520Marine%2520Supply%2522%2520%252f%253e%253caccountid%2520last%253d%2522%257b6F1C2A90-3B7E-4D11-9A55-0D3C8E21F001%257d%2522%2520first%253d%2522%257b6F1C2A90-3B7E-4D11-9A55-0D3C8E21F001%257d%2522%2520%252f%253e%253c%252fcookie%253e\" istracking=\"False\" />","@Microsoft.Dynamics.CRM.morerecords":true,"value":[{"@odata.etag":"W/\"503112\"","name":"Halvorsen Marine Supply","accountid":"{G:01}"}]}`,
    ),
  )
  const cookie =
    '&lt;cookie page=&quot;1&quot;&gt;&lt;name last=&quot;Halvorsen Marine Supply&quot; first=&quot;Halvorsen Marine Supply&quot; /&gt;&lt;accountid last=&quot;{6F1C2A90-3B7E-4D11-9A55-0D3C8E21F001}&quot; first=&quot;{6F1C2A90-3B7E-4D11-9A55-0D3C8E21F001}&quot; /&gt;&lt;/cookie&gt;'
  const last = await send('GET', fetchUrl(`<fetch count="1" page="2" paging-cookie="${cookie}">${entity}</fetch>`), { prefer: PAGING })
  expect([last.status, versionless(last.json)]).toEqual([
    200,
    expected(
      '{"@odata.context":"{R}/$metadata#accounts(name,accountid)","value":[{"@odata.etag":"W/\\"503115\\"","name":"Nordkai Yards","accountid":"{G:10}"}]}',
    ),
  ])
})

test('G-DV-32 DV-128 DV-138 total record counts with an array alias', async (t) => {
  const { send } = await startPlatform(t)
  const body = {
    '@odata.context': `${ROOT}/$metadata#Microsoft.Dynamics.CRM.RetrieveTotalRecordCountResponse`,
    EntityRecordCountCollection: { Count: 2, IsReadOnly: false, Keys: ['account', 'contact'], Values: [2, 1] },
  }
  for (const names of ['["account","contact"]', "['account','contact']"]) {
    expect((await send('GET', `RetrieveTotalRecordCount(EntityNames=@p1)?@p1=${names}`)).json).toEqual(body)
  }
})

test('G-DV-33 DV-093 UpsertMultiple: one update, one create', async (t) => {
  const { send } = await startPlatform(t)
  const answer = await send('POST', 'accounts/Microsoft.Dynamics.CRM.UpsertMultiple', {
    body: `{"Targets":[{"@odata.type":"Microsoft.Dynamics.CRM.account","@odata.id":"accounts(accountnumber='HMS-1002')","name":"Nordkai Yards AS"},{"@odata.type":"Microsoft.Dynamics.CRM.account","@odata.id":"accounts(accountnumber='HMS-1004')","name":"Saltholm Tugs"}]}`,
  })
  expect([answer.status, answer.text]).toEqual([204, ''])
  const names = await send('GET', 'accounts?$select=name,accountnumber&$orderby=accountnumber')
  expect(names.json.value.map((row: { name: string }) => row.name)).toEqual([
    'Halvorsen Marine Supply',
    'Nordkai Yards AS',
    'Saltholm Tugs',
  ])
})

test('G-DV-34 DV-035 a taken primary key', async (t) => {
  const { send } = await startPlatform(t)
  const answer = await send('POST', 'accounts', { body: '{"accountid":"{G:01}","name":"Must not be written"}' })
  expect([answer.status, answer.json]).toEqual([
    412,
    { error: { code: '0x80040237', message: 'A record with matching key values already exists.' } },
  ])
})

test('G-DV-35 DV-049 a taken alternate key', async (t) => {
  const { send } = await startPlatform(t)
  const answer = await send('POST', 'accounts', { body: { name: 'Must not be written', accountnumber: 'hms-1002' } })
  expect([answer.status, answer.json.error.code]).toEqual([412, '0x80060892'])
  expect(answer.json.error.message).toContain(
    'Entity Key msdynce_AccountNumber violated. A record with the same value for Account Number already exists.',
  )
})

test('G-DV-36 DV-011 an unknown set', async (t) => {
  const { send } = await startPlatform(t)
  for (const name of ['account', 'Accounts', 'nothing']) {
    const answer = await send('GET', name)
    expect([answer.status, answer.json]).toEqual([
      404,
      { error: { code: '0x80060888', message: `Resource not found for the segment '${name}'.` } },
    ])
  }
})

test('G-DV-37 DV-036 an unknown property in a body', async (t) => {
  const { send } = await startPlatform(t)
  const answer = await send('POST', 'accounts', { body: { name: 'X', nmae: 'Y' } })
  expect([answer.status, answer.json.error.code]).toEqual([400, '0x80048d19'])
  expect(answer.json.error.message).toContain("Invalid property 'nmae' was found in entity 'Microsoft.Dynamics.CRM.account'.")
})
