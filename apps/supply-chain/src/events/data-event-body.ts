import { createHash } from 'node:crypto'
import { isRawNumber, numberText, rawNumber, stringifyJson } from '@p2c/odata'
import { emptyValue } from '../domain/field-value.ts'
import type { Entity, EntityProperty } from '../entities/entity.ts'
import { ENUMERATIONS } from '../entities/enums.ts'
import { momentText } from './event-value.ts'

const DATA_OPERATIONS = ['Created', 'Updated', 'Deleted'] as const
/** What happened to a row. */
export type DataOperation = (typeof DATA_OPERATIONS)[number]

/** Columns of a table with their values, as the database writes them in JSON. */
export type RowColumns = Readonly<Record<string, unknown>>

/** A change of one row of a table. */
export interface RowNote {
  readonly operation: DataOperation
  readonly recId: string
  readonly before?: RowColumns
  readonly after?: RowColumns
  readonly at: Date
}

const CONTRACTS = 'http://schemas.microsoft.com/xrm/2011/Contracts'
const NOBODY = '00000000-0000-0000-0000-000000000000'
/** Virtual tables and their columns begin so. Source: protocol specification, 20. */
const PREFIX = 'mserp_'
/** Options of a virtual table begin here: the integer of the enumeration is added. */
const FIRST_OPTION = 200_000_000

const typed = (name: string, members: object): object => ({ __type: `${name}:${CONTRACTS}`, ...members })

/** `mserp_custcustomerv3entity`. */
const virtualTable = (entity: Entity): string => `${PREFIX}${entity.aotName.toLowerCase()}`

const columnName = (property: EntityProperty): string => `${PREFIX}${property.name.toLowerCase()}`

/**
 * The id of a row in its virtual table: a number of the entity and the record id, the latter with its lowest byte first, as in G-FO-32.
 * The number follows from the name, so that it is the same in every installation and release.
 */
function virtualRowId(entity: Entity, recId: string): string {
  const bytes = Buffer.alloc(16)
  bytes.writeUInt32BE(createHash('sha256').update(entity.aotName.toLowerCase()).digest().readUInt32BE(0) >>> 1, 0)
  bytes.writeBigInt64LE(BigInt(recId), 8)
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/** Stored properties of an entity: computed ones raise nothing and are not told. */
const storedProperties = (entity: Entity): EntityProperty[] => entity.properties.filter((property) => !property.isComputed)

/** The properties whose values differ; a number is the same in any scale. */
function changedProperties(entity: Entity, before: RowColumns, after: RowColumns): EntityProperty[] {
  return storedProperties(entity).filter(({ column, type }) => {
    const [old, now] = [before[column], after[column]].map((value) => textOf(value))
    return type === 'Real' ? trimmed(old ?? '') !== trimmed(now ?? '') : old !== now
  })
}

const textOf = (value: unknown): string => (isRawNumber(value) ? (numberText(value) ?? '') : String(value ?? ''))
const trimmed = (number: string): string => (number.includes('.') ? number.replace(/\.?0+$/, '') : number)

/** A value as receivers get it; undefined: the column is left out. Empty date-times are. */
function wireValue(property: EntityProperty, value: unknown): unknown {
  const text = textOf(value)
  switch (property.type) {
    case 'Enum': {
      const members: Readonly<Record<string, number>> = property.enumeration === undefined ? {} : ENUMERATIONS[property.enumeration]
      return typed('OptionSetValue', { Value: FIRST_OPTION + (members[text] ?? 0) })
    }
    case 'Date':
      return text === '' || text === emptyValue(property) ? undefined : momentText(new Date(`${text}T12:00:00Z`))
    case 'UtcDateTime':
      return text === '' || text.startsWith('1900-01-01') ? undefined : momentText(new Date(text))
    case 'Int32':
    case 'Int64':
      return rawNumber(text === '' ? '0' : text)
    case 'Real':
      return rawNumber(text === '' ? '0' : trimmed(text))
    default:
      return text
  }
}

function attributes(properties: readonly EntityProperty[], row: RowColumns): object[] {
  return properties.flatMap((property) => {
    const value = wireValue(property, row[property.column])
    return value === undefined ? [] : [{ key: columnName(property), value }]
  })
}

const record = (entity: Entity, id: string, values: readonly object[]): object =>
  typed('Entity', {
    Attributes: values,
    EntityState: null,
    FormattedValues: [],
    Id: id,
    KeyAttributes: [],
    LogicalName: virtualTable(entity),
    RelatedEntities: [],
    RowVersion: null,
  })

function parameters(entity: Entity, note: RowNote, changed: readonly EntityProperty[]): object[] {
  const id = virtualRowId(entity, note.recId)
  if (note.operation === 'Deleted') {
    const reference = { Id: id, KeyAttributes: [], LogicalName: virtualTable(entity), Name: null, RowVersion: null }
    return [
      { key: 'Target', value: typed('EntityReference', reference) },
      { key: 'PreImage', value: record(entity, id, attributes(storedProperties(entity), note.before ?? {})) },
    ]
  }
  return [{ key: 'Target', value: record(entity, id, attributes(changed, note.after ?? {})) }]
}

/**
 * The body of a data event: `RemoteExecutionContext` with the columns of the virtual table; of an update the key and what changed.
 * Undefined where nothing that the entity shows has changed. Source: protocol specification, 20, G-FO-32.
 */
export function dataEventBody(entity: Entity, note: RowNote, operationId: string): string | undefined {
  const { operation, before, after } = note
  const changed = operation === 'Updated' ? changedProperties(entity, before ?? {}, after ?? {}) : storedProperties(entity)
  if (changed.length === 0) return undefined
  const key = entity.properties.filter((property) => property.isKey && !changed.includes(property))
  const told = operation === 'Updated' ? [...key, ...changed] : changed
  return stringifyJson({
    BusinessUnitId: NOBODY,
    CorrelationId: operationId,
    Depth: 1,
    InitiatingUserAzureActiveDirectoryObjectId: NOBODY,
    InitiatingUserId: NOBODY,
    InputParameters: parameters(entity, note, told),
    IsExecutingOffline: false,
    IsInTransaction: false,
    IsOfflinePlayback: false,
    IsolationMode: 1,
    MessageName: `OnExternal${operation}`,
    Mode: 1,
    OperationCreatedOn: `/Date(${note.at.getTime()}+0000)/`,
    OperationId: operationId,
    OrganizationId: NOBODY,
    OrganizationName: '',
    OutputParameters: [],
    OwningExtension: { Id: NOBODY, KeyAttributes: [], LogicalName: 'serviceendpoint', Name: null, RowVersion: null },
    ParentContext: null,
    PostEntityImages: [],
    PreEntityImages: [],
    PrimaryEntityId: virtualRowId(entity, note.recId),
    PrimaryEntityName: virtualTable(entity),
    RequestId: operationId,
    SecondaryEntityName: 'none',
    SharedVariables: [],
    Stage: 40,
    UserId: NOBODY,
  })
}
