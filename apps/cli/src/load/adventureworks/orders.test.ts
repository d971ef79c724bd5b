import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, type TestContext, test } from 'vitest'
import { readAdventureWorksOrders } from './orders.ts'

/** Two orders, as small as they can be; `changes` replaces files. */
async function aDataSet(t: Pick<TestContext, 'onTestFinished'>, changes: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'p2c-orders-'))
  t.onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const files: Readonly<Record<string, string>> = {
    'order_headers.csv': 'order_number,order_date,customer_id,bill_to_address_id\nSO1,2017-01-01,11000,2\nSO2,2017-01-02,1,1\n',
    'order_lines.csv':
      'order_number,line_number,product_number,quantity,unit_price\nSO1,1,BK-1,1,699.0982\nSO2,1,BK-1,2,3578.27\nSO1,1,HL-1,3,34.99\nSO1,2,HL-2,1,8.99\nSO1,2,HL-1,1,34.99\n',
    'order_reasons.csv': 'order_number,reason\nSO1,Price\nSO1,Quality\n',
    'customers.csv': 'customer_id,account_number,person_id,store_id\n1,AW00000001,,292\n11000,AW00011000,13531,\n',
    'stores.csv': 'store_id\n292\n',
    'addresses.csv':
      'address_id,line1,line2,city,state_code,country_code,postal_code\n1,1 Main St,Suite 2,Ottawa,ON,CA,K4B 1S2\n2,2 rue Été,,Paris,,FR,75001\n',
    'products.csv': 'product_id,product_number,standard_cost\n1,BK-1,413.15\n2,HL-1,12.03\n3,HL-2,2.1\n4,NU-1,0.5\n5,XX-1,1\n',
    'on_hand.csv': 'product_id,quantity\n1,10\n4,7\n',
    'currency_rates.csv':
      'rate_date,from,to,average_rate,end_of_day_rate\n2025-05-30,USD,EUR,0.9,0.91\n2022-05-30,USD,EUR,0.8,0.81\n2025-05-30,USD,CAD,1.3,1.31\n2025-05-30,USD,JPY,150,151\n2025-05-30,USD,USD,1,1\n',
    ...changes,
  }
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content)
  return folder
}

test('an order has the customer, the currency of the customer and every line; a repeated line number goes behind the last one and is told', async (t) => {
  const { orders, repeatedKeys } = await readAdventureWorksOrders(await aDataSet(t))
  expect(orders).toEqual([
    {
      number: 'SO1',
      name: 'Internet order SO1',
      customer: { table: 'contact', number: 'AW00011000' },
      currency: 'EUR',
      date: '2017-01-01',
      address: { street: '2 rue Été', city: 'Paris', postalCode: '75001', country: 'FR' },
      description: 'Price, Quality',
      lines: [
        { sequence: 1, productNumber: 'BK-1', quantity: '1', unitPrice: '699.0982' },
        { sequence: 3, productNumber: 'HL-1', quantity: '3', unitPrice: '34.99' },
        { sequence: 2, productNumber: 'HL-2', quantity: '1', unitPrice: '8.99' },
        { sequence: 4, productNumber: 'HL-1', quantity: '1', unitPrice: '34.99' },
      ],
    },
    {
      number: 'SO2',
      name: 'Internet order SO2',
      customer: { table: 'account', number: 'AW00000001' },
      currency: 'CAD',
      date: '2017-01-02',
      address: { street: '1 Main St, Suite 2', city: 'Ottawa', state: 'ON', postalCode: 'K4B 1S2', country: 'CA' },
      lines: [{ sequence: 1, productNumber: 'BK-1', quantity: '2', unitPrice: '3578.27' }],
    },
  ])
  expect(repeatedKeys).toEqual([
    { orderNumber: 'SO1', lineNumber: 1, enteredAs: 3 },
    { orderNumber: 'SO1', lineNumber: 2, enteredAs: 4 },
  ])
})

test('the opening stock is what is on hand and all that is ordered; of each currency in use the last rate counts', async (t) => {
  const { stock, rates } = await readAdventureWorksOrders(await aDataSet(t))
  expect(stock).toEqual([
    { productNumber: 'BK-1', quantity: '13', unitCost: '413.15' },
    { productNumber: 'HL-1', quantity: '4', unitCost: '12.03' },
    { productNumber: 'HL-2', quantity: '1', unitCost: '2.1' },
    { productNumber: 'NU-1', quantity: '7', unitCost: '0.5' },
  ])
  expect(rates).toEqual([
    { from: 'USD', to: 'EUR', date: '2025-05-30', rate: '0.91' },
    { from: 'USD', to: 'CAD', date: '2025-05-30', rate: '1.31' },
  ])
})

const HEADER = 'order_number,order_date,customer_id,bill_to_address_id\n'
const LINES = 'order_number,line_number,product_number,quantity,unit_price\nSO1,1,BK-1,1,5\n'

test.each([
  [
    'an order that stands twice',
    { 'order_headers.csv': `${HEADER}SO1,2017-01-01,1,1\nSO1,2017-01-02,11000,1\n`, 'order_lines.csv': LINES },
    /SO1 stands twice/,
  ],
  [
    'an order without lines',
    { 'order_headers.csv': `${HEADER}SO1,2017-01-01,1,1\nSO3,2017-01-02,1,1\n`, 'order_lines.csv': LINES },
    /SO3 has no lines/,
  ],
  ['an order without customer', { 'order_headers.csv': `${HEADER}SO1,2017-01-01,99,1\n`, 'order_lines.csv': LINES }, /SO1 has no customer/],
  ['lines without order', { 'order_headers.csv': `${HEADER}SO2,2017-01-01,1,1\n` }, /lines of SO1 have no order/],
])('%s is a clear error', async (_name, changes, message) => {
  const cleanUps: (() => unknown)[] = []
  const folder = await aDataSet({ onTestFinished: (callback) => void cleanUps.push(() => callback(undefined as never)) }, changes)
  try {
    await expect(readAdventureWorksOrders(folder)).rejects.toMatchObject({
      code: 'data-set-inconsistent',
      message: expect.stringMatching(message),
    })
  } finally {
    for (const cleanUp of cleanUps) await cleanUp()
  }
})
