import { AppError, type Clock } from '@p2c/base'
import type { FieldType } from '@p2c/engine'
import { type JsonObject, rowsOf, type SalesClient } from './sales-client.ts'
import type { Navigation, SalesColumn, SalesTable } from './table.ts'

/** Tables by entity set or logical name; facts are read once and kept for `MAX_AGE_MS`. */
export interface SalesCatalogue {
  /** Throws `entity-unknown`. */
  tableOfSet(entitySet: string, signal: AbortSignal): Promise<SalesTable>
  /** Throws `entity-unknown`. */
  table(logicalName: string, signal: AbortSignal): Promise<SalesTable>
  /** Entity set of a table, where the service has it. */
  setOf(logicalName: string, signal: AbortSignal): Promise<string | undefined>
}

interface TableHead {
  readonly logicalName: string
  readonly entitySetName: string
  readonly primaryId: string
  readonly changeTracking: boolean
}

const MAX_AGE_MS = 10 * 60_000

export function createSalesCatalogue(client: SalesClient, clock: Clock): SalesCatalogue {
  const cached = cacheOf(clock)
  const heads = (signal: AbortSignal) => cached('', () => readHeads(client, signal)) as Promise<readonly TableHead[]>
  const describe = (head: TableHead, signal: AbortSignal) =>
    cached(head.logicalName, () => readTable(client, head, signal)) as Promise<SalesTable>
  const find = async (test: (head: TableHead) => boolean, name: string, signal: AbortSignal) => {
    const head = (await heads(signal)).find(test)
    if (head === undefined) throw unknownEntity(name)
    return describe(head, signal)
  }
  return {
    tableOfSet: (set, signal) => find((head) => head.entitySetName === set, set, signal),
    table: (name, signal) => find((head) => head.logicalName === name, name, signal),
    setOf: async (name, signal) => (await heads(signal)).find((head) => head.logicalName === name)?.entitySetName,
  }
}

/** One running read per name is shared; a failed one is forgotten. */
function cacheOf(clock: Clock): (name: string, read: () => Promise<unknown>) => Promise<unknown> {
  const entries = new Map<string, { readonly at: number; readonly value: Promise<unknown> }>()
  return (name, read) => {
    const now = clock.now().getTime()
    const known = entries.get(name)
    if (known !== undefined && now - known.at < MAX_AGE_MS) return known.value
    const value = read()
    entries.set(name, { at: now, value })
    value.catch(() => entries.delete(name))
    return value
  }
}

const unknownEntity = (name: string): AppError =>
  new AppError({
    category: 'schema',
    code: 'entity-unknown',
    message: `There is no table with the entity set '${name}'. Names are case-sensitive: plurals in Sales ('accounts'), as in the templates in the hub ('Account').`,
    details: { entity: name },
  })

async function readHeads(client: SalesClient, signal: AbortSignal): Promise<readonly TableHead[]> {
  const path = 'EntityDefinitions?$select=LogicalName,EntitySetName,PrimaryIdAttribute,ChangeTrackingEnabled'
  const rows = await client.getAll({ path }, signal)
  return rows.map((row) => ({
    logicalName: String(row.LogicalName),
    entitySetName: String(row.EntitySetName ?? ''),
    primaryId: String(row.PrimaryIdAttribute ?? ''),
    changeTracking: row.ChangeTrackingEnabled === true,
  }))
}

const COMMON = 'LogicalName,AttributeType,RequiredLevel,IsValidForCreate,IsValidForUpdate'

/** Facts that only the derived attribute types carry. */
const CASTS = [
  'StringAttributeMetadata?$select=LogicalName,MaxLength',
  'MemoAttributeMetadata?$select=LogicalName,MaxLength',
  'DecimalAttributeMetadata?$select=LogicalName,Precision',
  'DoubleAttributeMetadata?$select=LogicalName,Precision',
  'MoneyAttributeMetadata?$select=LogicalName,Precision',
  'DateTimeAttributeMetadata?$select=LogicalName,Format,DateTimeBehavior',
  'PicklistAttributeMetadata?$select=LogicalName&$expand=OptionSet',
  'StateAttributeMetadata?$select=LogicalName&$expand=OptionSet',
  'StatusAttributeMetadata?$select=LogicalName&$expand=OptionSet',
]

async function readTable(client: SalesClient, head: TableHead, signal: AbortSignal): Promise<SalesTable> {
  const base = `EntityDefinitions(LogicalName='${head.logicalName}')`
  const list = async (path: string) => rowsOf((await client.get({ path: `${base}/${path}` }, signal)).body)
  const [attributes, relations, keys, ...casts] = await Promise.all([
    list(`Attributes?$select=${COMMON}`),
    list('ManyToOneRelationships?$select=ReferencingAttribute,ReferencedEntity,ReferencingEntityNavigationPropertyName'),
    list('Keys?$select=SchemaName,KeyAttributes,EntityKeyIndexStatus'),
    ...CASTS.map((cast) => list(`Attributes/Microsoft.Dynamics.CRM.${cast}`)),
  ])
  const facts = new Map<string, JsonObject>()
  for (const row of casts.flat()) facts.set(String(row.LogicalName), { ...facts.get(String(row.LogicalName)), ...row })
  const navigations = navigationsOf(relations ?? [])
  const columns = (attributes ?? []).map((row) => {
    const name = String(row.LogicalName)
    return toColumn({ ...row, ...facts.get(name) }, navigations.get(name) ?? [])
  })
  return { ...head, columns: new Map(columns.map((column) => [column.name, column])), keys: keysOf(keys ?? []) }
}

function navigationsOf(relations: readonly JsonObject[]): ReadonlyMap<string, Navigation[]> {
  const byColumn = new Map<string, Navigation[]>()
  for (const relation of relations) {
    const column = String(relation.ReferencingAttribute)
    const navigation = { table: String(relation.ReferencedEntity), name: String(relation.ReferencingEntityNavigationPropertyName) }
    byColumn.set(column, [...(byColumn.get(column) ?? []), navigation])
  }
  return byColumn
}

/** Only `Active` keys resolve (Dataverse Web API 5). */
const keysOf = (rows: readonly JsonObject[]): SalesTable['keys'] =>
  rows
    .filter((row) => row.EntityKeyIndexStatus === undefined || row.EntityKeyIndexStatus === 'Active')
    .map((row) => ({ name: String(row.SchemaName), columns: Array.isArray(row.KeyAttributes) ? row.KeyAttributes.map(String) : [] }))

const TYPES: Readonly<Record<string, FieldType>> = {
  Integer: 'integer',
  BigInt: 'integer',
  Decimal: 'decimal',
  Double: 'decimal',
  Money: 'decimal',
  Boolean: 'boolean',
  DateTime: 'date-time',
  Uniqueidentifier: 'guid',
  Picklist: 'choice',
  State: 'choice',
  Status: 'choice',
  Lookup: 'lookup',
  Customer: 'lookup',
  Owner: 'lookup',
}

function toColumn(row: JsonObject, navigations: readonly Navigation[]): SalesColumn {
  const attributeType = String(row.AttributeType)
  const options = optionsOf(row.OptionSet)
  return {
    name: String(row.LogicalName),
    type: isDateOnly(row) ? 'date' : (TYPES[attributeType] ?? 'text'),
    attributeType,
    required: isRequired(row),
    canCreate: row.IsValidForCreate !== false,
    canUpdate: row.IsValidForUpdate !== false,
    ...(typeof row.MaxLength === 'number' && { maxLength: row.MaxLength }),
    ...(typeof row.Precision === 'number' && { precision: row.Precision }),
    ...(options !== undefined && { options }),
    navigations,
  }
}

/** Columns of these types are system-required and filled by the system when absent. */
const SELF_FILLING = ['Picklist', 'State', 'Status', 'Boolean', 'Owner', 'Uniqueidentifier', 'BigInt']

/** `ApplicationRequired` binds forms only: the service takes rows without. */
const isRequired = (row: JsonObject): boolean =>
  memberOf(row.RequiredLevel, 'Value') === 'SystemRequired' && !SELF_FILLING.includes(String(row.AttributeType))

const isDateOnly = (row: JsonObject): boolean => row.AttributeType === 'DateTime' && memberOf(row.DateTimeBehavior, 'Value') === 'DateOnly'

const memberOf = (value: unknown, name: string): string =>
  typeof value === 'object' && value !== null ? String((value as JsonObject)[name] ?? '') : ''

function optionsOf(optionSet: unknown): readonly number[] | undefined {
  const options = typeof optionSet === 'object' && optionSet !== null ? (optionSet as JsonObject).Options : undefined
  if (!Array.isArray(options)) return undefined
  return options.map((option: JsonObject) => Number(option.Value))
}
