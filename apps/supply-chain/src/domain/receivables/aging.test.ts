import { decimal } from '@p2c/base'
import { expect, test } from 'vitest'
import { type AgingLine, agedBalance, agingColumns, columnOf } from './aging.ts'

const line = (label: string, interval: AgingLine['interval'], unit: number, direction: AgingLine['direction'] = 'Forward'): AgingLine => ({
  label,
  interval,
  unit,
  direction,
})

/** The demonstration definition, as it is seeded. */
const STANDARD = [
  line('Current', 'Period', 0),
  line('1-30', 'Day', 30),
  line('31-60', 'Day', 30),
  line('61-90', 'Day', 30),
  line('91-180', 'Day', 90),
  line('Over 180', 'Unlimited', 0),
]

const owed = (day: string, amount: string) => ({ day, amount: decimal(amount), isUnapplied: amount.startsWith('-') })

test('EX-26 open amounts fall into columns by how long they are due', () => {
  const columns = agingColumns(STANDARD, '2025-03-31')
  const amounts = [owed('2025-04-10', '100'), owed('2025-03-20', '200'), owed('2025-02-15', '300'), owed('2024-12-01', '400')]
  const aged = agedBalance(columns, amounts, false)
  expect(aged.columns.map((each) => each.toFixed())).toEqual(['100', '200', '300', '0', '400', '0'])
  expect([aged.total.toFixed(), aged.firstNonzero]).toEqual(['1000', 1])
})

test('the edges of columns lie between days', () => {
  const columns = agingColumns(STANDARD, '2025-03-31')
  const days = [
    '2025-03-31',
    '2025-03-30',
    '2025-03-01',
    '2025-02-28',
    '2025-01-30',
    '2025-01-29',
    '2024-12-31',
    '2024-12-30',
    '2024-10-02',
    '2024-10-01',
  ]
  expect(days.map((day) => columnOf(columns, day) + 1)).toEqual([1, 2, 2, 3, 3, 4, 4, 5, 5, 6])
})

test('months end where months end, and the first column takes what is ahead where no other does', () => {
  const columns = agingColumns(
    [line('1 month', 'Month', 1, 'Backward'), line('Quarter', 'Quarter', 1, 'Backward'), line('Rest', 'Day', 30, 'Backward')],
    '2025-04-01',
  )
  expect(columns).toEqual([
    { label: '1 month', from: '2025-03-01' },
    { label: 'Quarter', from: '2024-11-29', to: '2025-02-28' },
    { label: 'Rest', to: '2024-11-28' },
  ])
})

test('a definition with both directions looks ahead as well, in the order in which it is listed', () => {
  const backward = line('Past', 'Unlimited', 0, 'Backward')
  expect(agingColumns([line('Later', 'Unlimited', 0), line('Soon', 'Day', 7), backward], '2025-04-01')).toEqual([
    { label: 'Later', from: '2025-04-08' },
    { label: 'Soon', from: '2025-04-01', to: '2025-04-07' },
    { label: 'Past', to: '2025-03-31' },
  ])
  expect(agingColumns([line('Soon', 'Week', 1), line('Later', 'Unlimited', 0), backward], '2025-04-01').map(({ from }) => from)).toEqual([
    '2025-04-01',
    '2025-04-08',
    undefined,
  ])
})

test('unapplied payments stand in the first column with payment positioning, else where their day says', () => {
  const columns = agingColumns(STANDARD, '2025-03-31')
  const amounts = [owed('2025-02-15', '300'), owed('2025-02-20', '-50')]
  expect(agedBalance(columns, amounts, false).columns.map((each) => each.toFixed())).toEqual(['0', '0', '250', '0', '0', '0'])
  expect(agedBalance(columns, amounts, true).columns.map((each) => each.toFixed())).toEqual(['-50', '0', '300', '0', '0', '0'])
})
