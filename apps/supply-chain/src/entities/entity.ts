import type { EnumName } from './enums.ts'

/** Value types of the data dictionary; each has one Edm type, one empty value and one column type. Source: protocol specification, section 7. */
export const AX_TYPES = ['String', 'Int32', 'Int64', 'Real', 'Date', 'UtcDateTime', 'Enum', 'Guid'] as const
export type AxType = (typeof AX_TYPES)[number]

/** Categories of `/metadata/DataEntities`. */
export const ENTITY_CATEGORIES = ['Master', 'Configuration', 'Transaction', 'Reference', 'Document', 'Parameters'] as const
export type EntityCategory = (typeof ENTITY_CATEGORIES)[number]

/** A row of another entity that a value must name. `field` is the key part that the value is compared with. */
export interface PropertyReference {
  readonly entity: string
  readonly field: string
}

/** One property of a data entity. Storage, `$metadata`, `/metadata` and the write checks are derived from it. */
export interface EntityProperty {
  readonly name: string
  readonly column: string
  readonly type: AxType
  /** Text shown to people and in Infolog messages: `Customer group`. */
  readonly label: string
  /** Longest text, for `String`. */
  readonly length: number
  readonly enumeration?: EnumName
  readonly isKey: boolean
  readonly isMandatory: boolean
  readonly allowEdit: boolean
  readonly allowEditOnCreate: boolean
  /** Value of a new row where none is given; otherwise the empty value of the type. */
  readonly defaultValue?: string
  readonly references?: PropertyReference
  /** Not stored: the view that the entity is read from computes it. Always read-only. */
  readonly isComputed: boolean
}

/** A relation that `$expand` follows: rows of `entity` whose `to` fields equal this row's `from` fields, in the same company. */
export interface EntityNavigation {
  readonly name: string
  readonly entity: string
  readonly cardinality: 'Single' | 'Multiple'
  readonly constraints: readonly { readonly from: string; readonly to: string }[]
}

/** The table under an entity: several entities may show the same rows. A view has no writes. */
export interface EntityStorage {
  /** Name in PostgreSQL. */
  readonly relation: string
  /** Where rows are read: the table itself, or a view that adds computed columns to every row of it. */
  readonly readRelation: string
  /** Name in the application: `CustTable`. It appears in Infolog texts. */
  readonly tableName: string
  /** Label of the table in Infolog texts: `Customers`. */
  readonly tableLabel: string
  readonly isView: boolean
}

export interface Entity {
  /** Public entity name: `CustomerV3`. */
  readonly name: string
  /** Public collection name, the set in `/data`: `CustomersV3`. */
  readonly collection: string
  /** Name in the application object tree: `CustCustomerV3Entity`. */
  readonly aotName: string
  /** Data management label, the entity name in packages: `Customers V3`. */
  readonly label: string
  readonly labelId: string
  readonly category: EntityCategory
  readonly storage: EntityStorage
  /** Company-specific entities begin with the key part `dataAreaId`. */
  readonly isCompanySpecific: boolean
  /** The property that names the company of a row: `dataAreaId`, or a property of a shared entity over company-specific rows. */
  readonly companyField?: string
  readonly isReadOnly: boolean
  /** Rows may be created and changed but not deleted. */
  readonly refusesDelete: boolean
  /** Carries actions only: it has no rows of its own and no place in `$metadata` sets of data. */
  readonly isPublic: boolean
  readonly isDataManagementEnabled: boolean
  /** In the order of `$metadata`: key parts first. */
  readonly properties: readonly EntityProperty[]
  readonly key: readonly string[]
  readonly navigation: readonly EntityNavigation[]
}

type PropertyOptions = Partial<
  Pick<
    EntityProperty,
    'label' | 'isMandatory' | 'allowEdit' | 'allowEditOnCreate' | 'defaultValue' | 'references' | 'isKey' | 'column' | 'isComputed'
  >
>

/** `CustomerGroupId` -> `Customer group`: the label of a property that names none. */
function labelOf(name: string): string {
  const words = name
    .replace(/(?:Id|Code)$/, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .split(' ')
  return words.map((word, index) => (index === 0 || /^[A-Z]{2,}$/.test(word) ? word : word.toLowerCase())).join(' ')
}

/** `AddressCountryRegionISOCode` -> `address_country_region_iso_code`. */
const columnOf = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()

function property(name: string, type: AxType, options: PropertyOptions & { length?: number; enumeration?: EnumName } = {}): EntityProperty {
  const isKey = options.isKey ?? false
  return {
    name,
    type,
    column: columnOf(name),
    label: labelOf(name),
    length: 0,
    isMandatory: isKey,
    allowEdit: !isKey,
    allowEditOnCreate: true,
    isComputed: false,
    ...options,
    isKey,
  }
}

/** A text of at most `length` characters. */
export const text = (name: string, length: number, options: PropertyOptions = {}) => property(name, 'String', { length, ...options })

/** A text that is part of the key. */
export const key = (name: string, length: number, options: PropertyOptions = {}) =>
  property(name, 'String', { length, ...options, isKey: true })

export const int = (name: string, options: PropertyOptions = {}) => property(name, 'Int32', options)
export const long = (name: string, options: PropertyOptions = {}) => property(name, 'Int64', options)
export const real = (name: string, options: PropertyOptions = {}) => property(name, 'Real', options)
export const date = (name: string, options: PropertyOptions = {}) => property(name, 'Date', options)
export const dateTime = (name: string, options: PropertyOptions = {}) => property(name, 'UtcDateTime', options)
export const choice = (name: string, enumeration: EnumName, options: PropertyOptions = {}) =>
  property(name, 'Enum', { enumeration, ...options })
export const yesNo = (name: string, options: PropertyOptions = {}) => choice(name, 'NoYes', options)

/** The options of a value that only the application writes. */
export const READ_ONLY = { allowEdit: false, allowEditOnCreate: false } as const

/** The options of a value that the read view of the entity computes. */
export const COMPUTED = { ...READ_ONLY, isComputed: true } as const

/** The company of a row; stored in lower case. */
const DATA_AREA_ID: EntityProperty = { ...key('dataAreaId', 4, { label: 'Company' }), isMandatory: false }

interface EntityFacts {
  readonly name: string
  readonly collection: string
  readonly aotName: string
  readonly label: string
  readonly category: EntityCategory
  /** PostgreSQL relation, table name and table label. */
  readonly storage: readonly [relation: string, tableName: string, tableLabel: string]
  readonly properties: readonly EntityProperty[]
  readonly navigation?: readonly EntityNavigation[]
  readonly isShared?: boolean
  /** Of a shared entity over company-specific rows: the property that names their company. */
  readonly companyField?: string
  readonly isView?: boolean
  /** View that rows are read from, with a column for each computed property. */
  readonly readsFrom?: string
  /** Rows are made by the application alone: read-only on the wire although they are a table. */
  readonly isPosted?: boolean
  readonly refusesDelete?: boolean
  readonly isInternal?: boolean
}

function companyFieldOf({ isShared, companyField }: EntityFacts): Pick<Entity, 'companyField'> {
  if (isShared !== true) return { companyField: DATA_AREA_ID.name }
  return companyField === undefined ? {} : { companyField }
}

/** An entity from its facts: company-specific unless `isShared`, read-only when it is a view or holds what the application posts. */
export function entity(facts: EntityFacts): Entity {
  const isCompanySpecific = facts.isShared !== true
  const properties = isCompanySpecific ? [DATA_AREA_ID, ...facts.properties] : facts.properties
  const isView = facts.isView ?? false
  const isReadOnly = isView || (facts.isPosted ?? false)
  const [relation, tableName, tableLabel] = facts.storage
  return {
    name: facts.name,
    collection: facts.collection,
    aotName: facts.aotName,
    label: facts.label,
    labelId: `@SCM:${facts.aotName}`,
    category: facts.category,
    storage: { relation, readRelation: facts.readsFrom ?? relation, tableName, tableLabel, isView },
    isCompanySpecific,
    ...companyFieldOf(facts),
    isReadOnly,
    refusesDelete: facts.refusesDelete ?? false,
    isPublic: facts.isInternal !== true,
    isDataManagementEnabled: facts.isInternal !== true,
    properties: isReadOnly ? properties.map((each) => ({ ...each, ...READ_ONLY })) : properties,
    key: properties.filter((each) => each.isKey).map((each) => each.name),
    navigation: facts.navigation ?? [],
  }
}

/** A navigation to one row: `CustomerGroup` of a customer. */
export const toOne = (name: string, entityName: string, ...pairs: readonly (readonly [from: string, to: string])[]): EntityNavigation => ({
  name,
  entity: entityName,
  cardinality: 'Single',
  constraints: pairs.map(([from, to]) => ({ from, to })),
})

/** A navigation to many rows: `Warehouses` of a site. */
export const toMany = (name: string, entityName: string, ...pairs: readonly (readonly [from: string, to: string])[]): EntityNavigation => ({
  ...toOne(name, entityName, ...pairs),
  cardinality: 'Multiple',
})

/** A field whose value must be the key `field` of a row of `entityName`. */
export const refersTo = (entityName: string, field: string): { readonly references: PropertyReference } => ({
  references: { entity: entityName, field },
})

/** The property `name`, if the entity has it. Names are case-sensitive. */
export function propertyOf(target: Entity, name: string): EntityProperty | undefined {
  let index = propertyIndexes.get(target)
  if (index === undefined) {
    index = new Map(target.properties.map((each) => [each.name, each]))
    propertyIndexes.set(target, index)
  }
  return index.get(name)
}

/** Entities are constants: their index is made once. */
const propertyIndexes = new WeakMap<Entity, ReadonlyMap<string, EntityProperty>>()

/** A property that must name a row of another entity. */
export type ReferenceProperty = EntityProperty & { readonly references: PropertyReference }

const isReference = (property: EntityProperty): property is ReferenceProperty => property.references !== undefined

const referenceLists = new WeakMap<Entity, readonly ReferenceProperty[]>()

/** The properties of an entity that refer to others: few of many, and every write asks for them. */
export function referencesOf(target: Entity): readonly ReferenceProperty[] {
  const known = referenceLists.get(target)
  if (known !== undefined) return known
  const references = target.properties.filter(isReference)
  referenceLists.set(target, references)
  return references
}
