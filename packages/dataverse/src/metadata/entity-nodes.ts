import type { ManyToManyDefinition } from '../model/many-to-many.ts'
import type { Column, Model, Table } from '../model/resolved-model.ts'
import type { LookupTarget } from '../model/table.ts'
import { stableId } from '../system/stable-id.ts'
import { attributeNode } from './attribute-nodes.ts'
import { labelOf, type MetadataNode, managed, NO_LABEL } from './metadata-node.ts'
import { schemaNameOf } from './schema-names.ts'

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
      ManyToManyRelationships: () => relationsShown(table).map((relation) => manyToManyNode(relation)),
    },
  }
}

function entityValues(table: Table): MetadataNode['values'] {
  const { definition } = table
  const id = stableId('entity', table.logicalName)
  const isActivity = table.primaryId.name === 'activityid'
  return {
    LogicalName: table.logicalName,
    SchemaName: schemaNameOf(table),
    EntitySetName: table.entitySetName,
    LogicalCollectionName: table.entitySetName,
    CollectionSchemaName: collectionSchemaName(table),
    PrimaryIdAttribute: table.primaryId.name,
    PrimaryNameAttribute: table.primaryName?.name ?? null,
    ObjectTypeCode: definition.objectTypeCode,
    OwnershipType: OWNERSHIP[definition.ownership],
    DisplayName: labelOf(definition.label, stableId('label', id)),
    DisplayCollectionName: labelOf(definition.pluralLabel, stableId('labels', id)),
    Description: NO_LABEL,
    ChangeTrackingEnabled: definition.changeTracking,
    CanChangeTrackingBeEnabled: managed(true, 'canchangetrackingbeenabled'),
    IsOptimisticConcurrencyEnabled: definition.optimisticConcurrency,
    IsCustomEntity: table.logicalName.includes('_'),
    IsActivity: isActivity,
    IsActivityParty: ['account', 'contact', 'lead', 'systemuser'].includes(table.logicalName),
    ActivityTypeMask: isActivity ? 1 : 0,
    IsChildEntity: definition.ownership === 'parent',
    IsIntersect: table.intersectOf !== undefined,
    IsPrivate: false,
    IsLogicalEntity: false,
    IsValidForAdvancedFind: true,
    TableType: 'Standard',
    DataProviderId: null,
    PrimaryImageAttribute: null,
    RecurrenceBaseEntityLogicalName: null,
    ReportViewName: null,
    ExternalName: null,
    ExternalCollectionName: null,
    DataSourceId: null,
    IntroducedVersion: null,
    HasChanged: null,
    HasActivities: table.referrers.some(({ column }) => column.name === 'regardingobjectid'),
    HasNotes: false,
    HasFeedback: false,
    HasEmailAddresses: table.byName.has('emailaddress1'),
    IsManaged: true,
    IsImportable: true,
    IsEnabledForCharts: true,
    IsEnabledForTrace: false,
    IsBPFEntity: false,
    IsAvailableOffline: false,
    IsBusinessProcessEnabled: false,
    IsDocumentManagementEnabled: false,
    IsOneNoteIntegrationEnabled: false,
    IsInteractionCentricEnabled: false,
    IsKnowledgeManagementEnabled: false,
    IsQuickCreateEnabled: false,
    IsReadingPaneEnabled: true,
    IsSLAEnabled: false,
    IsStateModelAware: table.byName.has('statecode'),
    EnforceStateTransitions: false,
    AutoCreateAccessTeams: false,
    AutoRouteToOwnerQueue: false,
    SyncToExternalSearchIndex: false,
    UsesBusinessDataLabelTable: false,
    DaysSinceRecordLastModified: 0,
    EntityColor: '',
    IconLargeName: null,
    IconMediumName: null,
    IconSmallName: null,
    IconVectorName: null,
    ...managedProperties(),
    MetadataId: id,
  }
}

/** `SalesOrders`, `Opportunities`. */
const collectionSchemaName = (table: Table): string =>
  schemaNameOf(table).toLowerCase() === table.entitySetName.slice(0, table.logicalName.length)
    ? `${schemaNameOf(table)}${table.entitySetName.slice(table.logicalName.length)}`
    : `${table.entitySetName.charAt(0).toUpperCase()}${table.entitySetName.slice(1)}`

/** What solutions may lock: tables are part of the program, so little may be changed. */
const managedProperties = (): MetadataNode['values'] => ({
  CanCreateForms: managed(true, 'cancreateforms'),
  CanCreateViews: managed(true, 'cancreateviews'),
  CanCreateCharts: managed(false, 'cancreatecharts'),
  CanCreateAttributes: managed(false, 'cancreateattributes'),
  CanBeRelatedEntityInRelationship: managed(false, 'canberelatedentityinrelationship'),
  CanBePrimaryEntityInRelationship: managed(false, 'canbeprimaryentityinrelationship'),
  CanBeInManyToMany: managed(false, 'canbeinmanytomany'),
  CanBeInCustomEntityAssociation: managed(false, 'canbeincustomentityassociation'),
  CanEnableSyncToExternalSearchIndex: managed(false, 'canenablesynctoexternalsearchindex'),
  CanModifyAdditionalSettings: managed(false, 'canmodifyadditionalsettings'),
  CanChangeHierarchicalRelationship: managed(false, 'canchangehierarchicalrelationship'),
  CanTriggerWorkflow: false,
  IsAuditEnabled: managed(false, 'canmodifyauditsettings'),
  IsConnectionsEnabled: managed(false, 'canmodifyconnectionsettings'),
  IsCustomizable: managed(false, 'iscustomizable'),
  IsDuplicateDetectionEnabled: managed(true, 'canmodifyduplicatedetectionsettings'),
  IsMailMergeEnabled: managed(false, 'canmodifymailmergesettings'),
  IsMappable: managed(false, 'ismappable'),
  IsOfflineInMobileClient: managed(false, 'canmodifymobileclientoffline'),
  IsReadOnlyInMobileClient: managed(false, 'canmodifymobileclientreadonly'),
  IsRenameable: managed(false, 'isrenameable'),
  IsValidForQueue: managed(false, 'canmodifyqueuesettings'),
  IsVisibleInMobile: managed(false, 'canmodifymobilevisibility'),
  IsVisibleInMobileClient: managed(false, 'canmodifymobileclientvisibility'),
})

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

/** The same of every relationship. */
const RELATIONSHIP: MetadataNode['values'] = {
  IsManaged: true,
  IsValidForAdvancedFind: true,
  SecurityTypes: 'None',
  IntroducedVersion: null,
  HasChanged: null,
  IsCustomizable: managed(false, 'iscustomizable'),
}

const CASCADE = { cascade: 'Cascade', 'remove-link': 'RemoveLink', restrict: 'Restrict' } as const

/** Rows that are handed on with the row they point to. */
const followsOwner = ({ source, target }: { readonly source: string; readonly target: LookupTarget }, model: Model): boolean =>
  target.onAssign === 'cascade' || (target.onDelete === 'cascade' && model.tables.get(source)?.definition.ownership === 'parent')

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
        Assign: followsOwner(link, model) ? 'Cascade' : 'NoCascade',
        Merge: 'NoCascade',
        Reparent: 'NoCascade',
        Share: 'NoCascade',
        Unshare: 'NoCascade',
      },
      IsCustomRelationship: name.includes('msdyn'),
      IsHierarchical: target.table === source && column.name.startsWith('parent'),
      RelationshipBehavior: 0,
      EntityKey: null,
      ...RELATIONSHIP,
      MetadataId: stableId('relationship', source, column.name, target.table),
    },
    navigations: {},
  }
}

/** A relationship of a table to itself has two sides there, but is one. */
const relationsShown = (table: Table): readonly ManyToManyDefinition[] => [...new Set(table.relations.map(({ relation }) => relation))]

/** A many-to-many relationship with its intersect table. Source: wire specification 10 and 18. */
function manyToManyNode(relation: ManyToManyDefinition): MetadataNode {
  const [first, second] = relation.sides
  return {
    type: 'ManyToManyRelationshipMetadata',
    values: {
      SchemaName: relation.schemaName,
      RelationshipType: 'ManyToManyRelationship',
      IntersectEntityName: relation.intersectTable,
      Entity1LogicalName: first.table,
      Entity1IntersectAttribute: first.column,
      Entity1NavigationPropertyName: first.navigation,
      Entity2LogicalName: second.table,
      Entity2IntersectAttribute: second.column,
      Entity2NavigationPropertyName: second.navigation,
      IsCustomRelationship: relation.schemaName.includes('msdyn'),
      ...RELATIONSHIP,
      MetadataId: stableId('relationship', relation.schemaName),
    },
    navigations: {},
  }
}

/** All relationships of the model, each once. */
export const relationshipNodes = (model: Model): readonly MetadataNode[] => [
  ...[...model.tables.values()].flatMap((table) =>
    table.columns.flatMap((column) =>
      column.targets.map((target) => relationshipNode({ source: table.logicalName, column, target }, model)),
    ),
  ),
  ...model.relations.map(manyToManyNode),
]
