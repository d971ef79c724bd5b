import { expect, test } from 'vitest'
import { startOrders } from '../orders/sales-orders.fixture.ts'
import type { Json } from '../supply-chain-app.fixture.ts'

const part = (request: string, body: Json, id: number): string[] => [
  '--changeset_a',
  'Content-Type: application/http',
  'Content-Transfer-Encoding: binary',
  `Content-ID: ${id}`,
  '',
  `${request} HTTP/1.1`,
  'Content-Type: application/json',
  '',
  JSON.stringify(body),
]

test('a row that a later operation of its change set takes away again was never there, and the others are written', async (t) => {
  const app = await startOrders(t)
  await app.addOrder('SO-1')
  const line = { dataAreaId: 'usmf', SalesOrderNumber: 'SO-1', ProductNumber: 'DW-40', OrderedSalesQuantity: 1 }
  const address = "CDSSalesOrderLines(dataAreaId='usmf',SalesOrderNumber='SO-1',LineCreationSequenceNumber=2)"
  const reply = await app.batch(
    [
      '--batch_a',
      'Content-Type: multipart/mixed; boundary=changeset_a',
      '',
      ...part('POST CDSSalesOrderLines', { ...line, LineCreationSequenceNumber: 1 }, 1),
      ...part('POST CDSSalesOrderLines', { ...line, LineCreationSequenceNumber: 2 }, 2),
      ...part(`DELETE ${address}`, {}, 3),
      '--changeset_a--',
      '--batch_a--',
    ],
    'batch_a',
  )
  expect(reply.text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 201', 'HTTP/1.1 201', 'HTTP/1.1 204'])
  expect((await app.lines('SO-1')).map((each) => each.LineCreationSequenceNumber)).toEqual([1])
})
