import type { Column, Model, Table } from '../model/resolved-model.ts'
import type { LookupTarget } from '../model/table.ts'
import { stableId } from '../system/stable-id.ts'
import { attributeNode } from './attribute-nodes.ts'
import { labelOf, type MetadataNode, managed } from './metadata-node.ts'

const OWNERSHIP = {
  user: 'UserOwned',
  parent: 'UserOwned',
  organization: 'OrganizationOwned',
  'business-unit': 'BusinessOwned',
  none: 'None',
} as const

/** All tables as `EntityDefinitions` shows them. */
export const entityNodes = (model: Model): readonly MetadataNode[] => [...model.tables.values()].map((table) => entityNode(model, table))

function entityNode(model: Model, table: Table): MetadataNode {
  return {
    type: 'EntityMetadata',
    values: entityValues(table),
    navigations: {
      Attributes: once(() => table.columns.map((column) => attributeNode(table, column))),
      Keys: () => table.keys.map((key) => keyNode(table, key)),
      ManyToOneRelationships: () =>
        table.columns.flatMap((column) =>
          column.targets.map((target) => relationshipNode({ source: table.logicalName, column, target }, model)),
        ),
      OneToManyRelationships: () => table.referrers.map((referrer) => relationshipNode(referrer, model)),
      ManyToManyRelationships: () => [],
    },
  }
}

function entityValues(table: Table): MetadataNode['values'] {
  const { definition } = table
  const id = stableId('entity', table.logicalName)
  return {
    LogicalName: table.logicalName,
    SchemaName: table.logicalName,
    EntitySetName: table.entitySetName,
    LogicalCollectionName: table.entitySetName,
    CollectionSchemaName: table.entitySetName,
    PrimaryIdAttribute: table.primaryId.name,
    PrimaryNameAttribute: table.primaryName?.name ?? null,
    ObjectTypeCode: definition.objectTypeCode,
    OwnershipType: OWNERSHIP[definition.ownership],
    DisplayName: labelOf(definition.label, stableId('label', id)),
    DisplayCollectionName: labelOf(definition.pluralLabel, stableId('labels', id)),
    Description: { LocalizedLabels: [], UserLocalizedLabel: null },
    ChangeTrackingEnabled: definition.changeTracking,
    CanChangeTrackingBeEnabled: managed(true, 'canchangetrackingbeenabled'),
    IsOptimisticConcurrencyEnabled: definition.optimisticConcurrency,
    IsCustomEntity: table.logicalName.includes('_'),
    IsActivity: false,
    IsIntersect: false,
    IsPrivate: false,
    IsLogicalEntity: false,
    IsValidForAdvancedFind: true,
    TableType: 'Standard',
    DataProviderId: null,
    CanCreateForms: managed(true, 'cancreateforms'),
    CanCreateAttributes: managed(true, 'cancreateattributes'),
    IsCustomizable: managed(true, 'iscustomizable'),
    MetadataId: id,
  }
}

function once<Value>(make: () => Value): () => Value {
  let value: Value | undefined
  return () => {
    value ??= make()
    return value
  }
}

const keyNode = (table: Table, key: Table['keys'][number]): MetadataNode => {
  const id = stableId('key', table.logicalName, key.name)
  return {
    type: 'EntityKeyMetadata',
    values: {
      LogicalName: key.name.toLowerCase(),
      SchemaName: key.name,
      EntityLogicalName: table.logicalName,
      KeyAttributes: key.columns,
      EntityKeyIndexStatus: 'Active',
      DisplayName: labelOf(key.name, stableId('label', id)),
      MetadataId: id,
    },
    navigations: {},
  }
}

const CASCADE = { cascade: 'Cascade', 'remove-link': 'RemoveLink', restrict: 'Restrict' } as const

/** One lookup target as a relationship. */
export function relationshipNode(
  link: { readonly source: string; readonly column: Column; readonly target: LookupTarget },
  model: Model,
): MetadataNode {
  const { column, source, target } = link
  const name = target.collection ?? `${target.table}_${source}_${target.navigation}`
  return {
    type: 'OneToManyRelationshipMetadata',
    values: {
      SchemaName: name,
      RelationshipType: 'OneToManyRelationship',
      ReferencingEntity: source,
      ReferencingAttribute: column.name,
      ReferencingEntityNavigationPropertyName: target.navigation,
      ReferencedEntity: target.table,
      ReferencedAttribute: model.tables.get(target.table)?.primaryId.name ?? null,
      ReferencedEntityNavigationPropertyName: target.collection ?? null,
      CascadeConfiguration: {
        Delete: CASCADE[target.onDelete],
        Assign: 'NoCascade',
        Merge: 'NoCascade',
        Reparent: 'NoCascade',
        Share: 'NoCascade',
        Unshare: 'NoCascade',
      },
      IsCustomRelationship: name.includes('msdyn'),
      MetadataId: stableId('relationship', source, column.name, target.table),
    },
    navigations: {},
  }
}

/** All relationships of the model, each once. */
export const relationshipNodes = (model: Model): readonly MetadataNode[] =>
  [...model.tables.values()].flatMap((table) =>
    table.columns.flatMap((column) =>
      column.targets.map((target) => relationshipNode({ source: table.logicalName, column, target }, model)),
    ),
  )
