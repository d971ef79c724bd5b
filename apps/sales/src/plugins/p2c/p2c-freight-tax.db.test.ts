import { expect, test } from 'vitest'
import { refusalOf } from '../../sales-app.fixture.ts'
import { expectDone, MESSAGES } from '../documents/documents.fixture.ts'
import { FLAG, type P2cUnderTest, startP2c } from './p2c.fixture.ts'

const DOCUMENTS = [
  { set: 'salesorders', lines: 'salesorderdetails' },
  { set: 'invoices', lines: 'invoicedetails' },
] as const

type Document = (typeof DOCUMENTS)[number]

const freightLines = async (p2c: P2cUnderTest, { lines }: Document, id: string) =>
  (await p2c.lines(lines, id)).filter((line) => line.msdynce_ismisctax === true)

test.for(DOCUMENTS)('E10 $set: 120.00 x 2 with tax 24.00, freight 30.00 and header tax 6.00 come to 300.00', async (document, t) => {
  const p2c = await startP2c(t)
  const id = await p2c.document(document.set, { freightamount: 30 })
  await p2c.addLine(document.lines, id, { ispriceoverridden: true, priceperunit: 120, quantity: 2, tax: 24 })
  await expectDone(p2c.sales.patch(`${document.set}(${id})`, { msdynce_misctax: 6 }))
  expect(await freightLines(p2c, document, id)).toMatchObject([
    {
      productdescription: 'Freight Tax',
      isproductoverridden: true,
      quantity: 1,
      priceperunit: 0,
      baseamount: 0,
      tax: 6,
      extendedamount: 6,
      sequencenumber: 0,
      msdynce_ismaintainedexternally: true,
    },
  ])
  expect(await p2c.read(`${document.set}(${id})`, `totallineitemamount,totaltax,totalamount,${FLAG}`)).toMatchObject({
    totallineitemamount: 240,
    totaltax: 30,
    totalamount: 300,
    [FLAG]: true,
  })
})

test.for(DOCUMENTS)('S10 $set: the line follows the header tax through all its values', async (document, t) => {
  const p2c = await startP2c(t)
  const id = await p2c.ordered(document.set, { msdynce_misctax: 1.6 })
  const write = (msdynce_misctax: number | null) => expectDone(p2c.sales.patch(`${document.set}(${id})`, { msdynce_misctax }))
  const taxes = async () => (await freightLines(p2c, document, id)).map((line) => line.tax)
  const total = async () => (await p2c.read(`${document.set}(${id})`, 'totaltax')).totaltax
  expect([await taxes(), await total()]).toEqual([[1.6], 1.6])
  await write(2.5)
  expect([await taxes(), await total()]).toEqual([[2.5], 2.5])
  await expectDone(p2c.sales.patch(`${document.set}(${id})`, { name: 'Another name' }))
  expect(await taxes()).toEqual([2.5])
  await write(-1)
  expect([await taxes(), await total()]).toEqual([[-1], -1])
  await write(null)
  expect([await taxes(), await total()]).toEqual([[], 0])
  await write(0)
  expect(await taxes()).toEqual([])
  await write(-3)
  expect([await taxes(), await total()]).toEqual([[-3], -3])
  await write(0)
  expect([await taxes(), await total()]).toEqual([[], 0])
})

test('S10 header tax in bulk calls makes one line for each document, and repeats change nothing', async (t) => {
  const p2c = await startP2c(t)
  const [document] = DOCUMENTS
  const body = (tax: number) => ({
    '@odata.type': 'Microsoft.Dynamics.CRM.salesorder',
    name: `Tax ${tax}`,
    'customerid_account@odata.bind': `/accounts(${p2c.accountId})`,
    'pricelevelid@odata.bind': `/pricelevels(${p2c.listId})`,
    msdynce_misctax: tax,
  })
  const created = await expectDone(p2c.sales.bulk('salesorders', 'CreateMultiple', [body(1), body(2), body(0)]))
  const ids: readonly string[] = created.body.Ids
  const taxes = async () => Promise.all(ids.map(async (id) => (await freightLines(p2c, document, id)).map((line) => line.tax)))
  expect(await taxes()).toEqual([[1], [2], []])
  const change = (at: number, tax: number | null) => ({
    '@odata.type': 'Microsoft.Dynamics.CRM.salesorder',
    salesorderid: ids[at],
    msdynce_misctax: tax,
  })
  const versions = async () => Promise.all(ids.map(async (id) => (await freightLines(p2c, document, id)).map((line) => line.versionnumber)))
  const before = await versions()
  await expectDone(p2c.sales.bulk('salesorders', 'UpdateMultiple', [change(0, 1), change(1, 2), change(2, 0)]))
  expect(await versions()).toEqual(before)
  await expectDone(p2c.sales.bulk('salesorders', 'UpdateMultiple', [change(0, null), change(1, 4), change(2, 8)]))
  expect(await taxes()).toEqual([[], [4], [8]])
})

test('S10 a price lock does not keep the Freight Tax line away', async (t) => {
  const p2c = await startP2c(t)
  for (const document of DOCUMENTS) {
    const id = await p2c.ordered(document.set, { ispricelocked: true })
    await expectDone(p2c.sales.patch(`${document.set}(${id})`, { msdynce_misctax: 6 }))
    expect(await freightLines(p2c, document, id)).toHaveLength(1)
    expect(await p2c.read(`${document.set}(${id})`, FLAG)).toMatchObject({ [FLAG]: true })
  }
})

test('S10 a second Freight Tax line is refused, from the integration too', async (t) => {
  const p2c = await startP2c(t)
  const id = await p2c.ordered('salesorders', { msdynce_misctax: 6 })
  const second = {
    'salesorderid@odata.bind': `/salesorders(${id})`,
    isproductoverridden: true,
    productdescription: 'Freight Tax',
    quantity: 1,
    priceperunit: 0,
    msdynce_ismisctax: true,
  }
  expect(refusalOf(await p2c.sales.post('salesorderdetails', second))).toBe('400 0x80040265')
  const line = (await p2c.lines('salesorderdetails', id)).find((row) => row.msdynce_ismisctax !== true)
  expect(refusalOf(await p2c.sales.patch(`salesorderdetails(${line?.salesorderdetailid})`, { msdynce_ismisctax: true }))).toBe(
    '400 0x80040265',
  )
  expect(await freightLines(p2c, DOCUMENTS[0], id)).toHaveLength(1)
})

test('S10 an order with header tax becomes an invoice with one Freight Tax line', async (t) => {
  const p2c = await startP2c(t)
  const order = await p2c.ordered('salesorders', { msdynce_misctax: 6 })
  const invoice = (await expectDone(MESSAGES.invoice(p2c.sales, order))).body.invoiceid
  expect(await freightLines(p2c, DOCUMENTS[1], invoice)).toMatchObject([{ tax: 6 }])
})

test('S10 marking an invoice paid leaves its Freight Tax line', async (t) => {
  const p2c = await startP2c(t)
  const invoice = await p2c.ordered('invoices', { msdynce_misctax: 6 })
  await expectDone(p2c.sales.patch(`invoices(${invoice})`, { statecode: 2, statuscode: 100_001 }))
  expect(await freightLines(p2c, DOCUMENTS[1], invoice)).toMatchObject([{ tax: 6 }])
})

test.for(DOCUMENTS)('S10 $set: the Freight Tax line stays in its document, for the integration too', async (document, t) => {
  const p2c = await startP2c(t)
  const parent = document.set.replace(/s$/, 'id')
  const from = await p2c.ordered(document.set, { msdynce_misctax: 6 })
  const to = await p2c.ordered(document.set)
  const [line] = await freightLines(p2c, document, from)
  const path = `${document.lines}(${line?.[document.lines.replace(/s$/, 'id')]})`
  const move = { [`${parent}@odata.bind`]: `/${document.set}(${to})` }
  expect(refusalOf(await p2c.sales.patch(path, move))).toBe('400 0x80040265')
  expect(refusalOf(await p2c.sales.patch(path, { ...move, msdynce_ismisctax: false }))).toBe('400 0x80040265')
  await expectDone(p2c.sales.patch(path, { [`${parent}@odata.bind`]: `/${document.set}(${from})`, description: 'Same document' }))
  expect(await freightLines(p2c, document, from)).toHaveLength(1)
  expect(await freightLines(p2c, document, to)).toHaveLength(0)
})
