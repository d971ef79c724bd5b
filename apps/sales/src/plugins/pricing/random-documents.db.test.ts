import { expect, test } from 'vitest'
import { familyOf } from '../../domain/documents/document-family.ts'
import {
  chanceFrom,
  expectedLine,
  expectedTotals,
  type RandomDocument,
  randomDocument,
  seedOf,
  unitsText,
} from '../../domain/pricing/random-documents.case.ts'
import type { Json } from '../../sales-app.fixture.ts'
import { KINDS, lineSetOf, ofPrice, ofProduct, type PricingUnderTest, setOf, startPricing, writeIn } from './pricing.fixture.ts'

const DOCUMENTS = 60

interface Currency {
  readonly currency: string
  readonly list: string
}

/** Products in the currencies of the documents, one for each catalogue line: its item has the line's price and volume discount. */
async function catalogueProduct(p: PricingUnderTest, line: RandomDocument['lines'][number], at: Currency): Promise<string> {
  const discounts = await p.sales.create(
    'discounttypes',
    { name: `By volume ${crypto.randomUUID()}`, isamounttype: false },
    'discounttypeid',
  )
  await p.sales.create('discounts', {
    'discounttypeid@odata.bind': `/discounttypes(${discounts.discounttypeid})`,
    lowquantity: 1,
    highquantity: 1_000_000,
    percentage: Number(line.volumePercentage),
  })
  const item = { 'discounttypeid@odata.bind': `/discounttypes(${discounts.discounttypeid})` }
  return p.product({ price: Number(line.price), decimals: 5, list: at.list, currency: at.currency, item })
}

async function bodyOf(p: PricingUnderTest, line: RandomDocument['lines'][number], at: Currency): Promise<Json> {
  const values = { quantity: Number(line.quantity), manualdiscountamount: Number(line.manualDiscount), tax: Number(line.tax) }
  if (line.kind === 'write-in') return writeIn('Something else', Number(line.price), values)
  const product = await catalogueProduct(p, line, at)
  return line.kind === 'catalogue' ? ofProduct(product, values) : ofPrice(product, Number(line.price), values)
}

const decimals = (row: Json, columns: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(columns.map((column) => [column, String(row[column])]))

test('the totals of random documents in the database are the sums of their parts, however their lines arrive', {
  timeout: 300_000,
}, async (t) => {
  const p = await startPricing(t)
  const seed = seedOf(process.env.P2C_TEST_SEED, Date.now() % 1_000_000)
  console.info(`random documents in the database: P2C_TEST_SEED=${seed}`)
  const chance = chanceFrom(seed)
  const currencies = new Map([
    [0, await p.addCurrency('JPY', { precision: 0, rate: '147.63' })],
    [2, await p.addCurrency('EUR', { precision: 2, rate: '0.92' })],
    [3, await p.addCurrency('KWD', { precision: 3, rate: '0.307' })],
  ])
  let method = 0
  for (let n = 0; n < DOCUMENTS; n += 1) {
    const document = { ...randomDocument(chance) }
    const lines = document.lines.slice(0, 5)
    const shown = { ...document, lines }
    const kind = KINDS[n % KINDS.length] ?? 'quote'
    const at = currencies.get(document.currencyDecimals)
    if (at === undefined) throw new Error('a currency is missing')
    if (method !== document.discountMethod) await p.set({ discountcalculationmethod: document.discountMethod })
    method = document.discountMethod
    const header = await p.document(kind, {
      'pricelevelid@odata.bind': `/pricelevels(${at.list})`,
      discountpercentage: Number(document.discountPercentage),
      discountamount: Number(document.discountAmount),
      freightamount: Number(document.freightAmount),
    })
    const bodies = await Promise.all(lines.map((line) => bodyOf(p, line, at)))
    const family = familyOf(kind)
    const bind = { '@odata.type': `Microsoft.Dynamics.CRM.${family.line}`, [`${family.parent}@odata.bind`]: `/${setOf(kind)}(${header})` }
    const rows = bodies.map((body) => ({ ...bind, ...body }))
    if (n % 2 === 0) expect((await p.sales.bulk(lineSetOf(kind), 'CreateMultiple', rows)).status).toBe(200)
    else for (const body of bodies) await p.line(kind, header, body)
    const stored = await p.read(kind, header)
    const wanted = expectedTotals(shown)
    expect(decimals(stored, Object.keys(wanted)), `seed ${seed}, document ${n} (${kind})`).toEqual(wanted)
    const amounts = (await p.lines(kind, header)).map((line) =>
      [line.volumediscountamount, line.baseamount, line.extendedamount].map(String),
    )
    const expected = lines.map((line) => {
      const { volumeDiscount, baseAmount, extendedAmount } = expectedLine(line, shown)
      return [volumeDiscount, baseAmount, extendedAmount].map(unitsText)
    })
    expect(amounts, `seed ${seed}, document ${n} (${kind})`).toEqual(expected)
  }
})
