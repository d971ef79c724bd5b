import { decimal } from '@p2c/base'
import { expect, test } from 'vitest'
import { startOrders } from '../orders/sales-orders.fixture.ts'
import { aCustomer, CLIENT, D, startGolden, type TestApp } from '../supply-chain-app.fixture.ts'
import { raiseBusinessEvent } from './business-events.ts'
import { startReceiver } from './event-receiver.fixture.ts'
import { eventDate } from './event-value.ts'

const N = 'Microsoft.Dynamics.DataEntities'
const EVENT = 'SalesInvoicePostedBusinessEvent'
const USER = '6f1c2a90-3b7e-4d11-9a55-0d3c8e21f00c'

const addEndpoint = async (app: TestApp, url: string, values: object = {}) => {
  const reply = await app.post(`${D}/BusinessEventEndpoints`, { EndpointId: 'hub', EndpointUrl: url, ...values })
  expect(reply.status, reply.text).toBe(201)
  return reply.json
}

const activate = (app: TestApp, values: object = {}) =>
  app.post(`${D}/BusinessEventActivations`, { EndpointId: 'hub', BusinessEventId: EVENT, LegalEntityId: 'hms1', ...values })

const invoicePosted = (app: TestApp, values: object = {}) => ({
  eventId: EVENT,
  dataAreaId: 'hms1',
  userId: USER,
  now: app.clock.now(),
  fields: {
    InvoiceAccount: 'C-0001',
    InvoiceId: 'INV-00045',
    SalesId: 'SO-000311',
    InvoiceDate: eventDate('2025-02-11'),
    InvoiceDueDate: eventDate('2025-03-13'),
    InvoiceAmount: decimal('15600.0'),
    InvoiceTaxAmount: decimal('3120.05'),
    LegalEntity: 'hms1',
  },
  ...values,
})

const raise = (app: TestApp, values: object = {}) => app.database.transaction((sql) => raiseBusinessEvent(sql, invoicePosted(app, values)))

const deliveries = async (app: TestApp) => (await app.get(`${D}/BusinessEventDeliveries`)).json.value

/** Until no delivery is left, or the one there is has been tried so often. */
async function settled(app: TestApp, attempts?: number) {
  for (;;) {
    const rows = await deliveries(app)
    if (attempts === undefined ? rows.length === 0 : rows[0]?.Attempts === attempts) return rows
  }
}

test('FO-106 G-FO-31 a business event is delivered flat with its envelope and the secret of its endpoint, once its transaction is committed', async (t) => {
  const app = await startGolden(t)
  const receiver = await startReceiver(t)
  const endpoint = await addEndpoint(app, receiver.url, { SecretHeaderName: 'x-hub-key', SecretValue: 'pst' })
  expect(endpoint.SecretValue).toBe('********')
  expect((await activate(app)).status).toBe(201)
  await app.database
    .transaction(async (sql) => {
      await raiseBusinessEvent(sql, invoicePosted(app, { fields: { InvoiceId: 'never' } }))
      throw new Error('rolled back')
    })
    .catch(() => undefined)
  await raise(app)
  await raise(app, { dataAreaId: 'hms2' })
  await raise(app)
  const [first, second] = await receiver.waitFor(2)
  expect(first?.headers['x-hub-key']).toBe('pst')
  expect(first?.headers['content-type']).toBe('application/json; charset=utf-8')
  expect(first?.json).toEqual({
    BusinessEventId: EVENT,
    BusinessEventLegalEntity: 'hms1',
    ContextRecordSubject: '',
    ControlNumber: expect.any(Number),
    EventId: expect.stringMatching(/^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/),
    EventTime: '/Date(1739266200000)/',
    EventTimeIso8601: '2025-02-11T09:30:00.0000000Z',
    InitiatingUserAADObjectId: `{${USER.toUpperCase()}}`,
    MajorVersion: 0,
    MinorVersion: 0,
    ParentContextRecordSubjects: [],
    InvoiceAccount: 'C-0001',
    InvoiceId: 'INV-00045',
    SalesId: 'SO-000311',
    InvoiceDate: '/Date(1739232000000)/',
    InvoiceDueDate: '/Date(1741824000000)/',
    InvoiceAmount: 15600,
    InvoiceTaxAmount: 3120.05,
    LegalEntity: 'hms1',
  })
  expect(new Set([first?.json.EventId, second?.json.EventId]).size).toBe(2)
  expect(first?.json.ControlNumber).not.toBe(second?.json.ControlNumber)
  await settled(app)
  expect(receiver.received).toHaveLength(2)
})

test('FO-108 a failed delivery is repeated three times, a second apart, stays in the error log, and is sent again when somebody resends it', async (t) => {
  const app = await startGolden(t)
  const receiver = await startReceiver(t)
  await addEndpoint(app, receiver.url)
  await activate(app)
  receiver.answer(503)
  await raise(app)
  for (const attempt of [1, 2, 3]) {
    const [row] = await settled(app, attempt)
    expect(row).toMatchObject({ Status: 'Waiting', LastError: 'The receiver answered with HTTP status 503.' })
    app.clock.advance(999)
    expect(receiver.received).toHaveLength(attempt)
    app.clock.advance(1)
  }
  const [failed] = await settled(app, 4)
  expect(failed).toMatchObject({ Status: 'Failed', BusinessEventId: EVENT, LegalEntityId: 'hms1' })
  expect(receiver.received).toHaveLength(4)
  app.clock.advance(60_000)
  receiver.answer(200)
  const key = `EventId='${failed.EventId}',EndpointId='hub'`
  const resent = await app.post(`${D}/BusinessEventDeliveries(${key})/${N}.Resend`, {})
  expect([resent.status, resent.json.value]).toEqual([200, 1])
  await receiver.waitFor(5)
  await settled(app)
  expect(new Set(receiver.received.map(({ json }) => json.EventId)).size).toBe(1)
  expect((await app.post(`${D}/BusinessEventDeliveries/${N}.ResendFailed`, {})).json.value).toBe(0)
  // An endpoint that is switched off takes nothing new and keeps what waits for it.
  receiver.answer(500)
  await raise(app)
  await receiver.waitFor(6)
  await settled(app, 1)
  const switchEndpoint = (IsActive: string) => app.patch(`${D}/BusinessEventEndpoints('hub')`, { IsActive })
  await switchEndpoint('No')
  await raise(app)
  app.clock.advance(5_000)
  receiver.answer(200)
  expect(await deliveries(app)).toHaveLength(1)
  await switchEndpoint('Yes')
  await receiver.waitFor(7)
  await settled(app)
})

test('an event of a legal entity has ten endpoints at most, and endpoints are checked', async (t) => {
  const app = await startGolden(t)
  for (let place = 1; place <= 11; place += 1) await addEndpoint(app, 'https://hub.example/events', { EndpointId: `hub${place}` })
  for (let place = 1; place <= 9; place += 1) expect((await activate(app, { EndpointId: `hub${place}` })).status).toBe(201)
  expect((await activate(app, { EndpointId: 'hub10', LegalEntityId: '' })).status).toBe(201)
  const eleventh = await activate(app, { EndpointId: 'hub11' })
  expect([eleventh.status, eleventh.text]).toEqual([400, expect.stringContaining('10 endpoints')])
  expect((await activate(app, { EndpointId: 'hub11', LegalEntityId: 'hms2' })).status).toBe(201)
  expect((await app.get(`${D}/BusinessEventActivations`)).json.value).toHaveLength(11)
  const unknown = await activate(app, { BusinessEventId: 'NopeBusinessEvent' })
  expect([unknown.status, unknown.text]).toEqual([400, expect.stringContaining("There is no business event 'NopeBusinessEvent'.")])
  const wrong = [
    { EndpointUrl: 'ftp://hub.example' },
    { EndpointUrl: 'https://user:pass@hub.example' },
    { EndpointUrl: 'https://hub.example', SecretHeaderName: 'Content-Length', SecretValue: 'x' },
    { EndpointUrl: 'https://hub.example', SecretValue: 'a\nb' },
  ]
  for (const values of wrong) expect((await app.post(`${D}/BusinessEventEndpoints`, { EndpointId: 'wrong', ...values })).status).toBe(400)
  // The stars of a secret that was read change nothing.
  await app.patch(`${D}/BusinessEventEndpoints('hub1')`, { SecretValue: 's1' })
  await app.patch(`${D}/BusinessEventEndpoints('hub1')`, { SecretValue: '********', Description: 'kept' })
  const { rows } = await app.database.query(`select secret_value, description from business_event_endpoint where endpoint_id = 'hub1'`)
  expect(rows).toEqual([{ secret_value: 's1', description: 'kept' }])
})

const ENTITY = 'CustCustomerV3Entity'

test('FO-110 G-FO-32 changes of a subscribed entity arrive as data events with the columns of the virtual table', async (t) => {
  const app = await startGolden(t)
  const receiver = await startReceiver(t)
  await addEndpoint(app, receiver.url)
  const activation = { EndpointId: 'hub', EntityName: ENTITY.toLowerCase(), LegalEntityId: 'hms1' }
  expect((await app.post(`${D}/DataEventActivations`, activation)).status).toBe(201)
  const customer = `${D}/CustomersV3(dataAreaId='hms1',CustomerAccount='C-0009')`
  await app.post(`${D}/CustomersV3`, aCustomer({ CustomerAccount: 'C-0009', CreditLimit: 12.5 }))
  // Neither another company nor a value that is stored already is an event.
  await app.patch(`${D}/CustomersV3(dataAreaId='hms2',CustomerAccount='C-0001')?cross-company=true`, { OrganizationName: 'X' })
  await app.patch(customer, { CreditLimit: 12.5 })
  await app.patch(customer, { OrganizationName: 'Halvorsen Marine Supply AS' })
  await app.delete(customer)
  const events = await receiver.waitFor(3)
  const [created, updated, deleted] = ['Created', 'Updated', 'Deleted'].map((what) =>
    events.find(({ json }) => json.MessageName === `OnExternal${what}`),
  )
  const attributes = (entity: { Attributes: { key: string; value: unknown }[] }) =>
    Object.fromEntries(entity.Attributes.map(({ key, value }) => [key, value]))
  expect(created?.json).toMatchObject({
    MessageName: 'OnExternalCreated',
    PrimaryEntityName: 'mserp_custcustomerv3entity',
    OutputParameters: [],
  })
  const target = attributes(created?.json.InputParameters[0].value)
  expect(target).toMatchObject({
    mserp_dataareaid: 'hms1',
    mserp_customeraccount: 'C-0009',
    mserp_creditlimit: 12.5,
    mserp_isexternallymaintained: { __type: 'OptionSetValue:http://schemas.microsoft.com/xrm/2011/Contracts', Value: 200000000 },
  })
  expect(updated?.json.MessageName).toBe('OnExternalUpdated')
  expect(updated?.json.InputParameters).toEqual([
    {
      key: 'Target',
      value: expect.objectContaining({
        __type: 'Entity:http://schemas.microsoft.com/xrm/2011/Contracts',
        LogicalName: 'mserp_custcustomerv3entity',
        Id: created?.json.PrimaryEntityId,
        Attributes: [
          { key: 'mserp_dataareaid', value: 'hms1' },
          { key: 'mserp_customeraccount', value: 'C-0009' },
          { key: 'mserp_organizationname', value: 'Halvorsen Marine Supply AS' },
        ],
      }),
    },
  ])
  expect(deleted?.json.InputParameters.map((parameter: { key: string }) => parameter.key)).toEqual(['Target', 'PreImage'])
  expect(attributes(deleted?.json.InputParameters[1].value)).toMatchObject({ mserp_organizationname: 'Halvorsen Marine Supply AS' })
  // Without a subscriber the table has no triggers and nothing is noted.
  expect((await app.delete(`${D}/DataEventActivations(EndpointId='hub',EntityName='${ENTITY}',LegalEntityId='hms1')`)).status).toBe(204)
  const { rows } = await app.database.query(`select 1 from pg_trigger where tgname like 'note\\_%'`)
  expect(rows).toEqual([])
})

test('FO-110 empty date-times are left out of data events, and a change of what an entity does not show raises nothing', async (t) => {
  const app = await startGolden(t)
  const receiver = await startReceiver(t)
  await addEndpoint(app, receiver.url)
  for (const EntityName of ['ExchangeRateEntity', 'NumberSequenceV2Entity'])
    expect((await app.post(`${D}/DataEventActivations`, { EndpointId: 'hub', EntityName })).status).toBe(201)
  // Events of events would never end, and the secret of an endpoint is nobody's.
  for (const EntityName of ['NopeEntity', 'BusinessEventsEndpointEntity', 'BusinessEventsDeliveryEntity', 'DataAreaEntity'])
    expect((await app.post(`${D}/DataEventActivations`, { EndpointId: 'hub', EntityName })).status).toBe(400)
  await app.database.query(`update number_sequence set next_set_count = next_set_count + 1`)
  const rate = { RateTypeName: 'Default', FromCurrency: 'CHF', ToCurrency: 'NOK', StartDate: '2025-01-01T12:00:00Z', Rate: 1200 }
  expect((await app.post(`${D}/ExchangeRates`, rate)).status).toBe(201)
  const [event] = await receiver.waitFor(1)
  const keys = event?.json.InputParameters[0].value.Attributes.map((attribute: { key: string }) => attribute.key)
  expect(keys).toContain('mserp_startdate')
  expect(keys).not.toContain('mserp_enddate')
  await settled(app)
  expect(receiver.received).toHaveLength(1)
})

test('FO-106 FO-110 a posting is told as a business event and as data events of what it changed, and a refused one is not', async (t) => {
  const app = await startOrders(t)
  const receiver = await startReceiver(t)
  await addEndpoint(app, receiver.url)
  const event = { BusinessEventId: 'SalesOrderConfirmedBusinessEvent', LegalEntityId: 'usmf' }
  expect((await activate(app, event)).status).toBe(201)
  await app.addOrder('SO-1')
  await app.addLine('SO-1')
  const EntityName = 'SalesOrderHeaderV2Entity'
  expect((await app.post(`${D}/DataEventActivations`, { EndpointId: 'hub', EntityName })).status).toBe(201)
  const confirm = (salesOrderNumber: string) =>
    app.post(`${D.replace('/data', '')}/api/commands/confirm-sales-order`, { dataAreaId: 'usmf', salesOrderNumber })
  expect((await confirm('SO-9')).status).not.toBe(200)
  const posted = await confirm('SO-1')
  expect(posted.status, posted.text).toBe(200)
  const events = await receiver.waitFor(2)
  const confirmed = events.find(({ json }) => json.BusinessEventId !== undefined)?.json
  expect(confirmed).toMatchObject({ BusinessEventId: 'SalesOrderConfirmedBusinessEvent', SalesId: 'SO-1', LegalEntity: 'usmf' })
  expect(confirmed?.InitiatingUserAADObjectId).toBe(`{${CLIENT.clientId.toUpperCase()}}`)
  const changed = events.find(({ json }) => json.MessageName === 'OnExternalUpdated')?.json
  expect(changed?.PrimaryEntityName).toBe('mserp_salesorderheaderv2entity')
  const keys = changed?.InputParameters[0].value.Attributes.map((attribute: { key: string }) => attribute.key)
  expect(keys).toEqual(expect.arrayContaining(['mserp_salesordernumber', 'mserp_salesorderprocessingstatus']))
  expect(keys).not.toContain('mserp_salesordername')
})
