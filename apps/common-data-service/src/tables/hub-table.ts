import type { ColumnDefinition, TableDefinition } from '@p2c/dataverse'
import type { ClosedList } from './closed-lists.ts'
import { columnName, type Field, keyText, optionalKeyText, sequence } from './fields.ts'

/** A table that others refer to, by the logical name and by how its rows are told apart inside an organisation. */
export interface Target {
  readonly table: string
  /** As clients write it: `SalesOrder`. */
  readonly entitySetName: string
  /** Key of the platform. */
  readonly primaryId: string
  /** Business key: `salesorderid`. */
  readonly keyColumn: string
  /** Column with the organisation that the key counts in; absent of organisations themselves. */
  readonly organizationColumn?: string
}

/** A row that names another one by value: `Account_AccountId` beside `Account_Organization_OrganizationId`. */
export interface Reference {
  readonly target: Target
  /** Column with the business key of the other row. */
  readonly column: string
  /** Column with the organisation of the other row. */
  readonly organizationColumn: string
  /** Lookup that the hub keeps beside it, so that the platform knows who refers to whom. */
  readonly lookup: string
  /** Text that the row takes over from the other one unless it brings its own. */
  readonly copies?: { readonly from: string; readonly to: string }
}

/** A table of the hub with the rules of its columns. */
export interface HubTable {
  readonly definition: TableDefinition
  readonly target: Target
  /** The column that says which organisation a row lives in: its own, or that of the document which a line is part of. */
  readonly organizationColumn: string
  /** Lookup to the organisation; absent where the document has it. */
  readonly organizationLookup?: string
  readonly references: readonly Reference[]
  /** By column. */
  readonly lists: ReadonlyMap<string, ClosedList>
}

/** A relation to another table, from which its two columns and its lookup are named. */
export interface ReferenceFacts {
  /** Name of the relation, as in `InvoiceAccount`. */
  readonly name: string
  readonly target: Target
  readonly copies?: Reference['copies']
}

interface TableFacts {
  /** As templates write it: `SalesOrder`. */
  readonly entity: string
  readonly label: string
  readonly pluralLabel: string
  readonly objectTypeCode: number
  readonly references?: readonly ReferenceFacts[]
  readonly fields: readonly Field[]
}

/** The field of a row that names its organisation, as templates write it. */
const ORGANIZATION_ID = 'Organization_OrganizationId'
/** Its column. */
export const OWN_ORGANIZATION = columnName(ORGANIZATION_ID)

/** The platform itself has a table `organization`: this one needs another logical name, and goes by the same entity set as in the templates. */
export const ORGANIZATION_TABLE = 'cds_organization'
const ORGANIZATION_ENTITY = 'Organization'

const primaryIdOf = (entity: string): string => `cds_${entity.toLowerCase()}id`

/** What references to a table of the hub need to know of it. */
export const targetOf = (entity: string): Target => ({
  table: entity === ORGANIZATION_ENTITY ? ORGANIZATION_TABLE : entity.toLowerCase(),
  entitySetName: entity,
  primaryId: primaryIdOf(entity),
  keyColumn: columnName(`${entity}Id`),
  ...(entity !== ORGANIZATION_ENTITY && { organizationColumn: OWN_ORGANIZATION }),
})

/** Organisations themselves, to which every row refers. */
export const ORGANIZATION = targetOf(ORGANIZATION_ENTITY)

/** A table whose rows are told apart by a number inside an organisation: accounts, products, documents. */
export function recordTable(facts: TableFacts): HubTable {
  const target = targetOf(facts.entity)
  return {
    definition: definitionOf(facts, {
      key: [OWN_ORGANIZATION, target.keyColumn],
      primaryName: target.keyColumn,
      fields: [keyText(ORGANIZATION_ID), keyText(`${facts.entity}Id`), ...referenceFields(facts.references), ...facts.fields],
      lookups: [organizationLookup(facts.entity), ...lookupsOf(facts)],
    }),
    target,
    organizationColumn: OWN_ORGANIZATION,
    organizationLookup: 'organization',
    references: (facts.references ?? []).map(toReference),
    lists: listsOf(facts.fields),
  }
}

/**
 * A table of document lines: told apart by the number inside the document, living in the document's organisation. Only quotation lines name
 * an organisation of their own beside it. Source: templates 8, table of organisation rows.
 */
export function lineTable(facts: TableFacts & { readonly parent: ReferenceFacts; readonly hasOwnOrganization?: boolean }): HubTable {
  const parent = toReference(facts.parent)
  const parentFields = [
    keyText(`${facts.parent.name}_${ORGANIZATION_ID}`),
    keyText(`${facts.parent.name}_${facts.parent.target.entitySetName}Id`),
  ]
  const own = facts.hasOwnOrganization === true
  return {
    definition: definitionOf(facts, {
      key: [parent.organizationColumn, parent.column, sequence.column.name],
      fields: [
        ...(own ? [optionalKeyText(ORGANIZATION_ID)] : []),
        ...parentFields,
        sequence,
        ...referenceFields(facts.references),
        ...facts.fields,
      ],
      lookups: [
        ...(own ? [organizationLookup(facts.entity)] : []),
        ...lookupsOf({ ...facts, references: [facts.parent, ...(facts.references ?? [])] }),
      ],
    }),
    target: targetOf(facts.entity),
    organizationColumn: parent.organizationColumn,
    ...(own && { organizationLookup: 'organization' }),
    references: [parent, ...(facts.references ?? []).map(toReference)],
    lists: listsOf(facts.fields),
  }
}

interface Shape {
  readonly key: readonly string[]
  readonly primaryName?: string
  readonly fields: readonly Field[]
  readonly lookups: readonly ColumnDefinition[]
}

/** Rows belong to the organisation as a whole, every table is tracked for increments, and `If-Match` counts. */
export const definitionOf = (facts: Omit<TableFacts, 'fields' | 'references'>, shape: Shape): TableDefinition => {
  const target = targetOf(facts.entity)
  return {
    logicalName: target.table,
    entitySetName: target.entitySetName,
    primaryId: target.primaryId,
    ...(shape.primaryName !== undefined && { primaryName: shape.primaryName }),
    objectTypeCode: facts.objectTypeCode,
    ownership: 'organization',
    label: facts.label,
    pluralLabel: facts.pluralLabel,
    changeTracking: true,
    optimisticConcurrency: true,
    alternateKeys: [{ name: `cds_${facts.entity}Key`, columns: shape.key }],
    columns: [...shape.fields.map((field) => field.column), ...shape.lookups],
  }
}

const referenceFields = (references: readonly ReferenceFacts[] = []): readonly Field[] =>
  references.flatMap(({ name, target }) => [
    optionalKeyText(`${name}_${ORGANIZATION_ID}`),
    optionalKeyText(`${name}_${target.entitySetName}Id`),
  ])

const toReference = ({ name, target, copies }: ReferenceFacts): Reference => ({
  target,
  column: columnName(`${name}_${target.entitySetName}Id`),
  organizationColumn: columnName(`${name}_${ORGANIZATION_ID}`),
  lookup: columnName(name),
  ...(copies !== undefined && { copies }),
})

/** Who is referred to stays: its deletion is refused. The collection gives the lookup an index, which that question needs. */
const lookupsOf = ({ entity, references = [] }: Pick<TableFacts, 'entity' | 'references'>): readonly ColumnDefinition[] =>
  references.map(({ name, target }) => ({
    name: columnName(name),
    label: name,
    type: 'lookup',
    readOnly: true,
    targets: [{ table: target.table, navigation: columnName(name), collection: columnName(`${entity}_${name}`), onDelete: 'restrict' }],
  }))

/** Without an index: organisations are hardly ever deleted, and every write would pay for it. */
const organizationLookup = (entity: string): ColumnDefinition => ({
  name: 'organization',
  label: `Organization of ${entity}`,
  type: 'lookup',
  readOnly: true,
  targets: [{ table: ORGANIZATION_TABLE, navigation: 'organization', onDelete: 'restrict' }],
})

const listsOf = (fields: readonly Field[]): ReadonlyMap<string, ClosedList> =>
  new Map(fields.flatMap(({ column, list }) => (list === undefined ? [] : [[column.name, list] as const])))
