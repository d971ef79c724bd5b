import { type CsdlAnnotation, type CsdlModel, metadataUrl, writeCsdl } from '@p2c/odata'
import { findEntityByName, PUBLIC_ENTITIES } from '../entities/catalogue.ts'
import type { AxType, Entity, EntityProperty } from '../entities/entity.ts'
import { ENUMERATIONS, type EnumName, wireEnumName } from '../entities/enums.ts'
import type { Action, ActionTable } from './action-table.ts'
import type { DataRequest } from './data-context.ts'
import { ANNOTATION_NAMESPACE, NAMESPACE, qualified } from './names.ts'
import { type DataResponse, jsonResponse } from './response.ts'

/** The service document: all public sets by name. */
export function serviceDocument(request: DataRequest): DataResponse {
  const value = PUBLIC_ENTITIES.map(({ collection }) => ({ name: collection, kind: 'EntitySet', url: collection }))
  return jsonResponse(200, JSON.stringify({ '@odata.context': metadataUrl(request.root), value }))
}

const EDM_TYPES: Record<Exclude<AxType, 'Enum'>, string> = {
  String: 'Edm.String',
  Int32: 'Edm.Int32',
  Int64: 'Edm.Int64',
  Real: 'Edm.Decimal',
  Date: 'Edm.DateTimeOffset',
  UtcDateTime: 'Edm.DateTimeOffset',
  Guid: 'Edm.Guid',
}

/** The type of a property in `$metadata` and `/metadata`. */
export const edmType = (property: EntityProperty): string =>
  property.enumeration === undefined
    ? EDM_TYPES[property.type === 'Enum' ? 'String' : property.type]
    : qualified(wireEnumName(property.enumeration))

/** The label of a property as an id that `/metadata/Labels` resolves. */
export const propertyLabelId = (entity: Entity, property: EntityProperty): string => `${entity.labelId}.${property.name}`

const text = (term: string, value: string): CsdlAnnotation => ({
  term: `${ANNOTATION_NAMESPACE}.${term}`,
  value: { kind: 'string', value },
})
const flag = (term: string, value: boolean): CsdlAnnotation => ({ term: `${ANNOTATION_NAMESPACE}.${term}`, value: { kind: 'bool', value } })

/** Texts and enumerations may be null on the way in; numbers, dates and key parts may not. */
const isNullable = (property: EntityProperty): boolean => !property.isKey && (property.type === 'String' || property.type === 'Enum')

const propertyAnnotations = (entity: Entity, property: EntityProperty): CsdlAnnotation[] => [
  text('LabelId', propertyLabelId(entity, property)),
  text('AXType', property.type),
  flag('AllowEdit', property.allowEdit),
  flag('AllowEditOnCreate', property.allowEditOnCreate),
  flag('IsRequired', property.isMandatory),
  flag('ConfigurationKeyEnabled', true),
]

function entityType(entity: Entity) {
  return {
    name: entity.name,
    key: entity.key,
    properties: entity.properties.map((property) => ({
      name: property.name,
      type: edmType(property),
      ...(!isNullable(property) && { nullable: false }),
      ...(property.type === 'Real' && { scale: 'variable' as const }),
      annotations: propertyAnnotations(entity, property),
    })),
    navigationProperties: entity.navigation.map((navigation) => ({
      name: navigation.name,
      type: navigation.cardinality === 'Multiple' ? `Collection(${qualified(navigation.entity)})` : qualified(navigation.entity),
    })),
  }
}

const enumType = ([name, members]: readonly [string, Readonly<Record<string, number>>]) => ({
  name: wireEnumName(name as EnumName),
  members: Object.entries(members).map(([member, value]) => ({ name: member, value: String(value) })),
})

function csdlAction(action: Action) {
  const entity = PUBLIC_ENTITIES.find((each) => each.collection === action.collection)
  const binding =
    entity === undefined
      ? []
      : [{ name: entity.collection, type: action.isBoundToRow ? qualified(entity.name) : `Collection(${qualified(entity.name)})` }]
  return {
    name: action.name,
    ...(entity !== undefined && { isBound: true }),
    parameters: [...binding, ...action.parameters.map(({ name, type }) => ({ name, type }))],
    ...(action.returnType !== undefined && { returnType: { type: action.returnType } }),
  }
}

const bindingsOf = (entity: Entity) =>
  entity.navigation.flatMap((navigation) => {
    const target = findEntityByName(navigation.entity)
    return target === undefined ? [] : [{ path: navigation.name, target: target.collection }]
  })

function model(actions: ActionTable): CsdlModel {
  return {
    schemas: [
      {
        namespace: NAMESPACE,
        enumTypes: Object.entries(ENUMERATIONS).map(enumType),
        entityTypes: PUBLIC_ENTITIES.map(entityType),
        actions: actions.map(csdlAction),
        container: {
          name: 'Resources',
          entitySets: PUBLIC_ENTITIES.map((entity) => ({
            name: entity.collection,
            entityType: qualified(entity.name),
            bindings: bindingsOf(entity),
          })),
          actionImports: actions
            .filter((action) => action.collection === undefined)
            .map(({ name }) => ({ name, operation: qualified(name) })),
        },
      },
    ],
  }
}

const documents = new WeakMap<ActionTable, string>()

/** The `$metadata` document; the same for every request of one application, so it is written once. */
export function metadataDocument(actions: ActionTable): string {
  const document = documents.get(actions) ?? writeCsdl(model(actions))
  documents.set(actions, document)
  return document
}
