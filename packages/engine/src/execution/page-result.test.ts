import { expect, test } from 'vitest'
import { compilePlan } from '../mapping/task-plan.ts'
import { CONTACT_PERSONS, CONTACTS, CONTACTS_TASK } from '../memory-system.case.ts'
import type { RowFailure } from '../model/connector.ts'
import { parseTemplate } from '../model/documents.ts'
import type { FieldValues } from '../model/field-value.ts'
import { asWaiting, comparableEntity, type MissingParent, missingParent } from './page-result.ts'

const [task] = parseTemplate({ name: 'T', version: '1.0.0', entityMappingTasks: [CONTACTS_TASK] }).entityMappingTasks
if (task === undefined) throw new Error('no task')
const plan = compilePlan(task, { sourceSchema: CONTACTS, destinationSchema: CONTACT_PERSONS, integrationKeys: [] })
const now = new Date('2024-03-31T00:00:00Z')

const check = (
  failure: Partial<RowFailure>,
  { mapped = {}, headerEntity, since }: { since?: string; mapped?: FieldValues; headerEntity?: string } = {},
) =>
  missingParent(
    { sourceKey: 'K', failure: { category: 'reference', code: 'lookup-not-found', message: 'x', ...failure }, source: {}, mapped },
    {
      plan,
      now,
      ...(headerEntity !== undefined && { headerEntity }),
      since: () => since,
      loadsEntity: (entity) => comparableEntity(entity) === 'customers',
      loadsLater: (entity) => comparableEntity(entity) === 'customers',
    },
  )

test.each<[string, Partial<RowFailure>, MissingParent]>([
  ['the connector names the entity', { details: { entity: 'CustomersV2' } }, { parents: [{ entity: 'AX|customers', key: '' }] }],
  [
    'the connector names several tables',
    { details: { table: 'Vendors or Customers', value: ' C-1 ' } },
    { parents: [{ entity: 'AX|customers', key: 'c-1' }] },
  ],
  [
    'the destination names its table and the field in its own words',
    { code: 'reference-not-found', details: { field: 'Customer account', table: 'Customers', value: 'C-9' } },
    { parents: [{ entity: 'AX|customers', key: 'c-9', field: 'AssociatedPartyNumber' }], deferrable: 'AssociatedPartyNumber' },
  ],
  [
    'the field is a lookup of the entity',
    { details: { field: 'associatedpartynumber' } },
    { parents: [{ entity: 'AX|customers', key: 'c-9', field: 'AssociatedPartyNumber' }], deferrable: 'AssociatedPartyNumber' },
  ],
  [
    'the header of a line is missing, which is part of the key and cannot be left out',
    { code: 'header-missing', details: { entity: 'CustomersV2', field: 'ContactPersonId' } },
    { parents: [{ entity: 'AX|customers', key: 'p-1', field: 'ContactPersonId' }] },
  ],
])('9.1 a row waits where %s and some task loads it', (_why, failure, expected) => {
  expect(check(failure, { mapped: { ContactPersonId: 'P-1', AssociatedPartyNumber: 'C-9' } })).toEqual(expected)
})

test('9.1 a line waits for what the task of its headers loads, where the destination names the header otherwise', () => {
  const failure = { code: 'header-missing', details: { entity: 'CDSHeaders', table: 'Header table', value: 'H-1' } }
  expect(check(failure)).toBeUndefined()
  expect(check(failure, { headerEntity: 'CustomersV2' })).toEqual({ parents: [{ entity: 'AX|customers', key: 'h-1' }] })
  expect(check({ ...failure, code: 'lookup-not-found' }, { headerEntity: 'CustomersV2' })).toBeUndefined()
})

test('9.1 a waiting row has one of two codes; the code of the destination is kept beside it', () => {
  const failure = { category: 'reference', code: 'reference-not-found', message: 'x', details: { table: 'Customers' } } as const
  expect(asWaiting(failure)).toMatchObject({ code: 'lookup-not-found', details: { destinationCode: 'reference-not-found' } })
  expect(asWaiting({ ...failure, code: 'header-missing' }).code).toBe('header-missing')
})

test.each<[string, Partial<RowFailure>]>([
  ['nothing loads the entity', { details: { entity: 'Currencies' } }],
  ['nothing says what is missing', {}],
  ['several rows match', { code: 'lookup-ambiguous', details: { entity: 'CustomersV2' } }],
  ['it is no reference', { category: 'data', details: { entity: 'CustomersV2' } }],
])('9.1 a row is a record error where %s', (_why, failure) => {
  expect(check(failure)).toBeUndefined()
})

test('9.1 a row that has waited 30 days becomes a record error', () => {
  const failure = { details: { entity: 'CustomersV2' } }
  expect(check(failure, { since: '2024-03-02T00:00:00Z' })).toBeDefined()
  expect(check(failure, { since: '2024-02-29T00:00:00Z' })).toBeUndefined()
})
