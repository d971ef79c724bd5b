import assert from 'node:assert/strict'
import type { HttpReply, OutsideClient } from '../../../support/outside-client.ts'
import { create, done, expectStatus, type Json, patch, read, refused, rows } from '../calls.ts'
import { area, differs, works } from '../operation.ts'
import { HOME, makeProduct, type Trade } from '../trade.ts'

const OWN_WAY = 'the original service posts by its own pages and services, whose contracts are not public'

const command = (
  fo: OutsideClient,
  { url }: Trade,
  name: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<HttpReply> => fo.call('POST', `${url}/api/commands/${name}`, { body, headers })

/** An order of some pieces of the item; gives its number. */
async function order(fo: OutsideClient, trade: Trade, quantity: number, line: Json = {}): Promise<string> {
  const { SalesOrderNumber } = await create(fo, 'SalesOrderHeadersV2', trade.header())
  await create(fo, 'SalesOrderLines', trade.line(SalesOrderNumber, quantity, line))
  return SalesOrderNumber
}

const headerOf = (fo: OutsideClient, salesOrderNumber: string): Promise<Json> =>
  read(fo, `SalesOrderHeadersV2(dataAreaId='${HOME}',SalesOrderNumber='${salesOrderNumber}')`)
const linesOf = (fo: OutsideClient, salesOrderNumber: string): Promise<readonly Json[]> =>
  rows(fo, `SalesOrderLines?$filter=SalesOrderNumber eq '${salesOrderNumber}'&$orderby=LineNumber`)
const on = (salesOrderNumber: string, more: Json = {}): Json => ({ dataAreaId: HOME, salesOrderNumber, ...more })

export const COMMANDS = area('Commands', [
  differs({ name: 'the commands', request: 'GET /api/commands', difference: OWN_WAY }, async (fo, trade) => {
    const { json } = await expectStatus(200, fo.call('GET', `${trade.url}/api/commands`))
    const names = json.commands.map((one: Json) => one.name)
    for (const name of ['confirm-sales-order', 'post-packing-slip', 'post-sales-invoice', 'settle-transactions', 'post-inventory-journal'])
      assert.ok(names.includes(name), name)
    for (const { operation } of json.commands) await expectStatus(200, fo.call('GET', `${trade.url}${operation}`))
  }),
  differs(
    { name: 'a command and its answer', request: 'POST /api/commands/confirm-sales-order', difference: OWN_WAY },
    async (fo, trade) => {
      const number = await order(fo, trade, 2)
      const { json } = await expectStatus(200, command(fo, trade, 'confirm-sales-order', on(number)))
      assert.deepEqual(Object.keys(json), ['result', 'warnings'])
      assert.equal(json.result.confirmations[0].salesOrderNumber, number)
      const [row] = await rows(fo, `SalesOrderConfirmationHeaders?$filter=SalesOrderNumber eq '${number}'`)
      assert.equal(row?.ConfirmationNumber, json.result.confirmations[0].confirmationNumber)
    },
  ),
  differs({ name: 'the same request again', request: 'POST /api/commands/… (Idempotency-Key)', difference: OWN_WAY }, async (fo, trade) => {
    const [number, key] = [await order(fo, trade, 2), { 'idempotency-key': trade.fresh('key') }]
    const body = on(number, { quantityRule: 'All' })
    const first = await expectStatus(200, command(fo, trade, 'post-packing-slip', body, key))
    const again = await expectStatus(200, command(fo, trade, 'post-packing-slip', body, key))
    assert.deepEqual(again.json, first.json)
    assert.deepEqual([first.headers.get('idempotency-replayed'), again.headers.get('idempotency-replayed')], [null, 'true'])
    assert.equal((await rows(fo, `SalesPackingSlipLines?$filter=SalesOrderNumber eq '${number}'`)).length, 1)
    const other = await expectStatus(409, command(fo, trade, 'post-packing-slip', { ...body, quantityRule: 'DeliverNow' }, key))
    assert.equal(other.json.error.code, 'idempotency-key-reused')
  }),
  differs(
    { name: 'a request that was refused keeps no key', request: 'POST /api/commands/… (Idempotency-Key)', difference: OWN_WAY },
    async (fo, trade) => {
      const [number, key] = [await order(fo, trade, 2), { 'idempotency-key': trade.fresh('key') }]
      const body = on(number, { lines: [{ lineCreationSequenceNumber: 1, quantity: 3 }] })
      await refused(400, command(fo, trade, 'post-packing-slip', body, key), 'Overdelivery')
      const [line] = await linesOf(fo, number)
      await expectStatus(
        204,
        patch(fo, `SalesOrderLines(dataAreaId='${HOME}',InventoryLotId='${line?.InventoryLotId}')`, { OrderedSalesQuantity: 3 }),
      )
      const done = await expectStatus(200, command(fo, trade, 'post-packing-slip', body, key))
      assert.equal(done.headers.get('idempotency-replayed'), null)
    },
  ),
  differs(
    { name: 'the same request at the same time', request: 'POST /api/commands/… (4 at once, Idempotency-Key)', difference: OWN_WAY },
    async (fo, trade) => {
      const [number, key] = [await order(fo, trade, 2), { 'idempotency-key': trade.fresh('key') }]
      const replies = await Promise.all(
        Array.from({ length: 4 }, () => command(fo, trade, 'post-packing-slip', on(number, { quantityRule: 'All' }), key)),
      )
      assert.deepEqual(new Set(replies.map(({ status }) => status)), new Set([200]))
      assert.equal((await rows(fo, `SalesPackingSlipLines?$filter=SalesOrderNumber eq '${number}'`)).length, 1)
    },
  ),
  differs({ name: 'a refusal', request: 'POST /api/commands/post-packing-slip', difference: OWN_WAY }, async (fo, trade) => {
    const item = await makeProduct(fo, trade.fresh('W'), {})
    const number = await order(fo, trade, 2, { ItemNumber: item })
    const before = await headerOf(fo, number)
    const reply = await command(fo, trade, 'post-packing-slip', on(number, { quantityRule: 'All' }))
    await refused(400, Promise.resolve(reply), '2.00 cannot be picked because only 0.00 is/are available from the inventory for item: ')
    assert.deepEqual([reply.json.error.code, reply.json.error.infolog[0].severity], ['E07', 'Error'])
    assert.deepEqual(await headerOf(fo, number), before)
  }),
  differs(
    {
      name: 'a parameter that cannot be read',
      request: "POST /api/commands/post-packing-slip { quantityRule: 'Most' }",
      difference: OWN_WAY,
    },
    async (fo, trade) => {
      for (const body of [
        {},
        { salesOrderNumber: 5 },
        on('SO-1', { quantityRule: 'Most' }),
        on('SO-1', { nope: 1 }),
        on('SO-1', { date: '2025-02-30' }),
      ]) {
        const { json } = await expectStatus(400, command(fo, trade, 'post-packing-slip', body))
        assert.equal(json.error.code, 'command-parameter', JSON.stringify(body))
      }
    },
  ),
  differs({ name: 'a command that there is not', request: 'POST /api/commands/nothing', difference: OWN_WAY }, async (fo, trade) => {
    assert.equal((await expectStatus(404, command(fo, trade, 'nothing', {}))).json.error.code, 'command-not-found')
    assert.equal(
      (await expectStatus(405, fo.call('PUT', `${trade.url}/api/commands/post-packing-slip`, { body: {} }))).json.error.code,
      'method-not-allowed',
    )
  }),
  differs(
    { name: 'a company that is not there', request: "POST /api/commands/confirm-sales-order { dataAreaId: 'zzzz' }", difference: OWN_WAY },
    async (fo, trade) => {
      await refused(
        400,
        command(fo, trade, 'confirm-sales-order', { dataAreaId: 'zzzz', salesOrderNumber: 'SO-1' }),
        'The company zzzz does not exist or is not accessible.',
      )
    },
  ),
  differs(
    { name: 'several orders, all or none', request: 'POST /api/commands/confirm-sales-order { salesOrderNumbers }', difference: OWN_WAY },
    async (fo, trade) => {
      const numbers = [await order(fo, trade, 1), await order(fo, trade, 1)]
      await refused(
        400,
        command(fo, trade, 'confirm-sales-order', { dataAreaId: HOME, salesOrderNumbers: [...numbers, 'SO-9999999'] }),
        'SO-9999999',
      )
      assert.deepEqual(await rows(fo, `SalesOrderConfirmationHeaders?$filter=SalesOrderNumber eq '${numbers[0]}'`), [])
      const { json } = await expectStatus(200, command(fo, trade, 'confirm-sales-order', { dataAreaId: HOME, salesOrderNumbers: numbers }))
      assert.equal(json.result.confirmations.length, 2)
    },
  ),
])

export const ORDER_TO_CASH = area('Order to cash', [
  works(
    { name: 'an order of two lines', request: 'POST $batch (SalesOrderHeadersV2, SalesOrderLines)', points: 'FO-037' },
    async (fo, trade) => {
      const lines = await linesOf(fo, trade.order)
      assert.deepEqual(
        lines.map((line) => [line.OrderedSalesQuantity, line.LineAmount]),
        [
          [3, 60],
          [5, 100],
        ],
      )
      const header = await headerOf(fo, trade.order)
      assert.deepEqual([header.SalesOrderStatus, header.SalesOrderProcessingStatus], ['Backorder', 'Active'])
    },
  ),
  works(
    { name: 'one order through several entities', request: 'GET CDSSalesOrderHeaders({key}), GET SalesOrderHeadersV2({key})' },
    async (fo, trade) => {
      const key = `(dataAreaId='${HOME}',SalesOrderNumber='${trade.order}')`
      const [cds, v2] = [await read(fo, `CDSSalesOrderHeaders${key}`), await read(fo, `SalesOrderHeadersV2${key}`)]
      assert.deepEqual([cds.OrderingCustomerAccountNumber, cds.SalesOrderStatus], [v2.OrderingCustomerAccountNumber, v2.SalesOrderStatus])
      assert.deepEqual(
        (await rows(fo, `CDSSalesOrderLines?$filter=SalesOrderNumber eq '${trade.order}'`)).map((line) => line.LineCreationSequenceNumber),
        [1, 2],
      )
    },
  ),
  works(
    {
      name: 'reserve, pick, deliver',
      request: 'POST /api/commands/reserve-sales-order-line, …/post-picking-list, …/register-picking, …/post-packing-slip',
    },
    async (fo, trade) => {
      const number = await order(fo, trade, 4)
      for (const [name, status] of [
        ['confirm-sales-order', 'Confirmed'],
        ['reserve-sales-order-line', 'Confirmed'],
        ['post-picking-list', 'Picked'],
        ['register-picking', 'Picked'],
        ['post-packing-slip', 'Delivered'],
      ] as const) {
        await done(fo, trade.url, name, on(number, name === 'post-packing-slip' ? { quantityRule: 'All' } : {}))
        assert.equal((await headerOf(fo, number)).SalesOrderProcessingStatus, status, name)
      }
      const [slip] = await rows(fo, `SalesPackingSlipLines?$filter=SalesOrderNumber eq '${number}'`)
      assert.equal(slip?.DeliveredQuantity, 4)
    },
  ),
  works(
    { name: 'an order is delivered in parts, invoiced and paid', request: 'POST /api/commands/post-sales-invoice, …/post-payment-journal' },
    async (fo, trade) => {
      const { CustomerAccount } = await create(fo, 'CustomersV3', trade.customer({ PaymentTerms: 'Net30' }))
      const { SalesOrderNumber: number } = await create(
        fo,
        'SalesOrderHeadersV2',
        trade.header({ OrderingCustomerAccountNumber: CustomerAccount, InvoiceCustomerAccountNumber: CustomerAccount }),
      )
      await create(fo, 'SalesOrderLines', trade.line(number, 10))
      await done(fo, trade.url, 'post-packing-slip', on(number, { lines: [{ lineCreationSequenceNumber: 1, quantity: 4 }] }))
      assert.equal((await headerOf(fo, number)).SalesOrderProcessingStatus, 'PartiallyDelivered')
      const { invoices } = await done(fo, trade.url, 'post-sales-invoice', on(number, { quantityRule: 'PackingSlip' }))
      assert.equal(invoices[0].invoiceAmount, 80)
      await done(fo, trade.url, 'post-packing-slip', on(number, { quantityRule: 'All' }))
      const rest = await done(fo, trade.url, 'post-sales-invoice', on(number, { quantityRule: 'PackingSlip' }))
      assert.equal(rest.invoices[0].invoiceAmount, 120)
      const header = await headerOf(fo, number)
      assert.deepEqual([header.SalesOrderStatus, header.SalesOrderProcessingStatus], ['Invoiced', 'Invoiced'])
      const [invoice] = await rows(
        fo,
        `SalesInvoiceHeadersV2?$filter=InvoiceNumber eq '${invoices[0].invoiceNumber}'&$expand=SalesInvoiceLines`,
      )
      assert.deepEqual([invoice?.TotalInvoiceAmount, invoice?.SalesInvoiceLines.length], [80, 1])
      const { JournalBatchNumber } = await create(fo, 'CustomerPaymentJournalHeaders', { dataAreaId: HOME })
      const line = {
        dataAreaId: HOME,
        JournalBatchNumber,
        AccountDisplayValue: CustomerAccount,
        CreditAmount: 80,
        MarkedInvoice: invoices[0].invoiceNumber,
      }
      await create(fo, 'CustomerPaymentJournalLines', line)
      await done(fo, trade.url, 'post-payment-journal', { dataAreaId: HOME, journalBatchNumber: JournalBatchNumber })
      const open = await rows(fo, `CustTransOpens?$filter=AccountNum eq '${CustomerAccount}'`)
      assert.deepEqual(
        open.map((one) => one.AmountMST),
        [120],
      )
      assert.deepEqual(
        (await rows(fo, `CustBalances?$filter=AccountNum eq '${CustomerAccount}'`)).map((one) => one.AmountMST),
        [120],
      )
    },
  ),
  works({ name: 'the books agree', request: 'GET GeneralJournalAccountEntries' }, async (fo, trade) => {
    const number = await order(fo, trade, 3)
    await done(fo, trade.url, 'post-sales-invoice', on(number, { quantityRule: 'All' }))
    const [invoice] = await rows(fo, `SalesInvoiceHeadersV2?$filter=SalesOrderNumber eq '${number}'`)
    const entries = await rows(fo, `GeneralJournalAccountEntries?$filter=Voucher eq '${invoice?.LedgerVoucher}'`)
    assert.ok(entries.length >= 4)
    assert.equal(Math.round(entries.reduce((sum, one) => sum + one.AccountingCurrencyAmount, 0) * 100), 0)
  }),
  works({ name: 'a credit note', request: 'POST /api/commands/create-credit-note' }, async (fo, trade) => {
    const number = await order(fo, trade, 3)
    const { invoices } = await done(fo, trade.url, 'post-sales-invoice', on(number, { quantityRule: 'All' }))
    const credit = await done(fo, trade.url, 'create-credit-note', {
      dataAreaId: HOME,
      invoiceNumber: invoices[0].invoiceNumber,
      lines: [{ lineCreationSequenceNumber: 1, quantity: 1 }],
      post: true,
    })
    assert.equal(credit.invoices[0].invoiceAmount, -20)
    const again = { dataAreaId: HOME, invoiceNumber: invoices[0].invoiceNumber, lines: [{ lineCreationSequenceNumber: 1, quantity: 3 }] }
    await refused(400, command(fo, trade, 'create-credit-note', again), 'exceeds the invoiced quantity')
  }),
  works(
    { name: 'a quotation that is won', request: 'POST /api/commands/send-sales-quotation, …/confirm-sales-quotation' },
    async (fo, trade) => {
      const { SalesQuotationNumber } = await create(fo, 'CDSSalesQuotationHeaders', {
        dataAreaId: HOME,
        RequestingCustomerAccountNumber: trade.accounts[1],
      })
      const line = { dataAreaId: HOME, SalesQuotationNumber, ProductNumber: trade.item, RequestedSalesQuantity: 2 }
      await create(fo, 'CDSSalesQuotationLines', line)
      const parameters = { dataAreaId: HOME, salesQuotationNumber: SalesQuotationNumber }
      await done(fo, trade.url, 'send-sales-quotation', parameters)
      await done(fo, trade.url, 'confirm-sales-quotation', parameters)
      const [row] = await rows(
        fo,
        `CDSSalesOrderHeaders?$filter=QuotationNumber eq '${SalesQuotationNumber}'&$expand=CDSSalesOrderLines($select=LineAmount)`,
      )
      assert.deepEqual(
        row?.CDSSalesOrderLines.map((one: Json) => one.LineAmount),
        [40],
      )
    },
  ),
  works({ name: 'what is on hand', request: 'GET WarehousesOnHandV2?$filter=…' }, async (fo, trade) => {
    const item = await makeProduct(fo, trade.fresh('W'), {})
    const { JournalNumber } = await create(fo, 'InventoryAdjustmentJournalHeaders', { dataAreaId: HOME })
    const line = {
      dataAreaId: HOME,
      JournalNumber,
      ItemNumber: item,
      InventorySiteId: '1',
      InventoryWarehouseId: '13',
      InventoryQuantity: 9,
      CostPrice: 3,
    }
    await create(fo, 'InventoryAdjustmentJournalLines', line)
    await done(fo, trade.url, 'post-inventory-journal', { dataAreaId: HOME, journalNumber: JournalNumber })
    const number = await order(fo, trade, 4, { ItemNumber: item })
    await done(fo, trade.url, 'reserve-sales-order-line', on(number))
    const [row] = await rows(fo, `WarehousesOnHandV2?$filter=ItemNumber eq '${item}' and InventoryWarehouseId eq '13'`)
    assert.deepEqual([row?.OnHandQuantity, row?.ReservedOnHandQuantity, row?.AvailableOnHandQuantity], [9, 4, 5])
  }),
  works({ name: 'an order on hold', request: 'POST /api/commands/hold-sales-order, …/clear-sales-order-hold' }, async (fo, trade) => {
    const number = await order(fo, trade, 1)
    await done(fo, trade.url, 'hold-sales-order', on(number))
    await refused(400, command(fo, trade, 'post-packing-slip', on(number)), `Sales order ${number} is on hold and cannot be processed.`)
    await done(fo, trade.url, 'clear-sales-order-hold', on(number))
    await done(fo, trade.url, 'post-packing-slip', on(number, { quantityRule: 'All' }))
  }),
  works(
    { name: 'a customer on hold', request: "PATCH CustomersV3({key}) { OnHoldStatus: 'All' }", points: 'FO-043' },
    async (fo, trade) => {
      const body = trade.header({ OrderingCustomerAccountNumber: trade.accounts[0], InvoiceCustomerAccountNumber: trade.accounts[0] })
      await refused(
        400,
        fo.call('POST', '/SalesOrderHeadersV2', { body }),
        `Customer account ${trade.accounts[0]} is on hold for all transactions.`,
      )
    },
  ),
  works(
    { name: 'a posted order is locked', request: 'PATCH SalesOrderLines({key}), DELETE SalesOrderHeadersV2({key})', points: 'FO-043' },
    async (fo, trade) => {
      const number = await order(fo, trade, 1)
      await done(fo, trade.url, 'post-sales-invoice', on(number, { quantityRule: 'All' }))
      const [line] = await linesOf(fo, number)
      await expectStatus(
        400,
        patch(fo, `SalesOrderLines(dataAreaId='${HOME}',InventoryLotId='${line?.InventoryLotId}')`, { OrderedSalesQuantity: 9 }),
      )
      await expectStatus(400, fo.call('DELETE', `/SalesOrderHeadersV2(dataAreaId='${HOME}',SalesOrderNumber='${number}')`))
      assert.deepEqual(await linesOf(fo, number), [line])
    },
  ),
  works({ name: 'clerks at the same order', request: 'POST /api/commands/post-packing-slip (6 at once)' }, async (fo, trade) => {
    const number = await order(fo, trade, 10)
    const one = on(number, { lines: [{ lineCreationSequenceNumber: 1, quantity: 4 }] })
    const replies = await Promise.all(Array.from({ length: 6 }, () => command(fo, trade, 'post-packing-slip', one)))
    assert.deepEqual(replies.map(({ status }) => status).sort(), [200, 200, 400, 400, 400, 400])
    const slips = await rows(fo, `SalesPackingSlipLines?$filter=SalesOrderNumber eq '${number}'`)
    assert.deepEqual(
      slips.map((slip) => slip.DeliveredQuantity),
      [4, 4],
    )
  }),
])
