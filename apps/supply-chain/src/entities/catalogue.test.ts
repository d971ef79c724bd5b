import { expect, test } from 'vitest'
import { missingViews } from '../store/views/views.ts'
import { ENTITIES, findEntityByLabel, findEntityByName, TABLES } from './catalogue.ts'
import { propertyOf } from './entity.ts'

test('names, collections and labels of entities are unique', () => {
  for (const name of ['name', 'collection', 'aotName', 'label'] as const) {
    const values = ENTITIES.map((entity) => entity[name].toLowerCase())
    expect(values.filter((value, index) => values.indexOf(value) !== index)).toEqual([])
  }
})

test('every entity has a key of its own properties, unique columns, and a company first where it has one', () => {
  for (const entity of ENTITIES) {
    expect([entity.name, entity.key.length > 0]).toEqual([entity.name, true])
    expect([entity.name, entity.key[0] === 'dataAreaId']).toEqual([entity.name, entity.isCompanySpecific])
    const columns = entity.properties.map((property) => property.column)
    expect([entity.name, new Set(columns).size]).toEqual([entity.name, columns.length])
  }
})

test('references and navigation name existing entities and properties', () => {
  for (const entity of ENTITIES) {
    for (const { references } of entity.properties) {
      if (references === undefined) continue
      const target = findEntityByName(references.entity)
      expect(
        target === undefined ? undefined : propertyOf(target, references.field),
        `${entity.name} -> ${references.entity}`,
      ).toBeDefined()
    }
    for (const navigation of entity.navigation) {
      const target = findEntityByName(navigation.entity)
      for (const { from, to } of navigation.constraints) {
        expect(propertyOf(entity, from), `${entity.name}.${from}`).toBeDefined()
        expect(target === undefined ? undefined : propertyOf(target, to), `${navigation.entity}.${to}`).toBeDefined()
      }
    }
  }
})

test('entities over one table agree on the type and length of what they share', () => {
  for (const table of TABLES) {
    for (const property of table.entities.flatMap((entity) => entity.properties)) {
      const shared = table.properties.get(property.name)
      if (shared !== undefined) expect([property.name, property.type, property.length]).toEqual([property.name, shared.type, shared.length])
    }
  }
})

test('every read-only entity has a view, and labels are found in any case', () => {
  expect(missingViews()).toEqual([])
  expect(findEntityByLabel('customers v3')?.name).toBe('CustomerV3')
})
