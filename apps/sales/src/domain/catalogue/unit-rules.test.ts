import { expect, test } from 'vitest'
import { refuseBaseUnit, refuseDefaultUnit } from './unit-rules.ts'

const primary = { id: '1', name: 'Primary Unit', schedule: 'default', isBase: true }
const box = { name: 'Box', schedule: 'default', isBase: false }

test.each([
  ['a unit of the same group', box, primary, undefined],
  ['a unit of another group', { ...box, schedule: 'other' }, primary, '0x80043b0b'],
  ['a base unit with a base unit', { ...primary }, { ...box, id: '2' }, '0x80043b17'],
  ['a base unit alone', primary, undefined, undefined],
])('%s', (_, unit, base, code) => {
  expect(refuseBaseUnit(unit, base)?.code).toBe(code)
})

test.each([
  ['unit of the group', 'default', { name: 'Box', schedule: 'default' }, undefined],
  ['unit of another group', 'hours', { name: 'Box', schedule: 'default' }, '0x80043b16'],
  ['unit without group', null, { name: 'Box', schedule: 'default' }, '0x80043b13'],
  ['no unit', null, undefined, undefined],
])('default unit: %s', (_, schedule, unit, code) => {
  expect(refuseDefaultUnit({ product: 'Winch', schedule, unit })?.code).toBe(code)
})
