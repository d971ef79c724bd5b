import { decimal } from '@p2c/base'
import { expect, test } from 'vitest'
import {
  availableToPromise,
  controlledShipDate,
  type ExpectedMovement,
  type PromiseInput,
  type PromiseSettings,
  promiseShipment,
  shipDateFrom,
} from './promise.ts'

const TODAY = '2025-02-11'
const SETTINGS: PromiseSettings = {
  timeFenceDays: 0,
  backwardDemandDays: 7,
  backwardSupplyDays: 7,
  delayedDemandOffsetDays: 1,
  delayedSupplyOffsetDays: 1,
  leadTimeDays: 5,
  issueMarginDays: 2,
}

const receipt = (date: string, quantity: string): ExpectedMovement => ({ date, side: 'receipt', quantity: decimal(quantity) })
const issue = (date: string, quantity: string): ExpectedMovement => ({ date, side: 'issue', quantity: decimal(quantity) })

const input = (movements: readonly ExpectedMovement[], more: Partial<PromiseInput> = {}): PromiseInput => ({
  today: TODAY,
  onHand: decimal(0),
  movements,
  settings: SETTINGS,
  ...more,
})

const days = (of: PromiseInput) => availableToPromise(of).map(({ date, atp }) => [date, atp.toFixed()])

const EX_27 = input([receipt('2025-02-08', '200'), issue('2025-02-10', '75'), receipt('2025-02-21', '100')])

test('EX-27 delayed goods count from tomorrow, and 150 ship on day 10', () => {
  expect(days(EX_27)).toEqual([
    ['2025-02-11', '0'],
    ['2025-02-12', '125'],
    ['2025-02-21', '225'],
  ])
  expect(promiseShipment(EX_27, { method: 'ATP', quantity: decimal(150) })).toMatchObject({
    earliestShipDate: '2025-02-21',
    isAvailable: true,
  })
  expect(promiseShipment(EX_27, { method: 'ATP', quantity: decimal(125) }).earliestShipDate).toBe('2025-02-12')
  expect(promiseShipment(EX_27, { method: 'ATPPlusIssueMargin', quantity: decimal(150) }).earliestShipDate).toBe('2025-02-23')
})

test('goods that a later issue needs are not promised before it, and a shortage is nought', () => {
  const of = input([issue('2025-02-15', '8'), receipt('2025-02-18', '5'), issue('2025-02-20', '4')], { onHand: decimal(10) })
  expect(days(of)).toEqual([
    ['2025-02-11', '2'],
    ['2025-02-15', '2'],
    ['2025-02-18', '3'],
    ['2025-02-20', '3'],
  ])
  expect(days(input([issue(TODAY, '3')], { onHand: decimal(1) }))).toEqual([[TODAY, '0']])
})

test('what is later than the backward fence does not count', () => {
  expect(days(input([receipt('2025-02-03', '9'), issue('2025-02-03', '4')], { onHand: decimal(1) }))).toEqual([[TODAY, '1']])
})

test('beyond the time fence the date is its last day, and capable-to-promise takes the lead time', () => {
  const fenced = { ...EX_27, settings: { ...SETTINGS, timeFenceDays: 9 } }
  expect(promiseShipment(fenced, { method: 'ATP', quantity: decimal(150) })).toMatchObject({
    earliestShipDate: '2025-02-20',
    isAvailable: false,
  })
  expect(promiseShipment(fenced, { method: 'CTP', quantity: decimal(150) }).earliestShipDate).toBe('2025-02-16')
  expect(promiseShipment(fenced, { method: 'CTP', quantity: decimal(100) }).earliestShipDate).toBe('2025-02-12')
})

test('the lead time looks at no stock, and no control promises today', () => {
  expect(promiseShipment(EX_27, { method: 'SalesLeadTime', quantity: decimal(999) }).earliestShipDate).toBe('2025-02-16')
  expect(promiseShipment(EX_27, { method: 'None', quantity: decimal(999) }).earliestShipDate).toBe(TODAY)
  expect([shipDateFrom('2025-02-01', TODAY), shipDateFrom('2025-03-01', TODAY)]).toEqual([TODAY, '2025-03-01'])
})

test('a line under delivery date control ships from today on, and repeating its date changes nothing', () => {
  const row = { SalesOrderPromisingMethod: 'ATP', RequestedShippingDate: '2025-02-01' }
  expect(controlledShipDate({ row, today: TODAY })).toEqual({ RequestedShippingDate: TODAY })
  expect(controlledShipDate({ row: { ...row, SalesOrderPromisingMethod: 'None' }, today: TODAY })).toEqual({})
  expect(controlledShipDate({ row: { ...row, RequestedShippingDate: '2025-02-12' }, today: TODAY })).toEqual({})
  const before = { ...row, RequestedShippingDate: TODAY }
  expect(controlledShipDate({ before, row, today: '2025-02-14' })).toEqual({ RequestedShippingDate: TODAY })
  expect(controlledShipDate({ before, row: before, today: '2025-02-14' })).toEqual({ RequestedShippingDate: TODAY })
})
