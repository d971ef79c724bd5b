import { expect, test } from 'vitest'
import { type Chance, chanceFrom, seedOf } from '../../domain/pricing/random-documents.case.ts'
import type { Answer, Json } from '../../sales-app.fixture.ts'
import { MESSAGES, startTrade, type Trade } from './documents.fixture.ts'

type Step = (trade: Trade, quote: string, random: Chance) => Promise<Answer>

const STEPS: readonly Step[] = [
  ({ sales }, quote) => sales.patch(`quotes(${quote})`, { statecode: 1 }),
  ({ sales }, quote) => sales.patch(`quotes(${quote})`, { statecode: 0 }),
  ({ sales }, quote, random) => sales.patch(`quotes(${quote})`, { discountamount: random(5) }),
  ({ sales, line }, quote, random) =>
    sales.post('quotedetails', line({ quantity: 1 + random(9), 'quoteid@odata.bind': `/quotes(${quote})` })),
  async ({ sales }, quote, random) => {
    const lines = (await sales.get(`quotedetails?$filter=_quoteid_value eq ${quote}&$select=quantity`)).body.value
    const line = lines[random(Math.max(lines.length, 1))]?.quotedetailid
    if (line === undefined) return sales.get('quotes?$top=1')
    return random(3) === 0 ? sales.remove(`quotedetails(${line})`) : sales.patch(`quotedetails(${line})`, { quantity: 1 + random(9) })
  },
  ({ sales }, quote) => MESSAGES.win(sales, quote),
  ({ sales }, quote) => MESSAGES.close(sales, quote),
  ({ sales }, quote) => MESSAGES.revise(sales, quote),
  ({ sales }, quote) => MESSAGES.convert(sales, quote),
]

/**
 * What may be answered: done, refused by a rule of documents, or 404 for a line that somebody else deleted meanwhile. A `PATCH` that finds no
 * line would create one, which lacks its quote: `0x80040200`.
 */
const ANSWERS = ['0x8004022e', '0x80040228', '0x80048408', '0x80048d00', '0x80100003', '0x80040217', '0x800404f4', '0x80040200']

const rowsOf = async (trade: Trade, statement: string): Promise<readonly Json[]> => (await trade.sales.database.query<Json>(statement)).rows

test('random histories of quotes by clients at once keep every invariant', async (t) => {
  const seed = seedOf(process.env.P2C_TEST_SEED, Date.now() % 1_000_000)
  console.info(`random histories of quotes: P2C_TEST_SEED=${seed}`)
  const trade = await startTrade(t)
  const quotes = await Promise.all(
    [1, 2, 3].map(() => trade.document('quotes', { quote_details: [trade.line({ quantity: 5 }), trade.line({ quantity: 5 })] })),
  )
  const client = async (at: number): Promise<readonly string[]> => {
    const random = chanceFrom(seed + at)
    const answers: string[] = []
    for (let step = 0; step < 20; step += 1) {
      const answer = await STEPS[random(STEPS.length)]?.(trade, quotes[random(quotes.length)] ?? '', random)
      if (answer !== undefined && answer.status >= 300) answers.push(answer.body.error?.code ?? answer.text)
    }
    return answers
  }
  const refusals = (await Promise.all([0, 1, 2, 3, 4, 5].map(client))).flat()
  expect({ seed, others: refusals.filter((code) => !ANSWERS.includes(code)) }).toEqual({ seed, others: [] })
  const broken = {
    seed,
    copies: await rowsOf(
      trade,
      'select l.quotedetailid from quotedetail l join quote q using (quoteid) where l.quotestatecode is distinct from q.statecode',
    ),
    open: await rowsOf(trade, 'select quotenumber from quote where statecode in (0, 1) group by 1 having count(*) > 1'),
    closes: await rowsOf(trade, 'select quoteid from quote where statecode in (2, 3) and closedon is null'),
    numbers: await rowsOf(trade, 'select ordernumber from salesorder group by 1 having count(*) > 1'),
    totals: await rowsOf(
      trade,
      `select q.quoteid, q.totallineitemamount, s.total from quote q
       join (select quoteid, sum(extendedamount) as total from quotedetail group by 1) s using (quoteid)
       where q.totallineitemamount <> s.total`,
    ),
    orders: await rowsOf(
      trade,
      `select o.salesorderid from salesorder o
       join (select salesorderid, sum(extendedamount) as total from salesorderdetail group by 1) s using (salesorderid)
       where o.totallineitemamount <> s.total or not o.ispricelocked`,
    ),
  }
  expect(broken).toEqual({ seed, copies: [], open: [], closes: [], numbers: [], totals: [], orders: [] })
})
