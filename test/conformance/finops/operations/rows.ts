import assert from 'node:assert/strict'
import type { OutsideClient } from '../../../support/outside-client.ts'
import { create, expectStatus, get, type Json, patch, post, q, read, refused, remove, rows } from '../calls.ts'
import { area, differs, notOffered, works } from '../operation.ts'
import { HOME, type Trade } from '../trade.ts'

const at = (account: string): string => `CustomersV3(dataAreaId='${HOME}',CustomerAccount='${q(account)}')`
const NOBODY = at('C-9999')
const GONE = 'No resources were found when selecting for update.'
const customer = async (fo: OutsideClient, trade: Trade, more: Json = {}): Promise<string> =>
  (await create(fo, 'CustomersV3', trade.customer(more))).CustomerAccount
const put = (fo: OutsideClient, path: string, body: unknown) => fo.call('PUT', `/${path}`, { body })
const orderLine = (lot: string): string => `SalesOrderLines(dataAreaId='${HOME}',InventoryLotId='${lot}')`

export const CREATE = area('Create rows', [
  works({ name: 'a row', request: 'POST CustomersV3', points: 'FO-036' }, async (fo, trade) => {
    const body = trade.customer({ KnownAs: 'x' })
    const reply = await expectStatus(201, post(fo, 'CustomersV3?cross-company=true', body))
    assert.equal(reply.json['@odata.context'], `${fo.root}/$metadata#CustomersV3/$entity`)
    assert.equal(reply.headers.get('location'), `${fo.root}/CustomersV3(dataAreaId='${HOME}',CustomerAccount='${body.CustomerAccount}')`)
    for (const [name, value] of Object.entries(body)) assert.equal(reply.json[name], value, name)
    const { '@odata.context': _, ...row } = await read(fo, at(body.CustomerAccount))
    const { '@odata.context': __, ...answered } = reply.json
    assert.deepEqual(answered, row)
  }),
  works({ name: 'a number from its sequence', request: 'POST CustomersV3 (no CustomerAccount)', points: 'FO-037' }, async (fo, trade) => {
    const { CustomerAccount: _, ...body } = trade.customer()
    const [one, two] = [await create(fo, 'CustomersV3', body), await create(fo, 'CustomersV3', body)]
    assert.ok(one.CustomerAccount !== '' && one.CustomerAccount !== two.CustomerAccount)
    assert.match((await create(fo, 'SalesOrderHeadersV2', trade.header())).SalesOrderNumber, /^SO-\d+$/)
  }),
  works({ name: 'a lot for each line', request: 'POST SalesOrderLines', points: 'FO-037' }, async (fo, trade) => {
    const { SalesOrderNumber } = await create(fo, 'SalesOrderHeadersV2', trade.header())
    const lots = [1, 2].map(() => create(fo, 'SalesOrderLines', trade.line(SalesOrderNumber, 1)))
    const [one, two] = await Promise.all(lots)
    assert.ok(one?.InventoryLotId !== '' && one?.InventoryLotId !== two?.InventoryLotId)
  }),
  works(
    { name: 'defaults from other rows', request: 'POST SalesOrderHeadersV2, POST SalesOrderLines', points: 'FO-037' },
    async (fo, trade) => {
      const header = await create(fo, 'SalesOrderHeadersV2', trade.header())
      assert.deepEqual(
        [header.CurrencyCode, header.PaymentTermsName, header.SalesOrderStatus, header.DefaultShippingWarehouseId],
        ['USD', 'Net30', 'Backorder', '13'],
      )
      const line = await create(fo, 'SalesOrderLines', trade.line(header.SalesOrderNumber, 4))
      assert.deepEqual(
        [line.SalesPrice, line.LineAmount, line.SalesUnitSymbol, line.ShippingWarehouseId, line.LineNumber],
        [20, 80, 'ea', '13', 1],
      )
    },
  ),
  works(
    { name: 'a figure that follows from what was sent', request: 'POST SalesOrderLines { SalesPrice }', points: 'FO-037' },
    async (fo, trade) => {
      const { SalesOrderNumber } = await create(fo, 'SalesOrderHeadersV2', trade.header())
      const line = await create(fo, 'SalesOrderLines', trade.line(SalesOrderNumber, 4, { SalesPrice: 31.25, LineDiscountPercentage: 10 }))
      assert.equal(line.LineAmount, 112.5)
    },
  ),
  works({ name: 'a row without its body in the reply', request: 'POST CustomersV3 (Prefer: return=minimal)' }, async (fo, trade) => {
    const body = trade.customer()
    const reply = await expectStatus(204, post(fo, 'CustomersV3', body, { headers: { prefer: 'return=minimal' } }))
    assert.equal(reply.text, '')
    assert.match(reply.headers.get('location') ?? '', /CustomersV3\(/)
    await expectStatus(200, get(fo, at(body.CustomerAccount)))
  }),
  works({ name: 'a key that is taken', request: 'POST CustomersV3', points: 'FO-041' }, async (fo, trade) => {
    const [account] = trade.accounts
    const before = await read(fo, at(account))
    const call = post(fo, 'CustomersV3', trade.customer({ CustomerAccount: account.toLowerCase(), OrganizationName: 'Other' }))
    await refused(400, call, `Cannot create a record in Customers (CustTable). Customer account: ${account}. The record already exists.`)
    assert.deepEqual(await read(fo, at(account)), before)
  }),
  works({ name: 'the same key at the same time', request: 'POST CustomersV3 (6 at once)', points: 'FO-041' }, async (fo, trade) => {
    const body = trade.customer()
    const replies = await Promise.all(Array.from({ length: 6 }, () => post(fo, 'CustomersV3', body)))
    assert.deepEqual(replies.map(({ status }) => status).sort(), [201, 400, 400, 400, 400, 400])
  }),
  works(
    { name: 'a reference to nothing', request: "POST CustomersV3 { CustomerGroupId: '99' }", points: 'FO-043 FO-120' },
    async (fo, trade) => {
      const CustomerAccount = trade.fresh('C')
      const tail = "'CustCustomerV3Entity.CustomerGroupId'."
      const text = `Write failed for table row of type 'CustCustomerV3Entity'. Infolog: Warning: The value '99' in field 'Customer group' is not found in the related table 'Customer groups'.; Warning: validateField failed on field ${tail}`
      const reply = await refused(400, post(fo, 'CustomersV3', trade.customer({ CustomerAccount, CustomerGroupId: '99' })), text)
      assert.match(reply.json.error.innererror.type, /\.AxODataWriteException$/)
      await expectStatus(404, get(fo, at(CustomerAccount)))
    },
  ),
  works(
    { name: 'a mandatory field that is missing', request: 'POST CustomersV3 (no currency)', points: 'FO-046 FO-120' },
    async (fo, trade) => {
      const text = "Field 'Currency' must be filled in.; Warning: validateWrite failed on data source 'CustTable (CustTable)'."
      await refused(400, post(fo, 'CustomersV3', trade.customer({ SalesCurrencyCode: '' })), text)
      const { SalesCurrencyCode: _, ...body } = trade.customer()
      await refused(400, post(fo, 'CustomersV3', body), text)
    },
  ),
  works({ name: 'several problems at once', request: 'POST CustomersV3', points: 'FO-043' }, async (fo, trade) => {
    const call = post(fo, 'CustomersV3', trade.customer({ CustomerGroupId: '99', PaymentTerms: 'Never' }))
    const reply = await refused(400, call, "The value '99'")
    assert.match(reply.text, /'Never'/)
  }),
  works({ name: 'a field that cannot be set', request: 'POST CustomersV3 { CustTableRecId }', points: 'FO-044' }, async (fo, trade) => {
    for (const values of [{ CustTableRecId: 5 }, { FullPrimaryAddress: 'x' }])
      await refused(400, post(fo, 'CustomersV3', trade.customer(values)), Object.keys(values)[0] ?? '')
    await refused(400, post(fo, 'SalesOrderHeadersV2', trade.header({ OrderTotalAmount: 5 })), 'OrderTotalAmount')
  }),
  works({ name: 'a set that is read-only', request: 'POST SellableReleasedProducts', points: 'FO-045' }, async (fo) => {
    for (const set of ['SellableReleasedProducts', 'CustTransactions', 'SalesInvoiceHeadersV2', 'Companies'])
      await expectStatus(405, post(fo, set, {}))
  }),
  works({ name: 'a line without its order', request: 'POST SalesOrderLines', points: 'FO-043' }, async (fo, trade) => {
    await refused(400, post(fo, 'SalesOrderLines', trade.line('SO-9999999', 1)), "The value 'SO-9999999' in field 'Sales order'")
  }),
  works({ name: 'a body that is no JSON object', request: 'POST CustomersV3', points: 'FO-074' }, async (fo) => {
    for (const body of ['{', '[]', '"x"', 'null', '{"a":1}}']) {
      const reply = await post(fo, 'CustomersV3', body)
      assert.deepEqual([body, reply.status, reply.json.error.message], [body, 400, 'The request is invalid.'])
    }
  }),
  works({ name: 'a type of body that is no JSON', request: 'POST CustomersV3 (Content-Type: text/plain)' }, async (fo, trade) => {
    const body = JSON.stringify(trade.customer())
    const reply = await post(fo, 'CustomersV3', body, { headers: { 'content-type': 'application/xml' } })
    assert.ok([201, 400, 415].includes(reply.status), String(reply.status))
  }),
  notOffered(
    {
      name: 'rows inside a row',
      request: 'POST SalesOrderHeadersV2 { SalesOrderLines: […] }',
      points: 'FO-047',
      status: 400,
      says: 'holds other rows: send them in their own requests.',
      instead: 'a change set or a composite package',
    },
    (fo, trade) =>
      post(fo, 'SalesOrderHeadersV2', trade.header({ SalesOrderLines: [{ ItemNumber: trade.item, OrderedSalesQuantity: 1 }] })),
  ),
  notOffered(
    {
      name: 'links in a body',
      request: "POST CustomersV3 { 'CustomerGroup@odata.bind': … }",
      points: 'FO-047',
      status: 400,
      says: "The property 'CustomerGroup@odata.bind' does not exist",
      instead: 'the fields of the relation',
    },
    (fo, trade) =>
      post(fo, 'CustomersV3', trade.customer({ 'CustomerGroup@odata.bind': `CustomerGroups(dataAreaId='${HOME}',CustomerGroupId='10')` })),
  ),
])

export const READ = area('Read rows', [
  works({ name: 'a row', request: 'GET CustomersV3({key})', points: 'FO-021' }, async (fo, trade) => {
    const row = await read(fo, at(trade.accounts[0]))
    assert.deepEqual(
      [row.CustomerAccount, row.OrganizationName, row.CreditLimit],
      [trade.accounts[0], `Alpha Marine ${trade.run}`, 1000.25],
    )
  }),
  works({ name: 'some fields of a row', request: 'GET CustomersV3({key})?$select=…', points: 'FO-021 FO-051' }, async (fo, trade) => {
    const row = await read(fo, `${at(trade.accounts[0])}?$select=KnownAs,CustomerAccount`)
    assert.deepEqual(Object.keys(row), ['@odata.context', '@odata.etag', 'KnownAs', 'CustomerAccount'])
  }),
  works({ name: 'a row that is not there', request: 'GET CustomersV3({key})', points: 'FO-050' }, async (fo) => {
    await expectStatus(404, get(fo, NOBODY))
    await expectStatus(404, get(fo, `${NOBODY}/OrganizationName`))
  }),
  works(
    { name: 'one table through two entities', request: 'GET CustomersV2({key}), GET CustomersV3({key})', points: 'FO-036' },
    async (fo, trade) => {
      const account = await customer(fo, trade, { KnownAs: 'both' })
      const row = await read(fo, at(account).replace('V3', 'V2'))
      assert.deepEqual([row.KnownAs, 'CustTableRecId' in row], ['both', false])
      await expectStatus(204, patch(fo, at(account).replace('V3', 'V2'), { KnownAs: 'two' }))
      assert.equal((await read(fo, at(account))).KnownAs, 'two')
    },
  ),
  works(
    { name: 'a row with its related rows', request: 'GET CustomersV3({key})?$expand=CustomerGroup', points: 'FO-058' },
    async (fo, trade) => {
      const row = await read(fo, `${at(trade.accounts[0])}?$select=CustomerAccount&$expand=CustomerGroup($select=CustomerGroupId)`)
      assert.equal(row.CustomerGroup.CustomerGroupId, '10')
    },
  ),
  differs(
    {
      name: 'a row that has not changed',
      request: 'GET CustomersV3({key}) (If-None-Match)',
      difference: 'the header is not read: the row is always sent',
    },
    async (fo, trade) => {
      const { '@odata.etag': etag } = await read(fo, at(trade.accounts[0]))
      await expectStatus(200, get(fo, at(trade.accounts[0]), { 'if-none-match': etag }))
    },
  ),
])

export const UPDATE = area('Update rows', [
  works({ name: 'some fields', request: 'PATCH CustomersV3({key})', points: 'FO-038' }, async (fo, trade) => {
    const account = await customer(fo, trade, { KnownAs: 'a', NameAlias: 'stays' })
    const reply = await expectStatus(204, patch(fo, at(account), { KnownAs: 'b' }))
    assert.equal(reply.text, '')
    const row = await read(fo, at(account))
    assert.deepEqual([row.KnownAs, row.NameAlias], ['b', 'stays'])
  }),
  differs(
    {
      name: 'a whole row',
      request: 'PUT CustomersV3({key})',
      points: 'FO-038',
      difference: 'fields that the body leaves out keep their value, as with PATCH',
    },
    async (fo, trade) => {
      const account = await customer(fo, trade, { KnownAs: 'a', NameAlias: 'stays' })
      const reply = await expectStatus(204, put(fo, at(account), { KnownAs: 'b' }))
      assert.equal(reply.text, '')
      const row = await read(fo, at(account))
      assert.deepEqual([row.KnownAs, row.NameAlias], ['b', 'stays'])
    },
  ),
  works({ name: 'a row that is not there', request: 'PATCH CustomersV3({key}), PUT CustomersV3({key})', points: 'FO-039' }, async (fo) => {
    await refused(400, patch(fo, NOBODY, { KnownAs: 'x' }), GONE)
    await refused(400, put(fo, NOBODY, { KnownAs: 'x' }), GONE)
    await refused(400, patch(fo, NOBODY, { KnownAs: 'x' }, { 'if-match': '*' }), GONE)
    await expectStatus(404, get(fo, NOBODY))
  }),
  works({ name: 'an update, then a create, then an update', request: 'PATCH, POST, PATCH CustomersV3' }, async (fo, trade) => {
    const body = trade.customer({ KnownAs: 'x' })
    const { dataAreaId: _, CustomerAccount, ...values } = body
    await refused(400, patch(fo, at(CustomerAccount), values), GONE)
    await expectStatus(201, post(fo, 'CustomersV3', body))
    await refused(400, post(fo, 'CustomersV3', body), 'The record already exists.')
    await expectStatus(204, patch(fo, at(CustomerAccount), values))
  }),
  works({ name: 'keys in the body', request: 'PATCH CustomersV3({key}) { CustomerAccount }', points: 'FO-044' }, async (fo, trade) => {
    const account = await customer(fo, trade)
    await expectStatus(204, patch(fo, at(account), { dataAreaId: HOME, CustomerAccount: account, KnownAs: 'x' }))
    await refused(400, patch(fo, at(account), { CustomerAccount: 'other' }), 'CustomerAccount')
  }),
  works(
    { name: 'a field that cannot be changed', request: 'PATCH CustomersV3({key}) { PartyNumber }', points: 'FO-044' },
    async (fo, trade) => {
      const account = await customer(fo, trade)
      for (const values of [{ PartyNumber: 'other' }, { FullPrimaryAddress: 'x' }, { CustTableRecId: 1 }])
        await refused(400, patch(fo, at(account), { ...values, KnownAs: 'never' }), Object.keys(values)[0] ?? '')
      assert.equal((await read(fo, at(account))).KnownAs, '')
    },
  ),
  works({ name: 'a set that is read-only', request: 'PATCH SellableReleasedProducts({key})', points: 'FO-045' }, async (fo, trade) => {
    const key = `SellableReleasedProducts(dataAreaId='${HOME}',ProductNumber='${trade.item}')`
    await expectStatus(405, patch(fo, key, {}))
    await expectStatus(405, remove(fo, key))
  }),
  works(
    { name: 'a value that a rule refuses', request: "PATCH CustomersV3({key}) { PaymentTerms: 'Never' }", points: 'FO-043 FO-120' },
    async (fo, trade) => {
      const account = await customer(fo, trade)
      await refused(
        400,
        patch(fo, at(account), { PaymentTerms: 'Never', KnownAs: 'x' }),
        "validateField failed on field 'CustCustomerV3Entity.PaymentTerms'.",
      )
      assert.equal((await read(fo, at(account))).KnownAs, '')
    },
  ),
  works(
    { name: 'fields that follow', request: 'PATCH SalesOrderLines({key}) { OrderedSalesQuantity }', points: 'FO-037' },
    async (fo, trade) => {
      const { SalesOrderNumber } = await create(fo, 'SalesOrderHeadersV2', trade.header())
      const { InventoryLotId } = await create(fo, 'SalesOrderLines', trade.line(SalesOrderNumber, 2))
      await expectStatus(204, patch(fo, orderLine(InventoryLotId), { OrderedSalesQuantity: 7 }))
      assert.equal((await read(fo, orderLine(InventoryLotId))).LineAmount, 140)
    },
  ),
  works(
    { name: 'only when nobody else has written', request: 'PATCH CustomersV3({key}) (If-Match)', points: 'FO-048' },
    async (fo, trade) => {
      const account = await customer(fo, trade)
      const { '@odata.etag': first } = await read(fo, at(account))
      await expectStatus(204, patch(fo, at(account), { KnownAs: 'one' }, { 'if-match': first }))
      const reply = await expectStatus(412, patch(fo, at(account), { KnownAs: 'two' }, { 'if-match': first }))
      assert.equal(typeof reply.json.error.message, 'string')
      await expectStatus(204, patch(fo, at(account), { KnownAs: 'three' }, { 'if-match': '*' }))
      await expectStatus(412, remove(fo, at(account), { 'if-match': first }))
      assert.equal((await read(fo, at(account))).KnownAs, 'three')
    },
  ),
  works({ name: 'what is there already', request: 'PATCH CustomersV3({key})', points: 'FO-034' }, async (fo, trade) => {
    const account = await customer(fo, trade, { KnownAs: 'x', CreditLimit: 5 })
    const { '@odata.etag': before } = await read(fo, at(account))
    await expectStatus(204, patch(fo, at(account), { KnownAs: 'x', CreditLimit: 5.0 }))
    await expectStatus(204, patch(fo, at(account), {}))
    assert.equal((await read(fo, at(account)))['@odata.etag'], before)
  }),
  works(
    { name: 'one row by many clients at once', request: 'PATCH CustomersV3({key}) (8 at once)', points: 'FO-048' },
    async (fo, trade) => {
      const account = await customer(fo, trade)
      const replies = await Promise.all(Array.from({ length: 8 }, (_, n) => patch(fo, at(account), { KnownAs: String(n) })))
      assert.deepEqual(new Set(replies.map(({ status }) => status)), new Set([204]))
    },
  ),
  notOffered(
    { name: 'a change of every row', request: 'PATCH CustomersV3', status: 405, says: "does not support http method 'PATCH'" },
    (fo) => patch(fo, 'CustomersV3', { KnownAs: 'x' }),
  ),
  notOffered(
    { name: 'a create at a key', request: 'POST CustomersV3({key})', status: 405, says: "does not support http method 'POST'" },
    (fo) => post(fo, NOBODY, {}),
  ),
])

export const DELETE = area('Delete rows', [
  works({ name: 'a row', request: 'DELETE CustomersV3({key})', points: 'FO-038' }, async (fo, trade) => {
    const account = await customer(fo, trade)
    const reply = await expectStatus(204, remove(fo, at(account)))
    assert.equal(reply.text, '')
    await expectStatus(404, get(fo, at(account)))
  }),
  works({ name: 'a row that is not there', request: 'DELETE CustomersV3({key})', points: 'FO-039' }, async (fo) => {
    await refused(400, remove(fo, NOBODY), GONE)
  }),
  works({ name: 'a row that others need', request: 'DELETE CustomersV3({key})', points: 'FO-043' }, async (fo, trade) => {
    const reply = await remove(fo, at(trade.accounts[1]))
    assert.equal(reply.status, 400, reply.text)
    assert.match(reply.text, /AxODataWriteException/)
    await expectStatus(200, get(fo, at(trade.accounts[1])))
  }),
  works({ name: 'a row with its parts', request: 'DELETE SalesOrderHeadersV2({key})', points: 'FO-038' }, async (fo, trade) => {
    const { SalesOrderNumber } = await create(fo, 'SalesOrderHeadersV2', trade.header())
    const { InventoryLotId } = await create(fo, 'SalesOrderLines', trade.line(SalesOrderNumber, 1))
    await expectStatus(204, remove(fo, `SalesOrderHeadersV2(dataAreaId='${HOME}',SalesOrderNumber='${SalesOrderNumber}')`))
    await expectStatus(404, get(fo, orderLine(InventoryLotId)))
    assert.deepEqual(await rows(fo, `SalesOrderLines?$filter=SalesOrderNumber eq '${SalesOrderNumber}'`), [])
  }),
  works({ name: 'a line, and what its order comes to', request: 'DELETE SalesOrderLines({key})', points: 'FO-038' }, async (fo, trade) => {
    const { SalesOrderNumber } = await create(fo, 'SalesOrderHeadersV2', trade.header())
    const lots = [
      await create(fo, 'SalesOrderLines', trade.line(SalesOrderNumber, 1)),
      await create(fo, 'SalesOrderLines', trade.line(SalesOrderNumber, 2)),
    ]
    await expectStatus(204, remove(fo, orderLine(lots[0]?.InventoryLotId)))
    assert.equal((await rows(fo, `SalesOrderLines?$filter=SalesOrderNumber eq '${SalesOrderNumber}'`)).length, 1)
  }),
  notOffered({ name: 'every row', request: 'DELETE CustomersV3', status: 405, says: "does not support http method 'DELETE'" }, (fo) =>
    remove(fo, 'CustomersV3'),
  ),
])
