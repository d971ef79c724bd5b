import { expect, test } from 'vitest'
import { refusalOf } from '../../sales-app.fixture.ts'
import { documentAfter, MESSAGES, startTrade, type Trade, WAYS } from './documents.fixture.ts'

/** What a call answered, and the state it left: `204 2/4`, or the refusal and the state that stayed. */
type Outcome = string

async function outcomeOf(trade: Trade, path: string, call: () => Promise<Parameters<typeof refusalOf>[0]>): Promise<Outcome> {
  const answer = await call()
  const { statecode, statuscode } = await trade.read(path, 'statecode,statuscode')
  return `${refusalOf(answer)} ${statecode}/${statuscode}`
}

type QuoteState = keyof typeof WAYS.quotes
type OrderState = keyof typeof WAYS.salesorders
type InvoiceState = keyof typeof WAYS.invoices

const QUOTES: Record<QuoteState, Record<'0' | '1' | '2' | '3' | 'win' | 'close' | 'revise' | 'convert', Outcome>> = {
  draft: {
    '0': '204 0/1',
    '1': '204 1/2',
    '2': '400 0x80040203 0/1',
    '3': '400 0x80040203 0/1',
    win: '400 0x80048408 0/1',
    close: '400 0x80048408 0/1',
    revise: '400 0x80048408 0/1',
    convert: '400 0x80048408 0/1',
  },
  active: {
    '0': '204 0/1',
    '1': '400 0x80100003 1/2',
    '2': '400 0x80040203 1/2',
    '3': '400 0x80040203 1/2',
    win: '204 2/4',
    close: '204 3/7',
    revise: '200 3/7',
    convert: '200 2/4',
  },
  won: {
    '0': '204 0/1',
    '1': '400 0x80100003 2/4',
    '2': '400 0x80040203 2/4',
    '3': '400 0x80040203 2/4',
    win: '400 0x80048408 2/4',
    close: '400 0x80048408 2/4',
    revise: '400 0x80048408 2/4',
    convert: '200 2/4',
  },
  closed: {
    '0': '204 0/1',
    '1': '400 0x80100003 3/7',
    '2': '400 0x80040203 3/7',
    '3': '400 0x80040203 3/7',
    win: '400 0x80048408 3/7',
    close: '400 0x80048408 3/7',
    revise: '200 3/7',
    convert: '400 0x80048408 3/7',
  },
}

test('DV-102 DV-103 every state of a quote under every plain write and every message', async (t) => {
  const trade = await startTrade(t)
  const found: Record<string, Record<string, Outcome>> = {}
  for (const [state, expected] of Object.entries(QUOTES) as [QuoteState, Record<string, Outcome>][]) {
    found[state] = {}
    for (const target of Object.keys(expected)) {
      const id = await documentAfter(trade, 'quotes', WAYS.quotes[state])
      const message = MESSAGES[target as keyof typeof MESSAGES]
      found[state][target] = await outcomeOf(trade, `quotes(${id})`, () =>
        message === undefined ? trade.seller.patch(`quotes(${id})`, { statecode: Number(target) }) : message(trade.seller, id),
      )
    }
  }
  expect(found).toEqual(QUOTES)
})

const USE_MESSAGE = '400 0x80040203'
const ORDERS: Record<OrderState, Record<'0' | '1' | '2' | '3' | '4' | 'fulfil' | 'cancel' | 'invoice', Outcome>> = {
  active: {
    '0': '204 0/1',
    '1': '204 1/3',
    '2': `${USE_MESSAGE} 0/1`,
    '3': `${USE_MESSAGE} 0/1`,
    '4': `${USE_MESSAGE} 0/1`,
    fulfil: '204 3/100001',
    cancel: '204 2/4',
    invoice: '200 4/100003',
  },
  submitted: {
    '0': '400 0x80048408 1/3',
    '1': '204 1/3',
    '2': `${USE_MESSAGE} 1/3`,
    '3': `${USE_MESSAGE} 1/3`,
    '4': `${USE_MESSAGE} 1/3`,
    fulfil: '204 3/100001',
    cancel: '400 0x80048408 1/3',
    invoice: '200 4/100003',
  },
  canceled: {
    '0': '204 0/1',
    '1': '400 0x80048408 2/4',
    '2': `${USE_MESSAGE} 2/4`,
    '3': `${USE_MESSAGE} 2/4`,
    '4': `${USE_MESSAGE} 2/4`,
    fulfil: '400 0x80048408 2/4',
    cancel: '400 0x80048408 2/4',
    invoice: '400 0x80048408 2/4',
  },
  fulfilled: {
    '0': '204 0/1',
    '1': '400 0x80048408 3/100001',
    '2': `${USE_MESSAGE} 3/100001`,
    '3': `${USE_MESSAGE} 3/100001`,
    '4': `${USE_MESSAGE} 3/100001`,
    fulfil: '400 0x80048408 3/100001',
    cancel: '204 2/4',
    invoice: '200 4/100003',
  },
  invoiced: {
    '0': '400 0x80048408 4/100003',
    '1': '400 0x80048408 4/100003',
    '2': `${USE_MESSAGE} 4/100003`,
    '3': `${USE_MESSAGE} 4/100003`,
    '4': `${USE_MESSAGE} 4/100003`,
    fulfil: '400 0x80048408 4/100003',
    cancel: '400 0x80048408 4/100003',
    invoice: '400 0x80048408 4/100003',
  },
}

test('DV-102 every state of an order under every plain write and every message of an administrator', async (t) => {
  const trade = await startTrade(t)
  const found: Record<string, Record<string, Outcome>> = {}
  for (const [state, expected] of Object.entries(ORDERS) as [OrderState, Record<string, Outcome>][]) {
    found[state] = {}
    for (const target of Object.keys(expected)) {
      const id = await documentAfter(trade, 'salesorders', WAYS.salesorders[state])
      const message = MESSAGES[target as keyof typeof MESSAGES]
      found[state][target] = await outcomeOf(trade, `salesorders(${id})`, () =>
        message === undefined ? trade.seller.patch(`salesorders(${id})`, { statecode: Number(target) }) : message(trade.seller, id),
      )
    }
  }
  expect(found).toEqual(ORDERS)
})

test('with sales order processing integration a submitted order is canceled and a fulfilled one is not', async (t) => {
  const trade = await startTrade(t)
  const organization = (await trade.sales.get('organizations')).body.value[0].organizationid
  await trade.sales.patch(`organizations(${organization})`, { issopintegrationenabled: true })
  const submitted = await documentAfter(trade, 'salesorders', WAYS.salesorders.submitted)
  expect((await MESSAGES.cancel(trade.sales, submitted)).status).toBe(204)
  const fulfilled = await documentAfter(trade, 'salesorders', WAYS.salesorders.fulfilled)
  expect(refusalOf(await MESSAGES.cancel(trade.sales, fulfilled))).toBe('400 0x80048408')
})

const INVOICES: Record<InvoiceState, Record<'0' | '1' | '2' | '3', Outcome>> = {
  active: { '0': '204 0/1', '1': '400 0x80043b25 0/1', '2': '204 2/100001', '3': '204 3/100003' },
  paid: { '0': '204 0/1', '1': '400 0x80043b25 2/100001', '2': '400 0x80100000 2/100001', '3': '204 3/100003' },
  canceled: { '0': '204 0/1', '1': '400 0x80043b25 3/100003', '2': '400 0x80100000 3/100003', '3': '400 0x80100001 3/100003' },
}

test('DV-102 every state of an invoice under every plain write', async (t) => {
  const trade = await startTrade(t)
  const found: Record<string, Record<string, Outcome>> = {}
  for (const [state, expected] of Object.entries(INVOICES) as [InvoiceState, Record<string, Outcome>][]) {
    found[state] = {}
    for (const target of Object.keys(expected)) {
      const id = await documentAfter(trade, 'invoices', WAYS.invoices[state])
      found[state][target] = await outcomeOf(trade, `invoices(${id})`, () =>
        trade.sales.patch(`invoices(${id})`, { statecode: Number(target) }),
      )
    }
  }
  expect(found).toEqual(INVOICES)
})

test('DV-102 the reason of another state is refused', async (t) => {
  const trade = await startTrade(t)
  const foreign = [
    ['quotes', 2],
    ['quotes', 4],
    ['salesorders', 3],
    ['salesorders', 100003],
    ['invoices', 100001],
    ['invoices', 7],
  ] as const
  for (const [set, statuscode] of foreign) {
    const path = `${set}(${await trade.document(set)})`
    expect([set, await outcomeOf(trade, path, () => trade.sales.patch(path, { statuscode }))]).toEqual([set, '400 0x80048408 0/1'])
    expect([set, await outcomeOf(trade, path, () => trade.sales.patch(path, { statecode: 0, statuscode }))]).toEqual([
      set,
      '400 0x80048408 0/1',
    ])
  }
})

test('a new document begins in its first state, whatever the create says', async (t) => {
  const trade = await startTrade(t)
  const state = async (set: 'quotes' | 'salesorders' | 'invoices', values: object): Promise<string> => {
    const id = await trade.document(set, { ...values })
    const row = await trade.read(`${set}(${id})`, 'statecode,statuscode')
    return `${row.statecode}/${row.statuscode}`
  }
  expect(await state('quotes', { statecode: 1, statuscode: 2 })).toBe('0/1')
  expect(await state('quotes', { statecode: 2 })).toBe('0/1')
  expect(await state('salesorders', { statecode: 4, statuscode: 100003 })).toBe('0/1')
  expect(await state('salesorders', { statuscode: 2 })).toBe('0/2')
  expect(await state('salesorders', { statecode: 3, statuscode: 2 })).toBe('0/2')
  expect(await state('invoices', { statuscode: 4 })).toBe('0/4')
  expect(await state('invoices', { statuscode: -1 })).toBe('0/1')
  const foreign = await trade.sales.post('salesorders', { name: 'x', statuscode: 4 })
  expect(refusalOf(foreign)).toBe('400 0x80048408')
})
