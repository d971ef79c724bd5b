import assert from 'node:assert/strict'
import type { OutsideClient } from '../../../support/outside-client.ts'
import { type Delivery, withReceiver } from '../../receiver.ts'
import { act, create, done, expectStatus, type Json, patch, read, refused, remove, rows } from '../calls.ts'
import { area, differs, works } from '../operation.ts'
import { ABROAD, HOME, type Trade } from '../trade.ts'

const CONFIRMED = 'SalesOrderConfirmedBusinessEvent'

/** An endpoint while `work` runs; `next` gives what is delivered to it. */
async function withEndpoint(
  fo: OutsideClient,
  trade: Trade,
  work: (endpoint: { readonly id: string; readonly next: () => Promise<Delivery> }) => Promise<void>,
  values: Json & { readonly status?: number } = {},
): Promise<void> {
  const { status = 200, ...row } = values
  await withReceiver(status, async (url, next) => {
    const id = trade.fresh('hub')
    await create(fo, 'BusinessEventEndpoints', { EndpointId: id, EndpointUrl: url, ...row })
    try {
      await work({ id, next })
    } finally {
      for (const set of ['BusinessEventActivations', 'DataEventActivations'])
        for (const each of await rows(fo, `${set}?$filter=EndpointId eq '${id}'`)) {
          const name = set === 'BusinessEventActivations' ? `BusinessEventId='${each.BusinessEventId}'` : `EntityName='${each.EntityName}'`
          await expectStatus(204, remove(fo, `${set}(EndpointId='${id}',${name},LegalEntityId='${each.LegalEntityId}')`))
        }
      await patch(fo, `BusinessEventEndpoints('${id}')`, { IsActive: 'No' })
    }
  })
}

/** A confirmed order. */
async function confirm(fo: OutsideClient, trade: Trade): Promise<string> {
  const { SalesOrderNumber } = await create(fo, 'SalesOrderHeadersV2', trade.header())
  await create(fo, 'SalesOrderLines', trade.line(SalesOrderNumber, 1))
  await done(fo, trade.url, 'confirm-sales-order', { dataAreaId: HOME, salesOrderNumber: SalesOrderNumber })
  return SalesOrderNumber
}

const attributesOf = (entity: Json): Json => Object.fromEntries(entity.Attributes.map(({ key, value }: Json) => [key, value]))
const activate = (fo: OutsideClient, set: string, row: Json): Promise<Json> => create(fo, set, { LegalEntityId: HOME, ...row })

export const EVENTS = area('Business events and data events', [
  works(
    { name: 'an event of the business', request: 'POST BusinessEventEndpoints, POST BusinessEventActivations', points: 'FO-106' },
    async (fo, trade) => {
      await withEndpoint(
        fo,
        trade,
        async ({ id, next }) => {
          await activate(fo, 'BusinessEventActivations', { EndpointId: id, BusinessEventId: CONFIRMED })
          const SalesId = await confirm(fo, trade)
          const { headers, body } = await next()
          assert.equal(headers['x-hub-key'], 's3cret')
          assert.deepEqual(
            [body.BusinessEventId, body.BusinessEventLegalEntity, body.SalesId, body.LegalEntity],
            [CONFIRMED, HOME, SalesId, HOME],
          )
          assert.match(body.EventId, /^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/)
          assert.match(body.EventTime, /^\/Date\(\d+\)\/$/)
          assert.match(body.EventTimeIso8601, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/)
          assert.equal(body.InitiatingUserAADObjectId, `{${trade.credentials.clientId.toUpperCase()}}`)
          assert.deepEqual(
            [typeof body.ControlNumber, body.MajorVersion, body.MinorVersion, body.ParentContextRecordSubjects],
            ['number', 0, 0, []],
          )
        },
        { SecretHeaderName: 'x-hub-key', SecretValue: 's3cret' },
      )
    },
  ),
  works({ name: 'numbers of events grow', request: 'POST {endpoint} (two events)', points: 'FO-106' }, async (fo, trade) => {
    await withEndpoint(fo, trade, async ({ id, next }) => {
      await activate(fo, 'BusinessEventActivations', { EndpointId: id, BusinessEventId: CONFIRMED })
      await confirm(fo, trade)
      const first = await next()
      await confirm(fo, trade)
      const second = await next()
      assert.ok(second.body.ControlNumber > first.body.ControlNumber)
      assert.notEqual(second.body.EventId, first.body.EventId)
    })
  }),
  works(
    {
      name: 'an event of a batch job',
      request: "POST BusinessEventActivations { BusinessEventId: 'BatchJobFinishedBusinessEvent' }",
      points: 'FO-106',
    },
    async (fo, trade) => {
      await withEndpoint(fo, trade, async ({ id, next }) => {
        await activate(fo, 'BusinessEventActivations', { EndpointId: id, BusinessEventId: 'BatchJobFinishedBusinessEvent' })
        const job = { JobDescription: trade.run, JobClass: 'PopulateDistinctProductTable', Status: 'Hold', CompanyId: HOME }
        const { BatchJobRecId } = await create(fo, 'BatchJobs', job)
        await act(fo, 'BatchJobs', 'SetBatchJobToWaiting', { batchJobId: BatchJobRecId })
        const { body } = await next()
        assert.deepEqual([body.BatchJobId, body.BatchJobStatus], [BatchJobRecId, 'Finished'])
      })
    },
  ),
  works({ name: 'a row that is created, changed, deleted', request: 'POST DataEventActivations', points: 'FO-110' }, async (fo, trade) => {
    await withEndpoint(fo, trade, async ({ id, next }) => {
      await activate(fo, 'DataEventActivations', { EndpointId: id, EntityName: 'CustCustomerV3Entity' })
      const { CustomerAccount } = await create(fo, 'CustomersV3', trade.customer({ CreditLimit: 12.5 }))
      const row = `CustomersV3(dataAreaId='${HOME}',CustomerAccount='${CustomerAccount}')`
      const { body: created } = await next()
      assert.deepEqual([created.MessageName, created.PrimaryEntityName], ['OnExternalCreated', 'mserp_custcustomerv3entity'])
      const target = attributesOf(created.InputParameters[0].value)
      assert.deepEqual([target.mserp_dataareaid, target.mserp_customeraccount, target.mserp_creditlimit], [HOME, CustomerAccount, 12.5])
      await expectStatus(204, patch(fo, row, { OrganizationName: 'Changed' }))
      const { body: updated } = await next()
      assert.equal(updated.MessageName, 'OnExternalUpdated')
      assert.deepEqual(attributesOf(updated.InputParameters[0].value), {
        mserp_dataareaid: HOME,
        mserp_customeraccount: CustomerAccount,
        mserp_organizationname: 'Changed',
      })
      await expectStatus(204, remove(fo, row))
      const { body: deleted } = await next()
      assert.equal(deleted.MessageName, 'OnExternalDeleted')
      assert.deepEqual(
        deleted.InputParameters.map((one: Json) => one.key),
        ['Target', 'PreImage'],
      )
      assert.equal(deleted.PrimaryEntityId, created.PrimaryEntityId)
    })
  }),
  works(
    { name: 'dates without a value', request: "POST DataEventActivations { EntityName: 'ExchangeRateEntity' }", points: 'FO-110' },
    async (fo, trade) => {
      await withEndpoint(fo, trade, async ({ id, next }) => {
        await activate(fo, 'DataEventActivations', { EndpointId: id, EntityName: 'ExchangeRateEntity', LegalEntityId: '' })
        const rate = { RateTypeName: trade.fresh('R'), FromCurrency: 'CHF', ToCurrency: 'USD', StartDate: '2031-01-01T12:00:00Z', Rate: 1 }
        await create(fo, 'ExchangeRates', rate)
        const keys = Object.keys(attributesOf((await next()).body.InputParameters[0].value))
        assert.deepEqual([keys.includes('mserp_startdate'), keys.includes('mserp_enddate')], [true, false])
      })
    },
  ),
  works(
    { name: 'events of one company', request: "POST DataEventActivations { LegalEntityId: 'demf' }", points: 'FO-110' },
    async (fo, trade) => {
      await withEndpoint(fo, trade, async ({ id, next }) => {
        await activate(fo, 'DataEventActivations', { EndpointId: id, EntityName: 'PaymentTermEntity', LegalEntityId: ABROAD })
        const Name = trade.fresh('T').slice(-10)
        await create(fo, 'PaymentTerms', { dataAreaId: HOME, Name })
        await create(fo, 'PaymentTerms', { dataAreaId: ABROAD, Name })
        assert.equal(attributesOf((await next()).body.InputParameters[0].value).mserp_dataareaid, ABROAD)
        for (const company of [HOME, ABROAD])
          await expectStatus(204, remove(fo, `PaymentTerms(dataAreaId='${company}',Name='${Name}')?cross-company=true`))
      })
    },
  ),
  works(
    { name: 'a receiver that fails', request: 'POST {endpoint} (503), GET BusinessEventDeliveries', points: 'FO-108' },
    async (fo, trade) => {
      await withEndpoint(
        fo,
        trade,
        async ({ id, next }) => {
          await activate(fo, 'BusinessEventActivations', { EndpointId: id, BusinessEventId: CONFIRMED })
          await confirm(fo, trade)
          const [first, second] = [await next(), await next()]
          assert.equal(first.body.EventId, second.body.EventId)
          const [row] = await rows(fo, `BusinessEventDeliveries?$filter=EndpointId eq '${id}'`)
          assert.deepEqual([row?.EventId, row?.LastError], [first.body.EventId, 'The receiver answered with HTTP status 503.'])
        },
        { status: 503 },
      )
    },
  ),
  works(
    { name: 'events that were given up are sent again', request: 'POST BusinessEventDeliveries/…ResendFailed', points: 'FO-108' },
    async (fo, trade) => {
      assert.equal(await act(fo, 'BusinessEventDeliveries', 'ResendFailed', { endpointId: trade.fresh('none') }), 0)
    },
  ),
  works({ name: 'secrets cannot be read', request: 'GET BusinessEventEndpoints({key})', points: 'FO-106' }, async (fo, trade) => {
    await withEndpoint(
      fo,
      trade,
      async ({ id }) => assert.equal((await read(fo, `BusinessEventEndpoints('${id}')`)).SecretValue, '********'),
      { SecretHeaderName: 'x-hub-key', SecretValue: 's3cret' },
    )
  }),
  works(
    { name: 'endpoints that cannot be', request: "POST BusinessEventEndpoints { EndpointUrl: 'ftp://…' }", points: 'FO-106' },
    async (fo, trade) => {
      for (const EndpointUrl of ['ftp://hub.example', 'https://user:pass@hub.example', 'nowhere', ''])
        await expectStatus(400, fo.call('POST', '/BusinessEventEndpoints', { body: { EndpointId: trade.fresh('hub'), EndpointUrl } }))
    },
  ),
  works(
    {
      name: 'events and entities that there are not',
      request: "POST BusinessEventActivations { BusinessEventId: 'Nope' }",
      points: 'FO-106',
    },
    async (fo, trade) => {
      await withEndpoint(fo, trade, async ({ id }) => {
        await refused(
          400,
          fo.call('POST', '/BusinessEventActivations', {
            body: { EndpointId: id, BusinessEventId: 'NopeBusinessEvent', LegalEntityId: HOME },
          }),
          "There is no business event 'NopeBusinessEvent'.",
        )
        await refused(400, fo.call('POST', '/DataEventActivations', { body: { EndpointId: id, EntityName: 'NopeEntity' } }), 'NopeEntity')
        await expectStatus(
          400,
          fo.call('POST', '/BusinessEventActivations', { body: { EndpointId: 'nobody', BusinessEventId: CONFIRMED, LegalEntityId: HOME } }),
        )
      })
    },
  ),
  works(
    { name: 'ten endpoints of one event at most', request: 'POST BusinessEventActivations (11)', points: 'FO-106' },
    async (fo, trade) => {
      const ids = Array.from({ length: 11 }, () => trade.fresh('ten'))
      const event = { BusinessEventId: 'SalesPackingSlipPostedBusinessEvent', LegalEntityId: ABROAD }
      for (const EndpointId of ids)
        await create(fo, 'BusinessEventEndpoints', { EndpointId, EndpointUrl: 'https://hub.example', IsActive: 'No' })
      for (const EndpointId of ids.slice(0, 10)) await create(fo, 'BusinessEventActivations', { EndpointId, ...event })
      const [last] = ids.slice(-1)
      await refused(400, fo.call('POST', '/BusinessEventActivations', { body: { EndpointId: last, ...event } }), '10 endpoints')
      for (const EndpointId of ids.slice(0, 10))
        await expectStatus(
          204,
          remove(
            fo,
            `BusinessEventActivations(EndpointId='${EndpointId}',BusinessEventId='${event.BusinessEventId}',LegalEntityId='${ABROAD}')`,
          ),
        )
    },
  ),
  differs(
    {
      name: 'where events go',
      request: 'POST BusinessEventEndpoints',
      points: 'FO-106',
      difference: 'HTTP and HTTPS alone; endpoints, activations and the error log are sets here, not pages',
    },
    async (fo) => {
      await expectStatus(405, fo.call('POST', '/BusinessEventDeliveries', { body: {} }))
      assert.ok(Array.isArray(await rows(fo, 'BusinessEventActivations')))
    },
  ),
])
