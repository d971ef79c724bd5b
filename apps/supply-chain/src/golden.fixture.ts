import { D, type Json, startGolden, type TestApp } from './supply-chain-app.fixture.ts'

/** The start data of the golden exchanges with item DW-40 and order SO-000311, whose only line is HMS-L000070. */
export async function startGoldenOrders(t: Parameters<typeof startGolden>[0]): Promise<TestApp> {
  const golden = await startGolden(t)
  const dataAreaId = 'hms1'
  const rows: readonly (readonly [string, Json])[] = [
    ['NumberSequencesV2', { ScopeValue: dataAreaId, NumberSequenceCode: 'Lots', Format: 'HMS-L######', Next: 70 }],
    [
      'NumberSequencesV2References',
      { ScopeType: 'DataArea', ScopeValue: dataAreaId, DataTypeName: 'InventTransId', NumberSequenceCode: 'Lots' },
    ],
    [
      'ReleasedProductCreationsV2',
      {
        dataAreaId,
        ItemNumber: 'DW-40',
        ProductNumber: 'DW-40',
        ProductName: 'Deck winch 40',
        ProductType: 'Item',
        ProductSubType: 'Product',
        ItemModelGroupId: 'FIFO',
        ProductGroupId: 'Goods',
        StorageDimensionGroupName: 'SiteWH',
        TrackingDimensionGroupName: 'None',
        InventoryUnitSymbol: 'ea',
      },
    ],
    ['SalesOrderHeadersV2', { ...GOLDEN_ORDER, SalesOrderNumber: 'SO-000311', SalesOrderName: 'Halvorsen Marine Supply' }],
    ['SalesOrderLines', { dataAreaId, SalesOrderNumber: 'SO-000311', ItemNumber: 'DW-40', OrderedSalesQuantity: 1, SalesPrice: 3120 }],
  ]
  for (const [collection, row] of rows) {
    const reply = await golden.post(`${D}/${collection}?cross-company=true`, row)
    if (reply.status !== 201) throw new Error(`${collection}: ${reply.text}`)
  }
  return golden
}

/** The header that the golden exchanges create. */
export const GOLDEN_ORDER: Json = {
  dataAreaId: 'hms1',
  OrderingCustomerAccountNumber: 'C-0001',
  InvoiceCustomerAccountNumber: 'C-0001',
  CurrencyCode: 'NOK',
  RequestedShippingDate: '2025-03-03T12:00:00Z',
}
