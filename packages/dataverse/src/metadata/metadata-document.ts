import {
  type CsdlAnnotation,
  type CsdlEntitySet,
  type CsdlEntityType,
  type CsdlEnumType,
  type CsdlNavigationProperty,
  type CsdlOperation,
  type CsdlProperty,
  type CsdlStructuredType,
  writeCsdl,
} from '@p2c/odata'
import type { AppAction } from '../actions/app-action.ts'
import { ENUM_TYPES } from '../actions/enum-types.ts'
import { ENVIRONMENT_TYPES } from '../actions/environment-functions.ts'
import { type Column, type Model, type Table, tableOf } from '../model/resolved-model.ts'
import { edmType } from '../payload/convert-value.ts'
import { ACCESS_RIGHTS } from '../security/privileges.ts'
import type { MetadataNode } from './metadata-node.ts'

/** What metadata answers are made of; computed once at start. */
export interface MetadataFacts {
  readonly model: Model
  readonly actions: readonly AppAction[]
  readonly entities: readonly MetadataNode[]
  readonly relationships: readonly MetadataNode[]
  /** Choices that columns share. */
  readonly optionSets: readonly MetadataNode[]
  /** Written when first asked for. */
  readonly documents: Map<boolean, string>
}

const BASE = 'mscrm.crmbaseentity'

/** `$metadata` as CSDL 4.0; with annotations it also says which sets track changes and what the alternate keys are. Source: wire specification 18. */
export function metadataDocument(facts: MetadataFacts, annotated: boolean): string {
  const known = facts.documents.get(annotated)
  if (known !== undefined) return known
  const tables = [...facts.model.tables.values()]
  const text = writeCsdl({
    schemas: [
      {
        namespace: 'Microsoft.Dynamics.CRM',
        alias: 'mscrm',
        enumTypes: [
          ...Object.entries(ENUM_TYPES).map(([name, members]) => ({ name, members: members.map((member) => ({ name: member })) })),
          ACCESS_RIGHTS_TYPE,
        ],
        complexTypes: [...COMPLEX_TYPES, ...ENVIRONMENT_TYPES, ...facts.actions.flatMap(ownComplexType)],
        entityTypes: [
          { name: 'crmbaseentity', abstract: true, properties: [] },
          ...tables.map((table) => entityType(facts.model, table, annotated)),
        ],
        actions: operations(facts, 'action'),
        functions: operations(facts, 'function'),
        container: {
          name: 'System',
          entitySets: tables.map((table) => entitySet(facts.model, table, annotated)),
          actionImports: imports(facts, 'action'),
          functionImports: imports(facts, 'function'),
        },
      },
    ],
  })
  facts.documents.set(annotated, text)
  return text
}

function entityType(model: Model, table: Table, annotated: boolean): CsdlEntityType {
  const keys: readonly CsdlAnnotation[] = table.keys.map((key) => ({
    term: 'Org.OData.Core.V1.AlternateKeys',
    qualifier: key.name,
    value: {
      kind: 'collection',
      items: key.columns.map((name) => ({ kind: 'property-path', value: table.byName.get(name)?.property ?? name })),
    },
  }))
  return {
    name: table.logicalName,
    baseType: BASE,
    key: [table.primaryId.name],
    properties: table.columns.map((column) => property(table, column)),
    navigationProperties: navigations(model, table),
    ...(annotated && keys.length > 0 && { annotations: keys }),
  }
}

function property(table: Table, column: Column): CsdlProperty {
  const { definition } = column
  return {
    name: column.property,
    type: edmType(column),
    ...(column === table.primaryId && { nullable: false }),
    ...((definition.type === 'string' || definition.type === 'memo') && { unicode: true, maxLength: definition.maxLength }),
    ...((definition.type === 'decimal' || definition.type === 'money') && { scale: 'variable' as const }),
  }
}

/** A name that several targets of one lookup share (`ownerid`) leads to the base type. */
function navigations(model: Model, table: Table): readonly CsdlNavigationProperty[] {
  return [...table.navigations.values()].map((navigation): CsdlNavigationProperty => {
    if (navigation.kind === 'many')
      return { name: navigation.name, type: `Collection(mscrm.${navigation.source})`, partner: navigation.other.navigation }
    if (navigation.kind === 'collection') {
      return { name: navigation.name, type: `Collection(mscrm.${navigation.source})`, partner: navigation.target.navigation }
    }
    const shared = navigation.column.targets.filter((target) => target.navigation === navigation.name).length > 1
    const target = tableOf(model, navigation.target.table)
    return {
      name: navigation.name,
      type: shared ? BASE : `mscrm.${target.logicalName}`,
      nullable: true,
      ...(navigation.target.collection !== undefined && { partner: navigation.target.collection }),
      ...(!shared && { referentialConstraints: [{ property: navigation.column.property, referencedProperty: target.primaryId.name }] }),
    }
  })
}

function entitySet(model: Model, table: Table, annotated: boolean): CsdlEntitySet {
  const bindings = [...table.navigations.values()].map((navigation) => ({
    path: navigation.name,
    target: tableOf(model, navigation.kind === 'single' ? navigation.target.table : navigation.source).entitySetName,
  }))
  const tracking: CsdlAnnotation = {
    term: 'Org.OData.Capabilities.V1.ChangeTracking',
    value: { kind: 'record', properties: { Supported: { kind: 'bool', value: table.definition.changeTracking } } },
  }
  return { name: table.entitySetName, entityType: `mscrm.${table.logicalName}`, bindings, ...(annotated && { annotations: [tracking] }) }
}

/** The complex type that an action of the application answers with. */
const ownComplexType = ({ returns, returnMembers }: AppAction): readonly CsdlStructuredType[] =>
  returns === undefined || returnMembers === undefined
    ? []
    : [{ name: returns.slice(returns.lastIndexOf('.') + 1), properties: returnMembers.map((member) => ({ ...member, nullable: false })) }]

/** A set of rights: `ReadAccess, WriteAccess`. */
const ACCESS_RIGHTS_TYPE: CsdlEnumType = {
  name: 'AccessRights',
  isFlags: true,
  members: [
    { name: 'None', value: '0' },
    ...Object.entries(ACCESS_RIGHTS).map(([right, value]) => ({ name: `${right}Access`, value: String(value) })),
  ],
}

const COMPLEX_TYPES: readonly CsdlStructuredType[] = [
  {
    name: 'WhoAmIResponse',
    properties: ['BusinessUnitId', 'UserId', 'OrganizationId'].map((name) => ({ name, type: 'Edm.Guid', nullable: false })),
  },
  {
    name: 'EntityRecordCountCollection',
    properties: [
      { name: 'Count', type: 'Edm.Int32', nullable: false },
      { name: 'IsReadOnly', type: 'Edm.Boolean', nullable: false },
      { name: 'Keys', type: 'Collection(Edm.String)', nullable: false },
      { name: 'Values', type: 'Collection(Edm.Int64)', nullable: false },
    ],
  },
  {
    name: 'RetrieveTotalRecordCountResponse',
    properties: [{ name: 'EntityRecordCountCollection', type: 'mscrm.EntityRecordCountCollection' }],
  },
  {
    name: 'RolePrivilege',
    properties: [
      { name: 'Depth', type: 'Edm.String', nullable: false },
      { name: 'PrivilegeId', type: 'Edm.Guid', nullable: false },
      { name: 'BusinessUnitId', type: 'Edm.Guid' },
      { name: 'PrivilegeName', type: 'Edm.String' },
    ],
  },
  ...['RetrieveUserPrivilegesResponse', 'RetrieveTeamPrivilegesResponse', 'RetrieveRolePrivilegesRoleResponse'].map((name) => ({
    name,
    properties: [{ name: 'RolePrivileges', type: 'Collection(mscrm.RolePrivilege)', nullable: false }],
  })),
  {
    name: 'PrincipalAccess',
    properties: [
      { name: 'AccessMask', type: 'mscrm.AccessRights', nullable: false },
      { name: 'Principal', type: BASE },
    ],
  },
  {
    name: 'RetrieveSharedPrincipalsAndAccessResponse',
    properties: [{ name: 'PrincipalAccesses', type: 'Collection(mscrm.PrincipalAccess)', nullable: false }],
  },
  { name: 'RetrievePrincipalAccessResponse', properties: [{ name: 'AccessRights', type: 'mscrm.AccessRights', nullable: false }] },
  { name: 'CreateMultipleResponse', properties: [{ name: 'Ids', type: 'Collection(Edm.Guid)', nullable: false }] },
  {
    name: 'PagingInfo',
    properties: [
      { name: 'PageNumber', type: 'Edm.Int32', nullable: false },
      { name: 'Count', type: 'Edm.Int32', nullable: false },
      { name: 'ReturnTotalRecordCount', type: 'Edm.Boolean', nullable: false },
      { name: 'PagingCookie', type: 'Edm.String' },
    ],
  },
  {
    name: 'ColumnSet',
    properties: [
      { name: 'AllColumns', type: 'Edm.Boolean', nullable: false },
      { name: 'Columns', type: 'Collection(Edm.String)' },
    ],
  },
]

function operations(facts: MetadataFacts, kind: 'action' | 'function'): readonly CsdlOperation[] {
  const own = facts.actions.filter((action) => (action.kind ?? 'action') === kind).map(operation)
  return kind === 'function' ? own : [...own, ...[...facts.model.tables.keys()].flatMap(bulkOperations)]
}

function operation(action: AppAction): CsdlOperation {
  const { binding } = action
  const entity =
    binding === 'unbound'
      ? []
      : [
          {
            name: 'entity',
            type: binding.collection === true ? `Collection(mscrm.${binding.table})` : `mscrm.${binding.table}`,
            nullable: false,
          },
        ]
  return {
    name: action.name,
    ...(binding !== 'unbound' && { isBound: true }),
    parameters: [
      ...entity,
      ...action.parameters.map((parameter) => ({ name: parameter.name, type: parameter.type, nullable: parameter.optional ?? false })),
    ],
    ...(action.returns !== undefined && { returnType: { type: action.returns, nullable: false } }),
  }
}

const bulkOperations = (table: string): readonly CsdlOperation[] =>
  ['CreateMultiple', 'UpdateMultiple', 'UpsertMultiple'].map((name) => ({
    name,
    isBound: true,
    parameters: [
      { name: 'entityset', type: `Collection(mscrm.${table})`, nullable: false },
      { name: 'Targets', type: `Collection(mscrm.${table})`, nullable: false },
    ],
    ...(name === 'CreateMultiple' && { returnType: { type: 'mscrm.CreateMultipleResponse', nullable: false } }),
  }))

const imports = (facts: MetadataFacts, kind: 'action' | 'function') =>
  facts.actions
    .filter((action) => (action.kind ?? 'action') === kind && action.binding === 'unbound')
    .map((action) => ({ name: action.name, operation: `Microsoft.Dynamics.CRM.${action.name}` }))
