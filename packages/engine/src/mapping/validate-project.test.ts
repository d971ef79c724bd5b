import { AppError } from '@p2c/base'
import { expect, test } from 'vitest'
import { ACCOUNTS, ACCOUNTS_TASK, CUSTOMERS } from '../memory-system.case.ts'
import type { Connection, ConnectionSet } from '../model/connection-set.ts'
import { parseProject } from '../model/documents.ts'
import type { EntitySchema, FieldSchema } from '../model/entity-schema.ts'
import { validateProject } from './validate-project.ts'
import type { ValidationFacts } from './validation-facts.ts'

const field = (name: string, options: Partial<FieldSchema> = {}): FieldSchema => ({
  name,
  type: 'text',
  required: false,
  readOnly: false,
  ...options,
})
const SOURCE: EntitySchema = {
  ...ACCOUNTS,
  fields: [
    ...ACCOUNTS.fields,
    field('createdon', { type: 'date-time' }),
    field('longtext', { maxLength: 500 }),
    field('rate', { type: 'decimal' }),
  ],
}
const DESTINATION: EntitySchema = {
  ...CUSTOMERS,
  fields: [
    ...CUSTOMERS.fields,
    field('PartyNumber', { readOnly: true }),
    field('IsActive', { type: 'boolean' }),
    field('Employees', { type: 'integer' }),
    field('CurrencyId', { type: 'lookup' }),
    field('ShortText', { maxLength: 10 }),
  ],
}
const SET: ConnectionSet = {
  name: 'local',
  connections: (['CRM', 'AX'] as const).map((environmentType) => ({
    name: environmentType,
    environmentType,
    baseUrl: 'http://x',
    settings: {},
    secrets: {},
  })),
  organisations: [{ businessUnit: 'Contoso', legalEntity: 'USMF' }],
  integrationKeys: [],
}
const FACTS: ValidationFacts = {
  findSchema: (_type, entity) =>
    [SOURCE, DESTINATION, { ...DESTINATION, name: 'Keyless', keys: [] }].find((schema) => schema.name === entity),
  connectionSet: SET,
  parseFilter: (_type, text) => {
    if (text === '(') throw new AppError({ category: 'schema', code: 'filter-invalid', message: 'the filter ends too early' })
    return { kind: 'comparison', field: text, operator: 'ne', value: null }
  },
}

const project = (changes: { leg?: object; mappings?: readonly object[]; only?: readonly object[]; top?: object }) => {
  const [leg] = ACCOUNTS_TASK.legs
  const fieldMappings = changes.only ?? [...(leg?.fieldMappings ?? []), ...(changes.mappings ?? [])]
  return parseProject({
    name: 'p',
    connectionSetName: 'local',
    organisations: SET.organisations,
    entityMappingTasks: [{ ...ACCOUNTS_TASK, legs: [{ ...leg, sourceFilter: 'name', fieldMappings, ...changes.leg }] }],
    ...changes.top,
  })
}
const LEG = '/entityMappingTasks/0/legs/0'
const ROW = `${LEG}/fieldMappings/5`

test('a project without a fault has only warnings, of rows that may not come through', () => {
  expect(validateProject(project({}), FACTS)).toMatchObject([
    { code: 'destination-shorter', severity: 'warning', pointer: `${LEG}/fieldMappings/1` },
    { code: 'DIPV1031', severity: 'warning', pointer: `${LEG}/fieldMappings/1` },
  ])
})

test.each<[string, string, Parameters<typeof project>[0]]>([
  ['DIPV1003', `${LEG}/destinationSchema`, { leg: { destinationSchema: 'Keyless' } }],
  ['DIPV1010', `${LEG}/fieldMappings`, { only: [{ sourceField: 'accountnumber', destinationField: 'CustomerAccount' }] }],
  ['DIPV1011', `${ROW}/destinationField`, { mappings: [{ sourceField: 'name', destinationField: 'PartyNumber' }] }],
  ['DIPV1012', `${LEG}/sourceFilter`, { leg: { sourceFilter: '(' } }],
  ['DIPV1012', `${LEG}/sourceFilter`, { leg: { sourceFilter: 'nothing' } }],
  ['DIPV1014', `${LEG}/fieldMappings`, { only: [{ sourceField: 'name', destinationField: 'OrganizationName' }] }],
  ['DIPV1016', '/organisations/0', { top: { organisations: [{ businessUnit: 'Contoso', legalEntity: 'XXXX' }] } }],
  ['DIPV1018', `${LEG}/sourceSchema`, { leg: { sourceSchema: 'acounts' } }],
  ['DIPV1020', `${LEG}/destinationSchema`, { leg: { destinationSchema: 'CustomersV9' } }],
  ['DIPV1021', ROW, { mappings: [{ destinationField: 'ShortText' }] }],
  ['DIPV1022', `${ROW}/sourceField`, { mappings: [{ sourceField: 'nickname', destinationField: 'ShortText' }] }],
  ['DIPV1024', ROW, { mappings: [{ sourceField: 'name' }] }],
  ['DIPV1025', `${ROW}/destinationField`, { mappings: [{ sourceField: 'name', destinationField: 'Nickname' }] }],
  ['DIPV1026', `${ROW}/destinationField`, { mappings: [{ sourceField: 'accountnumber', destinationField: 'organizationname' }] }],
  ['DIPV1027', `${ROW}/destinationField`, { mappings: [{ sourceField: 'name', destinationField: 'CurrencyId' }] }],
  ['DIPV1028', `${ROW}/sourceField`, { mappings: [{ sourceField: 'parentcustomerid', destinationField: 'ShortText' }] }],
  ['DIPV1029', `${ROW}/destinationField`, { mappings: [{ sourceField: 'NAME', destinationField: 'organizationname' }] }],
  ['DIPV1030', ROW, { mappings: [{ sourceField: 'createdon', destinationField: 'IsActive' }] }],
  ['destination-shorter', ROW, { mappings: [{ sourceField: 'longtext', destinationField: 'ShortText' }] }],
  ['precision-loss', ROW, { mappings: [{ sourceField: 'rate', destinationField: 'Employees' }] }],
  [
    'value-map-duplicate',
    `${ROW}/valueTransforms/0`,
    {
      mappings: [
        {
          sourceField: 'name',
          destinationField: 'ShortText',
          valueTransforms: [{ transformType: 'ValueMap', valueMap: { a: '1', 'A ': '2' } }],
        },
      ],
    },
  ],
  [
    'transform-unsupported',
    `${ROW}/valueTransforms/0`,
    { mappings: [{ sourceField: 'name', destinationField: 'ShortText', valueTransforms: [{ transformType: 'Concat' }] }] },
  ],
  [
    'DIPV1022',
    `${ROW}/valueTransforms/0/anyFilled/1`,
    {
      mappings: [
        {
          sourceField: 'name',
          destinationField: 'ShortText',
          valueTransforms: [
            {
              transformType: 'When',
              anyFilled: ['longtext', 'nickname'],
              // biome-ignore lint/suspicious/noThenProperty: the name in the file.
              then: [{ transformType: 'Default', defaultValue: 'x' }],
            },
          ],
        },
      ],
    },
  ],
  [
    'DIPV1022',
    `${ROW}/valueTransforms/1/then/0/fields/0`,
    {
      mappings: [
        {
          sourceField: 'name',
          destinationField: 'ShortText',
          valueTransforms: [
            { transformType: 'Default', defaultValue: 'x' },
            // biome-ignore lint/suspicious/noThenProperty: the name in the file.
            { transformType: 'When', anyFilled: ['name'], then: [{ transformType: 'Coalesce', fields: ['nickname'] }] },
          ],
        },
      ],
    },
  ],
  [
    'DIPV1028',
    `${ROW}/valueTransforms/0/fields/0`,
    {
      mappings: [
        {
          sourceField: 'name',
          destinationField: 'ShortText',
          valueTransforms: [{ transformType: 'Coalesce', fields: ['parentcustomerid'] }],
        },
      ],
    },
  ],
])('R12 %s is found at %s', (code, pointer, changes) => {
  const issues = validateProject(project(changes), FACTS)
  expect(issues).toContainEqual(expect.objectContaining({ code, pointer }))
  expect(issues.find((issue) => issue.code === code)?.message).not.toBe('')
})

test('DIPV1007 is found where the set lacks a system', () => {
  const connectionSet = { ...SET, connections: SET.connections.slice(0, 1) }
  expect(validateProject(project({}), { ...FACTS, connectionSet })).toMatchObject([
    { code: 'DIPV1007', pointer: `${LEG}/destinationEnvironmentType` },
  ])
})

test('several organisation rows over the Common Data Service are a warning, whichever side of a leg it is', () => {
  const connectionSet: ConnectionSet = {
    ...SET,
    connections: (['CRM', 'AX', 'CDS'] as const).map((environmentType) => ({ ...SET.connections[0], environmentType }) as Connection),
    organisations: [...SET.organisations, { businessUnit: 'Contoso', legalEntity: 'DEMF' }],
  }
  const found = (leg: object, organisations: ConnectionSet['organisations']) =>
    validateProject(project({ leg, top: { organisations } }), { ...FACTS, connectionSet }).filter(
      ({ code }) => code === 'hub-organisation-shared',
    )
  const warning = { severity: 'warning', pointer: '/organisations', message: expect.stringContaining('the 2 organisation rows') }
  expect(found({ destinationEnvironmentType: 'CDS' }, connectionSet.organisations)).toMatchObject([warning])
  expect(found({ sourceEnvironmentType: 'CDS' }, connectionSet.organisations)).toMatchObject([warning])
  expect(found({ destinationEnvironmentType: 'CDS' }, SET.organisations)).toEqual([])
  expect(found({}, connectionSet.organisations)).toEqual([])
})

test('10.6 an unknown transform blocks only where the field is required', () => {
  const unknown = [{ transformType: 'Concat' }]
  const required = [
    { sourceField: 'accountnumber', destinationField: 'CustomerAccount', valueTransforms: unknown },
    { sourceField: 'name', destinationField: 'OrganizationName' },
  ]
  const severityOf = (issues: ReturnType<typeof validateProject>) =>
    issues.find((issue) => issue.code === 'transform-unsupported')?.severity
  expect(severityOf(validateProject(project({ only: required }), FACTS))).toBe('error')
  const optional = { mappings: [{ sourceField: 'name', destinationField: 'ShortText', valueTransforms: unknown }] }
  expect(severityOf(validateProject(project(optional), FACTS))).toBe('warning')
})
