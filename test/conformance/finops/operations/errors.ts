import assert from 'node:assert/strict'
import { create, expectStatus, get, patch, post, refused, remove } from '../calls.ts'
import { area, works } from '../operation.ts'
import { HOME } from '../trade.ts'

const at = (account: string): string => `CustomersV3(dataAreaId='${HOME}',CustomerAccount='${account}')`

export const ERRORS = area('Errors', [
  works({ name: 'their members', request: 'PATCH CustomersV3({key})', points: 'FO-074' }, async (fo) => {
    const { json } = await expectStatus(400, patch(fo, at('none'), { KnownAs: 'x' }))
    assert.deepEqual(Object.keys(json), ['error'])
    assert.deepEqual(Object.keys(json.error), ['code', 'message', 'innererror'])
    assert.deepEqual([json.error.code, json.error.message], ['', 'An error has occurred.'])
    assert.deepEqual(Object.keys(json.error.innererror), ['message', 'type', 'stacktrace'])
  }),
  works(
    { name: 'a row that is not found', request: 'PATCH CustomersV3({key}), DELETE CustomersV3({key})', points: 'FO-039 FO-074' },
    async (fo) => {
      const says = 'No resources were found when selecting for update.'
      const one = await refused(400, patch(fo, at('none'), {}), says)
      const other = await refused(400, remove(fo, at('none')), says)
      assert.deepEqual(one.json, other.json)
    },
  ),
  works({ name: 'a refused field', request: 'POST CustomersV3', points: 'FO-043 FO-120' }, async (fo, trade) => {
    const reply = await refused(
      400,
      post(fo, 'CustomersV3', trade.customer({ WarehouseId: 'none' })),
      "Write failed for table row of type 'CustCustomerV3Entity'. Infolog: Warning: ",
    )
    const { message, type } = reply.json.error.innererror
    assert.ok(message.endsWith("Warning: validateField failed on field 'CustCustomerV3Entity.WarehouseId'."), message)
    assert.equal(type, 'Microsoft.Dynamics.Platform.Integration.Services.OData.AxODataWriteException')
    // The Infolog can be split as its grammar says.
    const entries = String(message)
      .split('Infolog: ')[1]
      ?.split(/; (?=(?:Info|Warning|Error): )/)
    assert.equal(entries?.length, 2)
  }),
  works({ name: 'a refused row', request: 'POST CustomersV3', points: 'FO-120 FO-046' }, async (fo, trade) => {
    const reply = await refused(
      400,
      post(fo, 'CustomersV3', trade.customer({ CustomerGroupId: '' })),
      "Field 'Customer group' must be filled in.",
    )
    assert.ok(String(reply.json.error.innererror.message).endsWith("Warning: validateWrite failed on data source 'CustTable (CustTable)'."))
  }),
  works({ name: 'a duplicate', request: 'POST CustomersV3', points: 'FO-041' }, async (fo, trade) => {
    const body = trade.customer()
    await create(fo, 'CustomersV3', body)
    const reply = await refused(
      400,
      post(fo, 'CustomersV3', body),
      `Infolog: Error: Cannot create a record in Customers (CustTable). Customer account: ${body.CustomerAccount}. The record already exists.`,
    )
    assert.ok(reply.json.error.innererror.message.endsWith('The record already exists.'))
  }),
  works({ name: 'a body that cannot be read', request: 'POST CustomersV3 {', points: 'FO-074' }, async (fo) => {
    const { json } = await expectStatus(400, post(fo, 'CustomersV3', '{'))
    assert.equal(json.error.message, 'The request is invalid.')
    assert.equal(typeof json.error.innererror.message, 'string')
  }),
  works({ name: 'a query that cannot be read', request: 'GET CustomersV3?$filter=x y', points: 'FO-074' }, async (fo) => {
    const { json } = await expectStatus(400, get(fo, 'CustomersV3?$filter=x y'))
    assert.match(json.error.message, /^The query specified in the URI is not valid\. /)
  }),
  works({ name: 'no route', request: 'GET Nope, GET CustomersV3({part of a key})', points: 'FO-118' }, async (fo) => {
    for (const path of ['Nope', "CustomersV3('x')", 'CustomersV3/x/y', 'CustomersV3()']) {
      const { json } = await expectStatus(404, get(fo, path))
      assert.deepEqual(Object.keys(json), ['Message'])
      assert.match(
        json.Message,
        /^No HTTP resource was found that matches the request URI 'http.*'\. No route data was found for this request\.$/,
      )
    }
  }),
  works({ name: 'no row', request: 'GET CustomersV3({key})', points: 'FO-050' }, async (fo) => {
    await expectStatus(404, get(fo, at('none')))
  }),
  works({ name: 'a method that is not allowed', request: 'PATCH CustomersV3', points: 'FO-074' }, async (fo) => {
    for (const [method, path] of [
      ['PATCH', 'CustomersV3'],
      ['DELETE', 'CustomersV3'],
      ['POST', at('none')],
      ['PUT', 'CustomersV3'],
    ] as const) {
      const { json } = await expectStatus(405, fo.call(method, `/${path}`, { body: {} }))
      assert.match(json.error.message, new RegExp(`does not support http method '${method}'`))
    }
  }),
  works({ name: 'an address that is too long', request: 'GET CustomersV3?$filter=…', points: 'FO-074' }, async (fo) => {
    const reply = await get(fo, `CustomersV3?$filter=OrganizationName eq '${'x'.repeat(120_000)}'`)
    assert.ok([400, 414, 431].includes(reply.status), String(reply.status))
    assert.equal(typeof reply.json.error.message, 'string')
  }),
  works({ name: 'addresses that mean harm', request: 'GET CustomersV3(%, GET /data/__proto__, …', points: 'FO-118' }, async (fo) => {
    for (const path of [
      'CustomersV3(%',
      '%00',
      'constructor',
      '__proto__',
      "CustomersV3(dataAreaId='usmf',CustomerAccount='%00')",
      "CustomersV3?$filter=CustomerAccount eq '%00'",
    ]) {
      const reply = await get(fo, path)
      assert.ok(reply.status === 200 || (reply.status >= 400 && reply.status < 500), `${path}: ${reply.status}`)
    }
  }),
  works({ name: 'text of people in an Infolog', request: "POST CustomersV3 { CustomerGroupId: 'a; Error: b' }" }, async (fo, trade) => {
    await refused(
      400,
      post(fo, 'CustomersV3', trade.customer({ CustomerGroupId: "x'; y:z" })),
      "The value 'x'; y:z' in field 'Customer group'",
    )
  }),
  works({ name: 'their language', request: 'POST CustomersV3 (Accept-Language: de)' }, async (fo, trade) => {
    const headers = { 'accept-language': 'de-DE' }
    await refused(400, post(fo, 'CustomersV3', trade.customer({ CustomerGroupId: '99' }), { headers }), 'is not found in the related table')
  }),
])
