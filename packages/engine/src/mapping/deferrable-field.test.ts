import { expect, test } from 'vitest'
import { CONTACT_PERSONS, CONTACTS, CONTACTS_TASK } from '../memory-system.case.ts'
import { parseTemplate } from '../model/documents.ts'
import { isDeferrable, referencingField } from './deferrable-field.ts'
import { compilePlan } from './task-plan.ts'

const [task] = parseTemplate({ name: 'T', version: '1.0.0', entityMappingTasks: [CONTACTS_TASK] }).entityMappingTasks
if (task === undefined) throw new Error('no task')
const plan = compilePlan(task, { sourceSchema: CONTACTS, destinationSchema: CONTACT_PERSONS, integrationKeys: [] })
const fieldOf = (name: string) => plan.fields.find((field) => field.name === name) ?? expect.unreachable(name)
const values = { ContactPersonId: 'P-1', Name: 'Ann', AssociatedPartyNumber: 'C-1' }

test.each<[string, Record<string, unknown>, string | undefined]>([
  ['its name, whatever the case', { field: 'associatedpartynumber' }, 'AssociatedPartyNumber'],
  ['a lookup path that begins with it', { lookup: 'AssociatedPartyNumber' }, 'AssociatedPartyNumber'],
  ['the value it carries, where the name is a label', { field: 'Customer account', value: ' c-1' }, 'AssociatedPartyNumber'],
  ['nothing, where no field carries the value', { value: 'C-2' }, undefined],
  ['nothing, where only the key carries it', { value: 'P-1' }, undefined],
  ['nothing, where nothing is told', {}, undefined],
])('the field of a missing reference is found by %s', (_how, details, expected) => {
  expect(referencingField({ category: 'reference', code: 'x', message: 'x', details }, plan, values)?.name).toBe(expected)
})

test.each<[string, string, string, boolean]>([
  ['may be left out', 'AssociatedPartyNumber', 'CustomersV2', true],
  ['may not be left out where its entity was loaded before', 'AssociatedPartyNumber', 'Vendors', false],
  ['may not be left out where it is part of the key', 'ContactPersonId', 'CustomersV2', false],
])('9.1 a reference %s', (_why, name, entity, expected) => {
  const isLoadedLater = (other: string) => other === 'CustomersV2'
  expect(isDeferrable(fieldOf(name), plan, { entities: [entity], isLoadedLater })).toBe(expected)
})

test('9.1 a required reference may not be left out', () => {
  const required = { ...fieldOf('AssociatedPartyNumber'), required: true }
  expect(isDeferrable(required, plan, { entities: ['CustomersV2'], isLoadedLater: () => true })).toBe(false)
})
