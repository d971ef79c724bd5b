import { AppError, type Clock } from '@p2c/base'
import type { FieldType } from '@p2c/engine'
import { COMPANY_FIELD, type FinOpsDataType, type FinOpsEntity, type FinOpsField } from './entity.ts'
import { type FinOpsClient, type JsonObject, rowsOf } from './fin-ops-client.ts'

/** Entities by set name; facts are read once and kept for ten minutes. Throws `entity-unknown`. */
export interface EntityCatalogue {
  entity(entitySet: string, signal: AbortSignal): Promise<FinOpsEntity>
}

const MAX_AGE_MS = 10 * 60_000

export function createEntityCatalogue(client: FinOpsClient, clock: Clock): EntityCatalogue {
  const entries = new Map<string, { readonly at: number; readonly value: Promise<unknown> }>()
  const cached = <Value>(name: string, read: () => Promise<Value>): Promise<Value> => {
    const now = clock.now().getTime()
    const known = entries.get(name)
    if (known !== undefined && now - known.at < MAX_AGE_MS) return known.value as Promise<Value>
    const value = read()
    entries.set(name, { at: now, value })
    value.catch(() => entries.delete(name))
    return value
  }
  const membersOf = (enumType: string, signal: AbortSignal) => cached(`enum ${enumType}`, () => readMembers(client, enumType, signal))
  return {
    entity: (entitySet, signal) => cached(`set ${entitySet}`, () => readEntity({ client, membersOf }, entitySet, signal)),
  }
}

interface Reader {
  readonly client: FinOpsClient
  readonly membersOf: (enumType: string, signal: AbortSignal) => Promise<readonly string[]>
}

async function readEntity(reader: Reader, entitySet: string, signal: AbortSignal): Promise<FinOpsEntity> {
  const filter = encodeURIComponent(`PublicCollectionName eq '${entitySet.replaceAll("'", "''")}'`)
  const heads = rowsOf(await reader.client.get(`metadata/DataEntities?$filter=${filter}`, { signal }))
  const head = heads.find((row) => row.PublicCollectionName === entitySet)
  if (head === undefined) throw unknownEntity(entitySet)
  const body = await reader.client.get(`metadata/PublicEntities('${String(head.PublicEntityName)}')`, { signal })
  const properties = Array.isArray(body.Properties) ? (body.Properties as JsonObject[]) : []
  const fields = await Promise.all(properties.filter(isUsable).map((row) => toField(row, reader, signal)))
  const keys = properties.filter((row) => row.IsKey === true).map((row) => String(row.Name))
  return {
    name: String(head.PublicEntityName),
    entitySetName: entitySet,
    label: String(head.LabelText ?? head.Name),
    isReadOnly: body.IsReadOnly === true || head.IsReadOnly === true,
    fields: new Map(fields.filter((field) => !isCompany(field.name)).map((field) => [field.name.toLowerCase(), field])),
    keyFields: keys.filter((name) => !isCompany(name)),
    hasCompany: keys.some(isCompany),
  }
}

const isCompany = (name: string): boolean => name.toLowerCase() === COMPANY_FIELD.toLowerCase()

const TYPES: Readonly<Record<FinOpsDataType, FieldType>> = {
  String: 'text',
  Int32: 'integer',
  Int64: 'integer',
  Real: 'decimal',
  Date: 'date',
  UtcDateTime: 'date-time',
  Time: 'integer',
  Enum: 'enumeration',
  Guid: 'guid',
}

/** `Container`, `Record` and `Void` are not exposed (F&O 7). */
const isUsable = (row: JsonObject): boolean => typeof row.DataType === 'string' && row.DataType in TYPES

async function toField(row: JsonObject, reader: Reader, signal: AbortSignal): Promise<FinOpsField> {
  const dataType = row.DataType as FinOpsDataType
  const enumType = dataType === 'Enum' ? String(row.TypeName) : undefined
  return {
    name: String(row.Name),
    type: TYPES[dataType],
    dataType,
    ...(enumType !== undefined && { enumType, members: await reader.membersOf(enumType, signal) }),
    isMandatory: row.IsMandatory === true,
    allowEdit: row.AllowEdit !== false,
    allowEditOnCreate: row.AllowEditOnCreate !== false,
  }
}

async function readMembers(client: FinOpsClient, enumType: string, signal: AbortSignal): Promise<readonly string[]> {
  const body = await client.get(`metadata/PublicEnumerations('${enumType.split('.').at(-1)}')`, { signal })
  const members = Array.isArray(body.Members) ? (body.Members as JsonObject[]) : []
  return members.toSorted((a, b) => Number(a.Value) - Number(b.Value)).map((member) => String(member.Name))
}

const unknownEntity = (entitySet: string): AppError =>
  new AppError({
    category: 'schema',
    code: 'entity-unknown',
    message: `Supply Chain has no public entity with the collection name '${entitySet}'. Names are case-sensitive, as in 'CustomersV2'.`,
    details: { entity: entitySet },
  })
