import { expect, test } from 'vitest'
import { WRITE_EFFECTS } from '../effects.ts'
import { findEntityByName } from '../entities/catalogue.ts'
import { writeChangeSet } from '../store/write-change-set.ts'
import { D, type Json } from '../supply-chain-app.fixture.ts'
import { CDS_LINES, headerAddress, LINES, lineAddress, startOrders } from './sales-orders.fixture.ts'

const inner = (reply: { readonly json: Json }): string => reply.json.error?.innererror?.message ?? ''

const aLine = (values: Json): Json => ({ dataAreaId: 'usmf', SalesOrderNumber: 'SO-1', OrderedSalesQuantity: 1, ...values })

test('2.15 no. 4 a line finds its product by number or by item and dimensions; unknown, unreleased, incomplete and stopped ones are refused', async (t) => {
  const app = await startOrders(t)
  await app.addOrder('SO-1')
  const byItem = await app.add('SalesOrderLines', aLine({ ItemNumber: 'ts-1', ProductSizeId: 'm', ProductColorId: 'RED' }))
  expect(byItem).toMatchObject({
    ItemNumber: 'TS-1',
    ProductSizeId: 'M',
    ProductColorId: 'Red',
    LineNumber: 1,
    LineCreationSequenceNumber: 1,
  })
  const byNumber = await app.add('CDSSalesOrderLinesV2', aLine({ ProductNumber: 'ts-1-m-red' }))
  expect(byNumber).toMatchObject({
    ProductNumber: 'TS-1-M-RED',
    LineCreationSequenceNumber: 2,
    InventoryLotId: expect.stringMatching(/^L-\d+$/),
  })
  expect((await app.lines('SO-1')).map(({ ProductNumber }) => ProductNumber)).toEqual(['TS-1-M-RED', 'TS-1-M-RED'])
  const named = { ProductNumber: 'DW-40', LineCreationSequenceNumber: 30, DefaultLineNumberFromLineCreationSequenceNumber: 'Yes' }
  const { InventoryLotId } = await app.add('CDSSalesOrderLinesV2', aLine(named))
  expect((await app.get(`${LINES}(dataAreaId='usmf',InventoryLotId='${InventoryLotId}')`)).json.LineNumber).toBe(30)
  await app.add('ProductsV2', { ProductNumber: 'ELSE', ProductType: 'Item', ProductSubType: 'Product', ProductName: 'Elsewhere' })
  await app.add('ReleasedProductCreationsV2', {
    dataAreaId: 'usmf',
    ItemNumber: 'RAW',
    ProductNumber: 'RAW',
    ProductName: 'Raw',
    InventoryUnitSymbol: 'ea',
  })
  await app.add('ProductDefaultOrderSettings', { dataAreaId: 'usmf', ItemNumber: 'BX-1', IsSalesProcessingStopped: 'Yes' })
  for (const [collection, values, problem] of [
    [LINES, { ItemNumber: 'NOPE' }, "The value 'NOPE' in field 'Item number' is not found in the related table 'Items'."],
    [CDS_LINES, { ProductNumber: 'ELSE' }, 'The product ELSE is not released in legal entity usmf.'],
    [CDS_LINES, { ProductNumber: 'RAW' }, 'The product RAW does not have the information required for a sales order.'],
    [CDS_LINES, { ProductNumber: 'TS-1' }, 'The product TS-1 does not have the information required for a sales order.'],
    [LINES, { ItemNumber: 'TS-1' }, 'The product TS-1 does not have the information required for a sales order.'],
    [CDS_LINES, { ProductNumber: 'BX-1' }, 'Item BX-1 is stopped for sales orders.'],
    [CDS_LINES, {}, "Field 'Product number' must be filled in."],
    [
      CDS_LINES,
      { ProductNumber: 'DW-40', SalesOrderNumber: 'SO-9' },
      "The value 'SO-9' in field 'Sales order' is not found in the related table 'Sales orders'.",
    ],
  ] as const) {
    const refused = await app.post(collection, aLine(values))
    expect([values, refused.status, inner(refused)]).toEqual([values, 400, expect.stringContaining(problem)])
  }
  expect(await app.lines('SO-1')).toHaveLength(3)
})

test('2.15 no. 5 E04 E05 E06 a line ships from its own place, else that of the order, else that of the item', async (t) => {
  const app = await startOrders(t)
  await app.add('CustomersV3', {
    dataAreaId: 'usmf',
    CustomerAccount: 'C-3',
    OrganizationName: 'Without a site',
    CustomerGroupId: '10',
    SalesCurrencyCode: 'USD',
  })
  await app.addOrder('SO-1')
  expect(await app.addLine('SO-1', { ShippingWarehouseId: '21' })).toMatchObject({ ShippingSiteId: '2', ShippingWarehouseId: '21' })
  expect(await app.addLine('SO-1', { ShippingSiteId: '2' })).toMatchObject({ ShippingSiteId: '2', ShippingWarehouseId: '' })
  expect(inner(await app.post(CDS_LINES, aLine({ ProductNumber: 'DW-40', ShippingSiteId: '2', ShippingWarehouseId: '13' })))).toContain(
    'Warehouse 13 belongs to site 1 and cannot be used with site 2.',
  )
  await app.addOrder('SO-2', { OrderingCustomerAccountNumber: 'C-3' })
  expect(inner(await app.post(CDS_LINES, aLine({ SalesOrderNumber: 'SO-2', ProductNumber: 'DW-40' })))).toContain(
    'Inventory dimension Site is mandatory',
  )
  await app.add('ProductDefaultOrderSettings', { dataAreaId: 'usmf', ItemNumber: 'DW-40', SalesSiteId: '2', SalesWarehouseId: '22' })
  expect(await app.addLine('SO-2')).toMatchObject({ ShippingSiteId: '2', ShippingWarehouseId: '22' })
  await app.patch(`${D}/ReleasedProductsV2(dataAreaId='usmf',ItemNumber='BX-1')`, {
    StorageDimensionGroupName: 'Ware',
    InventoryReservationHierarchyName: 'Default',
  })
  const mandatory = await app.post(CDS_LINES, aLine({ ProductNumber: 'BX-1', ShippingSiteId: '2' }))
  expect(inner(mandatory)).toContain('Inventory dimension Warehouse is mandatory')
  expect(inner(await app.post(CDS_LINES, aLine({ ProductNumber: 'DW-40', ItemBatchNumber: 'B1' })))).toContain('is inactive')
})

test('2.15 no. 6 EX-13 quantities are kept in the inventory unit too, and must convert there and back', async (t) => {
  const app = await startOrders(t)
  await app.addOrder('SO-1')
  const quantities = async (sequence: number) => {
    const { rows } = await app.database.query<{ qty_ordered: string; remain: string }>(
      'select trim_scale(qty_ordered)::text as qty_ordered, trim_scale(remain_invent_physical)::text as remain from sales_order_line where line_creation_sequence_number = $1',
      [sequence],
    )
    return rows[0]
  }
  await app.addLine('SO-1', { ProductNumber: 'BX-1', OrderedSalesQuantity: 2.5 })
  expect(await quantities(1)).toEqual({ qty_ordered: '30', remain: '30' })
  for (const [values, unit] of [
    [{ ProductNumber: 'BX-1', OrderedSalesQuantity: 0.3 }, 'box'],
    [{ ProductNumber: 'DW-40', OrderedSalesQuantity: 1, SalesUnitSymbol: 'kg' }, 'kg'],
  ] as const)
    expect(inner(await app.post(CDS_LINES, aLine(values)))).toContain(`No conversion exists between unit ${unit} and unit ea for product`)
  expect((await app.patch(lineAddress('SO-1', 1), { SalesUnitSymbol: 'ea', OrderedSalesQuantity: 24 })).status).toBe(204)
  expect(await quantities(1)).toEqual({ qty_ordered: '24', remain: '24' })
  // A blank unit is the sales unit of the product again (2.15 no. 6).
  expect((await app.patch(lineAddress('SO-1', 1), { SalesUnitSymbol: '', OrderedSalesQuantity: 3 })).status).toBe(204)
  expect(await quantities(1)).toEqual({ qty_ordered: '36', remain: '36' })
})

test('2.15 no. 7 and 8 EX-01 EX-03 EX-04 EX-05 EX-06 a price is kept or found, a whole-line discount is split, the net amount is computed', async (t) => {
  const app = await startOrders(t)
  await app.addOrder('SO-1')
  const figures = ({ SalesPrice, LineDiscountAmount, FixedPriceCharges, LineAmount, TotalDiscountAmount }: Json) => [
    SalesPrice,
    LineDiscountAmount,
    FixedPriceCharges,
    LineAmount,
    TotalDiscountAmount,
  ]
  const line = async (values: Json) => figures(await app.add('CDSSalesOrderLines', aLine({ ProductNumber: 'DW-40', ...values })))
  expect(await line({ OrderedSalesQuantity: 10, SalesPrice: 25.5 })).toEqual([25.5, 0, 0, 255, 0])
  expect(await line({ OrderedSalesQuantity: 2 })).toEqual([100, 0, 0, 200, 0])
  expect(await line({ OrderedSalesQuantity: 250, SalesPrice: 125, SalesPriceQuantity: 100, LineDiscountAmount: 5 })).toEqual([
    125, 5, 0, 300, 12.5,
  ])
  expect(await line({ OrderedSalesQuantity: 3, SalesPrice: 50, TotalDiscountAmount: 10 })).toEqual([50, 3.33, -0.01, 140, 10])
  expect(await line({ OrderedSalesQuantity: 3, SalesPrice: 50, TotalDiscountAmount: 20 })).toEqual([50, 6.67, 0.01, 130, 20])
  expect(await line({ OrderedSalesQuantity: 7, SalesPrice: 9.99, TotalDiscountAmount: 17.35 })).toEqual([9.99, 2.48, 0.01, 52.58, 17.35])
  // A net amount counts where there is no price.
  expect(await line({ OrderedSalesQuantity: 2, SalesPrice: 0, LineAmount: 33 })).toEqual([0, 0, 0, 33, 0])
  expect(await line({ OrderedSalesQuantity: 2, SalesPrice: 5, LineAmount: 33 })).toEqual([5, 0, 0, 10, 0])
  expect(await line({ OrderedSalesQuantity: 2, SalesPrice: 5, SalesPriceQuantity: 0 })).toEqual([5, 0, 0, 10, 0])
  const refused = await app.post(CDS_LINES, aLine({ ProductNumber: 'DW-40', OrderedSalesQuantity: 0, TotalDiscountAmount: 10 }))
  expect(inner(refused)).toContain('A line discount requires a quantity on line 10 of SO-1.')
  // The quantity changes: the whole discount stays and is split anew.
  const after = async (values: Json) => {
    expect((await app.patch(lineAddress('SO-1', 4), values)).status).toBe(204)
    return figures((await app.get(lineAddress('SO-1', 4))).json)
  }
  expect(await after({ OrderedSalesQuantity: 6 })).toEqual([50, 1.67, 0.02, 290, 10])
  // A discount per unit ends the split, and its rest with it.
  expect(await after({ LineDiscountAmount: 2 })).toEqual([50, 2, 0, 288, 12])
})

test('L91 to L95 quantities keep to the order settings of the item and the sign of a sale', async (t) => {
  const app = await startOrders(t)
  await app.addOrder('SO-1')
  await app.add('ProductDefaultOrderSettings', {
    dataAreaId: 'usmf',
    ItemNumber: 'DW-40',
    MinimumSalesOrderQuantity: 4,
    MaximumSalesOrderQuantity: 20,
    SalesQuantityMultiples: 4,
  })
  for (const [quantity, problem] of [
    [3, 'below the minimum order quantity 4 of item DW-40'],
    [24, 'above the maximum order quantity 20'],
    [6, 'not a multiple of 4'],
    [-4, 'Only the lines of a credit note have a negative quantity.'],
  ] as const)
    expect(inner(await app.post(CDS_LINES, aLine({ ProductNumber: 'DW-40', OrderedSalesQuantity: quantity })))).toContain(problem)
  await app.addLine('SO-1', { OrderedSalesQuantity: 8 })
  await app.postDocument('SO-1', { DeliveredQuantity: '4', PickedQuantity: '4', DocumentStatus: 'PackingSlip' })
  expect(inner(await app.patch(lineAddress('SO-1', 1), { OrderedSalesQuantity: 4 }))).toContain('cannot be less than the quantity 8')
  expect((await app.patch(lineAddress('SO-1', 1), { OrderedSalesQuantity: 12 })).status).toBe(204)
})

test('G-FO-08 writes of a line by its lot are writes of the same line, and a change set makes an order with its lines', async (t) => {
  const app = await startOrders(t)
  await app.addOrder('SO-1')
  const { InventoryLotId } = await app.add('SalesOrderLines', aLine({ ItemNumber: 'DW-40', SalesPrice: 10 }))
  const lot = `${LINES}(dataAreaId='usmf',InventoryLotId='${InventoryLotId}')`
  expect((await app.patch(lot, { OrderedSalesQuantity: 5 })).status).toBe(204)
  expect((await app.lines('SO-1'))[0]).toMatchObject({ LineAmount: 50, LineCreationSequenceNumber: 1 })
  expect((await app.patch(`${LINES}(dataAreaId='usmf',InventoryLotId='L-none')`, { OrderedSalesQuantity: 5 })).status).toBe(400)
  const part = (path: string, body: Json, id: number) => [
    '--changeset_a',
    'Content-Type: application/http',
    'Content-Transfer-Encoding: binary',
    `Content-ID: ${id}`,
    '',
    `POST ${path} HTTP/1.1`,
    'Content-Type: application/json',
    '',
    JSON.stringify(body),
  ]
  const changeSet = (lines: readonly Json[]) =>
    app.batch(
      [
        '--batch_a',
        'Content-Type: multipart/mixed; boundary=changeset_a',
        '',
        ...part('CDSSalesOrderHeaders', { dataAreaId: 'usmf', SalesOrderNumber: 'SO-7', OrderingCustomerAccountNumber: 'C-1' }, 1),
        ...lines.flatMap((line, index) =>
          part(
            'CDSSalesOrderLines',
            { dataAreaId: 'usmf', SalesOrderNumber: 'SO-7', ProductNumber: 'DW-40', OrderedSalesQuantity: 1, ...line },
            index + 2,
          ),
        ),
        '--changeset_a--',
        '--batch_a--',
      ],
      'batch_a',
    )
  const failed = await changeSet([{}, { ProductNumber: 'NOPE' }])
  expect(failed.text).toContain('The product NOPE is not released in legal entity usmf.')
  expect(failed.text).toContain('Content-ID: 3')
  expect((await app.lines('SO-7')).length).toBe(0)
  // Numbers that are given and numbers that are left open never meet.
  const made = await changeSet([{}, { LineCreationSequenceNumber: 2 }, { LineCreationSequenceNumber: 0 }, {}])
  expect(made.text.match(/HTTP\/1\.1 201 Created/g)).toHaveLength(5)
  expect((await app.lines('SO-7')).map((line) => line.LineCreationSequenceNumber)).toEqual([2, 3, 4, 5])
})

test('2.15 no. 11 a package import makes and repeats orders: the same values change no version', async (t) => {
  const app = await startOrders(t)
  const headers = [{ SalesOrderNumber: 'SO-1', OrderingCustomerAccountNumber: 'C-1', CurrencyCode: 'USD', DeliveryAddressCity: 'Kiel' }]
  const lines = [
    {
      SalesOrderNumber: 'SO-1',
      LineCreationSequenceNumber: '1',
      ProductNumber: 'DW-40',
      OrderedSalesQuantity: '3',
      SalesPrice: '50',
      TotalDiscountAmount: '10',
    },
    { SalesOrderNumber: 'SO-1', LineCreationSequenceNumber: '2', ProductNumber: 'NOPE', OrderedSalesQuantity: '3' },
    { SalesOrderNumber: 'SO-9', LineCreationSequenceNumber: '1', ProductNumber: 'DW-40', OrderedSalesQuantity: '3' },
    {
      SalesOrderNumber: 'SO-1',
      LineCreationSequenceNumber: '4',
      ProductNumber: 'BX-1',
      OrderedSalesQuantity: '1',
      RequestedReceiptDate: '2025-03-01',
    },
  ]
  const state = async () => {
    const { rows } = await app.database.query(
      `select h.rec_version::text as header, h.content_version::text as content, h.change_xid::text as changed,
         (select string_agg(l.rec_version::text || ' ' || l.change_xid::text, ',' order by l.rec_id) from sales_order_line l) as lines from sales_order h`,
    )
    return rows
  }
  expect(await app.importRows('CDSSalesOrderHeader', headers)).toEqual([{ ok: true }])
  const first = await app.importRows('CDSSalesOrderLine', lines)
  expect(first.map(({ ok }) => ok)).toEqual([true, false, false, true])
  expect(first[1]).toMatchObject({ field: 'ProductNumber', message: 'The product NOPE is not released in legal entity usmf.' })
  expect(first[2]).toMatchObject({ field: 'SalesOrderNumber' })
  const before = await state()
  await app.importRows('CDSSalesOrderHeader', headers)
  await app.importRows('CDSSalesOrderLine', lines)
  expect(await state()).toEqual(before)
  expect(await app.lines('SO-1')).toMatchObject([
    { LineDiscountAmount: 3.33, TotalDiscountAmount: 10 },
    { RequestedReceiptDate: '2025-03-01T12:00:00Z' },
  ])
  await app.importRows('CDSSalesOrderLine', [{ ...lines[0], OrderedSalesQuantity: '6' }])
  expect(await app.lines('SO-1')).toMatchObject([{ OrderedSalesQuantity: 6, TotalDiscountAmount: 10, LineAmount: 290 }, {}])
  expect(await state()).not.toEqual(before)
})

test('twenty clerks add a line to one order at once and get twenty different numbers', async (t) => {
  const app = await startOrders(t)
  await app.addOrder('SO-1')
  const replies = await Promise.all(
    Array.from({ length: 20 }, () => app.post(CDS_LINES, aLine({ ProductNumber: 'DW-40', LineCreationSequenceNumber: 0 }))),
  )
  expect(replies.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 201))
  const numbers = (await app.lines('SO-1')).map((line) => line.LineCreationSequenceNumber)
  expect(numbers).toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
  const own = (await app.get(`${LINES}?$filter=SalesOrderNumber eq 'SO-1'&$orderby=LineNumber`)).json.value
  expect(new Set(own.map((line: Json) => line.InventoryLotId)).size).toBe(20)
  expect(own.map((line: Json) => line.LineNumber)).toEqual(numbers)
})

test('writers of several orders at once, in any order, wait for each other and never in a circle', async (t) => {
  const app = await startOrders(t)
  const numbers = ['SO-1', 'SO-2', 'SO-3']
  for (const number of numbers) await app.addOrder(number)
  const orders = [numbers, [...numbers].reverse(), ['SO-2', 'SO-3', 'SO-1'], ['so-3', 'so-1', 'so-2']]
  const imported = await Promise.all(
    Array.from({ length: 8 }, (_, index) =>
      app.importRows(
        'CDSSalesOrderLine',
        (orders[index % orders.length] ?? []).map((SalesOrderNumber) => ({
          SalesOrderNumber,
          ProductNumber: 'DW-40',
          OrderedSalesQuantity: '1',
        })),
      ),
    ),
  )
  expect(imported.flat().every(({ ok }) => ok)).toBe(true)
  for (const number of numbers) {
    const lines = await app.lines(number)
    expect(lines.map((line) => [line.SalesOrderNumber, line.LineCreationSequenceNumber])).toEqual(
      Array.from({ length: 8 }, (_, index) => [number, index + 1]),
    )
  }
})

test('an order that is deleted while lines are added to it takes them along or stays away', async (t) => {
  const app = await startOrders(t)
  await app.addOrder('SO-1')
  const [deleted, ...added] = await Promise.all([
    app.delete(headerAddress('SO-1')),
    ...Array.from({ length: 6 }, () => app.post(CDS_LINES, aLine({ ProductNumber: 'DW-40' }))),
  ])
  expect(deleted?.status).toBe(204)
  for (const reply of added) expect([201, 400]).toContain(reply.status)
  expect(await app.lines('SO-1')).toEqual([])
})

test('E28 L09 texts that are too long and numbers beyond the last one are refused, over every way in', async (t) => {
  const app = await startOrders(t)
  await app.addOrder('SO-1')
  const long = { ProductNumber: 'DW-40', LineDescription: 'x'.repeat(1_001) }
  expect(inner(await app.post(CDS_LINES, aLine(long)))).toContain('exceeds the maximum length 1000.')
  const name = (length: number) => app.post(CDS_LINES, aLine({ ProductNumber: 'DW-40', ProductName: 'x'.repeat(length) }))
  expect(inner(await name(61))).toContain('exceeds the maximum length 60.')
  expect((await name(60)).status).toBe(201)
  const [imported] = await app.importRows('CDSSalesOrderLine', [{ SalesOrderNumber: 'SO-1', ...long }])
  expect(imported).toMatchObject({ ok: false, field: 'LineDescription' })
  await app.addLine('SO-1', { LineCreationSequenceNumber: 2_147_483_647 })
  const full = await app.post(CDS_LINES, aLine({ ProductNumber: 'DW-40' }))
  expect([full.status, inner(full)]).toEqual([
    400,
    expect.stringContaining("The number sequence 'Line creation sequence' has no numbers left."),
  ])
  for (const values of [
    { OrderedSalesQuantity: 1e25, SalesPrice: 1e25 },
    { SalesPrice: null, OrderedSalesQuantity: null },
    { SalesPriceQuantity: 0.000001, LineDiscountPercentage: 250 },
    { SalesPriceQuantity: -1 },
    { AllowedOverdeliveryPercentage: -1 },
  ]) {
    const reply = await app.post(CDS_LINES, aLine({ ProductNumber: 'DW-40', LineCreationSequenceNumber: 9, ...values }))
    expect([201, 400]).toContain(reply.status)
    await app.delete(lineAddress('SO-1', 9))
  }
})

test('a change set may make an order through one entity and change it through another, and takes back what it deletes', async (t) => {
  const app = await startOrders(t)
  const scope = { defaultCompany: 'usmf', mayAccess: () => true }
  const options = { scope, onFailure: 'stop' as const, now: app.clock.now(), effects: WRITE_EFFECTS }
  const entity = (name: string) => findEntityByName(name) ?? expect.fail(name)
  const key = { dataAreaId: 'usmf', SalesOrderNumber: 'SO-1' }
  const line = { dataAreaId: 'usmf', SalesOrderNumber: 'SO-1', ProductNumber: 'DW-40', OrderedSalesQuantity: '1' }
  const outcomes = await app.database.transaction((sql) =>
    writeChangeSet(
      sql,
      [
        { kind: 'create', entity: entity('CDSSalesOrderHeader'), values: { ...key, OrderingCustomerAccountNumber: 'C-1' } },
        { kind: 'create', entity: entity('CDSSalesOrderLine'), values: line },
        { kind: 'update', entity: entity('SalesOrderHeaderV2'), key, values: { SalesOrderName: 'Renamed' } },
        { kind: 'delete', entity: entity('SalesOrderHeaderV2'), key, values: {} },
        { kind: 'create', entity: entity('CDSSalesOrderHeader'), values: { ...key, OrderingCustomerAccountNumber: 'C-1' } },
      ],
      options,
    ),
  )
  expect(outcomes.every(({ ok }) => ok)).toBe(true)
  expect(await app.lines('SO-1')).toEqual([])
  expect(await app.order('SO-1')).toMatchObject({ SalesOrderName: 'Customer C-1' })
  const orphan = app.database.transaction((sql) =>
    writeChangeSet(
      sql,
      [
        { kind: 'delete', entity: entity('CDSSalesOrderHeader'), key, values: {} },
        { kind: 'create', entity: entity('CDSSalesOrderLine'), values: line },
      ],
      options,
    ),
  )
  await expect(orphan).rejects.toMatchObject({ index: 1, failure: { kind: 'refused', infolog: [{ code: 'E01' }] } })
  expect((await app.get(headerAddress('SO-1'))).status).toBe(200)
})

test('L95 E11 the application itself takes goods back on an order that is done, stopped items too; its client cannot change how much', async (t) => {
  const app = await startOrders(t)
  await app.addOrder('SO-1')
  await app.addLine('SO-1', { OrderedSalesQuantity: 5, SalesPrice: 12 })
  await app.postDocument('SO-1', { DocumentStatus: 'Invoice', DeliveredQuantity: '5', InvoicedQuantity: '5' })
  expect(await app.order('SO-1')).toMatchObject({ SalesOrderStatus: 'Invoiced' })
  await app.add('ProductDefaultOrderSettings', {
    dataAreaId: 'usmf',
    ItemNumber: 'DW-40',
    IsSalesProcessingStopped: 'Yes',
    MinimumSalesOrderQuantity: 4,
  })
  const values = {
    dataAreaId: 'usmf',
    SalesOrderNumber: 'SO-1',
    ProductNumber: 'DW-40',
    OrderedSalesQuantity: '-2',
    SalesPrice: '12',
    CreditedInvoiceNumber: 'I-1',
    CreditedLotId: 'L-1',
  }
  const [outcome] = await app.database.transaction((sql) =>
    writeChangeSet(sql, [{ kind: 'create', entity: findEntityByName('SalesLine') ?? expect.fail('SalesLine'), values }], {
      scope: { defaultCompany: 'usmf', mayAccess: () => true },
      onFailure: 'stop',
      now: app.clock.now(),
      effects: WRITE_EFFECTS,
    }),
  )
  expect(outcome).toMatchObject({
    ok: true,
    values: { LineAmount: '-24', QtyOrdered: '-2', RemainSalesPhysical: '-2', LineCreationSequenceNumber: '2' },
  })
  expect(await app.order('SO-1')).toMatchObject({ SalesOrderStatus: 'Backorder', SalesOrderProcessingStatus: 'PartiallyInvoiced' })
  expect(inner(await app.patch(lineAddress('SO-1', 2), { OrderedSalesQuantity: -3 }))).toContain("Field 'Quantity' cannot be changed.")
  expect((await app.patch(lineAddress('SO-1', 2), { LineDescription: 'Damaged' })).status).toBe(204)
})
