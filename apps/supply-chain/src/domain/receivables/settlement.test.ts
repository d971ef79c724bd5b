import { type Decimal, decimal, sum } from '@p2c/base'
import { expect, test } from 'vitest'
import { randomFrom } from './random.fixture.ts'
import { type Mark, type OpenItem, planSettlements, type SettlementOutcome, type SettlementRules, settlementOrder } from './settlement.ts'

const CENT = decimal('0.01')
const RULES: SettlementRules = {
  stepOf: () => CENT,
  stepMst: CENT,
  maxPennyDifference: decimal('0.01'),
  maxOverUnderPayment: decimal('0.5'),
  cashDiscountOnPartialPayments: false,
  cashDiscountOnCreditNotes: false,
}
const PARTIAL: SettlementRules = { ...RULES, cashDiscountOnPartialPayments: true }

const item = (id: string, amount: string, more: Partial<OpenItem> = {}): OpenItem => ({
  id,
  transType: 'Sales',
  date: '2025-03-01',
  amountCur: decimal(amount),
  amountMst: decimal(amount),
  cashDiscountDate: '1900-01-01',
  possibleCashDiscount: decimal(0),
  useCashDiscount: 'Normal',
  ...more,
})
const payment = (id: string, amount: string, more: Partial<OpenItem> = {}): OpenItem =>
  item(id, `-${amount}`, { transType: 'Payment', ...more })
const withDiscount = (amount: string, date = '2025-03-11'): Partial<OpenItem> => ({
  possibleCashDiscount: decimal(amount),
  cashDiscountDate: date,
})

function settleOne(items: readonly OpenItem[], marks: readonly Mark[], rules = RULES): SettlementOutcome {
  return planSettlements(new Map(items.map((each) => [each.id, each])), [{ paymentId: 'p', marks }], rules)
}

/** What is left open of each item, and what the settlement made. */
const summary = ({ items, plans }: SettlementOutcome) => ({
  open: Object.fromEntries([...items].map(([id, { amountCur }]) => [id, amountCur.toFixed(2)])),
  made: plans.flatMap(({ made }) =>
    made.map(({ transType, amountCur, amountMst }) => [transType, amountCur.toFixed(2), amountMst.toFixed(2)]),
  ),
})

const whole: readonly Mark[] = [{ id: 'i' }]

type Case = readonly [
  name: string,
  items: readonly OpenItem[],
  marks: readonly Mark[],
  rules: SettlementRules,
  open: string,
  made: string[][],
]

/** `open` is what is left of the invoice and of the payment. */
const CASES: readonly Case[] = [
  ['EX-20 partial', [item('i', '507.60'), payment('p', '200')], whole, RULES, '307.60 0.00', []],
  ['EX-20 the rest', [item('i', '307.60'), payment('p', '307.60')], whole, RULES, '0.00 0.00', []],
  ['EX-20 too much stays open', [item('i', '307.60'), payment('p', '310')], whole, RULES, '0.00 -2.40', []],
  ['EX-20 a little too much', [item('i', '307.60'), payment('p', '307.90')], whole, RULES, '0.00 0.00', [['OverUnder', '0.30', '0.30']]],
  [
    'EX-21 partial with discount',
    [item('i', '100', withDiscount('2')), payment('p', '49')],
    whole,
    PARTIAL,
    '50.00 0.00',
    [['CashDiscount', '-1.00', '-1.00']],
  ],
  ['EX-21 without the parameter', [item('i', '100', withDiscount('2')), payment('p', '49')], whole, RULES, '51.00 0.00', []],
  ['EX-23 a little too little', [item('i', '1000'), payment('p', '999.90')], whole, RULES, '0.00 0.00', [['OverUnder', '-0.10', '-0.10']]],
  ['a penny too little', [item('i', '1000'), payment('p', '999.99')], whole, RULES, '0.00 0.00', [['PennyDifference', '-0.01', '-0.01']]],
  ['a penny too much', [item('i', '1000'), payment('p', '1000.01')], whole, RULES, '0.00 0.00', [['PennyDifference', '0.01', '0.01']]],
  ['more than the limit too little', [item('i', '1000'), payment('p', '999.49')], whole, RULES, '0.51 0.00', []],
  [
    'whole discount in time',
    [item('i', '100', withDiscount('2')), payment('p', '98')],
    whole,
    RULES,
    '0.00 0.00',
    [['CashDiscount', '-2.00', '-2.00']],
  ],
  [
    'discount and difference',
    [item('i', '100', withDiscount('2')), payment('p', '97.80')],
    whole,
    RULES,
    '0.00 0.00',
    [
      ['CashDiscount', '-2.00', '-2.00'],
      ['OverUnder', '-0.20', '-0.20'],
    ],
  ],
  ['discount one day late', [item('i', '100', withDiscount('2', '2025-02-28')), payment('p', '98')], whole, RULES, '2.00 0.00', []],
  [
    'discount on its last day',
    [item('i', '100', withDiscount('2', '2025-03-01')), payment('p', '100')],
    whole,
    RULES,
    '0.00 -2.00',
    [['CashDiscount', '-2.00', '-2.00']],
  ],
  [
    'discount always',
    [item('i', '100', { ...withDiscount('2', '2025-02-01'), useCashDiscount: 'Always' }), payment('p', '98')],
    whole,
    RULES,
    '0.00 0.00',
    [['CashDiscount', '-2.00', '-2.00']],
  ],
  [
    'discount never',
    [item('i', '100', { ...withDiscount('2'), useCashDiscount: 'Never' }), payment('p', '98')],
    whole,
    RULES,
    '2.00 0.00',
    [],
  ],
  [
    'discount on request',
    [item('i', '100'), payment('p', '95')],
    [{ id: 'i', cashDiscount: decimal(5) }],
    RULES,
    '0.00 0.00',
    [['CashDiscount', '-5.00', '-5.00']],
  ],
  [
    'full settlement of a larger rest',
    [item('i', '100', withDiscount('2')), payment('p', '90')],
    [{ id: 'i', isFullSettlement: true }],
    RULES,
    '0.00 0.00',
    [['CashDiscount', '-10.00', '-10.00']],
  ],
  ['a part only', [item('i', '100'), payment('p', '80')], [{ id: 'i', amount: decimal(30) }], RULES, '70.00 -50.00', []],
  [
    'a part with its discount',
    [item('i', '100', withDiscount('2')), payment('p', '80')],
    [{ id: 'i', amount: decimal(50) }],
    PARTIAL,
    '50.00 -31.00',
    [['CashDiscount', '-1.00', '-1.00']],
  ],
  ['amounts in whole cents', [item('i', '100'), payment('p', '80')], [{ id: 'i', amount: decimal('30.004') }], RULES, '70.00 -50.00', []],
  ['more than is open', [item('i', '20'), payment('p', '80')], [{ id: 'i', amount: decimal(30) }], RULES, '0.00 -60.00', []],
  ['same direction', [item('i', '-20'), payment('p', '80')], whole, RULES, '-20.00 -80.00', []],
  ['twice the same invoice', [item('i', '20'), payment('p', '80')], [{ id: 'i' }, { id: 'i' }], RULES, '0.00 -60.00', []],
  ['credit note', [item('i', '64.80'), item('p', '-25.92')], whole, RULES, '38.88 0.00', []],
  ['a credit note writes off no more than pennies', [item('i', '26'), item('p', '-25.92')], whole, RULES, '0.08 0.00', []],
  ['a refund of a credit note', [item('i', '-25.92'), item('p', '25.92', { transType: 'Payment' })], whole, RULES, '0.00 0.00', []],
]

test.each(CASES)('settlement: %s', (_name, items, marks, rules, open, made) => {
  const outcome = settleOne(items, marks, rules)
  const result = summary(outcome)
  expect(`${result.open.i} ${result.open.p}`).toBe(open)
  expect(result.made).toEqual(made)
})

test('EX-20 a payment and an invoice have two rows of equal amounts', () => {
  const [plan] = settleOne([item('i', '507.60'), payment('p', '200')], whole).plans
  expect(plan?.rows.map(({ id, offsetId, amountCur, amountMst }) => [id, offsetId, amountCur.toFixed(2), amountMst.toFixed(2)])).toEqual([
    ['p', 'i', '-200.00', '-200.00'],
    ['i', 'p', '200.00', '200.00'],
  ])
})

test('different rates leave an exchange adjustment in the accounting currency alone', () => {
  const items = [item('i', '100', { amountMst: decimal(110) }), payment('p', '60', { amountMst: decimal(-63) })]
  const outcome = settleOne(items, whole)
  expect(summary(outcome)).toEqual({ open: { i: '40.00', p: '0.00' }, made: [['ExchAdjustment', '0.00', '-3.00']] })
  expect(outcome.items.get('i')?.amountMst.toFixed(2)).toBe('44.00')
  expect(outcome.plans[0]?.rows.map(({ amountMst, exchAdjustment }) => [amountMst.toFixed(2), exchAdjustment.toFixed(2)])).toEqual([
    ['-63.00', '0.00'],
    ['66.00', '-3.00'],
    ['-3.00', '0.00'],
  ])
})

test('a credit note nets its own cash discount where the parameter says so', () => {
  const items = [item('i', '100', withDiscount('2')), item('p', '-20', withDiscount('-0.4'))]
  const outcome = settleOne(items, whole, { ...RULES, cashDiscountOnCreditNotes: true })
  expect(outcome.items.get('i')).toMatchObject({ amountCur: decimal(80), possibleCashDiscount: decimal('1.6') })
  expect(settleOne(items, whole).items.get('i')?.possibleCashDiscount.toFixed(2)).toBe('2.00')
})

const candidate = (id: string, dueDate: string, transType = 'Sales') => ({ id, transType, dueDate, date: '2025-08-01', voucher: id })

test('EX-22 automatic settlement takes the oldest due date first, or the defined priority', () => {
  const candidates = [
    candidate('500', '2025-10-15'),
    candidate('7', '2025-10-15', 'Interest'),
    candidate('100', '2025-08-15'),
    candidate('250', '2025-09-01'),
  ]
  const run = (priorities?: ReadonlyMap<string, number>) => {
    const order = settlementOrder(candidates, priorities)
    const items = [...order.map(({ id, transType }) => item(id, id, { transType })), payment('p', '700')]
    const outcome = settleOne(
      items,
      order.map(({ id }) => ({ id })),
    )
    const settled = outcome.plans[0]?.rows.filter(({ id }) => id !== 'p').map(({ amountCur }) => amountCur.toFixed(2))
    return { settled, open: summary(outcome).open }
  }
  expect(run()).toMatchObject({ settled: ['100.00', '250.00', '350.00'], open: { 500: '150.00', 7: '7.00', p: '0.00' } })
  expect(run(new Map([['Interest', 1]]))).toMatchObject({
    settled: ['7.00', '100.00', '250.00', '343.00'],
    open: { 500: '157.00', 7: '0.00', p: '0.00' },
  })
})

const total = (values: readonly Decimal[]): string => sum(values).toFixed()

test('random settlements never change a sign and add up to nought', () => {
  const seed = Number(process.env.P2C_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31))
  const random = randomFrom(seed)
  const money = (below: number) => decimal(random(below)).plus(1).times(CENT)
  for (let round = 0; round < 300; round++) {
    const rate = decimal(50 + random(150)).dividedBy(100)
    const items = Array.from({ length: 2 + random(6) }, (_, index): OpenItem => {
      const amount = money(200_000)
      const sign = random(2) === 0 ? 1 : -1
      const drift = decimal(95 + random(10)).dividedBy(100)
      return {
        id: `t${index}`,
        transType: random(2) === 0 ? 'Payment' : 'Sales',
        date: `2025-03-${10 + random(20)}`,
        amountCur: amount.times(sign),
        amountMst: amount.times(rate).times(drift).toDecimalPlaces(2).times(sign),
        cashDiscountDate: `2025-03-${10 + random(20)}`,
        possibleCashDiscount: amount.times(random(4)).dividedBy(100).toDecimalPlaces(2).times(sign),
        useCashDiscount: (['Normal', 'Always', 'Never'] as const)[random(3)] ?? 'Normal',
      }
    })
    const pick = () => `t${random(items.length)}`
    const marks = Array.from(
      { length: 1 + random(4) },
      (): Mark => ({
        id: pick(),
        ...(random(3) === 0 && { amount: money(100_000) }),
        ...(random(4) === 0 && { cashDiscount: money(500) }),
        ...(random(5) === 0 && { isFullSettlement: true }),
      }),
    )
    const rules = { ...RULES, cashDiscountOnPartialPayments: random(2) === 0, cashDiscountOnCreditNotes: random(2) === 0 }
    const before = new Map(items.map((each) => [each.id, each]))
    const requests = [
      { paymentId: pick(), marks },
      { paymentId: pick(), marks: [{ id: pick() }] },
    ]
    const outcome = planSettlements(before, requests, rules)
    const place = `seed ${seed} round ${round}`
    for (const { rows, made } of outcome.plans) {
      expect([place, total(rows.map(({ amountCur }) => amountCur)), total(rows.map(({ amountMst }) => amountMst))]).toEqual([
        place,
        '0',
        '0',
      ])
      for (const each of made)
        expect([place, total(rows.filter(({ id }) => id === each.id).map(({ amountMst }) => amountMst))]).toEqual([
          place,
          each.amountMst.toFixed(),
        ])
    }
    const all = outcome.plans.flatMap(({ rows }) => rows)
    for (const [id, each] of before) {
      const after = outcome.items.get(id) ?? each
      const own = all.filter((row) => row.id === id)
      expect([place, id, each.amountCur.minus(sum(own.map(({ amountCur }) => amountCur))).toFixed()]).toEqual([
        place,
        id,
        after.amountCur.toFixed(),
      ])
      expect([place, id, each.amountMst.minus(sum(own.map(({ amountMst }) => amountMst))).toFixed()]).toEqual([
        place,
        id,
        after.amountMst.toFixed(),
      ])
      const isSound = after.amountCur.isZero() ? after.amountMst.isZero() : after.amountCur.isNegative() === each.amountCur.isNegative()
      expect([place, id, isSound, after.possibleCashDiscount.abs().lessThanOrEqualTo(each.possibleCashDiscount.abs())]).toEqual([
        place,
        id,
        true,
        true,
      ])
    }
  }
})
