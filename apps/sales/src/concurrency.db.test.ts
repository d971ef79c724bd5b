import { expect, test } from 'vitest'
import { type Json, type SalesUnderTest, startSales } from './sales-app.fixture.ts'

const target = (type: string, values: Json): Json => ({ '@odata.type': `Microsoft.Dynamics.CRM.${type}`, ...values })
const numbers = (from: number, count: number): readonly number[] => Array.from({ length: count }, (_, at) => from + at)
const accountOf = (n: number, name: string): Json => target('account', { '@odata.id': `accounts(accountnumber='C-${n}')`, name })

/** Digits of the counters of all numbers of a table, ascending. */
async function counters(sales: SalesUnderTest, table: string, column: string): Promise<readonly number[]> {
  const found = await sales.database.query<{ n: number }>(
    `select substring("${column}" from '-(\\d+)-')::int as n from "${table}" where "${column}" like '%-%-%' order by 1`,
  )
  return found.rows.map((row) => row.n)
}

test('overlapping bulk upserts in any order all succeed and make each account once', async (t) => {
  const sales = await startSales(t)
  const ranges = [numbers(0, 300), numbers(150, 300).toReversed(), numbers(75, 300), numbers(0, 450).toReversed()]
  for (const round of ['first', 'second']) {
    const answers = await Promise.all(
      ranges.map((range, at) =>
        sales.bulk(
          'accounts',
          'UpsertMultiple',
          range.map((n) => accountOf(n, `${round} ${at}`)),
        ),
      ),
    )
    expect(answers.map((answer) => [answer.status, answer.text])).toEqual(ranges.map(() => [204, '']))
  }
  const found = await sales.database.query(
    "select count(*)::int as n, count(distinct accountnumber)::int as d from account where name like 'second%'",
  )
  expect(found.rows).toEqual([{ n: 450, d: 450 }])
})

test('writers of one new number: one wins, the others are told so', async (t) => {
  const sales = await startSales(t)
  const posts = await Promise.all(numbers(0, 8).map((n) => sales.post('accounts', { name: `Racer ${n}`, accountnumber: 'RACE-1' })))
  expect(posts.map((answer) => answer.body.error?.code ?? 'made').sort()).toEqual([...numbers(0, 7).map(() => '0x80060892'), 'made'])
  const units = await sales.idOf('uomschedules', "name eq 'Default Unit'")
  const unit = await sales.idOf('uoms', "name eq 'Each'")
  const product = {
    name: 'P',
    productnumber: 'P-RACE',
    quantitydecimal: 0,
    'defaultuomscheduleid@odata.bind': `/uomschedules(${units})`,
    'defaultuomid@odata.bind': `/uoms(${unit})`,
  }
  const products = await Promise.all(numbers(0, 4).map(() => sales.post('products', product)))
  expect(products.filter((answer) => answer.status === 204)).toHaveLength(1)
  expect(products.filter((answer) => answer.status === 400)).toHaveLength(3)
})

test('products upserted side by side by their id are made once each', async (t) => {
  const sales = await startSales(t)
  const units = await sales.idOf('uomschedules', "name eq 'Default Unit'")
  const unit = await sales.idOf('uoms', "name eq 'Each'")
  const product = (n: number): Json =>
    target('product', {
      productid: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
      productnumber: `P-${n}`,
      name: `P ${n}`,
      quantitydecimal: 0,
      'defaultuomscheduleid@odata.bind': `/uomschedules(${units})`,
      'defaultuomid@odata.bind': `/uoms(${unit})`,
    })
  const writers = numbers(0, 8).map((at) => numbers(at * 5, 40).map(product))
  const answers = await Promise.all(
    writers.map((products, at) => sales.bulk('products', 'UpsertMultiple', at % 2 === 0 ? products : products.toReversed())),
  )
  expect(answers.map((answer) => answer.text)).toEqual(writers.map(() => ''))
  expect((await sales.database.query('select count(*)::int as n from product')).rows).toEqual([{ n: 75 }])
})

test('numbers drawn side by side never repeat, and a refused write uses none up', async (t) => {
  const sales = await startSales(t)
  const people = (from: number): readonly Json[] => numbers(from, 50).map((n) => target('contact', { lastname: `L ${n}` }))
  const firms = (from: number): readonly Json[] => numbers(from, 50).map((n) => target('account', { name: `N ${n}` }))
  const refused = [...firms(0), target('account', { name: 'x', creditlimit: -1 })]
  const answers = await Promise.all([
    ...numbers(0, 4).map((n) => sales.bulk('accounts', 'CreateMultiple', firms(n * 50))),
    sales.bulk('accounts', 'CreateMultiple', refused),
    ...numbers(0, 4).map((n) => sales.bulk('contacts', 'CreateMultiple', people(n * 50))),
    ...numbers(0, 4).map((n) => sales.post('accounts', { name: `With person ${n}`, primarycontactid: { lastname: `P ${n}` } })),
  ])
  expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 200, 400, 200, 200, 200, 200, 204, 204, 204, 204])
  for (const [table, column] of [
    ['account', 'accountnumber'],
    ['contact', 'msdynce_contactnumber'],
  ] as const) {
    const drawn = await counters(sales, table, column)
    expect(drawn).toEqual(numbers(drawn[0] ?? 0, 204))
  }
})
