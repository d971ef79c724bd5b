import { decimal, sum } from '@p2c/base'
import { expect, test } from 'vitest'
import { randomFrom } from '../domain/receivables/random.fixture.ts'
import type { Json } from '../supply-chain-app.fixture.ts'
import { findImbalances, type ReceivablesApp, startReceivables } from './receivables.fixture.ts'

interface Play {
  readonly app: ReceivablesApp
  readonly random: (below: number) => number
  readonly day: () => string
  invoices: number
}

const account = 'C-EUR'

const money = ({ random }: Play, below: number) =>
  decimal(random(below) + 1)
    .dividedBy(100)
    .toFixed(2)

const openTransactions = async ({ app }: Play, sign: '<' | '>'): Promise<readonly string[]> => {
  const { rows } = await app.database.query<{ id: string }>(
    `select o.ref_rec_id::text as id from cust_trans_open o where o.amount_cur ${sign} 0 order by o.ref_rec_id`,
  )
  return rows.map(({ id }) => id)
}

async function postInvoice(play: Play): Promise<void> {
  const { app, random } = play
  const amount = money(play, 50_000)
  const sign = random(5) === 0 ? '-' : ''
  const discount = decimal(amount).times(random(4)).dividedBy(100).toFixed(2)
  play.invoices += 1
  await app.invoice({
    invoice: `R-${play.invoices}`,
    amount: `${sign}${amount}`,
    account,
    currency: 'EUR',
    rate: decimal(100 + random(20))
      .dividedBy(100)
      .toFixed(2),
    date: play.day(),
    discount: `${sign}${discount}`,
    discountDate: play.day(),
  })
}

async function pay(play: Play): Promise<void> {
  const { app, random } = play
  const marked = random(3) === 0 ? {} : { MarkedInvoice: `R-${1 + random(Math.max(1, play.invoices))}` }
  const line = { AccountDisplayValue: account, CreditAmount: Number(money(play, 60_000)), TransactionDate: play.day(), ...marked }
  const header = await app.create('CustomerPaymentJournalHeaders', {})
  const reply = await app.post('/data/CustomerPaymentJournalLines', { JournalBatchNumber: header.JournalBatchNumber, ...line })
  if (reply.status === 201) await app.command('post-payment-journal', { journalBatchNumber: header.JournalBatchNumber })
}

async function settleSome(play: Play): Promise<void> {
  const { app, random } = play
  const paying = await openTransactions(play, '<')
  const owed = await openTransactions(play, '>')
  const pick = (ids: readonly string[]) => ids[random(ids.length)]
  if (paying.length === 0 || owed.length === 0) return
  const marks = Array.from(
    { length: 1 + random(3) },
    (): Json => ({
      recId: pick(owed),
      ...(random(3) === 0 && { amount: money(play, 20_000) }),
      ...(random(4) === 0 && { cashDiscount: money(play, 300) }),
      ...(random(4) === 0 && { isFullSettlement: true }),
    }),
  )
  await app.command('settle-transactions', { transaction: { recId: pick(paying) }, marks, date: play.day() })
}

async function undoOne({ app, random }: Play): Promise<void> {
  const settlements = await app.rows(`CustSettlements?$filter=IsReversed eq Microsoft.Dynamics.DataEntities.NoYes'No'`)
  const chosen = settlements[random(Math.max(1, settlements.length))]
  if (chosen === undefined) return
  const before = await stateOf(app)
  const undone = await app.command('undo-settlement', { settlementVoucher: chosen.SettlementVoucher, date: '2025-12-31' })
  expect(undone.status).toBe(200)
  const after = await stateOf(app)
  for (const row of settlements.filter(({ SettlementVoucher }) => SettlementVoucher === chosen.SettlementVoucher)) {
    const [was, is] = [before.get(String(row.TransRecId)), after.get(String(row.TransRecId))]
    if (was === undefined || was.isMade) continue
    const own = settlements.filter((each) => each.TransRecId === row.TransRecId && each.SettlementVoucher === chosen.SettlementVoucher)
    const restored = sum(own.map(({ SettleAmountCur }) => decimal(String(SettleAmountCur))))
    expect(is?.open.toFixed()).toBe(was.open.plus(restored).toFixed())
  }
}

const stateOf = async (app: ReceivablesApp) => {
  const { rows } = await app.database.query<{ id: string; open: string; made: boolean }>(
    `select t.sys_rec_id::text as id, coalesce(o.amount_cur, 0)::text as open, t.trans_type not in ('Sales', 'Payment') as made
     from cust_trans t left join cust_trans_open o on o.ref_rec_id = t.sys_rec_id`,
  )
  return new Map(rows.map(({ id, open, made }) => [id, { open: decimal(open), isMade: made }]))
}

test('whatever is invoiced, paid, settled and undone: accounts, settlements and ledger agree', async (t) => {
  const seed = Number(process.env.P2C_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31))
  const app = await startReceivables(t)
  const random = randomFrom(seed)
  const play: Play = { app, random, invoices: 0, day: () => `2025-03-${10 + random(20)}` }
  await app.setParameter({
    CashDiscountOnPartialPayments: random(2) === 0 ? 'Yes' : 'No',
    CashDiscountOnCreditNotes: random(2) === 0 ? 'Yes' : 'No',
    AutomaticSettlement: random(2) === 0 ? 'Yes' : 'No',
  })
  const acts = [postInvoice, postInvoice, pay, settleSome, undoOne]
  for (let step = 0; step < 60; step++) {
    await acts[random(acts.length)]?.(play)
    expect([`seed ${seed} step ${step}`, await findImbalances(app)]).toEqual([`seed ${seed} step ${step}`, []])
  }
  // A play in which nothing was settled would prove nothing.
  expect([seed, (await app.rows('CustSettlements?$top=1')).length]).toEqual([seed, 1])
  const balances = await app.rows(`CustBalances?$filter=AccountNum eq '${account}'`)
  const { rows } = await app.database.query<{ cur: string; mst: string }>(
    'select sum(amount_cur - settle_amount_cur)::text as cur, sum(amount_mst - settle_amount_mst)::text as mst from cust_trans',
  )
  const total = balances[0] ?? { AmountCur: 0, AmountMST: 0 }
  expect([seed, decimal(total.AmountCur).toFixed(2), decimal(total.AmountMST).toFixed(2)]).toEqual([
    seed,
    decimal(rows[0]?.cur ?? '0').toFixed(2),
    decimal(rows[0]?.mst ?? '0').toFixed(2),
  ])
}, 60_000)

test('settlements, payments and undoings at once leave everything balanced', async (t) => {
  const app = await startReceivables(t)
  for (let number = 1; number <= 6; number++) await app.invoice({ invoice: `I-${number}`, amount: '100' })
  const paid = await Promise.all([1, 2, 3, 4].map((number) => app.pay('150', { MarkedInvoice: `I-${number}` })))
  const marks = [6, 5, 4, 3, 2, 1].map((number) => ({ invoiceNumber: `I-${number}` }))
  const replies = await Promise.all([
    ...paid.map((payment, index) =>
      app.command('settle-transactions', {
        transaction: { voucher: payment.voucher },
        marks: (index % 2 === 0 ? marks : marks.toReversed()).slice(0, 2),
        date: '2025-03-05',
      }),
    ),
    ...paid.map((payment) => app.command('undo-settlement', { settlementVoucher: payment.settlementVoucher, date: '2025-03-05' })),
    ...paid.map((payment) => app.command('undo-settlement', { settlementVoucher: payment.settlementVoucher, date: '2025-03-05' })),
  ])
  for (const { status } of replies) expect([200, 400]).toContain(status)
  expect(replies.slice(4).filter(({ status }) => status === 200)).toHaveLength(4)
  expect(await findImbalances(app)).toEqual([])
})
