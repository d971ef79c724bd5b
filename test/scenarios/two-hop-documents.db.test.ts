import type { FieldValues } from '@p2c/engine'
import { beforeAll, expect, test } from 'vitest'
import { describeTwoHopSides, type TwoHopSides } from './kit/two-hop-templates.ts'

/** H5 to H8: rows of documents on their way through the hub. */
let sides: TwoHopSides

beforeAll(async () => {
  sides = await describeTwoHopSides()
}, 60_000)

const CUSTOMER = 'customerid.Account(accountnumber).Contact(msdynce_contactnumber)'

const DOCUMENT: FieldValues = {
  quotenumber: 'QUO-1',
  ordernumber: 'ORD-1',
  name: 'Ombygging av dekk',
  [CUSTOMER]: 'ACC-01002',
  description: 'Innkjøp nr. 7',
  requestdeliveryby: '2025-03-01',
  submitdate: '2025-02-11',
  'transactioncurrencyid.isocurrencycode': 'NOK',
  totalamount: '129.60',
  totaldiscountamount: '10',
  discountamount: '0',
  statecode: 1,
  shipto_line1: 'Kaigaten 2',
  shipto_line2: 'Hall B',
  shipto_city: 'Tromsø',
  shipto_stateorprovince: 'Troms',
  shipto_postalcode: '9008',
  shipto_country: 'Norway',
}

const SWAPPED = {
  DeliveryAddressStreetNumber: 'Kaigaten 2',
  DeliveryAddressStreet: 'Hall B',
  DeliveryAddressCity: 'Tromsø',
  DeliveryAddressStateId: 'Troms',
  DeliveryAddressZipCode: '9008',
  DeliveryAddressCountryRegionISOCode: 'NO',
}

test('templates 8.5 a quote goes to the older quotation header, its address lines swapped', () => {
  const [inHub, quotation] = sides.throughHub('H5', 0, DOCUMENT)
  expect(inHub).toMatchObject({
    quotationid: 'QUO-1',
    account_organization_organizationid: 'ORG001',
    account_accountid: 'ACC-01002',
    invoiceaccount_organization_organizationid: 'ORG001',
    totalamount: '129.6',
    totalamount_currencycode: 'NOK',
    totaldiscountamount_currencycode: 'NOK',
    discountamount_currencycode: 'NOK',
    status: 'Active',
    deliveryaddress_addressline1: 'Kaigaten 2',
    deliveryaddress_country: 'Norway',
  })
  expect(quotation).toEqual({
    SalesQuotationNumber: 'QUO-1',
    SalesQuotationName: 'Ombygging av dekk',
    RequestingCustomerAccountNumber: 'ACC-01002',
    DeliveryAddressName: 'ACC-01002',
    DeliveryAddressDescription: 'ACC-01002',
    CustomersReference: 'Innkjøp nr. 7',
    RequestedShippingDate: '2025-03-01',
    CurrencyCode: 'NOK',
    IsDeliveryAddressOrderSpecific: 'Yes',
    ...SWAPPED,
  })
})

test('templates 8.5 an order goes to the older order header, with the date of the terms of payment', () => {
  const [inHub, order] = sides.throughHub('H8', 0, { ...DOCUMENT, statecode: 0 })
  expect(inHub).toMatchObject({ salesorderid: 'ORD-1', account_accountid: 'ACC-01002', orderdate: '2025-02-11', status: 'Active' })
  expect(order).toEqual({
    SalesOrderNumber: 'ORD-1',
    SalesOrderName: 'Ombygging av dekk',
    OrderingCustomerAccountNumber: 'ACC-01002',
    InvoiceCustomerAccountNumber: 'ACC-01002',
    DeliveryAddressName: 'ACC-01002',
    CustomersOrderReference: 'Innkjøp nr. 7',
    RequestedShippingDate: '2025-03-01',
    PaymentTermsBaseDate: '2025-02-11',
    CurrencyCode: 'NOK',
    IsDeliveryAddressOrderSpecific: 'Yes',
    ...SWAPPED,
  })
})

test('templates 8.5 blank dates are the first of January 2020; a blank country is US on orders and nothing on quotations', () => {
  const blank = { ...DOCUMENT, statecode: 0, requestdeliveryby: null, submitdate: null, shipto_country: null }
  const [inHub, order] = sides.throughHub('H8', 0, blank)
  expect(inHub).toMatchObject({ requesteddeliverydate: '2020-01-01', orderdate: '2020-01-01' })
  expect(order).toMatchObject({ DeliveryAddressCountryRegionISOCode: 'US' })
  expect(sides.throughHub('H5', 0, { ...blank, statecode: 1 })[1]).toMatchObject({ DeliveryAddressCountryRegionISOCode: null })
})

test('templates 8.5 texts are cut where the field of Supply Chain is narrower: name, reference and street number', () => {
  const wide = { ...DOCUMENT, name: 'Ø'.repeat(300), description: 'æ'.repeat(2_000), shipto_line1: 'Nygårdsgaten 5, tredje etasje' }
  expect(sides.throughHub('H5', 0, wide)[1]).toMatchObject({
    SalesQuotationName: 'Ø'.repeat(100),
    CustomersReference: 'æ'.repeat(60),
    DeliveryAddressStreetNumber: 'Nygårdsgaten 5, tred',
  })
})

const LINE: FieldValues = {
  'quoteid.quotenumber': 'QUO-1',
  'salesorderid.ordernumber': 'ORD-1',
  sequencenumber: 1,
  'productid.productnumber': 'DW-40',
  quantity: '3',
  'uomid.name': 'Each',
  priceperunit: '50',
  extendedamount: '140',
  manualdiscountamount: '10',
  'transactioncurrencyid.isocurrencycode': 'NOK',
  requestdeliveryby: null,
  description: 'Rød',
  ...Object.fromEntries(Object.keys(DOCUMENT).flatMap((name) => (name.startsWith('shipto') ? [[name, null]] : []))),
}

test('templates 8.6 a quote line sends the discount of one unit, and an order line sends none', () => {
  const [quoted, quotationLine] = sides.throughHub('H5', 1, LINE, { productname: 'Dekkvinsj' })
  expect(quoted).toMatchObject({
    quotation_quotationid: 'QUO-1',
    quotation_organization_organizationid: 'ORG001',
    product_organization_organizationid: 'ORG001',
    sequence: 1,
    quantity_uom: 'Each',
    lineamount: '140',
    lineamount_currencycode: 'NOK',
    requesteddeliverydate: '2020-01-01',
  })
  expect(quotationLine).toEqual({
    SalesQuotationNumber: 'QUO-1',
    LineCreationSequenceNumber: 1,
    ProductNumber: 'DW-40',
    ProductName: 'Dekkvinsj',
    RequestedSalesQuantity: '3',
    SalesUnitSymbol: 'ea',
    SalesPrice: '50',
    LineDiscountAmount: '10',
    RequestedReceiptDate: '2020-01-01',
    LineDescription: null,
  })
  const [ordered, orderLine] = sides.throughHub('H8', 1, LINE, { productname: 'Dekkvinsj' })
  expect(ordered).toMatchObject({ salesorder_salesorderid: 'ORD-1', status: 'Active', description: 'Rød' })
  expect(orderLine).toEqual({
    SalesOrderNumber: 'ORD-1',
    LineCreationSequenceNumber: 1,
    ProductNumber: 'DW-40',
    ProductName: 'Dekkvinsj',
    OrderedSalesQuantity: '3',
    SalesUnitSymbol: 'ea',
    SalesPrice: '50',
    LineAmount: '140',
    RequestedReceiptDate: '2020-01-01',
    LineDescription: 'Rød',
    ShippingSiteId: '1',
    ShippingWarehouseId: '13',
  })
})

test.each(['H5', 'H8'] as const)('templates 8.6 a line of %s with an address of its own sends all of it, its lines swapped', (id) => {
  const [, line] = sides.throughHub(id, 1, {
    ...LINE,
    ...Object.fromEntries(Object.entries(DOCUMENT).filter(([name]) => name.startsWith('shipto'))),
  })
  expect(line).toMatchObject({ ...SWAPPED, DeliveryAddressDescription: 'Tromsø' })
})

const ORDER: FieldValues = {
  SalesOrderNumber: 'SO-1',
  SalesOrderName: null,
  OrderingCustomerAccountNumber: 'ACC-01002',
  InvoiceCustomerAccountNumber: 'ACC-01003',
  SalesOrderProcessingStatus: 'Confirmed',
  InvoiceAddressStreet: 'Strandgaten',
  InvoiceAddressStreetNumber: '14',
  InvoiceAddressCity: 'Bergen',
  InvoiceAddressStateId: 'Vestland',
  InvoiceAddressZipCode: '5013',
  InvoiceAddressCountryRegionId: 'NOR',
  DeliveryAddressStreet: 'Kaigaten',
  DeliveryAddressStreetNumber: '2',
  DeliveryAddressCity: 'Tromsø',
  DeliveryAddressStateId: 'Troms',
  DeliveryAddressZipCode: '9008',
  DeliveryAddressCountryRegionId: 'USA',
  CurrencyCode: 'USD',
  OrderTotalChargesAmount: '20',
  TotalDiscountAmount: '5.5',
  RequestedShippingDate: '2025-03-01',
}

test('templates 8.7 an order of Supply Chain becomes one of the hub and of Sales', () => {
  const [inHub, order] = sides.throughHub('H6', 0, ORDER)
  expect(inHub).toMatchObject({
    salesorderid: 'SO-1',
    name: 'SO-1',
    account_accountid: 'ACC-01002',
    invoiceaccount_accountid: 'ACC-01003',
    status: 'Confirmed',
    billingaddress_country: 'NO',
    deliveryaddress_country: 'US',
  })
  expect(order).toEqual({
    ordernumber: 'SO-1',
    name: 'SO-1',
    [CUSTOMER]: 'ACC-01002',
    msdynce_processingstatus: 647390001,
    billto_line1: 'Strandgaten',
    billto_line2: '14',
    billto_city: 'Bergen',
    billto_stateorprovince: 'Vestland',
    billto_postalcode: '5013',
    billto_country: 'NO',
    shipto_line1: 'Kaigaten',
    shipto_line2: '2',
    shipto_city: 'Tromsø',
    shipto_stateorprovince: 'Troms',
    shipto_postalcode: '9008',
    shipto_country: 'US',
    'transactioncurrencyid.isocurrencycode': 'USD',
    'pricelevelid.name': 'CRM Service USA (sample)',
    statecode: 0,
    msdynce_ismaintainedexternally: true,
    freightamount: '20',
    discountamount: '5.5',
    requestdeliveryby: '2025-03-01',
  })
})

/** Each processing status of Supply Chain, what the hub calls it and the choice of Sales (templates specification, 2.3 and 10.4). */
const PROCESSING: readonly (readonly [supplyChain: string, hub: string, sales: number])[] = [
  ['Active', 'Active', 647390000],
  ['Confirmed', 'Confirmed', 647390001],
  ['PackingSlip', 'PackingSlip', 647390002],
  ['Invoiced', 'Invoice', 647390003],
  ['Picked', 'Picked', 647390004],
  ['PartiallyPicked', 'PartiallyPicked', 647390005],
  ['PartiallyPacked', 'PartiallyPacked', 647390006],
  ['Delivered', 'Shipped', 647390007],
  ['PartiallyDelivered', 'PartiallyShipped', 647390008],
  ['PartiallyInvoiced', 'PartiallyInvoiced', 647390009],
  ['DeliveredPartiallyInvoiced', 'PartiallyInvoiced', 647390009],
  ['Canceled', 'Cancelled', 647390010],
]

test.each(PROCESSING)('templates 10.4 the processing status %s is %s at the hub and %i in Sales', (supplyChain, hub, sales) => {
  const [inHub, order] = sides.throughHub('H6', 0, { ...ORDER, SalesOrderProcessingStatus: supplyChain })
  expect([inHub.status, order.msdynce_processingstatus]).toEqual([hub, sales])
})

test('templates 10.4 the map has every processing status of Supply Chain', () => {
  const field = sides.schemaOf('AX', 'CDSSalesOrderHeaders').fields.find(({ name }) => name === 'SalesOrderProcessingStatus')
  expect(field?.options?.filter((option) => !PROCESSING.some(([name]) => name === option))).toEqual([])
})

const ORDER_LINE: FieldValues = {
  SalesOrderNumber: 'SO-1',
  LineCreationSequenceNumber: 2,
  ProductNumber: 'DW-40',
  SalesUnitSymbol: 'kg',
  DeliveryAddressCountryRegionId: 'NOR',
  OrderedSalesQuantity: '3',
  SalesPrice: '125',
  SalesPriceQuantity: '100',
  TotalDiscountAmount: '10',
  TotalTaxAmount: '1.6',
  LineDescription: 'Rød',
  SalesOrderLineStatus: 'Backorder',
}

test('templates 8.7 a line of Supply Chain becomes one of the hub and of Sales; a cancelled one counts nothing', () => {
  const [inHub, line] = sides.throughHub('H6', 1, ORDER_LINE)
  expect(inHub).toMatchObject({
    salesorder_salesorderid: 'SO-1',
    sequence: 2,
    quantity_uom: 'Kilogram',
    unitprice: '1.25',
    status: 'Confirmed',
  })
  expect(line).toEqual({
    'salesorderid.ordernumber': 'SO-1',
    sequencenumber: 2,
    'productid.productnumber': 'DW-40',
    'uomid.name': 'Kilogram',
    shipto_country: 'NO',
    quantity: '3',
    priceperunit: '1.25',
    manualdiscountamount: '10',
    tax: '1.6',
    description: 'Rød',
    ispriceoverridden: true,
    msdynce_ismaintainedexternally: true,
  })
  expect(sides.throughHub('H6', 1, { ...ORDER_LINE, SalesOrderLineStatus: 'Canceled' })[1]).toMatchObject({
    quantity: '0',
    manualdiscountamount: '0',
    tax: '0',
  })
})

test('templates 8.8 an invoice with its line becomes one of the hub and of Sales, without tax of the header', () => {
  const [, invoice] = sides.throughHub('H7', 0, {
    InvoiceNumber: 'INV-1',
    InvoiceDate: '2025-02-12T00:00:00Z',
    SalesOrderNumber: 'SO-1',
    InvoiceCustomerAccountNumber: 'ACC-01002',
    InvoiceAddressCountryRegionId: 'NOR',
    CurrencyCode: 'USD',
    TotalChargeAmount: '20',
    TotalDiscountCustomerGroupCode: '5.5',
  })
  expect(invoice).toEqual({
    invoicenumber: 'INV-1',
    name: 'INV-1',
    msdynce_invoicedate: '2025-02-12',
    'salesorderid.ordernumber': 'SO-1',
    [CUSTOMER]: 'ACC-01002',
    billto_country: 'NO',
    'pricelevelid.name': 'CRM Service USA (sample)',
    'transactioncurrencyid.isocurrencycode': 'USD',
    freightamount: '20',
    discountamount: '5.5',
    statecode: 0,
    statuscode: 4,
    ispricelocked: false,
    msdynce_ismaintainedexternally: true,
  })
  const [, line] = sides.throughHub('H7', 1, {
    InvoiceNumber: 'INV-1',
    LineCreationSequenceNumber: 2,
    ProductNumber: 'DW-40',
    SalesUnitSymbol: 'ea',
    InvoicedQuantity: '3',
    SalesPrice: '50',
    LineTotalDiscountAmount: '10',
    LineTotalTaxAmount: '1.6',
  })
  expect(line).toEqual({
    'invoiceid.invoicenumber': 'INV-1',
    msdynce_invoicenumber: 'INV-1',
    sequencenumber: 2,
    'productid.productnumber': 'DW-40',
    'uomid.name': 'Each',
    quantity: '3',
    priceperunit: '50',
    manualdiscountamount: '10',
    tax: '1.6',
    ispriceoverridden: true,
    msdynce_ismaintainedexternally: true,
  })
})

test('templates 8.8 an invoice line without a product is a write-in line, as in the direct template', () => {
  const written = {
    InvoiceNumber: 'INV-1',
    LineCreationSequenceNumber: 3,
    ProductNumber: null,
    ProductName: 'Frakt og håndtering',
    SalesUnitSymbol: null,
    InvoicedQuantity: '1',
    SalesPrice: '12.5',
    LineTotalDiscountAmount: '0',
    LineTotalTaxAmount: '0',
  }
  const [, line] = sides.throughHub('H7', 1, written)
  expect(line).toMatchObject({ 'productid.productnumber': null, isproductoverridden: true, productdescription: 'Frakt og håndtering' })
  expect(line).not.toHaveProperty('uomid.name')
})
