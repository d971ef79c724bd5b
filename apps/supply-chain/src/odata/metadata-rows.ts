import { findEntityByName, PUBLIC_ENTITIES } from '../entities/catalogue.ts'
import type { Entity, EntityProperty } from '../entities/entity.ts'
import { ENUMERATIONS, type EnumName, wireEnumName } from '../entities/enums.ts'
import type { Action, ActionTable } from './action-table.ts'
import { edmType, propertyLabelId } from './documents.ts'
import type { MetadataRow } from './metadata-query.ts'

/** The labels of the product that clients ask for by number. */
const PRODUCT_LABELS: Readonly<Record<string, string>> = { '@SYS1': 'Time transactions', '@SYS5461': 'Yes', '@SYS5462': 'No' }

const enumLabelId = (name: string): string => `@SCM:${name}`

/** `DataEntities`: every data entity with its three names. */
export const dataEntityRows = (): MetadataRow[] =>
  PUBLIC_ENTITIES.map((entity) => ({
    Name: entity.aotName,
    PublicEntityName: entity.name,
    PublicCollectionName: entity.collection,
    LabelId: entity.labelId,
    LabelText: entity.label,
    DataServiceEnabled: entity.isPublic,
    DataManagementEnabled: entity.isDataManagementEnabled,
    EntityCategory: entity.category,
    IsReadOnly: entity.isReadOnly,
  }))

const propertyRow = (entity: Entity, property: EntityProperty): MetadataRow => ({
  Name: property.name,
  TypeName: edmType(property),
  DataType: property.type,
  LabelId: propertyLabelId(entity, property),
  IsKey: property.isKey,
  IsMandatory: property.isMandatory,
  ConfigurationEnabled: true,
  AllowEdit: property.allowEdit,
  AllowEditOnCreate: property.allowEditOnCreate,
  IsDimension: false,
  DimensionRelation: null,
  IsDynamicDimension: false,
  DimensionLegalEntityProperty: null,
  DimensionTypeProperty: null,
})

const navigationRows = (entity: Entity): MetadataRow[] =>
  entity.navigation.map((navigation) => ({
    Name: navigation.name,
    RelatedEntity: navigation.entity,
    RelatedRelationName: findEntityByName(navigation.entity)?.navigation.find((each) => each.entity === entity.name)?.name ?? null,
    Cardinality: navigation.cardinality,
    Constraints: navigation.constraints.map(({ from, to }) => ({
      '@odata.type': '#Microsoft.Dynamics.Metadata.ReferentialConstraint',
      Property: from,
      ReferencedProperty: to,
    })),
  }))

const parameterType = (type: string) => ({ TypeName: type, IsCollection: false })

const bindingKind = (action: Action): string =>
  action.collection === undefined ? 'Unbound' : action.isBoundToRow === true ? 'BoundToEntityInstance' : 'BoundToEntitySet'

const actionRow = (action: Action): MetadataRow => ({
  Name: action.name,
  BindingKind: bindingKind(action),
  Parameters: action.parameters.map(({ name, type }) => ({ Name: name, Type: parameterType(type) })),
  ReturnType: action.returnType === undefined ? null : parameterType(action.returnType),
  FieldLookup: null,
})

/** `PublicEntities`: every entity of `/data`, complete with properties, navigation and actions. */
export const publicEntityRows = (actions: ActionTable): MetadataRow[] =>
  PUBLIC_ENTITIES.map((entity) => ({
    Name: entity.name,
    EntitySetName: entity.collection,
    LabelId: entity.labelId,
    IsReadOnly: entity.isReadOnly,
    ConfigurationEnabled: true,
    Properties: entity.properties.map((property) => propertyRow(entity, property)),
    NavigationProperties: navigationRows(entity),
    PropertyGroups: [],
    Actions: actions.filter((action) => action.collection === entity.collection).map(actionRow),
  }))

/** `PublicEnumerations`: every enumeration with its members. */
export const enumerationRows = (): MetadataRow[] =>
  Object.entries(ENUMERATIONS).map(([name, members]) => ({
    Name: wireEnumName(name as EnumName),
    LabelId: enumLabelId(name),
    LabelText: name,
    ConfigurationEnabled: true,
    Members: Object.entries(members).map(([member, value]) => ({
      Name: member,
      Value: value,
      LabelId: `${enumLabelId(name)}.${member}`,
      LabelText: member,
      ConfigurationEnabled: true,
    })),
  }))

/** Texts by label id, in lower case: entities, properties, enumerations and their members. */
export function labelTexts(): ReadonlyMap<string, string> {
  const entityLabels = PUBLIC_ENTITIES.flatMap((entity) => [
    [entity.labelId, entity.label] as const,
    ...entity.properties.map((property) => [propertyLabelId(entity, property), property.label] as const),
  ])
  const enumLabels = Object.entries(ENUMERATIONS).flatMap(([name, members]) => [
    [enumLabelId(name), name] as const,
    ...Object.keys(members).map((member) => [`${enumLabelId(name)}.${member}`, member] as const),
  ])
  return new Map([...Object.entries(PRODUCT_LABELS), ...entityLabels, ...enumLabels].map(([id, text]) => [id.toLowerCase(), text]))
}
