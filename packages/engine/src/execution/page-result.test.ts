import { expect, test } from 'vitest'
import { compilePlan } from '../mapping/task-plan.ts'
import { CONTACT_PERSONS, CONTACTS, CONTACTS_TASK } from '../memory-system.case.ts'
import type { RowFailure } from '../model/connector.ts'
import { parseTemplate } from '../model/documents.ts'
import { NO_COUNTERS } from '../model/execution.ts'
import { comparableEntity, sortRefusals } from './page-result.ts'

const [task] = parseTemplate({ name: 'T', version: '1.0.0', entityMappingTasks: [CONTACTS_TASK] }).entityMappingTasks
if (task === undefined) throw new Error('no task')
const plan = compilePlan(task, { sourceSchema: CONTACTS, destinationSchema: CONTACT_PERSONS, integrationKeys: [] })
const now = new Date('2024-03-31T00:00:00Z')

const sort = (failure: Partial<RowFailure>, waitingSince: ReadonlyMap<string, string> = new Map()) =>
  sortRefusals(
    {
      applied: [],
      unchangedKeys: [],
      filteredKeys: [],
      refused: [{ sourceKey: 'K', failure: { category: 'reference', code: 'lookup-not-found', message: 'x', ...failure }, source: {} }],
      counters: { ...NO_COUNTERS, read: 1, failed: 1 },
    },
    { plan, now, waitingSince, loadsEntity: (entity) => comparableEntity(entity) === 'customers' },
  )

test.each<[string, Partial<RowFailure>]>([
  ['the connector names the entity', { details: { entity: 'CustomersV2' } }],
  ['the connector names several tables', { details: { table: 'Vendors or Customers' } }],
  ['the destination names its table', { code: 'reference-not-found', details: { field: 'Customer account', table: 'Customers' } }],
  ['the field is a lookup of the entity', { details: { field: 'associatedpartynumber' } }],
  ['the header of a line is missing', { code: 'header-missing', details: { entity: 'CustomersV2' } }],
])('9.1 a row waits where %s and some task loads it', (_why, failure) => {
  expect(sort(failure)).toMatchObject({ errors: [], waiting: [{ sourceKey: 'K' }], counters: { failed: 0, waiting: 1 } })
})

test('9.1 a waiting row has one of two codes; the code of the destination is kept beside it', () => {
  expect(sort({ code: 'reference-not-found', details: { table: 'Customers' } }).waiting[0]?.failure).toMatchObject({
    code: 'lookup-not-found',
    details: { destinationCode: 'reference-not-found' },
  })
  expect(sort({ code: 'header-missing', details: { table: 'Customers' } }).waiting[0]?.failure.code).toBe('header-missing')
})

test.each<[string, Partial<RowFailure>]>([
  ['nothing loads the entity', { details: { entity: 'Currencies' } }],
  ['nothing says what is missing', {}],
  ['several rows match', { code: 'lookup-ambiguous', details: { entity: 'CustomersV2' } }],
  ['it is no reference', { category: 'data', details: { entity: 'CustomersV2' } }],
])('9.1 a row is a record error where %s', (_why, failure) => {
  expect(sort(failure)).toMatchObject({ errors: [{ sourceKey: 'K' }], waiting: [], counters: { failed: 1, waiting: 0 } })
})

test('9.1 a row that has waited 30 days becomes a record error', () => {
  const failure = { details: { entity: 'CustomersV2' } }
  expect(sort(failure, new Map([['K', '2024-03-02T00:00:00Z']])).waiting).toHaveLength(1)
  expect(sort(failure, new Map([['K', '2024-02-29T00:00:00Z']])).errors).toHaveLength(1)
})
