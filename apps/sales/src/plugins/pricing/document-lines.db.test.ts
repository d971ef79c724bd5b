import { expect, test } from 'vitest'
import { type Json, refusalOf } from '../../sales-app.fixture.ts'
import { accepted, KINDS, lineSetOf, ofPrice, ofProduct, setOf, startPricing, writeIn } from './pricing.fixture.ts'

test('what a line may be made of, on every kind of document', async (t) => {
  const p = await startPricing(t)
  const { sales } = p
  const product = await p.product({ price: 10 })
  const bound = `/uoms(${p.unit})`
  const { uomscheduleid } = await sales.create('uomschedules', { name: 'Hours', baseuomname: 'Working hour' }, 'uomscheduleid')
  const hour = await sales.idOf('uoms', `_uomscheduleid_value eq ${uomscheduleid}`)
  const draft = await sales.create('products', { name: 'Draft', productnumber: 'DRAFT' }, 'productid')
  const family = await sales.create('products', { name: 'Family', productnumber: 'FAMILY', productstructure: 2 }, 'productid')
  const refused: readonly (readonly [Json, string])[] = [
    [ofProduct(product, { quantity: 1, productdescription: 'x' }), '0x80043afb'],
    [writeIn('x', 1, { 'productid@odata.bind': `/products(${product})` }), '0x80043afb'],
    [writeIn('x', 1, { 'uomid@odata.bind': bound }), '0x80043afa'],
    [{ isproductoverridden: true, priceperunit: 1, quantity: 1 }, '0x80040200'],
    [{ quantity: 1 }, '0x80043b11'],
    [ofProduct(product), '0x80081012'],
    [ofProduct(product, { quantity: null }), '0x80081012'],
    [ofProduct(product, { quantity: 1.234 }), '0x80043b07'],
    [ofProduct(product, { quantity: 1, 'uomid@odata.bind': `/uoms(${hour})` }), '0x80043b14'],
    [ofProduct(draft.productid, { quantity: 1 }), '0x8004f908'],
    [ofProduct(family.productid, { quantity: 1 }), '0x80060623'],
  ]
  for (const kind of KINDS) {
    const header = await p.document(kind)
    const answers = await Promise.all(refused.map(([line]) => p.tryLine(kind, header, line)))
    expect(answers.map((answer) => answer.body.error?.code)).toEqual(refused.map(([, code]) => code))
    expect(answers.every((answer) => answer.status === 400)).toBe(true)
    expect(await p.lines(kind, header)).toEqual([])
    expect(await p.line(kind, header, ofProduct(product, { quantity: 2 }))).toMatchObject({
      priceperunit: 10,
      _uomid_value: p.unit,
      productname: expect.stringMatching(/^Winch/),
      productnumber: expect.stringMatching(/^W-/),
      producttypecode: 1,
      lineitemnumber: 1,
    })
  }
})

test('a product without default unit needs a unit on the line', async (t) => {
  const p = await startPricing(t)
  const product = await p.product({ values: { productnumber: 'NO-UNIT' } })
  await p.sales.database.query('update product set defaultuomid = null where productid = $1', [product])
  const quote = await p.document('quote')
  expect(refusalOf(await p.tryLine('quote', quote, ofProduct(product, { quantity: 1 })))).toBe('400 0x80043b0d')
})

test('a header that does not exist is not found', async (t) => {
  const p = await startPricing(t)
  const missing = '00000000-0000-4000-8000-000000000001'
  expect(refusalOf(await p.tryLine('quote', missing, writeIn('x', 1)))).toBe('404 0x80040217')
  expect(refusalOf(await p.sales.post('quotedetails', writeIn('x', 1)))).toBe('400 0x80040200')
})

test('an item that is sold by whole units takes whole quantities only', async (t) => {
  const p = await startPricing(t)
  const product = await p.product({ price: 10, item: { quantitysellingcode: 2 } })
  const quote = await p.document('quote')
  expect(refusalOf(await p.tryLine('quote', quote, ofProduct(product, { quantity: 1.5 })))).toBe('400 0x80043b07')
  const line = await p.line('quote', quote, ofProduct(product, { quantity: 2 }))
  expect(refusalOf(await p.changeLine('quote', line, { quantity: 2.5 }))).toBe('400 0x80043b07')
})

test('documents without price list take no catalogue lines; price lists can be made optional', async (t) => {
  const p = await startPricing(t)
  const product = await p.product({ price: 10, values: { 'pricelevelid@odata.bind': `/pricelevels(${p.list})` } })
  const other = await p.product()
  const quote = await p.document('quote', { 'pricelevelid@odata.bind': null })
  expect(refusalOf(await p.tryLine('quote', quote, ofProduct(product, { quantity: 1 })))).toBe('400 0x80043b12')
  expect(await p.line('quote', quote, ofPrice(product, 7, { quantity: 1 }))).toMatchObject({ priceperunit: 7, pricingerrorcode: 0 })
  await p.set({ ispricelistmandatory: false })
  expect(await p.line('quote', quote, ofProduct(product, { quantity: 1 }))).toMatchObject({ priceperunit: 10, pricingerrorcode: 0 })
  expect(await p.line('quote', quote, ofProduct(other, { quantity: 1 }))).toMatchObject({ priceperunit: 0, pricingerrorcode: 0 })
})

test('a product off the list, an inactive list and a missing price are pricing errors of line and document', async (t) => {
  const p = await startPricing(t)
  const quote = await p.document('quote')
  const off = await p.line('quote', quote, ofProduct(await p.product(), { quantity: 1 }))
  expect(off).toMatchObject({ priceperunit: 0, pricingerrorcode: 11 })
  expect(await p.read('quote', quote)).toMatchObject({ pricingerrorcode: 1 })
  await p.sales.remove(`quotedetails(${off.quotedetailid})`)
  expect(await p.read('quote', quote)).toMatchObject({ pricingerrorcode: 0 })

  const open = await p.line('quote', quote, writeIn('Price to come', null))
  expect(open).toMatchObject({ priceperunit: null, pricingerrorcode: 5, extendedamount: 0 })
  await accepted(p.changeLine('quote', open, { priceperunit: 12.5 }))
  expect(await p.lines('quote', quote)).toMatchObject([{ pricingerrorcode: 0, extendedamount: 12.5 }])

  const listed = await p.line('quote', quote, ofProduct(await p.product({ price: 10 }), { quantity: 1 }))
  await accepted(p.sales.patch(`pricelevels(${p.list})`, { statecode: 1 }))
  expect(await p.lines('quote', quote)).toMatchObject([{ pricingerrorcode: 0 }, { priceperunit: 10, pricingerrorcode: 3 }])
  expect(await p.read('quote', quote)).toMatchObject({ pricingerrorcode: 1 })
  await accepted(p.sales.patch(`pricelevels(${p.list})`, { statecode: 0 }))
  expect((await p.lines('quote', quote)).map((line) => line.pricingerrorcode)).toEqual([0, 0])
  expect(listed.pricingerrorcode).toBe(0)
})

test('what a client writes in outputs is ignored; a price counts with the override alone', async (t) => {
  const p = await startPricing(t)
  const outputs = { baseamount: 1, extendedamount: 2, volumediscountamount: 3, pricingerrorcode: 4 }
  const quote = await p.document('quote', { totalamount: 5, totaltax: 6 })
  const line = await p.line('quote', quote, ofProduct(await p.product({ price: 10 }), { quantity: 2, priceperunit: 9, ...outputs }))
  expect(line).toMatchObject({ priceperunit: 10, baseamount: 20, extendedamount: 20, volumediscountamount: 0, pricingerrorcode: 0 })
  await accepted(p.changeLine('quote', line, { priceperunit: 9, ...outputs }))
  expect((await p.lines('quote', quote))[0]).toMatchObject({ priceperunit: 10, extendedamount: 20, pricingerrorcode: 0 })
  await accepted(p.changeLine('quote', line, { ispriceoverridden: true, priceperunit: 9.999 }))
  expect((await p.lines('quote', quote))[0]).toMatchObject({ priceperunit: 10, extendedamount: 20 })
  await accepted(p.changeLine('quote', line, { priceperunit: 8 }))
  expect(await p.read('quote', quote)).toMatchObject({ totalamount: 16 })
  await accepted(p.changeLine('quote', line, { ispriceoverridden: false }))
  expect(await p.read('quote', quote)).toMatchObject({ totalamount: 20 })
  await accepted(p.change('quote', quote, { totalamount: 1, totallineitemamount: 2, pricingerrorcode: 3 }))
  expect(await p.read('quote', quote)).toMatchObject({ totalamount: 20, totallineitemamount: 20, pricingerrorcode: 0 })
})

test('what is settled when a line is made does not change', async (t) => {
  const p = await startPricing(t)
  const quote = await p.document('quote')
  const line = await p.line('quote', quote, writeIn('x', 1, { producttypecode: 5 }))
  expect(refusalOf(await p.changeLine('quote', line, { isproductoverridden: false }))).toBe('400 0x80040203')
  const eur = `/transactioncurrencies(${await p.currency('EUR')})`
  expect(refusalOf(await p.changeLine('quote', line, { 'transactioncurrencyid@odata.bind': eur }))).toBe('400 0x80040203')
  const usd = `/transactioncurrencies(${await p.currency('USD')})`
  await accepted(p.changeLine('quote', line, { isproductoverridden: true, 'transactioncurrencyid@odata.bind': usd, producttypecode: 1 }))
  expect((await p.lines('quote', quote))[0]).toMatchObject({ producttypecode: 5, isproductoverridden: true })
  const own = await p.line('quote', quote, writeIn('y', 1, { 'transactioncurrencyid@odata.bind': eur }))
  expect(own._transactioncurrencyid_value).toBe(await p.currency('USD'))
})

test('a line that moves to another document leaves one total for the other', async (t) => {
  const p = await startPricing(t)
  const yen = await p.addCurrency('JPY', { precision: 0, rate: '150' })
  const [from, to] = [await p.document('quote'), await p.document('quote', { 'pricelevelid@odata.bind': `/pricelevels(${yen.list})` })]
  const line = await p.line('quote', from, writeIn('x', 10.4, { quantity: 3, tax: 0.6, manualdiscountamount: 0.4 }))
  await accepted(p.changeLine('quote', line, { 'quoteid@odata.bind': `/quotes(${to})` }))
  expect(await p.read('quote', from)).toMatchObject({ totalamount: 0, totaltax: 0 })
  expect((await p.lines('quote', to))[0]).toMatchObject({
    _transactioncurrencyid_value: yen.currency,
    priceperunit: 10.4,
    baseamount: 31,
    tax: 1,
    manualdiscountamount: 0,
    extendedamount: 32,
  })
  expect(await p.read('quote', to)).toMatchObject({ totalamount: 32, totaltax: 1 })
})

test('a bundle is priced as one unit, its components at nought, and they go with it', async (t) => {
  const p = await startPricing(t)
  const part = await p.product({ price: 30 })
  const bundle = await p.product({ price: 99, values: { productstructure: 3 } })
  const order = await p.document('salesorder')
  const line = await p.line('salesorder', order, ofProduct(bundle, { quantity: 1 }))
  expect(line).toMatchObject({ producttypecode: 2, extendedamount: 99 })
  const component = {
    quantity: 2,
    producttypecode: 3,
    'parentbundleidref@odata.bind': `/salesorderdetails(${line.salesorderdetailid})`,
  }
  expect(await p.line('salesorder', order, ofProduct(part, component))).toMatchObject({
    producttypecode: 3,
    priceperunit: 0,
    extendedamount: 0,
  })
  await p.line('salesorder', order, ofProduct(part, { quantity: 1 }))
  expect(await p.read('salesorder', order)).toMatchObject({ totalamount: 129 })
  expect((await p.sales.remove(`salesorderdetails(${line.salesorderdetailid})`)).status).toBe(204)
  expect(await p.lines('salesorder', order)).toMatchObject([{ producttypecode: 1 }])
  expect(await p.read('salesorder', order)).toMatchObject({ totalamount: 30 })
})

test('deep inserts are priced, and a refused line leaves nothing', async (t) => {
  const p = await startPricing(t)
  const product = await p.product({ price: 10 })
  const body = (lines: readonly Json[]): Json => ({
    name: 'Deep',
    'customerid_account@odata.bind': `/accounts(${p.account})`,
    'pricelevelid@odata.bind': `/pricelevels(${p.list})`,
    discountamount: 5,
    quote_details: lines,
  })
  const made = await p.sales.create('quotes', body([ofProduct(product, { quantity: 3 }), writeIn('x', 2)]))
  expect(await p.read('quote', made.quoteid)).toMatchObject({ totallineitemamount: 32, totalamount: 27 })
  expect((await p.lines('quote', made.quoteid)).map((line) => line.lineitemnumber)).toEqual([1, 2])
  expect(refusalOf(await p.sales.post('quotes', body([ofProduct(product, { quantity: 3 }), { quantity: 1 }])))).toBe('400 0x80043b11')
  expect((await p.sales.get('quotes?$count=true&$top=1')).body['@odata.count']).toBe(1)
})

test('amounts beyond every column are refused, not stored and not an error of the server', async (t) => {
  const p = await startPricing(t)
  const quote = await p.document('quote')
  const huge = writeIn('x', 900_000_000_000_000, { quantity: 100_000_000_000 })
  expect(refusalOf(await p.tryLine('quote', quote, huge))).toBe('400 0x80044330')
  const dear = await p.addCurrency('KWD', { precision: 3, rate: '0.001' })
  const other = await p.document('quote', { 'pricelevelid@odata.bind': `/pricelevels(${dear.list})` })
  expect(refusalOf(await p.tryLine('quote', other, writeIn('x', 900_000_000_000_000)))).toBe('400 0x80048cec')
  expect(refusalOf(await p.tryLine('quote', other, writeIn('x', -900_000_000_000_000)))).toBe('400 0x80048ceb')
  expect(await p.lines('quote', quote)).toEqual([])
})

test.for(KINDS)('deleting an %s takes its lines along', async (kind, t) => {
  const p = await startPricing(t)
  const header = await p.document(kind, { discountamount: 3 })
  for (const name of ['a', 'b', 'c']) await p.line(kind, header, writeIn(name, 4))
  expect((await p.sales.remove(`${setOf(kind)}(${header})`)).status).toBe(204)
  expect((await p.sales.get(`${lineSetOf(kind)}?$count=true&$top=1`)).body['@odata.count']).toBe(0)
})

const ODD: readonly unknown[] = [null, '', 'x', true, -1, 0, 0.000001, 99_999_999_999_999, 1e300, [], {}]

test('odd values on lines and headers are never an error of the server', { timeout: 120_000 }, async (t) => {
  const p = await startPricing(t)
  const quote = await p.document('quote')
  const product = await p.product({ price: 10 })
  const line = await p.line('quote', quote, ofProduct(product, { quantity: 2 }))
  const lineColumns = ['quantity', 'priceperunit', 'ispriceoverridden', 'manualdiscountamount', 'tax', 'producttypecode', 'lineitemnumber']
  const others = [
    'isproductoverridden',
    'productdescription',
    'volumediscountamount',
    'extendedamount',
    'skippricecalculation',
    'pricingerrorcode',
  ]
  const headers = ['discountpercentage', 'discountamount', 'freightamount', 'totalamount', 'pricingerrorcode', 'skippricecalculation']
  const binds = ['productid', 'uomid', 'quoteid', 'transactioncurrencyid', 'parentbundleidref'].map((name) => `${name}@odata.bind`)
  const statuses: string[] = []
  for (const column of [...lineColumns, ...others, ...binds]) {
    for (const value of ODD) {
      const made = await p.tryLine('quote', quote, ofProduct(product, { quantity: 1, [column]: value }))
      const changed = await p.changeLine('quote', line, { [column]: value })
      for (const { status, text } of [made, changed]) if (status >= 500) statuses.push(`${column} ${JSON.stringify(value)}: ${text}`)
    }
  }
  for (const column of [...headers, 'pricelevelid@odata.bind', 'transactioncurrencyid@odata.bind']) {
    for (const value of ODD) {
      const { status, text } = await p.change('quote', quote, { [column]: value })
      if (status >= 500) statuses.push(`${column} ${JSON.stringify(value)}: ${text}`)
    }
  }
  expect(statuses).toEqual([])
  const lines = await p.lines('quote', quote)
  const total = lines.reduce((sum, row) => sum + Math.round((row.extendedamount ?? 0) * 100), 0)
  expect(Math.round(((await p.read('quote', quote)).totallineitemamount + (await p.read('quote', quote)).totaltax) * 100)).toBe(total)
})

test('a refused line in a bulk call leaves nothing of it; mixed batches price each order by itself', async (t) => {
  const p = await startPricing(t)
  const orders = [await p.document('salesorder'), await p.document('salesorder')]
  const row = (n: number, values: Json): Json => ({
    '@odata.type': 'Microsoft.Dynamics.CRM.salesorderdetail',
    'salesorderid@odata.bind': `/salesorders(${orders[n % 2]})`,
    ...values,
  })
  const refused = await p.sales.bulk('salesorderdetails', 'CreateMultiple', [row(0, writeIn('a', 1)), row(1, { quantity: 1 })])
  expect(refusalOf(refused)).toBe('400 0x80043b11')
  expect((await p.sales.get('salesorderdetails?$count=true&$top=1')).body['@odata.count']).toBe(0)
  const made = await p.sales.bulk('salesorderdetails', 'CreateMultiple', [
    row(0, writeIn('a', 1)),
    row(1, writeIn('b', 2)),
    row(0, writeIn('c', 4)),
  ])
  const [first = ''] = made.body.Ids
  const upserts = [
    { '@odata.type': 'Microsoft.Dynamics.CRM.salesorderdetail', salesorderdetailid: first, tax: 0.5 },
    { ...row(1, writeIn('d', 8)), salesorderdetailid: '00000000-0000-4000-8000-0000000000aa' },
  ]
  expect((await p.sales.bulk('salesorderdetails', 'UpsertMultiple', upserts)).status).toBe(204)
  expect(await p.read('salesorder', orders[0] ?? '')).toMatchObject({ totallineitemamount: 5, totaltax: 0.5, totalamount: 5.5 })
  expect(await p.read('salesorder', orders[1] ?? '')).toMatchObject({ totalamount: 10 })
})
