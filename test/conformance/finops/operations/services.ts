import assert from 'node:assert/strict'
import type { HttpReply, OutsideClient } from '../../../support/outside-client.ts'
import { create, expectStatus, type Json, refused } from '../calls.ts'
import { area, notOffered, works } from '../operation.ts'
import { HOME, type Trade } from '../trade.ts'

const service = (fo: OutsideClient, { url }: Trade, path: string, body?: unknown): Promise<HttpReply> =>
  fo.call(body === undefined ? 'GET' : 'POST', `${url}/api/services${path}`, body === undefined ? {} : { body })

const SESSION = '/UserSessionService/AifUserSessionService/GetUserSessionInfo'
const ORDERS = '/SalesOrderServices/SalesOrderService'

export const SERVICES = area('Custom services', [
  works({ name: 'groups', request: 'GET /api/services', points: 'FO-082' }, async (fo, trade) => {
    const { json } = await expectStatus(200, service(fo, trade, ''))
    const names = json.ServiceGroups.map((one: Json) => one.Name)
    for (const name of [
      'UserSessionService',
      'SalesOrderServices',
      'SalesQuotationServices',
      'CustomerPaymentServices',
      'InventoryServices',
    ])
      assert.ok(names.includes(name), name)
  }),
  works({ name: 'services of a group', request: 'GET /api/services/SalesOrderServices', points: 'FO-082' }, async (fo, trade) => {
    const { json } = await expectStatus(200, service(fo, trade, '/SalesOrderServices'))
    assert.deepEqual(json, { Services: [{ Name: 'SalesOrderService' }] })
  }),
  works(
    { name: 'operations of a service', request: 'GET /api/services/SalesOrderServices/SalesOrderService', points: 'FO-082' },
    async (fo, trade) => {
      const { json } = await expectStatus(200, service(fo, trade, ORDERS))
      const names = json.Operations.map((one: Json) => one.Name)
      for (const name of ['ConfirmSalesOrder', 'PostPackingSlip', 'PostSalesInvoice']) assert.ok(names.includes(name), name)
    },
  ),
  works(
    { name: 'parameters of an operation', request: 'GET /api/services/…/ReserveSalesOrderLine', points: 'FO-082' },
    async (fo, trade) => {
      const { json } = await expectStatus(200, service(fo, trade, `${ORDERS}/ReserveSalesOrderLine`))
      const parameter = json.Parameters.find((one: Json) => one.Name === 'salesOrderNumber')
      assert.equal(typeof parameter.Type, 'string')
      assert.equal(typeof json.Return.Type, 'string')
    },
  ),
  works(
    { name: 'every operation is described', request: 'GET /api/services/{group}/{service}/{operation}', points: 'FO-082' },
    async (fo, trade) => {
      const names = async (path: string, member: string): Promise<readonly string[]> =>
        (await expectStatus(200, service(fo, trade, path))).json[member].map((one: Json) => one.Name)
      let operations = 0
      for (const group of await names('', 'ServiceGroups'))
        for (const name of await names(`/${group}`, 'Services'))
          for (const operation of await names(`/${group}/${name}`, 'Operations')) {
            const { json } = await expectStatus(200, service(fo, trade, `/${group}/${name}/${operation}`))
            assert.ok(Array.isArray(json.Parameters), operation)
            operations += 1
          }
      assert.ok(operations > 20)
    },
  ),
  works({ name: 'a call', request: 'POST /api/services/…/GetUserSessionInfo', points: 'FO-082' }, async (fo, trade) => {
    const { json } = await expectStatus(200, service(fo, trade, SESSION, {}))
    assert.deepEqual([json.Company, json.UserLanguage], [HOME, 'en-US'])
  }),
  works({ name: 'a call with parameters', request: 'POST /api/services/…/ConfirmSalesOrder', points: 'FO-082' }, async (fo, trade) => {
    const { SalesOrderNumber } = await create(fo, 'SalesOrderHeadersV2', trade.header())
    await create(fo, 'SalesOrderLines', trade.line(SalesOrderNumber, 1))
    const { json } = await expectStatus(
      200,
      service(fo, trade, `${ORDERS}/ConfirmSalesOrder`, { dataAreaId: HOME, salesOrderNumber: SalesOrderNumber }),
    )
    assert.equal(json.confirmations[0].salesOrderNumber, SalesOrderNumber)
    assert.deepEqual(json.warnings, [])
  }),
  works(
    { name: 'a parameter that is missing', request: 'POST /api/services/…/ReserveSalesOrderLine {}', points: 'FO-082' },
    async (fo, trade) => {
      await refused(
        400,
        service(fo, trade, `${ORDERS}/ReserveSalesOrderLine`, {}),
        "Parameter 'salesOrderNumber' is not found within the request content body.",
      )
    },
  ),
  works(
    { name: 'a parameter of another name', request: 'POST /api/services/…/ReserveSalesOrderLine { salesordernumber }', points: 'FO-082' },
    async (fo, trade) => {
      const call = service(fo, trade, `${ORDERS}/ReserveSalesOrderLine`, { salesordernumber: 'SO-1' })
      await refused(400, call, 'salesOrderNumber')
    },
  ),
  works({ name: 'a call that fails', request: 'POST /api/services/…/ConfirmSalesOrder', points: 'FO-082' }, async (fo, trade) => {
    const reply = await service(fo, trade, `${ORDERS}/ConfirmSalesOrder`, { salesOrderNumber: 'SO-9999999' })
    await refused(500, Promise.resolve(reply), "The value 'SO-9999999' in field 'Sales order'")
    assert.deepEqual(Object.keys(reply.json), ['Message', 'ExceptionMessage', 'ExceptionType', 'ActivityId'])
    assert.equal(reply.json.ActivityId, reply.headers.get('ms-dyn-aid'))
  }),
  works({ name: 'what there is not', request: 'GET /api/services/Nope', points: 'FO-082' }, async (fo, trade) => {
    for (const path of ['/Nope', '/UserSessionService/Nope', '/UserSessionService/AifUserSessionService/Nope', `${SESSION}/Nope`])
      await refused(404, service(fo, trade, path), 'No service was found')
    await expectStatus(404, service(fo, trade, '/UserSessionService/AifUserSessionService/Nope', {}))
  }),
  works({ name: 'by the wrong verb', request: 'POST /api/services, DELETE /api/services/…', points: 'FO-082' }, async (fo, trade) => {
    await expectStatus(405, service(fo, trade, '', {}))
    await expectStatus(405, service(fo, trade, '/UserSessionService', {}))
    await expectStatus(405, fo.call('DELETE', `${trade.url}/api/services${SESSION}`))
  }),
  works(
    { name: 'a body that is no object', request: 'POST /api/services/…/GetUserSessionInfo []', points: 'FO-082' },
    async (fo, trade) => {
      for (const body of ['[]', '5', '{']) assert.equal((await service(fo, trade, SESSION, body)).status, 400)
    },
  ),
  notOffered(
    {
      name: 'calls by SOAP',
      request: 'POST /soap/services/{group}',
      status: 404,
      says: 'No HTTP resource was found',
      instead: 'the same services as JSON',
    },
    (fo, trade) =>
      fo.call('POST', `${trade.url}/soap/services/UserSessionService`, { body: '<x/>', headers: { 'content-type': 'text/xml' } }),
  ),
  notOffered(
    {
      name: 'the description of SOAP services',
      request: 'GET /soap/services/{group}?wsdl',
      status: 404,
      says: 'No HTTP resource was found',
    },
    (fo, trade) => fo.call('GET', `${trade.url}/soap/services/UserSessionService?wsdl`),
  ),
])
