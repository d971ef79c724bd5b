import { afterAll, beforeAll, expect, test } from 'vitest'
import { fileScope } from '../support/command-line.ts'
import { countersOf } from './kit/integrator.ts'
import { type ProspectToCash, startProspectToCash } from './kit/prospect-to-cash.ts'
import { inCurrency, ofCompany } from './kit/seller.ts'
import { quoted, type Row } from './kit/wire.ts'

/** Texts in every script, letter for letter on both sides: names, addresses, items, descriptions, in every document. */
let p2c: ProspectToCash

const scope = fileScope(afterAll)

beforeAll(async () => {
  p2c = await startProspectToCash(scope)
}, 120_000)

/** Of 160 characters, the longest that an account may have; each of these is two code units of UTF-16 or less. */
const LONGEST = 'Ωμέγα '.repeat(30).slice(0, 159).padEnd(160, '!')

interface Words {
  readonly script: string
  readonly name: string
  readonly street: string
  readonly city: string
  readonly item: string
  readonly text: string
}

const WORDS: readonly Words[] = [
  {
    script: 'Cyrillic',
    name: 'Завод «Прогресс» № 7',
    street: 'ул. Ленина, д. 5/1',
    city: 'Санкт-Петербург',
    item: 'Лебёдка палубная',
    text: 'Срочно: «хрупкое» — 100 %',
  },
  {
    script: 'CJK',
    name: '株式会社ハルヴォルセン',
    street: '港区海岸一丁目２番３号',
    city: '東京',
    item: '甲板ウインチ',
    text: '至急、取扱注意。',
  },
  { script: 'emoji', name: 'Anchor ⚓ & Co 🚢👩‍🔧', street: 'Pier 🏴󠁧󠁢󠁳󠁣󠁴󠁿 7', city: 'Harbour 🌊', item: 'Winch 🪝', text: 'Handle with ❤️‍🔥' },
  {
    script: 'combining characters',
    name: 'Cafe\u0301 Å\u030A A\u0308pfel',
    street: 'Rua Sa\u0303o Joa\u0303o',
    city: 'Sa\u0303o Paulo',
    item: 'Man\u0303ana',
    text: 'e\u0301\u0323 o\u0302\u0301',
  },
  {
    script: 'right-to-left',
    name: 'شركة الملاحة',
    street: 'شارع ١٢',
    city: 'حيفا',
    item: 'כננת סיפון',
    text: 'ABC \u05d0\u05d1\u05d2 123',
  },
  {
    script: 'marks of markup',
    name: `O'Neil & "Söhne" <a href='#'>`,
    street: '%27; drop table --',
    city: 'A/B\\C',
    item: '50% & <b>',
    text: '&amp; &#39; {x} ]]> |',
  },
  { script: '160 characters', name: LONGEST, street: 'Ж'.repeat(80), city: 'Ł'.repeat(40), item: 'Ŧ'.repeat(60), text: 'Ø'.repeat(60) },
]

const numberOf = (index: number): string => `LETTERS-${index + 1}`

test('items of every script become products by the same name and description', async () => {
  const { clerk, sales, run } = p2c
  for (const [index, { item, text }] of WORDS.entries())
    await clerk.product(numberOf(index), { ProductName: item, ProductDescription: text, SalesPrice: 10 })
  await clerk.stock(Object.fromEntries(WORDS.map((_, index) => [numberOf(index), 100])))
  expect(countersOf(await run('products'))).toMatchObject({ inserted: WORDS.length, failed: 0 })
  for (const [index, { item, text }] of WORDS.entries())
    expect(await sales.product(numberOf(index))).toMatchObject({ name: item, description: text })
})

test('accounts and their contacts of every script become customers and contact persons', async () => {
  const { seller, clerk, run } = p2c
  const created: (readonly [Words, Row, Row])[] = []
  for (const words of WORDS) {
    const address = { address1_line1: words.street, address1_city: words.city, address1_country: 'NO', description: words.text }
    const account = await seller.account({ name: words.name, ...address })
    created.push([words, account, await seller.contact({ ...ofCompany(account), ...address, lastname: words.name.slice(0, 50) })])
  }
  for (const project of ['accounts', 'contacts'])
    expect(countersOf(await run(project))).toMatchObject({ inserted: WORDS.length, failed: 0, waiting: 0 })
  for (const [words, { accountnumber }, { msdynce_contactnumber, lastname }] of created) {
    expect(await clerk.rows('CustomersV2', `CustomerAccount eq ${quoted(accountnumber)}`)).toMatchObject([
      { OrganizationName: words.name, AddressStreet: words.street, AddressCity: words.city, SalesMemo: words.text },
    ])
    expect(await clerk.rows('CDSContactPersons', `ContactPersonPartyNumber eq ${quoted(msdynce_contactnumber)}`)).toMatchObject([
      { LastName: lastname, PrimaryAddressStreet: words.street, PrimaryAddressCity: words.city, Notes: words.text },
    ])
  }
})

test('a customer is found by a name with its signs, on both sides', async () => {
  const { clerk, sales } = p2c
  for (const { name } of WORDS) {
    expect(await sales.wire.rows('accounts', `name eq ${quoted(name)}`)).toMatchObject([{ name }])
    expect(await clerk.rows('CustomersV2', `OrganizationName eq ${quoted(name)}`)).toMatchObject([{ OrganizationName: name }])
  }
})

test('orders of every script go out, are invoiced and come back, and lose no letter on the way', async () => {
  const { seller, clerk, sales, run } = p2c
  const sold: (readonly [Words, Row, string])[] = []
  const orders: (readonly [number, Words, Row])[] = []
  for (const [index, words] of WORDS.entries()) {
    const customer = await sales.wire.row('accounts', `name eq ${quoted(words.name)}`)
    const shipping = { shipto_line1: words.street, shipto_city: words.city, shipto_country: 'Norway' }
    const values = { ...shipping, name: words.name, description: words.text }
    const lines = [{ product: numberOf(index), quantity: 3, discount: 1, values: { description: words.text } }]
    const order = await seller.order({ customer, values, lines })
    await seller.activateOrder(order)
    orders.push([index, words, order])
  }
  expect(countersOf(await run('orders-to-supply-chain'))).toMatchObject({ inserted: 2 * WORDS.length, failed: 0 })
  for (const [, words, order] of orders) {
    const [header] = await clerk.rows('CDSSalesOrderHeaders', `SalesOrderNumber eq ${quoted(order.ordernumber)}`)
    // Supply Chain holds fewer letters: the template cuts, and never inside one.
    expect(header).toMatchObject({ DeliveryAddressStreet: words.street, DeliveryAddressCity: words.city })
    expect(words.name.startsWith(header?.SalesOrderName)).toBe(true)
    expect(words.text.startsWith(header?.CustomersOrderReference)).toBe(true)
    await clerk.confirm(order.ordernumber)
    await clerk.pack(order.ordernumber)
    sold.push([words, order, (await clerk.invoice(order.ordernumber)).invoiceNumber])
  }
  await clerk.calculateTotals()
  for (const project of ['orders-to-sales', 'invoices']) expect(await run(project)).toMatchObject({ status: 'completed' })
  for (const [words, { ordernumber }, invoiceNumber] of sold) {
    expect(await sales.order(ordernumber)).toMatchObject({ shipto_line1: words.street, shipto_city: words.city, totalamount: 29 })
    expect(await sales.orderLines(ordernumber)).toMatchObject([{ description: words.text, manualdiscountamount: 1 }])
    expect(await sales.invoice(invoiceNumber)).toMatchObject({ totalamount: 29, billto_city: words.city })
  }
})

test('a second round of everything writes nothing: no letter counts as changed', async () => {
  for (const options of [{}, { allData: true }])
    for (const execution of await p2c.runAll(options))
      expect(countersOf(execution), execution.projectName).toMatchObject({ inserted: 0, updated: 0, failed: 0, waiting: 0 })
})

const SALES = [
  { currency: 'EUR', quantity: 3, price: 33.33, discount: 0.5 },
  { currency: 'GBP', quantity: 7, price: 0.99, discount: 0.07 },
  { currency: 'CAD', quantity: 1, price: 12345.67, discount: 0.01 },
  { currency: 'AUD', quantity: 11, price: 9.09, discount: 3.33 },
] as const

test('orders in four currencies keep them, and their amounts to the cent, there and back', async () => {
  const { seller, clerk, sales, run } = p2c
  const sold = []
  for (const { currency, ...line } of SALES) {
    const customer = await seller.account({ name: `Buyer in ${currency}`, ...(await inCurrency(seller, currency)) })
    const order = await seller.order({ customer, currency, lines: [{ product: 'LETTERS-1', ...line }] })
    const total = (Math.round(line.price * 100) * line.quantity - Math.round(line.discount * 100)) / 100
    expect(order.totalamount, currency).toBe(total)
    await seller.activateOrder(order)
    sold.push({ currency, order, total })
  }
  await run('accounts')
  await run('orders-to-supply-chain')
  const invoices = []
  for (const { currency, order, total } of sold) {
    await clerk.confirm(order.ordernumber)
    await clerk.pack(order.ordernumber)
    const invoice = await clerk.invoice(order.ordernumber)
    expect(invoice).toMatchObject({ currencyCode: currency, invoiceAmount: total })
    invoices.push(invoice)
  }
  await clerk.calculateTotals()
  await run('orders-to-sales')
  await run('invoices')
  for (const [index, { order, total }] of sold.entries()) {
    const money = { _transactioncurrencyid_value: order._transactioncurrencyid_value, totalamount: total }
    expect(await sales.order(order.ordernumber)).toMatchObject(money)
    expect(await sales.invoice(invoices[index]?.invoiceNumber ?? '')).toMatchObject(money)
  }
  expect(await p2c.errors()).toEqual([])
})

test('in the end the independent comparison finds both sides equal', async () => {
  await p2c.runAll()
  expect(await p2c.errors()).toEqual([])
  expect(await p2c.differences()).toEqual([])
})
