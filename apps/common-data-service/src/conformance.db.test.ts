import { afterAll, beforeAll, expect, test } from 'vitest'
import { fileScope, type HubUnderTest, type Json, refusalOf, startHub } from './hub-app.fixture.ts'

const ORG = { organization_organizationid: 'ORG001' }
const scope = fileScope(afterAll)
let hub: HubUnderTest

beforeAll(async () => {
  hub = await startHub(scope)
  await hub.create('Product', { ...ORG, productid: 'P-1', name: 'Hull' })
  await hub.create('SalesOrder', { ...ORG, salesorderid: 'SO-1' })
})

test('create, read, update and delete of a row, with the entity set that the templates name', async () => {
  const account = await hub.create('Account', { ...ORG, accountid: 'A-1', organizationname: 'Ålesund Skipsverft', employeecount: 12 })
  const path = `Account(${account.cds_accountid})`
  expect((await hub.get(`${path}?$select=organizationname,employeecount`)).body).toMatchObject({
    organizationname: 'Ålesund Skipsverft',
    employeecount: 12,
  })
  expect((await hub.patch(path, { mailingpostaladdress_city: 'Ålesund' })).status).toBe(204)
  const found = await hub.get(
    "Account?$filter=organization_organizationid eq 'ORG001' and mailingpostaladdress_city eq 'ålesund'&$select=accountid&$count=true",
  )
  expect(found.body).toMatchObject({ '@odata.count': 1, value: [{ accountid: 'A-1' }] })
  expect((await hub.remove(path)).status).toBe(204)
  expect(refusalOf(await hub.get(path))).toBe('404 0x80040217')
})

test('the metadata name sets, keys and columns', async () => {
  const document = (await hub.get('$metadata', { accept: 'application/xml' })).text
  expect(document).toContain('<EntitySet Name="SalesOrderLine" EntityType="mscrm.salesorderline"')
  const definition = await hub.get(
    "EntityDefinitions(LogicalName='salesorderline')?$select=EntitySetName,PrimaryIdAttribute,ChangeTrackingEnabled&$expand=Keys",
  )
  expect(definition.body).toMatchObject({
    EntitySetName: 'SalesOrderLine',
    PrimaryIdAttribute: 'cds_salesorderlineid',
    ChangeTrackingEnabled: true,
    Keys: [{ KeyAttributes: ['salesorder_organization_organizationid', 'salesorder_salesorderid', 'sequence'] }],
  })
})

test('a row is upserted by its key, and If-Match counts', async () => {
  const path = "Account(organization_organizationid='ORG001',accountid='A-2')"
  expect((await hub.patch(path, { organizationname: 'First' })).status).toBe(204)
  const created = await hub.get(path)
  expect(created.body).toMatchObject({ accountid: 'A-2', organizationname: 'First' })
  expect((await hub.patch(path, { organizationname: 'Second' }, { 'if-match': created.body['@odata.etag'] })).status).toBe(204)
  expect(refusalOf(await hub.patch(path, { organizationname: 'Third' }, { 'if-match': created.body['@odata.etag'] }))).toBe(
    '412 0x80060882',
  )
  expect((await hub.get(path)).body.organizationname).toBe('Second')
})

test('a batch carries rows of several tables; a refused one is alone', async () => {
  const part = (set: string, body: Json): string[] => [
    '--batch_1',
    'Content-Type: application/http',
    'Content-Transfer-Encoding: binary',
    '',
    `POST /api/data/v9.2/${set} HTTP/1.1`,
    'Content-Type: application/json',
    '',
    JSON.stringify(body),
  ]
  const line = { salesorder_organization_organizationid: 'ORG001', salesorder_salesorderid: 'SO-B', sequence: 1 }
  const answer = await hub.batch([
    ...part('SalesOrder', { ...ORG, salesorderid: 'SO-B' }),
    ...part('SalesOrderLine', { ...line, product_productid: 'P-9' }),
    ...part('SalesOrderLine', { ...line, product_productid: 'P-1' }),
    '--batch_1--',
  ])
  const statuses = [...answer.text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)
  expect(statuses).toEqual(['204', '404', '204'])
  expect(answer.text).toContain("product_productid = 'P-9'")
})

test('changes are told from one delta link to the next, deleted rows too', async () => {
  const first = await hub.get('Contact?$select=contactid', { prefer: 'odata.track-changes' })
  const contact = await hub.create('Contact', { ...ORG, contactid: 'C-1' })
  const changed = await hub.get(first.body['@odata.deltaLink'])
  expect(changed.body.value).toMatchObject([{ contactid: 'C-1' }])
  const next = changed.body['@odata.deltaLink']
  expect((await hub.get(next)).body.value).toEqual([])
  await hub.remove(`Contact(${contact.cds_contactid})`)
  expect((await hub.get(next)).body.value).toMatchObject([{ id: contact.cds_contactid, reason: 'deleted' }])
})

const lines = (count: number, more: (index: number) => Json): Json[] =>
  Array.from({ length: count }, (_, index) => ({
    salesorder_organization_organizationid: 'ORG001',
    salesorder_salesorderid: 'SO-1',
    sequence: index + 1,
    ...more(index),
  }))

test('bulk messages write a thousand rows with references in a bounded number of statements', async () => {
  const statements = await counting(() =>
    hub.bulk(
      'SalesOrderLine',
      'CreateMultiple',
      lines(1000, () => ({ product_productid: 'p-1', quantity: 1 })),
    ),
  )
  const few = await counting(() =>
    hub.bulk(
      'SalesOrderLine',
      'CreateMultiple',
      lines(2, (index) => ({ sequence: 5000 + index, product_productid: 'P-1' })),
    ),
  )
  expect(statements).toMatchObject({ status: 200, count: few.count })
  expect(few.count).toBeLessThan(15)
  const count = await hub.get("SalesOrderLine?$filter=salesorder_salesorderid eq 'SO-1' and productname eq 'Hull'&$count=true&$top=1")
  expect(count.body['@odata.count']).toBe(1002)
})

test('UpsertMultiple by key updates what is there and creates the rest; one bad row leaves nothing behind', async () => {
  const target = (sequence: number, more: Json): Json => ({
    '@odata.id': `SalesOrderLine(salesorder_organization_organizationid='ORG001',salesorder_salesorderid='SO-U',sequence=${sequence})`,
    ...more,
  })
  await hub.create('SalesOrder', { ...ORG, salesorderid: 'SO-U' })
  const first = await hub.bulk('SalesOrderLine', 'UpsertMultiple', [
    target(1, { quantity: 1, quantity_uom: 'each' }),
    target(2, { quantity: 2 }),
  ])
  expect(first.status).toBe(204)
  const second = await hub.bulk('SalesOrderLine', 'UpsertMultiple', [
    target(2, { quantity: 20, product_productid: 'p-1' }),
    target(3, { quantity: 3 }),
  ])
  expect(second.status).toBe(204)
  const stored = async () =>
    (
      await hub.get(
        "SalesOrderLine?$filter=salesorder_salesorderid eq 'SO-U'&$select=sequence,quantity,quantity_uom,productname&$orderby=sequence",
      )
    ).body.value
  const before = await stored()
  expect(before).toMatchObject([
    { sequence: 1, quantity: 1, quantity_uom: 'Each' },
    { sequence: 2, quantity: 20, productname: 'Hull' },
    { sequence: 3, quantity: 3, productname: null },
  ])
  const refused = await hub.bulk('SalesOrderLine', 'UpsertMultiple', [target(3, { quantity: 30 }), target(4, { product_productid: 'P-9' })])
  expect(refusalOf(refused)).toBe('404 0x80040217')
  expect(await stored()).toEqual(before)
})

test('UpdateMultiple settles references of all its rows', async () => {
  const rows = (await hub.get('SalesOrderLine?$filter=sequence ge 5000&$select=sequence')).body.value
  const targets = rows.map((row: Json) => ({ cds_salesorderlineid: row.cds_salesorderlineid, product_productid: null }))
  expect((await hub.bulk('SalesOrderLine', 'UpdateMultiple', targets)).status).toBe(204)
  const after = (await hub.get('SalesOrderLine?$filter=sequence ge 5000&$select=product_productid,_product_value')).body.value
  expect(after).toMatchObject(rows.map(() => ({ product_productid: null, _product_value: null })))
})

test('an account that goes away while an order comes to refer to it: one of the two is refused, and nothing dangles', async () => {
  for (let round = 0; round < 10; round += 1) {
    const accountid = `RACE-${round}`
    const account = await hub.create('Account', { ...ORG, accountid })
    const leaves: () => Promise<{ status: number }> =
      round % 2 === 0
        ? () => hub.remove(`Account(${account.cds_accountid})`)
        : () => hub.patch(`Account(${account.cds_accountid})`, { accountid: `${accountid}-moved` })
    const [left, created] = await Promise.all([
      leaves(),
      hub.post('SalesOrder', { ...ORG, salesorderid: accountid, account_accountid: accountid }),
    ])
    expect([left.status, created.status].filter((status) => status === 204)).toHaveLength(1)
  }
})

/** A call, and how many statements it sent to the database. */
async function counting(call: () => Promise<{ readonly status: number }>): Promise<{ readonly status: number; readonly count: number }> {
  let count = 0
  const clients = new Map<{ query: unknown }, unknown>()
  const watch = (client: { query: unknown }): void => {
    const { query } = client
    if (clients.has(client) || typeof query !== 'function') return
    clients.set(client, query)
    client.query = (...given: unknown[]): unknown => {
      count += 1
      return Reflect.apply(query, client, given)
    }
  }
  const { pool } = hub.database
  pool.on('acquire', watch)
  const { status } = await call()
  pool.off('acquire', watch)
  for (const [client, query] of clients) client.query = query
  return { status, count }
}
