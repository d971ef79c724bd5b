import { expect, test } from 'vitest'
import { isMoreThanState, LOCK_RULES, refuseKeptColumns, refuseOrderEdit } from './p2c-locks.ts'
import { PROCESSING_STATUSES } from './p2c-processing-status.ts'

const DRAFT = { orderNumber: 'ORD-1', status: PROCESSING_STATUSES.draft, isExternal: false }

test('S8 an order is open to users as a draft of Sales only', () => {
  expect(refuseOrderEdit(DRAFT)).toBeUndefined()
  expect(refuseOrderEdit({ ...DRAFT, isExternal: true })).toMatchObject({ code: '0x80040265' })
  for (const status of Object.values(PROCESSING_STATUSES).filter((value) => value !== PROCESSING_STATUSES.draft))
    expect(refuseOrderEdit({ ...DRAFT, status })).toMatchObject({ code: '0x80040265', message: expect.stringContaining('ORD-1') })
})

const check = (sent: Record<string, unknown>, stored: Record<string, unknown> = {}) =>
  refuseKeptColumns(LOCK_RULES.salesorder, { sent: (column) => sent[column], stored: (column) => stored[column] })

test('a kept amount is refused where it changes, whatever its spelling', () => {
  expect(check({ freightamount: '5' })).toMatchObject({ message: expect.stringContaining("'freightamount'") })
  expect(check({ freightamount: '5' }, { freightamount: '5.0000' })).toBeUndefined()
  expect(check({ freightamount: null }, { freightamount: '5' })).toBeDefined()
  expect(check({ freightamount: '0' }, { freightamount: null })).toBeUndefined()
  expect(check({ name: 'x' }, { freightamount: '5' })).toBeUndefined()
})

test('a kept flag may be sent as it stands, an empty one as its default', () => {
  expect(check({ msdynce_hasexternallymaintainedproductsonly: true })).toBeUndefined()
  expect(check({ msdynce_hasexternallymaintainedproductsonly: false })).toBeDefined()
  expect(check({ msdynce_ismaintainedexternally: false }, { msdynce_ismaintainedexternally: null })).toBeUndefined()
  expect(check({ msdynce_ismaintainedexternally: true }, { msdynce_ismaintainedexternally: true })).toBeUndefined()
})

test('a write of a state is told from one of more', () => {
  expect(isMoreThanState(['statecode', 'statuscode', 'modifiedon', 'modifiedby', 'modifiedonbehalfby'])).toBe(false)
  expect(isMoreThanState(['statecode', 'name'])).toBe(true)
})
