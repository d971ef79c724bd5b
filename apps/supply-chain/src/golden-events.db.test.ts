import { expect, test } from 'vitest'
import { startReceiver } from './events/event-receiver.fixture.ts'
import { startGoldenOrders } from './golden.fixture.ts'
import { CLIENT, D, F, type Json, startGolden, type TestApp } from './supply-chain-app.fixture.ts'

const dataAreaId = 'hms1'

const addRows = async (app: TestApp, rows: readonly (readonly [collection: string, row: Json])[]): Promise<void> => {
  for (const [collection, row] of rows) {
    const reply = await app.post(`${D}/${collection}?cross-company=true`, row)
    if (reply.status !== 201) throw new Error(`${collection}: ${reply.text}`)
  }
}

/** What order SO-000311 needs to be invoiced: 25 percent tax, 30 days to pay, four winches in stock, and the number of the invoice. */
async function prepareInvoice(app: TestApp): Promise<void> {
  await addRows(app, [
    ['TaxCodes', { dataAreaId, TaxCode: 'MVA25' }],
    ['TaxCodeValuesV2', { dataAreaId, TaxCodeId: 'MVA25', Value: 25 }],
    ['TaxGroups', { dataAreaId, TaxGroupCode: 'NO' }],
    ['TaxGroupDatas', { dataAreaId, TaxGroupId: 'NO', TaxCodeId: 'MVA25' }],
    ['TaxItemGroupHeadings', { dataAreaId, TaxItemGroup: 'ALL' }],
    ['TaxItemGroups', { dataAreaId, TaxItemGroupCode: 'ALL', TaxCodeId: 'MVA25' }],
    ['NumberSequencesV2', { ScopeValue: dataAreaId, NumberSequenceCode: 'Invoices', Format: 'INV-#####', Next: 45 }],
    [
      'NumberSequencesV2References',
      { ScopeType: 'DataArea', ScopeValue: dataAreaId, DataTypeName: 'CustInvoiceId', NumberSequenceCode: 'Invoices' },
    ],
    ['InventoryAdjustmentJournalHeaders', { dataAreaId, JournalNumber: 'J-1' }],
    [
      'InventoryAdjustmentJournalLines',
      {
        dataAreaId,
        JournalNumber: 'J-1',
        ItemNumber: 'DW-40',
        InventorySiteId: '1',
        InventoryWarehouseId: '13',
        InventoryQuantity: 4,
        CostPrice: 2000,
      },
    ],
  ])
  const changes: readonly (readonly [row: string, values: Json])[] = [
    ["SalesOrderHeadersV2(dataAreaId='hms1',SalesOrderNumber='SO-000311')", { SalesTaxGroupCode: 'NO', PaymentTermsName: 'Net30' }],
    [
      "SalesOrderLines(dataAreaId='hms1',InventoryLotId='HMS-L000070')",
      { OrderedSalesQuantity: 4, SalesTaxGroupCode: 'NO', SalesTaxItemGroupCode: 'ALL' },
    ],
  ]
  for (const [row, values] of changes) {
    const reply = await app.patch(`${D}/${row}?cross-company=true`, values)
    if (reply.status !== 204) throw new Error(`${row}: ${reply.text}`)
  }
  await run(app, 'post-inventory-journal', { journalNumber: 'J-1' })
}

async function run(app: TestApp, name: string, parameters: Json): Promise<void> {
  const reply = await app.post(`${F}/api/commands/${name}`, { dataAreaId, ...parameters })
  if (reply.status !== 200) throw new Error(`${name}: ${reply.text}`)
}

test('G-FO-31 FO-106 the invoice of order SO-000311 is told with its number, days, amount and tax', async (t) => {
  const golden = await startGoldenOrders(t)
  await prepareInvoice(golden)
  const receiver = await startReceiver(t)
  await addRows(golden, [
    ['BusinessEventEndpoints', { EndpointId: 'hub', EndpointUrl: receiver.url }],
    ['BusinessEventActivations', { EndpointId: 'hub', BusinessEventId: 'SalesInvoicePostedBusinessEvent', LegalEntityId: dataAreaId }],
  ])
  await run(golden, 'post-sales-invoice', { salesOrderNumber: 'SO-000311', quantityRule: 'All', date: '2025-02-11' })
  const [event] = await receiver.waitFor(1)
  expect(event?.json).toEqual({
    BusinessEventId: 'SalesInvoicePostedBusinessEvent',
    BusinessEventLegalEntity: 'hms1',
    ContextRecordSubject: '',
    ControlNumber: expect.any(Number),
    EventId: expect.stringMatching(/^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/),
    EventTime: '/Date(1739266200000)/',
    EventTimeIso8601: '2025-02-11T09:30:00.0000000Z',
    InitiatingUserAADObjectId: `{${CLIENT.clientId.toUpperCase()}}`,
    MajorVersion: 0,
    MinorVersion: 0,
    ParentContextRecordSubjects: [],
    InvoiceAccount: 'C-0001',
    InvoiceId: 'INV-00045',
    SalesId: 'SO-000311',
    InvoiceDate: '/Date(1739232000000)/',
    InvoiceDueDate: '/Date(1741824000000)/',
    InvoiceAmount: 15600,
    InvoiceTaxAmount: 3120,
    LegalEntity: 'hms1',
  })
})

test('G-FO-32 FO-110 the new name of customer C-0001 is told as a data event', async (t) => {
  const golden = await startGolden(t)
  const receiver = await startReceiver(t)
  await addRows(golden, [
    ['BusinessEventEndpoints', { EndpointId: 'hub', EndpointUrl: receiver.url }],
    ['DataEventActivations', { EndpointId: 'hub', EntityName: 'CustCustomerV3Entity', LegalEntityId: dataAreaId }],
  ])
  const row = `${D}/CustomersV3(dataAreaId='hms1',CustomerAccount='C-0001')?cross-company=true`
  expect((await golden.patch(row, { OrganizationName: 'Halvorsen Marine Supply AS' })).status).toBe(204)
  const [event] = await receiver.waitFor(1)
  const id = event?.json.PrimaryEntityId
  expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  expect(event?.json).toMatchObject({
    MessageName: 'OnExternalUpdated',
    PrimaryEntityName: 'mserp_custcustomerv3entity',
    InputParameters: [
      {
        key: 'Target',
        value: {
          __type: 'Entity:http://schemas.microsoft.com/xrm/2011/Contracts',
          LogicalName: 'mserp_custcustomerv3entity',
          Id: id,
          KeyAttributes: [],
          FormattedValues: [],
          RelatedEntities: [],
          Attributes: [
            { key: 'mserp_dataareaid', value: 'hms1' },
            { key: 'mserp_customeraccount', value: 'C-0001' },
            { key: 'mserp_organizationname', value: 'Halvorsen Marine Supply AS' },
          ],
        },
      },
    ],
    OutputParameters: [],
    PreEntityImages: [],
    PostEntityImages: [],
    SharedVariables: [],
  })
})
