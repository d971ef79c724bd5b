import { expect, test } from 'vitest'
import { ACCOUNTS, ACCOUNTS_TASK, anAccount, CUSTOMERS } from '../memory-system.case.ts'
import { parseTemplate, type Task } from '../model/documents.ts'
import type { EntitySchema, FieldSchema } from '../model/entity-schema.ts'
import type { FieldValue } from '../model/field-value.ts'
import { mapExample, mapRow } from './map-row.ts'
import { compilePlan } from './task-plan.ts'

const taskOf = (task: object): Task => {
  const [parsed] = parseTemplate({ name: 'T', version: '1.0.0', entityMappingTasks: [task] }).entityMappingTasks
  if (parsed === undefined) throw new Error('no task')
  return parsed
}

/** One field of a type, mapped from `value`, beside the key. */
function mapOne(field: Partial<FieldSchema>, value: FieldValue, mapping: object = {}) {
  const base = { required: false, readOnly: false }
  const destination: EntitySchema = {
    name: 'Things',
    fields: [
      { name: 'Key', type: 'text', ...base },
      { name: 'Field', type: 'text', ...base, ...field },
    ],
    keys: [{ name: 'key', fields: ['KEY'] }],
  }
  const source: EntitySchema = {
    name: 'things',
    fields: [
      { name: 'key', type: 'text', ...base },
      { name: 'value', type: 'text', ...base },
    ],
    keys: [{ name: 'key', fields: ['key'] }],
  }
  const leg = {
    id: '1',
    sourceEnvironmentType: 'CRM',
    sourceSchema: 'things',
    destinationEnvironmentType: 'AX',
    destinationSchema: 'Things',
  }
  const fieldMappings = [
    { sourceField: 'key', destinationField: 'KEY' },
    { sourceField: 'Value', destinationField: 'field', ...mapping },
  ]
  const plan = compilePlan(taskOf({ name: 'x', order: 1, legs: [{ ...leg, fieldMappings }] }), {
    sourceSchema: source,
    destinationSchema: destination,
    integrationKeys: [],
  })
  const result = mapRow({ key: 'K', values: { key: 'K', value } }, plan)
  return result.ok ? (result.row.values.Field === undefined ? 'left out' : result.row.values.Field) : result.failure.code
}

test.each<[Partial<FieldSchema>, FieldValue, unknown]>([
  [{ type: 'text' }, 'abc', 'abc'],
  [{ type: 'text' }, 12, '12'],
  [{ type: 'text' }, true, 'true'],
  [{ type: 'text', maxLength: 3 }, 'abc', 'abc'],
  [{ type: 'text', maxLength: 3 }, 'abcd', 'value-too-long'],
  [{ type: 'text' }, '  ', null],
  [{ type: 'text', required: true }, null, 'required-missing'],
  [{ type: 'text', required: true }, ' ', 'required-missing'],
  [{ type: 'integer' }, '12', 12],
  [{ type: 'integer' }, '12.0', 12],
  [{ type: 'integer' }, '12.5', 'type-mismatch'],
  [{ type: 'integer' }, '1e400', 'type-mismatch'],
  [{ type: 'integer' }, '99999999999999999999', 'type-mismatch'],
  [{ type: 'integer' }, 'twelve', 'type-mismatch'],
  [{ type: 'decimal' }, '1234567890123456789.10', '1234567890123456789.1'],
  [{ type: 'decimal' }, '12480.5', '12480.5'],
  [{ type: 'decimal' }, 5, '5'],
  [{ type: 'decimal' }, '1e3', '1000'],
  [{ type: 'decimal' }, '-0', '0'],
  [{ type: 'decimal' }, '1,5', 'type-mismatch'],
  [{ type: 'decimal' }, true, 'type-mismatch'],
  [{ type: 'boolean' }, 'Yes', true],
  [{ type: 'boolean' }, 0, false],
  [{ type: 'boolean' }, 'maybe', 'type-mismatch'],
  [{ type: 'date' }, '2024-03-01T23:59:59Z', '2024-03-01'],
  [{ type: 'date' }, '2024-02-30', 'type-mismatch'],
  [{ type: 'date-time' }, '2024-03-01', '2024-03-01T00:00:00Z'],
  [{ type: 'date-time' }, '2024-03-01T10:00:00+02:00', '2024-03-01T08:00:00.000Z'],
  [{ type: 'guid' }, '{0F8FAD5B-D9CB-469F-A165-70867728950E}', '0f8fad5b-d9cb-469f-a165-70867728950e'],
  [{ type: 'guid' }, 'x', 'type-mismatch'],
  [{ type: 'choice', options: [0, 1, 3] }, '3', 3],
  [{ type: 'choice', options: [0, 1, 3] }, 2, 'choice-unknown'],
  [{ type: 'choice' }, 7, 7],
  [{ type: 'enumeration', options: ['No', 'Yes'] }, 'yes', 'Yes'],
  [{ type: 'enumeration', options: ['No', 'Yes'] }, true, 'Yes'],
  [{ type: 'enumeration', options: ['Male', 'Female'] }, 'male', 'Male'],
  [{ type: 'enumeration', options: ['Male', 'Female'] }, 'unknown', 'choice-unknown'],
  [{ type: 'integer' }, null, null],
])('into %j the value %j comes as %j', (field, value, expected) => {
  expect(mapOne(field, value)).toEqual(expected)
})

const MAPPED = { transformType: 'ValueMap', valueMap: { a: null, b: 'B' } }

test.each<[object[], FieldValue, unknown]>([
  [[MAPPED, { transformType: 'Default', defaultValue: 'D' }], 'a', 'D'],
  [[MAPPED, { transformType: 'Default', defaultValue: 'D' }], 'b', 'B'],
  [[{ transformType: 'Default', defaultValue: 'b' }, MAPPED], null, 'B'],
  [[MAPPED], 'c', 'value-not-mapped'],
  [[{ transformType: 'CountryRegionCode' }, { transformType: 'Default', defaultValue: 'US' }], null, 'US'],
  [[{ transformType: 'DateFormat', format: 'yyyy' }], null, 'left out'],
  [
    [
      { transformType: 'DateFormat', format: 'yyyy' },
      { transformType: 'Default', defaultValue: '1900' },
    ],
    null,
    '1900',
  ],
  [[{ transformType: 'DateFormat', format: 'MMMM' }], '1971-07-04', 'July'],
  [[{ transformType: 'Vendor' }], 'x', 'left out'],
])('the chain %j turns %j into %j, from left to right', (valueTransforms, value, expected) => {
  expect(mapOne({}, value, { valueTransforms })).toEqual(expected)
})

test('names of values ascend, whatever the order of the mapping, and the keys are found', () => {
  const plan = compilePlan(taskOf(ACCOUNTS_TASK), { sourceSchema: ACCOUNTS, destinationSchema: CUSTOMERS, integrationKeys: [] })
  expect(plan.source).toMatchObject({ keyFields: ['accountnumber'], fields: ['accountnumber', 'name', 'creditlimit', 'address1_country'] })
  const result = mapRow({ key: 'ACC-000001', values: anAccount(1) }, plan)
  expect(result).toMatchObject({ ok: true, row: { destinationKey: 'ACC-000001' } })
  const names = result.ok ? Object.keys(result.row.values) : []
  expect(names).toEqual([...names].sort())
})

test('the integration key of the connection set goes before the keys of the entity', () => {
  const integrationKeys = [{ environmentType: 'CRM' as const, entity: 'ACCOUNTS', fields: ['name', 'accountnumber'] }]
  const plan = compilePlan(taskOf(ACCOUNTS_TASK), { sourceSchema: ACCOUNTS, destinationSchema: CUSTOMERS, integrationKeys })
  expect(plan.source.keyFields).toEqual(['name', 'accountnumber'])
})

test('a plan maps many rows a second', () => {
  const plan = compilePlan(taskOf(ACCOUNTS_TASK), { sourceSchema: ACCOUNTS, destinationSchema: CUSTOMERS, integrationKeys: [] })
  const rows = Array.from({ length: 100_000 }, (_, index) => ({ key: `ACC-${index}`, values: anAccount(index) }))
  const started = performance.now()
  for (const row of rows) mapRow(row, plan)
  const perSecond = Math.round(rows.length / ((performance.now() - started) / 1000))
  console.info(`mapRow: ${perSecond} rows/s`)
  expect(perSecond).toBeGreaterThan(20_000)
})

test('10.5 the fields that When and Coalesce name are read from the source row, whatever their case', () => {
  const text = (name: string): FieldSchema => ({ name, type: 'text', required: false, readOnly: false })
  const schema = (name: string, fields: readonly string[]): EntitySchema => ({
    name,
    fields: fields.map(text),
    keys: [{ name: 'key', fields: ['number'] }],
  })
  const task = taskOf({
    name: 'x',
    order: 1,
    legs: [
      {
        sourceEnvironmentType: 'CRM',
        sourceSchema: 'things',
        destinationEnvironmentType: 'AX',
        destinationSchema: 'Things',
        fieldMappings: [
          { sourceField: 'number', destinationField: 'number' },
          { sourceField: 'title', destinationField: 'title', valueTransforms: [{ transformType: 'Coalesce', fields: ['Number'] }] },
          {
            sourceField: 'country',
            destinationField: 'country',
            valueTransforms: {
              transformType: 'When',
              anyFilled: ['street', 'city'],
              // biome-ignore lint/suspicious/noThenProperty: the name in the file.
              then: { transformType: 'Default', defaultValue: 'US' },
            },
          },
        ],
      },
    ],
  })
  const facts = {
    sourceSchema: schema('things', ['number', 'title', 'country', 'street', 'city']),
    destinationSchema: schema('Things', ['number', 'title', 'country']),
    integrationKeys: [],
  }
  expect(compilePlan(task, facts).source.fields).toEqual(['number', 'title', 'country', 'street', 'city'])
  const blank = { title: null, country: null, street: null, city: null }
  expect(mapExample(task, facts, { number: 'T-1', ...blank })).toMatchObject({
    ok: true,
    row: { destinationKey: 'T-1', values: { number: 'T-1', title: 'T-1', country: null } },
  })
  expect(mapExample(task, facts, { number: 'T-1', ...blank, title: 'Winch', city: 'Bergen' })).toMatchObject({
    row: { values: { title: 'Winch', country: 'US' } },
  })
})
