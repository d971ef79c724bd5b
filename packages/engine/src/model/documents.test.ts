import { expect, test } from 'vitest'
import { parseProject, parseTemplate, versionParts } from './documents.ts'
import { projectJsonSchema, templateJsonSchema } from './json-schema.ts'

const leg = (fieldMapping: object) => ({
  id: '001',
  sourceEnvironmentType: 'CRM',
  sourceSchema: 'accounts',
  destinationEnvironmentType: 'AX',
  destinationSchema: 'CustomersV2',
  fieldMappings: [{ syncDirection: 1, sourceField: 'a', destinationField: 'B', ...fieldMapping }],
})
const template = (fieldMapping: object) => ({
  name: 'T',
  version: '2.1.0',
  entityMappingTasks: [{ name: 'Task', order: 1, legs: [leg(fieldMapping)] }],
})
const firstMapping = (fieldMapping: object) => parseTemplate(template(fieldMapping)).entityMappingTasks[0]?.legs[0]?.fieldMappings[0]

const MAP = { transformType: 'ValueMap', valueMap: { yes: 'true', '0': null }, createValuesOnDestination: false }

test.each<[string, unknown]>([
  ['an array', [MAP]],
  ['a bare object', MAP],
  ['an escaped string', JSON.stringify([MAP])],
  ['an escaped bare object', JSON.stringify(MAP)],
  ['a string escaped twice', JSON.stringify(JSON.stringify([MAP]))],
])('R8 transforms are read from %s', (_form, valueTransforms) => {
  expect(firstMapping({ valueTransforms })?.valueTransforms).toEqual([MAP])
})

test.each<[unknown, number]>([
  [1, 1],
  ['2', 2],
  ['Bidirectional', 3],
  ['source to destination', 1],
  ['DestinationToSource', 2],
  [null, 1],
])('10.6 a direction is read from %j', (syncDirection, expected) => {
  expect(firstMapping({ syncDirection })?.syncDirection).toBe(expected)
})

test('R8 what is not known is kept word for word, and reading twice changes nothing', () => {
  const document = {
    ...template({
      valueTransforms: [{ transformType: 'Concat', with: ['x'], $type: 'Vendor.Concat' }],
      isSystemGenerated: false,
      somethingNew: { a: 1 },
    }),
    version: '2.1.0.0',
    projectState: 'Ready',
    targetTypeList: ['AX', 'CRM'],
  }
  const once = parseTemplate(document)
  expect(once).toEqual(document)
  expect(parseTemplate(once)).toEqual(once)
  expect(versionParts(once.version)).toEqual([2, 1, 0])
})

test('the blank key is written as "", and blank fields and filters are left out', () => {
  expect(firstMapping({ valueTransforms: { transformType: 'ValueMap', valueMap: { __blank__: 'US' } } })?.valueTransforms).toEqual([
    { transformType: 'ValueMap', valueMap: { '': 'US' } },
  ])
  expect(firstMapping({ sourceField: '' })).toEqual({ syncDirection: 1, destinationField: 'B' })
})

test.each<[string, object, string]>([
  ['no name', { name: '' }, '/name'],
  ['two-part version', { version: '2.1' }, '/version'],
  ['no tasks', { entityMappingTasks: 'none' }, '/entityMappingTasks'],
  ['task without legs', { entityMappingTasks: [{ name: 'x', legs: [] }] }, '/entityMappingTasks/0/legs'],
])('a template with %s is refused with the place', (_what, changes, pointer) => {
  const act = () => parseTemplate({ ...template({}), ...changes })
  expect(act).toThrow(expect.objectContaining({ code: 'document-invalid', details: { problems: [expect.objectContaining({ pointer })] } }))
})

test.each<[unknown, string]>([
  [[{ transformType: 'Truncate', maxLength: 0 }], 'valueTransforms/0/maxLength'],
  [[{ transformType: 'ValueMap' }], 'valueTransforms/0/valueMap'],
  [[{ noType: 1 }], 'valueTransforms/0'],
  ['{not json', 'valueTransforms'],
])('transforms %j are refused with the place', (valueTransforms, place) => {
  const act = () => parseTemplate(template({ valueTransforms }))
  expect(act).toThrow(
    expect.objectContaining({
      code: 'document-invalid',
      message: expect.stringContaining(`/entityMappingTasks/0/legs/0/fieldMappings/0/${place}`),
    }),
  )
})

test.each([null, 'text', 5, [], { __proto__: null }])('%j is no document', (input) => {
  expect(() => parseTemplate(input)).toThrow(expect.objectContaining({ code: 'document-invalid' }))
})

test('a project needs a connection set and an organisation row', () => {
  const project = {
    name: 'p',
    connectionSetName: 's',
    organisations: [{ businessUnit: 'Contoso', legalEntity: 'USMF' }],
    entityMappingTasks: [],
  }
  expect(parseProject(project)).toEqual({ ...project, version: '1.0.0' })
  expect(() => parseProject({ ...project, organisations: [] })).toThrow(expect.objectContaining({ code: 'document-invalid' }))
})

test('JSON Schemas describe the documents', () => {
  expect(templateJsonSchema()).toMatchObject({ type: 'object', required: ['name', 'version', 'entityMappingTasks'] })
  expect(projectJsonSchema()).toMatchObject({ type: 'object', properties: { connectionSetName: { type: 'string' } } })
})
