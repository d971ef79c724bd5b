import { expect, test } from 'vitest'
import { type Json, refusalOf } from '../../sales-app.fixture.ts'
import { documentAfter, MESSAGES, startTrade, WAYS } from './documents.fixture.ts'

const NUMBERED = [
  ['quotes', 'quotenumber', 'QUO', 'quote'],
  ['salesorders', 'ordernumber', 'ORD', 'salesorder'],
  ['invoices', 'invoicenumber', 'INV', 'invoice'],
] as const

test('documents get the numbers of their own series, and a given number is kept', async (t) => {
  const trade = await startTrade(t)
  for (const [set, column, prefix] of NUMBERED) {
    const number = async (values: Json): Promise<string> =>
      (await trade.read(`${set}(${await trade.document(set, values)})`, column))[column]
    expect(await number({})).toMatch(new RegExp(`^${prefix}-01000-[A-Z0-9]{6}$`))
    expect(await number({ [column]: 'ERP-77' })).toBe('ERP-77')
    expect(await number({ [column]: ' ' })).toMatch(new RegExp(`^${prefix}-01001-`))
    expect(await number({ [column]: null })).toMatch(new RegExp(`^${prefix}-01002-`))
  }
})

test('prefix and length of the suffix are those of the organisation when the row is made', async (t) => {
  const trade = await startTrade(t)
  const first = await trade.document('quotes')
  const organization = (await trade.sales.get('organizations')).body.value[0].organizationid
  await trade.sales.patch(`organizations(${organization})`, { quoteprefix: 'OFR', uniquespecifierlength: 4, currentquotenumber: 99_999 })
  const numbers = [await trade.document('quotes'), await trade.document('quotes')]
  const read = async (id: string): Promise<string> => (await trade.read(`quotes(${id})`, 'quotenumber')).quotenumber
  expect(await read(first)).toMatch(/^QUO-01000-[A-Z0-9]{6}$/)
  expect(await read(numbers[0] ?? '')).toMatch(/^OFR-99999-[A-Z0-9]{4}$/)
  expect(await read(numbers[1] ?? '')).toMatch(/^OFR-100000-[A-Z0-9]{4}$/)
})

test('numbers drawn side by side, one by one and in bulk, never repeat, and a refused write uses none up', async (t) => {
  const trade = await startTrade(t)
  const many = (type: string, count: number): readonly Json[] =>
    Array.from({ length: count }, (_, at) => ({ '@odata.type': `Microsoft.Dynamics.CRM.${type}`, name: `Bulk ${at}` }))
  const answers = await Promise.all(
    NUMBERED.flatMap(([set, , , type]) => [
      trade.sales.bulk(set, 'CreateMultiple', many(type, 40)),
      trade.sales.bulk(set, 'CreateMultiple', [
        ...many(type, 3),
        { '@odata.type': `Microsoft.Dynamics.CRM.${type}`, paymenttermscode: 99 },
      ]),
      ...Array.from({ length: 8 }, () => trade.sales.post(set, { name: 'Single' })),
    ]),
  )
  expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200, 204, 400]))
  for (const [, column, , table] of NUMBERED) {
    const found = await trade.sales.database.query<{ n: number }>(
      `select substring("${column}" from '-(\\d+)-')::int as n from "${table}" order by 1`,
    )
    expect(found.rows.map((row) => row.n)).toEqual(Array.from({ length: 48 }, (_, at) => 1000 + at))
  }
})

test('a quote keeps its number; orders and invoices may be renumbered but never have none', async (t) => {
  const trade = await startTrade(t)
  const quote = `quotes(${await trade.document('quotes', { quotenumber: 'Q-1' })})`
  expect(refusalOf(await trade.sales.patch(quote, { quotenumber: 'Q-2' }))).toBe('400 0x80040203')
  expect((await trade.sales.patch(quote, { quotenumber: 'Q-1', name: 'Same number' })).status).toBe(204)
  for (const [set, column] of [['salesorders', 'ordernumber'] as const, ['invoices', 'invoicenumber'] as const]) {
    const path = `${set}(${await trade.document(set)})`
    expect((await trade.sales.patch(path, { [column]: 'ERP-5' })).status).toBe(204)
    expect(refusalOf(await trade.sales.patch(path, { [column]: null }))).toBe('400 0x80040200')
    expect(refusalOf(await trade.sales.patch(path, { [column]: '  ' }))).toBe('400 0x80040200')
    expect((await trade.read(path, column))[column]).toBe('ERP-5')
  }
})

test('number and revision are taken once, whatever the case and however many ask', async (t) => {
  const trade = await startTrade(t)
  const answers = await Promise.all(
    Array.from({ length: 6 }, (_, at) => trade.sales.post('quotes', { name: 'x', quotenumber: at % 2 === 0 ? 'race-1' : 'RACE-1' })),
  )
  expect(answers.map(refusalOf).sort()).toEqual(['204', ...Array.from({ length: 5 }, () => '412 0x80040237')])
})

test('the revision of a new quote is 0 whatever the create says; revisions share the number', async (t) => {
  const trade = await startTrade(t)
  const first = await documentAfter(trade, 'quotes', WAYS.quotes.active, { revisionnumber: 9 })
  expect((await trade.read(`quotes(${first})`, 'revisionnumber')).revisionnumber).toBe(0)
  const revision = (await MESSAGES.revise(trade.sales, first)).body
  expect(revision).toMatchObject({ revisionnumber: 1, quotenumber: (await trade.read(`quotes(${first})`, 'quotenumber')).quotenumber })
  const next = await trade.document('quotes')
  expect((await trade.read(`quotes(${next})`, 'quotenumber')).quotenumber).toMatch(/^QUO-01001-/)
})
