import { expect, test } from 'vitest'
import { GOLDEN_ORDER, startGoldenOrders } from './golden.fixture.ts'
import { D, type Json } from './supply-chain-app.fixture.ts'

const ANY = expect.any(String)
const ETAG = expect.stringMatching(/^W\/"[A-Za-z0-9+/=]+"$/)
const WRITE_EXCEPTION = 'Microsoft.Dynamics.Platform.Integration.Services.OData.AxODataWriteException'

const part = (id: number, collection: string, body: Json): string[] => [
  '--changeset_hms1',
  'Content-Type: application/http',
  'Content-Transfer-Encoding: binary',
  `Content-ID: ${id}`,
  '',
  `POST ${collection}?cross-company=true HTTP/1.1`,
  'Content-Type: application/json',
  '',
  JSON.stringify(body),
]

const orderWithLine = (itemNumber: string): string[] => [
  '--batch_hms1',
  'Content-Type: multipart/mixed; boundary=changeset_hms1',
  '',
  ...part(1, 'SalesOrderHeadersV2', { ...GOLDEN_ORDER, SalesOrderNumber: 'SO-000313' }),
  ...part(2, 'SalesOrderLines', {
    dataAreaId: 'hms1',
    SalesOrderNumber: 'SO-000313',
    ItemNumber: itemNumber,
    OrderedSalesQuantity: 4,
    SalesPrice: 3120,
  }),
  '--changeset_hms1--',
  '--batch_hms1--',
]

/** JSON bodies of the parts of a batch reply. */
const bodiesOf = (text: string): Json[] =>
  text
    .split('\r\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))

test('G-FO-11 FO-043 a header of an unknown customer is refused with its infolog and nothing is stored', async (t) => {
  const golden = await startGoldenOrders(t)
  const reply = await golden.post(`${D}/SalesOrderHeadersV2?cross-company=true`, {
    ...GOLDEN_ORDER,
    SalesOrderNumber: 'SO-000312',
    OrderingCustomerAccountNumber: 'C-9999',
  })
  expect(reply.status).toBe(400)
  expect(reply.json).toEqual({
    error: {
      code: '',
      message: 'An error has occurred.',
      innererror: {
        message:
          "Write failed for table row of type 'SalesOrderHeaderV2Entity'. Infolog: Warning: The value 'C-9999' in field 'Customer account' is not found in the related table 'Customers'.; Warning: validateField failed on field 'SalesOrderHeaderV2Entity.OrderingCustomerAccountNumber'.",
        type: WRITE_EXCEPTION,
        stacktrace: ANY,
      },
    },
  })
  expect((await golden.get(`${D}/SalesOrderHeadersV2(dataAreaId='hms1',SalesOrderNumber='SO-000312')`)).status).toBe(404)
})

test('G-FO-13 FO-053 FO-054 FO-062 orders are found by status and a part of their name, with the total', async (t) => {
  const golden = await startGoldenOrders(t)
  const filter =
    "dataAreaId eq 'hms1' and SalesOrderStatus eq Microsoft.Dynamics.DataEntities.SalesStatus'Backorder' and SalesOrderName eq '*Marine*'"
  const path = `SalesOrderHeadersV2?cross-company=true&$filter=${filter}&$select=SalesOrderNumber,SalesOrderStatus&$count=true&$top=1`
  const reply = await golden.get(`${D}/${path}`)
  expect(reply.json).toEqual({
    '@odata.context': `${D}/$metadata#SalesOrderHeadersV2(SalesOrderNumber,SalesOrderStatus)`,
    '@odata.count': 1,
    value: [{ '@odata.etag': ETAG, SalesOrderNumber: 'SO-000311', SalesOrderStatus: 'Backorder' }],
  })
})

test('G-FO-15 FO-025 FO-029 FO-068 a change set makes an order and its line; the lot comes back in the body', async (t) => {
  const golden = await startGoldenOrders(t)
  const reply = await golden.batch(orderWithLine('DW-40'))
  expect(reply.status).toBe(200)
  expect(reply.text.match(/HTTP\/1\.1 201 Created/g)).toHaveLength(2)
  expect(reply.text).toContain(`Location: ${D}/SalesOrderHeadersV2(dataAreaId='hms1',SalesOrderNumber='SO-000313')`)
  expect(reply.text).toContain(`Location: ${D}/SalesOrderLines(dataAreaId='hms1',InventoryLotId='HMS-L000071')`)
  const [header, line] = bodiesOf(reply.text)
  expect(header).toMatchObject({
    '@odata.context': `${D}/$metadata#SalesOrderHeadersV2/$entity`,
    '@odata.etag': ETAG,
    dataAreaId: 'hms1',
    SalesOrderNumber: 'SO-000313',
    OrderingCustomerAccountNumber: 'C-0001',
    InvoiceCustomerAccountNumber: 'C-0001',
    SalesOrderStatus: 'Backorder',
    CurrencyCode: 'NOK',
    RequestedShippingDate: '2025-03-03T12:00:00Z',
    ConfirmedShippingDate: '1900-01-01T12:00:00Z',
  })
  expect(line).toMatchObject({
    '@odata.context': `${D}/$metadata#SalesOrderLines/$entity`,
    '@odata.etag': ETAG,
    dataAreaId: 'hms1',
    InventoryLotId: 'HMS-L000071',
    SalesOrderNumber: 'SO-000313',
    ItemNumber: 'DW-40',
    OrderedSalesQuantity: 4,
    SalesPrice: 3120,
    LineAmount: 12480,
  })
})

test('G-FO-16 FO-070 a change set with an unknown item stores nothing and answers one part', async (t) => {
  const golden = await startGoldenOrders(t)
  const reply = await golden.batch(orderWithLine('NOPE'))
  expect(reply.status).toBe(200)
  expect(reply.text).toContain('Content-ID: 2')
  expect(reply.text).toContain('HTTP/1.1 500 Internal Server Error')
  expect(bodiesOf(reply.text)).toEqual([
    {
      error: {
        code: '',
        message: 'An error has occurred.',
        innererror: {
          message:
            "Write failed for table row of type 'SalesOrderLineV2Entity'. Infolog: Warning: The value 'NOPE' in field 'Item number' is not found in the related table 'Items'.; Warning: validateField failed on field 'SalesOrderLineV2Entity.ItemNumber'.",
          type: WRITE_EXCEPTION,
          stacktrace: ANY,
        },
      },
    },
  ])
  expect((await golden.get(`${D}/SalesOrderHeadersV2(dataAreaId='hms1',SalesOrderNumber='SO-000313')`)).status).toBe(404)
})
