import { expect, test } from 'vitest'
import { parseAssignment, parseLine, readValue } from './order-actions.ts'

test('a line is named by its number or its lot, with or without a quantity', () => {
  expect(parseLine('2=5')).toEqual({ lineCreationSequenceNumber: 2, quantity: '5' })
  expect(parseLine('LOT-000017=-2.5')).toEqual({ inventoryLotId: 'LOT-000017', quantity: '-2.5' })
  expect(parseLine('3')).toEqual({ lineCreationSequenceNumber: 3 })
  for (const text of ['', '=5', '1=', '1=five', '1=1e3', 'two words=1', '1=2=3']) expect(parseLine(text), text).toBeUndefined()
})

test('a parameter is everything before the first sign of equality', () => {
  expect(parseAssignment('comment=a=b')).toEqual({ name: 'comment', value: 'a=b' })
  expect(parseAssignment('comment=')).toEqual({ name: 'comment', value: '' })
  for (const text of ['comment', '=b', 'two words=1']) expect(parseAssignment(text), text).toBeUndefined()
})

test('a value is read as its parameter takes it', () => {
  expect(readValue('000123', { type: 'string' })).toBe('000123')
  expect(readValue('12.50', { anyOf: [{ type: 'number' }, { type: 'string' }] })).toBe('12.50')
  expect(readValue('12.50', { type: ['number', 'string'] })).toBe('12.50')
  expect(readValue('7', { type: 'integer' })).toBe(7)
  expect(readValue('true', { type: 'boolean' })).toBe(true)
  expect(readValue('SO-1, SO-2', { type: 'array' })).toEqual(['SO-1', 'SO-2'])
  expect(readValue('[{"quantity":1}]', { type: 'array' })).toEqual([{ quantity: 1 }])
  // What cannot be read is sent as it is: the application tells what it expects.
  expect(readValue('seven', { type: 'integer' })).toBe('seven')
  expect(readValue('7', undefined)).toBe('7')
})
