import { expect, test } from 'vitest'
import { readFilter } from '../compare/filter-text.ts'
import { type FoundEvent, STEPS } from './events.ts'
import { failingClauses } from './failing-clauses.ts'
import { keyedSet, readEntity } from './record-kinds.ts'
import { inOrder } from './timeline.ts'

const SETS = ['accounts', 'CustomersV2', 'salesorders', 'Account', 'Vendors']

test.each([
  ['order', 'order', ['salesorders', 'salesorderdetails']],
  ['Orders', 'order', ['salesorders', 'salesorderdetails']],
  ['sales order', 'order', ['salesorders', 'salesorderdetails']],
  ['account', 'account', ['accounts']],
  ['salesorders', 'order', ['salesorders']],
  ['CDSSalesOrderHeaders', 'order', ['cdssalesorderheaders']],
  ['customersv2', undefined, ['customersv2']],
  ['Vendors', undefined, ['vendors']],
  ['starship', undefined, undefined],
])('the entity %s is %s in %o', (text, noun, sets) => {
  const wanted = readEntity(text, SETS)
  expect(wanted?.noun).toBe(noun)
  expect(wanted?.sets).toEqual(sets)
})

test('a set is found by its side: Account of the hub and accounts of Sales are two', () => {
  expect(keyedSet('CDS', 'account')).toMatchObject({ key: 'accountid' })
  expect(keyedSet('CRM', 'Accounts')).toMatchObject({ key: 'accountnumber' })
  expect(keyedSet('AX', 'accounts')).toBeUndefined()
})

test('every clause that does not hold is named with its value, also those of brackets as a whole', () => {
  const filter = readFilter('a eq 1 and statecode eq 1 and (b eq 2 or c eq 3) and not (d eq 4)')
  const row: Readonly<Record<string, string>> = { a: '1', statecode: '0', b: '9', c: '9', d: '4' }
  expect(filter && failingClauses(filter, (field) => row[field] ?? '')).toMatchObject([
    { code: 'quote-not-active', clause: 'statecode eq 1', value: '0' },
    { code: 'filter-clause', clause: 'b eq 2 or c eq 3', field: 'b', value: '9' },
    { code: 'filter-clause', clause: 'not (d eq 4)', field: 'd', value: '4' },
  ])
})

const event = (at: string, name: string, rank: number): FoundEvent => ({ at, side: 'sales', event: name, document: 'X', rank })

test('events stand in the order of time; a day without a time stands behind the earlier steps of that day', () => {
  const events = [
    event('2025-02-11', 'paid', STEPS.paid),
    event('2025-02-11', 'invoiced', STEPS.invoiced),
    event('2025-02-11T10:00:00Z', 'packed', STEPS.packed),
    event('2025-02-11T09:00:00Z', 'created', STEPS.created),
    event('2025-02-11T11:00:00Z', 'in-sales', STEPS.invoiceInSales),
    event('2025-02-10', 'day-before', STEPS.paid),
    event('2025-02-12T00:00:00Z', 'day-after', STEPS.lead),
  ]
  expect(inOrder(events).map((one) => one.event)).toEqual(['day-before', 'created', 'packed', 'invoiced', 'in-sales', 'paid', 'day-after'])
})
