import { expect, test } from 'vitest'
import { expectDone, MESSAGES } from '../documents/documents.fixture.ts'
import { FLAG, startP2c, writeIn } from './p2c.fixture.ts'

const QUOTE_COPY = 'msdynce_quotehasexternalmaintainedproductsonly'
const ORDER_COPY = 'msdynce_orderhasexternalmaintainedproductsonly'

test('T3 a write-in line makes the flag and every copy No, its delete makes them Yes again', async (t) => {
  const p2c = await startP2c(t)
  const quote = await p2c.ordered('quotes')
  const flags = async () => ({
    header: (await p2c.read(`quotes(${quote})`, FLAG))[FLAG],
    lines: (await p2c.lines('quotedetails', quote)).map((line) => line[QUOTE_COPY]),
  })
  expect(await flags()).toEqual({ header: true, lines: [true] })
  const line = await p2c.addLine('quotedetails', quote, writeIn())
  expect(await flags()).toEqual({ header: false, lines: [false, false] })
  await expectDone(p2c.sales.remove(`quotedetails(${line})`))
  expect(await flags()).toEqual({ header: true, lines: [true] })
})

test('S5 a product that is maintained in Sales makes the flag No, a change of the product Yes again', async (t) => {
  const p2c = await startP2c(t)
  const order = await p2c.ordered('salesorders')
  const line = await p2c.addLine('salesorderdetails', order, { 'productid@odata.bind': `/products(${p2c.productId})` })
  expect(await p2c.read(`salesorders(${order})`, FLAG)).toMatchObject({ [FLAG]: false })
  await expectDone(p2c.sales.patch(`salesorderdetails(${line})`, { 'productid@odata.bind': `/products(${p2c.externalId})` }))
  expect(await p2c.read(`salesorders(${order})`, FLAG)).toMatchObject({ [FLAG]: true })
  expect((await p2c.lines('salesorderdetails', order)).map((row) => row[ORDER_COPY])).toEqual([true, true])
})

test('S5 a document without lines says Yes, on invoices too', async (t) => {
  const p2c = await startP2c(t)
  const invoice = await p2c.document('invoices')
  expect(await p2c.read(`invoices(${invoice})`, FLAG)).toMatchObject({ [FLAG]: true })
  const line = await p2c.addLine('invoicedetails', invoice, writeIn())
  expect(await p2c.read(`invoices(${invoice})`, FLAG)).toMatchObject({ [FLAG]: false })
  await expectDone(p2c.sales.remove(`invoicedetails(${line})`))
  expect(await p2c.read(`invoices(${invoice})`, FLAG)).toMatchObject({ [FLAG]: true })
})

test('E14 a write-in beside a catalogue line leaves the flag at No', async (t) => {
  const p2c = await startP2c(t)
  const quote = await p2c.document('quotes', { discountamount: 10, freightamount: 5 })
  await p2c.addLine('quotedetails', quote, { ispriceoverridden: true, priceperunit: 100 })
  await p2c.addLine('quotedetails', quote, writeIn({ quantity: 2, manualdiscountamount: 1, tax: 1.24 }))
  expect(await p2c.read(`quotes(${quote})`, `${FLAG},totalamount`)).toMatchObject({ [FLAG]: false, totalamount: 126.24 })
})

test('S5 lines of many documents in one bulk call are judged each by its own document', async (t) => {
  const p2c = await startP2c(t)
  const [clean, mixed] = [await p2c.document('salesorders'), await p2c.document('salesorders')]
  const line = (order: string, product: string) => ({
    '@odata.type': 'Microsoft.Dynamics.CRM.salesorderdetail',
    'salesorderid@odata.bind': `/salesorders(${order})`,
    ...p2c.line({ 'productid@odata.bind': `/products(${product})` }),
  })
  const { externalId, productId } = p2c
  await expectDone(
    p2c.sales.bulk('salesorderdetails', 'CreateMultiple', [line(clean, externalId), line(mixed, productId), line(mixed, externalId)]),
  )
  expect(await p2c.read(`salesorders(${clean})`, FLAG)).toMatchObject({ [FLAG]: true })
  expect(await p2c.read(`salesorders(${mixed})`, FLAG)).toMatchObject({ [FLAG]: false })
  expect((await p2c.lines('salesorderdetails', mixed)).map((row) => row[ORDER_COPY])).toEqual([false, false])
})

test('S5 writers of one document at the same time leave the flag that all lines together have', async (t) => {
  const p2c = await startP2c(t)
  const quote = await p2c.document('quotes')
  await Promise.all([0, 1, 2, 3, 4, 5].map((at) => p2c.addLine('quotedetails', quote, at === 3 ? writeIn() : {})))
  expect(await p2c.read(`quotes(${quote})`, FLAG)).toMatchObject({ [FLAG]: false })
  expect((await p2c.lines('quotedetails', quote)).map((row) => row[QUOTE_COPY])).toEqual([false, false, false, false, false, false])
})

test('T4 a quote of externally maintained products is revised through the interface, and its lines carry the revision', async (t) => {
  const p2c = await startP2c(t)
  const quote = await p2c.ordered('quotes')
  await expectDone(p2c.sales.patch(`quotes(${quote})`, { statecode: 1, statuscode: 2 }))
  const revised = (await expectDone(MESSAGES.revise(p2c.sales, quote))).body.quoteid
  const revisions = async (id: string) => (await p2c.lines('quotedetails', id)).map((line) => line.msdynce_quoterevisionnumber)
  expect(await revisions(quote)).toEqual([0])
  expect(await revisions(revised)).toEqual([1])
})

test('S6 lines take the number of their header unless they bring one', async (t) => {
  const p2c = await startP2c(t)
  const order = await p2c.ordered('salesorders', { ordernumber: 'ORD-7' })
  await p2c.addLine('salesorderdetails', order, { msdynce_ordernumber: 'OTHER' })
  expect((await p2c.lines('salesorderdetails', order)).map((line) => line.msdynce_ordernumber).sort()).toEqual(['ORD-7', 'OTHER'])
  const invoice = await p2c.ordered('invoices', { invoicenumber: 'INV-7', msdynce_invoicedate: '2025-02-10' })
  expect(await p2c.lines('invoicedetails', invoice)).toMatchObject([{ msdynce_invoicenumber: 'INV-7', msdynce_invoicedate: '2025-02-10' }])
})

test('T2 S3 a contact becomes an active customer with its first document, and stays one', async (t) => {
  const p2c = await startP2c(t)
  const isActive = async (id: string) => (await p2c.read(`contacts(${id})`, 'msdynce_isactivecustomer')).msdynce_isactivecustomer
  for (const set of ['quotes', 'salesorders', 'invoices'] as const) {
    const contact = await p2c.contact(`Moe ${set}`)
    expect(await isActive(contact)).toBe(false)
    const customer = { 'customerid_account@odata.bind': undefined, 'customerid_contact@odata.bind': `/contacts(${contact})` }
    const document = await p2c.document(set, customer)
    expect(await isActive(contact)).toBe(true)
    await expectDone(p2c.sales.remove(`${set}(${document})`))
    expect(await isActive(contact)).toBe(true)
  }
})

test('S3 a change of the customer makes the new one active', async (t) => {
  const p2c = await startP2c(t)
  const contact = await p2c.contact('Lind')
  const quote = await p2c.document('quotes')
  await expectDone(p2c.sales.patch(`quotes(${quote})`, { 'customerid_contact@odata.bind': `/contacts(${contact})` }))
  expect(await p2c.read(`contacts(${contact})`, 'msdynce_isactivecustomer')).toMatchObject({ msdynce_isactivecustomer: true })
})

test('E9 a line discount stays whole: 3 x 50.00 less 10.00 is 140.00, and what comes back is 10.00', async (t) => {
  const p2c = await startP2c(t)
  const order = await p2c.document('salesorders')
  const line = await p2c.addLine('salesorderdetails', order, { quantity: 3, manualdiscountamount: 10 })
  const read = () => p2c.read(`salesorderdetails(${line})`, 'priceperunit,manualdiscountamount,extendedamount')
  expect(await read()).toMatchObject({ priceperunit: 50, manualdiscountamount: 10, extendedamount: 140 })
  // The other system holds 3.33 per unit and a charge of -0.01: 3 x 3.33 + 0.01.
  await expectDone(p2c.sales.patch(`salesorderdetails(${line})`, { ispriceoverridden: true, priceperunit: 50, manualdiscountamount: 10 }))
  expect(await read()).toMatchObject({ manualdiscountamount: 10, extendedamount: 140 })
})
