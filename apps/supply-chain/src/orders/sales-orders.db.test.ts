import { expect, test } from 'vitest'
import { D, type Json } from '../supply-chain-app.fixture.ts'
import { CDS_HEADERS, headerAddress, LINES, lineAddress, startOrders } from './sales-orders.fixture.ts'

const inner = (reply: { readonly json: Json }): string => reply.json.error?.innererror?.message ?? ''

test('2.15 no. 1 a header takes what it leaves open from its customers, and what is given wins', async (t) => {
  const app = await startOrders(t)
  const order = await app.addOrder('SO-1')
  expect(order).toMatchObject({
    SalesOrderName: 'Customer C-1',
    InvoiceCustomerAccountNumber: 'C-1',
    CurrencyCode: 'USD',
    LanguageId: 'en-us',
    PaymentTermsName: 'Net30',
    DeliveryModeCode: '10',
    DefaultShippingSiteId: '1',
    DefaultShippingWarehouseId: '13',
    RequestedReceiptDate: '2025-02-11T12:00:00Z',
    RequestedShippingDate: '2025-02-11T12:00:00Z',
    ConfirmedShippingDate: '1900-01-01T12:00:00Z',
    SalesOrderStatus: 'Backorder',
    SalesOrderProcessingStatus: 'Active',
    SalesOrderOriginCode: 'P2C',
    SalesOrderOriginType: 'SalesOrderIntegration',
    OrderingCustomerIsExternallyMaintained: 'Yes',
    AreTotalsUpdated: 'No',
    DeliveryAddressName: 'Customer C-1',
    DeliveryAddressCity: 'Bergen',
    IsDeliveryAddressOrderSpecific: 'No',
    FormattedDelveryAddress: 'Dock 1\nBergen\nNOR',
    InvoiceAddressCity: 'Bergen',
    FormattedInvoiceAddress: 'Dock 1\nBergen\nNOR',
  })
  await app.patch(`${D}/CustomersV3(dataAreaId='usmf',CustomerAccount='C-1')`, { InvoiceAccount: 'C-2' })
  const other = await app.addOrder('SO-2', { LanguageId: 'de', RequestedShippingDate: '2025-03-03T12:00:00Z' })
  expect(other).toMatchObject({
    InvoiceCustomerAccountNumber: 'C-2',
    CurrencyCode: 'EUR',
    PaymentTermsName: 'Net10',
    LanguageId: 'de',
    RequestedShippingDate: '2025-03-03T12:00:00Z',
    InvoiceCustomerIsExternallyMaintained: 'No',
    InvoiceAddressCity: 'Oslo',
  })
  const own = await app.addOrder('SO-3', { InvoiceCustomerAccountNumber: 'C-1', CurrencyCode: 'EUR' })
  expect(own).toMatchObject({ InvoiceCustomerAccountNumber: 'C-1', CurrencyCode: 'EUR', PaymentTermsName: 'Net30' })
  const numbered = await app.add('SalesOrderHeadersV2', { dataAreaId: 'usmf', OrderingCustomerAccountNumber: 'c-1' })
  expect(numbered).toMatchObject({ SalesOrderNumber: expect.stringMatching(/^SO-\d{6}$/), OrderingCustomerAccountNumber: 'C-1' })
})

test('2.15 no. 3 an address that is given belongs to the order, its ISO code resolves the region, and lines inherit it', async (t) => {
  const app = await startOrders(t)
  const order = await app.addOrder('SO-1', { DeliveryAddressStreet: 'Kai 7', DeliveryAddressCountryRegionISOCode: 'DE' })
  expect(order).toMatchObject({
    DeliveryAddressStreet: 'Kai 7',
    DeliveryAddressCity: '',
    DeliveryAddressCountryRegionId: 'DEU',
    IsDeliveryAddressOrderSpecific: 'Yes',
    FormattedDelveryAddress: 'Kai 7\nDEU',
  })
  expect(await app.addLine('SO-1')).toMatchObject({ DeliveryAddressStreet: 'Kai 7', IsDeliveryAddressOrderSpecific: 'No' })
  expect(await app.addLine('SO-1', { DeliveryAddressCity: 'Kiel' })).toMatchObject({
    DeliveryAddressCity: 'Kiel',
    DeliveryAddressStreet: '',
    IsDeliveryAddressOrderSpecific: 'Yes',
  })
  const refused = await app.post(CDS_HEADERS, {
    dataAreaId: 'usmf',
    OrderingCustomerAccountNumber: 'C-1',
    DeliveryAddressCountryRegionISOCode: 'QQ',
  })
  expect([refused.status, inner(refused)]).toEqual([400, expect.stringContaining("'QQ' in field 'ISO country/region' is not found")])
})

test('E01 E02 E09 L90 a header needs a known customer who is not on hold for all, and each origin type has one code', async (t) => {
  const app = await startOrders(t)
  const post = (values: Json) => app.post(CDS_HEADERS, { dataAreaId: 'usmf', SalesOrderNumber: 'SO-1', ...values })
  expect(inner(await post({}))).toContain("Field 'Customer account' must be filled in.")
  for (const field of ['OrderingCustomerAccountNumber', 'InvoiceCustomerAccountNumber'])
    expect(inner(await post({ OrderingCustomerAccountNumber: 'C-1', [field]: 'C-9' }))).toContain(
      `The value 'C-9' in field '${field.startsWith('O') ? 'Customer' : 'Invoice'} account' is not found in the related table 'Customers'.`,
    )
  const hold = (account: string, OnHoldStatus: string) =>
    app.patch(`${D}/CustomersV3(dataAreaId='usmf',CustomerAccount='${account}')`, { OnHoldStatus })
  await hold('C-2', 'All')
  expect(inner(await post({ OrderingCustomerAccountNumber: 'C-2' }))).toContain('Customer account C-2 is on hold for all transactions.')
  expect(inner(await post({ OrderingCustomerAccountNumber: 'C-1', InvoiceCustomerAccountNumber: 'C-2' }))).toContain('C-2 is on hold')
  await hold('C-2', 'Invoice')
  expect((await post({ OrderingCustomerAccountNumber: 'C-2' })).status).toBe(201)
  await hold('C-1', 'All')
  expect(inner(await app.patch(headerAddress('SO-1'), { OrderingCustomerAccountNumber: 'C-1' }))).toContain('C-1 is on hold')
  expect((await app.patch(headerAddress('SO-1'), { CustomersOrderReference: 'PO 7' })).status).toBe(204)
  const code = { dataAreaId: 'usmf', OriginCode: 'P2C2', IsOriginTypeAssigned: 'Yes', OriginType: 'SalesOrderIntegration' }
  expect(inner(await app.post(`${D}/SalesOrderOriginCodes`, code))).toContain(
    "Sales origin 'P2C' already has the type SalesOrderIntegration",
  )
})

test('1.2 no. 7 the origin type follows from the code and cannot be written', async (t) => {
  const app = await startOrders(t)
  await app.add('SalesOrderOriginCodes', { dataAreaId: 'usmf', OriginCode: 'FAX', OriginDescription: 'By fax' })
  const ofType = "$filter=OriginType eq Microsoft.Dynamics.DataEntities.SalesOriginType'WorkOrderIntegration'"
  const [workOrders] = (await app.get(`${D}/SalesOrderOriginCodes?${ofType}`)).json.value
  expect(await app.addOrder('SO-1', { ExternalWorkOrderStatus: 'OpenScheduled' })).toMatchObject({
    SalesOrderOriginCode: workOrders.OriginCode,
    SalesOrderOriginType: 'WorkOrderIntegration',
  })
  await app.patch(`${D}/SalesOrderOriginCodes(dataAreaId='usmf',OriginCode='${workOrders.OriginCode}')`, { IsOriginTypeAssigned: 'No' })
  expect(await app.addOrder('SO-2', { ExternalWorkOrderStatus: 'OpenScheduled' })).toMatchObject({
    SalesOrderOriginCode: '',
    SalesOrderOriginType: 'NotSpecified',
  })
  expect(await app.addOrder('SO-3', { SalesOrderOriginCode: 'fax' })).toMatchObject({
    SalesOrderOriginCode: 'FAX',
    SalesOrderOriginType: 'NotSpecified',
  })
  await app.patch(headerAddress('SO-3'), { SalesOrderOriginCode: 'P2C' })
  expect(await app.order('SO-3')).toMatchObject({ SalesOrderOriginType: 'SalesOrderIntegration' })
  expect((await app.patch(headerAddress('SO-3'), { SalesOrderOriginType: 'WorkOrderIntegration' })).status).toBe(400)
})

test('2.15 no. 9 and 10 customer and currency lock with the first posting, and an order that is not open keeps every field', async (t) => {
  const app = await startOrders(t)
  const { '@odata.etag': etag } = await app.addOrder('SO-1')
  await app.addLine('SO-1')
  // A line makes totals out of date, but the client that read the header may still change it.
  expect((await app.patch(headerAddress('SO-1'), { CustomersOrderReference: 'PO 6' }, { 'if-match': etag })).status).toBe(204)
  await app.postDocument('SO-1', { DocumentStatus: 'Confirmation' })
  expect(await app.order('SO-1')).toMatchObject({ SalesOrderProcessingStatus: 'Confirmed' })
  expect((await app.patch(headerAddress('SO-1'), { InvoiceCustomerAccountNumber: 'C-2', CurrencyCode: 'USD' })).status).toBe(204)
  await app.postDocument('SO-1', { DocumentStatus: 'PackingSlip', DeliveredQuantity: '4' })
  expect(await app.order('SO-1')).toMatchObject({ SalesOrderStatus: 'Backorder', SalesOrderProcessingStatus: 'PartiallyDelivered' })
  for (const values of [
    { OrderingCustomerAccountNumber: 'C-2' },
    { InvoiceCustomerAccountNumber: 'C-1' },
    { CurrencyCode: 'EUR' },
    { ArePricesIncludingSalesTax: 'Yes' },
  ]) {
    const refused = await app.patch(headerAddress('SO-1'), values)
    expect([values, refused.status, inner(refused)]).toEqual([values, 400, expect.stringContaining('cannot be changed.')])
  }
  expect((await app.patch(headerAddress('SO-1'), { CurrencyCode: 'usd', CustomersOrderReference: 'PO 8' })).status).toBe(204)
  for (const [values, problem] of [
    [{ ProductNumber: 'BX-1' }, "Field 'Product number' cannot be changed."],
    [{ ShippingSiteId: '2', ShippingWarehouseId: '21' }, "Field 'Site' cannot be changed."],
    [{ SalesUnitSymbol: 'dz' }, "Field 'Unit' cannot be changed."],
    [{ OrderedSalesQuantity: 3 }, 'The quantity cannot be less than the delivered quantity 4.'],
  ] as const) {
    const refused = await app.patch(lineAddress('SO-1', 1), values)
    expect([values, refused.status, inner(refused)]).toEqual([values, 400, expect.stringContaining(problem)])
  }
  expect((await app.patch(lineAddress('SO-1', 1), { SalesPrice: 26, OrderedSalesQuantity: 4 })).status).toBe(204)
  expect(await app.order('SO-1')).toMatchObject({ SalesOrderStatus: 'Delivered', SalesOrderProcessingStatus: 'Delivered' })
  const closed = 'Sales order SO-1 has status Delivered and cannot be updated.'
  expect(inner(await app.patch(headerAddress('SO-1'), { CustomersOrderReference: 'PO 9' }))).toContain(closed)
  expect(inner(await app.patch(headerAddress('SO-1', 'SalesOrderHeadersV2'), { SalesOrderName: 'x' }))).toContain(closed)
  expect(inner(await app.patch(lineAddress('SO-1', 1), { SalesPrice: 27 }))).toContain(closed)
  expect(
    inner(await app.post(LINES, { dataAreaId: 'usmf', SalesOrderNumber: 'SO-1', ItemNumber: 'DW-40', OrderedSalesQuantity: 1 })),
  ).toContain(closed)
  // What says nothing new is no update.
  expect((await app.patch(headerAddress('SO-1'), { CustomersOrderReference: 'PO 8' })).status).toBe(204)
})

test('3.3 statuses of an order follow its lines: delivered, invoiced, cancelled, and back when a packing slip is cancelled', async (t) => {
  const app = await startOrders(t)
  await app.addOrder('SO-1')
  await app.addLine('SO-1')
  const status = async () => {
    const [line] = await app.lines('SO-1')
    const order = await app.order('SO-1')
    return [order.SalesOrderStatus, order.SalesOrderProcessingStatus, line?.SalesOrderLineStatus, line?.SalesOrderProcessingStatus]
  }
  await app.postDocument('SO-1', { DocumentStatus: 'PickingList', PickedQuantity: '10' })
  expect(await status()).toEqual(['Backorder', 'Picked', 'Backorder', 'Picked'])
  await app.postDocument('SO-1', { DocumentStatus: 'PackingSlip', PickedQuantity: '0', DeliveredQuantity: '10' })
  expect(await status()).toEqual(['Delivered', 'Delivered', 'Delivered', 'Delivered'])
  await app.postDocument('SO-1', { DocumentStatus: 'Confirmation', DeliveredQuantity: '0' }, { isReversal: true })
  expect(await status()).toEqual(['Backorder', 'Confirmed', 'Backorder', 'Confirmed'])
  const refused = await app.delete(headerAddress('SO-1'))
  expect([refused.status, inner(refused)]).toEqual([
    400,
    expect.stringContaining('SO-1 cannot be deleted because documents have been posted'),
  ])
  await app.postDocument('SO-1', { DocumentStatus: 'Invoice', DeliveredQuantity: '6', InvoicedQuantity: '6', CanceledQuantity: '4' })
  expect(await status()).toEqual(['Invoiced', 'Invoiced', 'Invoiced', 'Invoiced'])
  await app.addOrder('SO-2')
  await app.addLine('SO-2')
  await app.postDocument('SO-2', { CanceledQuantity: '10' })
  expect(await app.order('SO-2')).toMatchObject({ SalesOrderStatus: 'Canceled', SalesOrderProcessingStatus: 'Canceled' })
  await app.patch(`${D}/SalesParameters(dataAreaId='usmf')`, { ProcessingStatusDetail: 'Fine' })
  await app.addOrder('SO-3')
  await app.addLine('SO-3')
  await app.postDocument('SO-3', { PickedQuantity: '4', DocumentStatus: 'PickingList' })
  expect(await app.order('SO-3')).toMatchObject({ SalesOrderProcessingStatus: 'PartiallyPicked' })
})

test('E23 an order goes with its lines until something is posted, and a line until goods of it move', async (t) => {
  const app = await startOrders(t)
  for (const number of ['SO-1', 'SO-2']) {
    await app.addOrder(number)
    await app.addLine(number)
    await app.addLine(number)
  }
  expect((await app.delete(headerAddress('SO-1', 'SalesOrderHeadersV2'))).status).toBe(204)
  expect(await app.lines('SO-1')).toEqual([])
  expect((await app.get(headerAddress('SO-1'))).status).toBe(404)
  expect((await app.delete(lineAddress('SO-2', 1))).status).toBe(204)
  await app.postDocument('SO-2', { PickingListQuantity: '2' })
  const held = await app.delete(lineAddress('SO-2', 2))
  expect([held.status, inner(held)]).toEqual([400, expect.stringContaining('SO-2 cannot be deleted because documents have been posted.')])
  // A line that may not go keeps its order.
  expect((await app.delete(headerAddress('SO-2'))).status).toBe(400)
  await app.postDocument('SO-2', { PickingListQuantity: '0' })
  const [line] = (await app.get(`${LINES}?$filter=SalesOrderNumber eq 'SO-2'`)).json.value
  expect((await app.delete(`${LINES}(dataAreaId='usmf',InventoryLotId='${line.InventoryLotId}')`)).status).toBe(204)
  expect((await app.delete(headerAddress('SO-2'))).status).toBe(204)
  await app.addOrder('SO-2')
  expect(await app.lines('SO-2')).toEqual([])
})

test('EX-28 an order leaves by the export filter only while both customers are from Sales, it is confirmed and its totals are current', async (t) => {
  const app = await startOrders(t)
  const yes = "Microsoft.Dynamics.DataEntities.NoYes'Yes'"
  const filter = (totals: string) =>
    [
      `OrderingCustomerIsExternallyMaintained eq ${yes}`,
      `InvoiceCustomerIsExternallyMaintained eq ${yes}`,
      "SalesOrderProcessingStatus ne Microsoft.Dynamics.DataEntities.SalesOrderProcessingStatus'Active'",
      `${totals} eq ${yes}`,
      "SalesOrderOriginType ne Microsoft.Dynamics.DataEntities.SalesOriginType'WorkOrderIntegration'",
    ].join(' and ')
  const exported = async () => {
    const headers = await app.get(`${CDS_HEADERS}?$filter=${filter('AreTotalsUpdated')}`)
    const lines = await app.get(`${D}/CDSSalesOrderLines?$filter=${filter('AreSalesOrderTotalsUpdated')}`)
    return [headers.json.value.length, lines.json.value.length]
  }
  await app.addOrder('SO-1')
  await app.addLine('SO-1')
  await app.runTotals()
  expect(await exported()).toEqual([0, 0])
  await app.postDocument('SO-1', { DocumentStatus: 'Confirmation' })
  expect(await exported()).toEqual([0, 0])
  await app.runTotals()
  expect(await exported()).toEqual([1, 1])
  expect(await app.order('SO-1')).toMatchObject({ AreTotalsUpdated: 'Yes', OrderTotalAmount: 255 })
  await app.patch(lineAddress('SO-1', 1), { SalesPrice: 30 })
  expect(await app.order('SO-1')).toMatchObject({ AreTotalsUpdated: 'No' })
  expect(await exported()).toEqual([0, 0])
  await app.runTotals()
  expect(await exported()).toEqual([1, 1])
  await app.patch(headerAddress('SO-1'), { InvoiceCustomerAccountNumber: 'C-2' })
  await app.runTotals()
  expect(await app.order('SO-1')).toMatchObject({ AreTotalsUpdated: 'Yes', InvoiceCustomerIsExternallyMaintained: 'No' })
  expect(await exported()).toEqual([0, 0])
  // Read live: the flag of the customer, not of the order.
  await app.patch(`${D}/CustomersV3(dataAreaId='usmf',CustomerAccount='C-2')`, { IsExternallyMaintained: 'Yes' })
  expect(await exported()).toEqual([1, 1])
})

test('section 7 whatever an order or a line shows counts as a change of both: totals, customers, header and lines', async (t) => {
  const app = await startOrders(t)
  await app.addOrder('SO-1')
  await app.addLine('SO-1')
  const versions = async () => {
    const { rows } = await app.database.query<{ header: string; line: string }>(
      `select (select change_xid::text from sales_order_view) as header, (select change_xid::text from sales_order_line_view) as line`,
    )
    return [BigInt(rows[0]?.header ?? 0), BigInt(rows[0]?.line ?? 0)] as const
  }
  const customer = (account: string) => `${D}/CustomersV3(dataAreaId='usmf',CustomerAccount='${account}')`
  const changes: Readonly<Record<string, () => Promise<unknown>>> = {
    totals: () => app.runTotals(),
    line: () => app.patch(lineAddress('SO-1', 1), { SalesPrice: 30 }),
    header: () => app.patch(headerAddress('SO-1'), { InvoiceCustomerAccountNumber: 'C-2' }),
    'invoice customer': () => app.patch(customer('C-2'), { IsExternallyMaintained: 'Yes' }),
    'ordering customer': () => app.patch(customer('C-1'), { IsExternallyMaintained: 'No' }),
    posting: () => app.postDocument('SO-1', { DocumentStatus: 'Confirmation' }),
  }
  for (const [name, change] of Object.entries(changes)) {
    const [header, line] = await versions()
    await change()
    const [headerAfter, lineAfter] = await versions()
    expect([name, headerAfter > header, lineAfter > line]).toEqual([name, true, true])
  }
  const [header] = await versions()
  await app.patch(customer('C-2'), { IsExternallyMaintained: 'Yes' })
  expect((await versions())[0]).toBe(header)
})
