import { afterAll, beforeAll, expect, test } from 'vitest'
import { fileScope } from '../support/command-line.ts'
import { countersOf } from './kit/integrator.ts'
import { type ProspectToCash, startProspectToCash } from './kit/prospect-to-cash.ts'
import type { Row } from './kit/wire.ts'

/** What sellers do to quotes, and what of it reaches Supply Chain (templates specification, 7.5 and 9.3 no. 6). */
let p2c: ProspectToCash
let customer: Row

const scope = fileScope(afterAll)

const WRITES_NOTHING = { inserted: 0, updated: 0, failed: 0, waiting: 0 }

beforeAll(async () => {
  p2c = await startProspectToCash(scope)
  const { seller, run, offer } = p2c
  await offer({ 'DW-40': 20, 'AC-12': 50 })
  customer = await seller.account()
  await run('accounts')
}, 120_000)

const quotation = async ({ quotenumber }: Row): Promise<Row> =>
  (await p2c.clerk.rows('CDSSalesQuotationHeaders', `SalesQuotationNumber eq '${quotenumber}'`))[0] ?? {}
const quotationLines = async ({ quotenumber }: Row): Promise<readonly Row[]> =>
  [...(await p2c.clerk.rows('CDSSalesQuotationLines', `SalesQuotationNumber eq '${quotenumber}'`))].sort(
    (a, b) => a.LineCreationSequenceNumber - b.LineCreationSequenceNumber,
  )

async function activeQuote(values: Row = {}): Promise<Row> {
  const { seller } = p2c
  const lines = [
    { product: 'DW-40', quantity: 2 },
    { product: 'AC-12', quantity: 3, discount: 10 },
  ]
  const quote = await seller.quote({ customer, lines, values })
  await seller.activateQuote(quote)
  return quote
}

test('a revision that is activated updates the same quotation; a line that it dropped stays there', async () => {
  const { seller, sales, run } = p2c
  const quote = await activeQuote({ name: 'Refit, first offer' })
  expect(countersOf(await run('quotes'))).toMatchObject({ inserted: 3 })
  const revision = await seller.reviseQuote(quote)
  expect(revision).toMatchObject({ quotenumber: quote.quotenumber, revisionnumber: 1, statecode: 0 })
  expect(countersOf(await run('quotes')), 'neither the closed quote nor the draft is sent').toMatchObject(WRITES_NOTHING)

  const [winches, anchors] = await sales.wire.rows('quotedetails', `_quoteid_value eq ${revision.quoteid}`, '$orderby=sequencenumber')
  await seller.remove('quotedetails', anchors ?? {})
  await seller.change('quotedetails', winches ?? {}, { quantity: 5 })
  await seller.change('quotes', revision, { name: 'Refit, second offer' })
  await seller.activateQuote(revision)
  expect(countersOf(await run('quotes'))).toMatchObject({ inserted: 0, updated: 2, failed: 0 })
  expect(await quotation(quote)).toMatchObject({ SalesQuotationName: 'Refit, second offer' })
  expect(await quotationLines(quote)).toMatchObject([
    { LineCreationSequenceNumber: 1, RequestedSalesQuantity: 5 },
    { LineCreationSequenceNumber: 2, RequestedSalesQuantity: 3, TotalDiscountAmount: 10, LineDiscountAmount: 3.33 },
  ])
  expect(countersOf(await run('quotes', { allData: true }))).toMatchObject(WRITES_NOTHING)
})

test.each([
  ['won', (quote: Row) => p2c.seller.winQuote(quote)],
  ['lost', (quote: Row) => p2c.seller.closeQuote(quote)],
  ['a draft again', (quote: Row) => p2c.seller.reopenQuote(quote)],
])('a quote that is %s before the first execution is not sent', async (_state, leave) => {
  const quote = await activeQuote()
  await leave(quote)
  expect(countersOf(await p2c.run('quotes'))).toMatchObject(WRITES_NOTHING)
  expect(await quotation(quote)).toEqual({})
})

test('a quote with a row error that leaves the filter is tried no more, and its error is obsolete', async () => {
  const { seller, engine, run, errors } = p2c
  const quote = await activeQuote({ shipto_country: 'Atlantis', shipto_city: 'Poseidonia' })
  expect(countersOf(await run('quotes'))).toMatchObject({ inserted: 0, failed: 1, waiting: 2 })
  expect(await errors()).toMatchObject([
    { code: 'value-not-mapped', sourceKey: quote.quotenumber, message: expect.stringContaining('Atlantis') },
  ])
  await seller.closeQuote(quote)
  expect(countersOf(await run('quotes'))).toMatchObject(WRITES_NOTHING)
  expect(await errors()).toEqual([])
  expect(await p2c.waiting()).toEqual([])
  expect(await engine.listRecordErrors({ states: ['obsolete'] })).toMatchObject([{ sourceKey: quote.quotenumber }])
  expect(await quotation(quote)).toEqual({})
})

test('a quote whose row error is mended goes out with its lines, which had waited for it', async () => {
  const { seller, run, errors, waiting } = p2c
  const quote = await activeQuote({ shipto_country: 'Lemuria', shipto_city: 'Shalmali' })
  await run('quotes')
  expect(await waiting('quotes')).toMatchObject([{ code: 'header-missing' }, { code: 'header-missing' }])
  await seller.reopenQuote(quote)
  await seller.change('quotes', quote, { shipto_country: 'Norway' })
  await seller.activateQuote(quote)
  await run('quotes')
  expect(await quotation(quote)).toMatchObject({ DeliveryAddressCountryRegionISOCode: 'NO', DeliveryAddressCity: 'Shalmali' })
  expect(await quotationLines(quote)).toHaveLength(2)
  expect(await errors()).toEqual([])
  expect(await waiting()).toEqual([])
})

test('lines without an address of their own take that of the quotation, not one in the United States', async () => {
  const { run } = p2c
  const quote = await activeQuote({ shipto_line1: 'Strandgaten 14', shipto_city: 'Bergen', shipto_country: 'NO' })
  await run('quotes')
  for (const line of await quotationLines(quote))
    expect(line).toMatchObject({
      DeliveryAddressStreet: 'Strandgaten 14',
      DeliveryAddressCity: 'Bergen',
      DeliveryAddressCountryRegionISOCode: 'NO',
    })
})

test('in the end the independent comparison finds both sides equal', async () => {
  await p2c.runAll()
  expect(await p2c.errors()).toEqual([])
  expect(await p2c.differences()).toEqual([])
})
