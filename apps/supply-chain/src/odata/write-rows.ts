import { formatFinopsEtag } from '@p2c/odata'
import type { FieldValues } from '../domain/field-value.ts'
import type { Entity, EntityProperty } from '../entities/entity.ts'
import { wireEnumName } from '../entities/enums.ts'
import type { RecordIdentity } from '../store/tracked-row.ts'
import { rowAddress } from './entity-key.ts'
import { qualified } from './names.ts'
import type { MetadataLevel } from './response.ts'

/** A value in JSON: numbers bare with all their digits, dates at noon, everything else as text. */
export function jsonValue(property: EntityProperty, value: string): string {
  switch (property.type) {
    case 'Int32':
    case 'Int64':
    case 'Real':
      return value
    case 'Date':
      return `"${value}T12:00:00Z"`
    default:
      return jsonText(value)
  }
}

/** Most texts hold nothing that JSON escapes; testing for it is cheaper than escaping. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that JSON escapes
const NEEDS_ESCAPE = /["\\\u0000-\u001f\ud800-\udfff]/

const jsonText = (value: string): string => (NEEDS_ESCAPE.test(value) ? JSON.stringify(value) : `"${value}"`)

/** A row before it becomes JSON. */
export interface OutputRow extends RecordIdentity {
  /** The value of each property that is written, in their order. */
  readonly values: readonly string[]
  /** Further members, ready as JSON: expanded navigation. */
  readonly members?: string
}

export interface RowWriter {
  /** `context` is the first member of a single row. */
  write(row: OutputRow, context?: string): string
}

interface WriterOptions {
  readonly entity: Entity
  readonly properties: readonly EntityProperty[]
  readonly level: MetadataLevel
  readonly root: string
}

/** Writes many rows of one shape: the names are escaped once. */
export function createRowWriter({ entity, properties, level, root }: WriterOptions): RowWriter {
  const prefixes = prefixesOf(properties)
  return {
    write(row, context) {
      const start = context === undefined || level === 'none' ? '' : `"@odata.context":${JSON.stringify(context)},`
      const control = level === 'none' ? '' : `"@odata.etag":${JSON.stringify(etagOf(row))}${level === 'full' ? fullControl(row) : ''}`
      let text = ''
      for (const [index, property] of properties.entries()) text += `${prefixes[index]}${jsonValue(property, row.values[index] ?? '')}`
      return `{${start}${control}${level === 'none' ? text.slice(1) : text}${row.members ?? ''}}`
    },
  }

  /** Type, address and links of a row; only where its key was read. */
  function fullControl(row: OutputRow): string {
    const values = Object.fromEntries(properties.map((property, index) => [property.name, row.values[index] ?? '']))
    const enums = properties
      .filter((property) => property.enumeration !== undefined)
      .map((property) => `,"${property.name}@odata.type":"#${qualified(wireEnumName(property.enumeration ?? 'NoYes'))}"`)
    const type = `,"@odata.type":"#${qualified(entity.name)}"`
    if (!entity.key.every((name) => name in values)) return type + enums.join('')
    const address = `${root}/${rowAddress(entity, values)}`
    const links = entity.navigation.map((each) => `,"${each.name}@odata.navigationLink":${JSON.stringify(`${address}/${each.name}`)}`)
    return `${type},"@odata.id":${JSON.stringify(address)},"@odata.editLink":${JSON.stringify(rowAddress(entity, values))}${links.join('')}${enums.join('')}`
  }
}

/** The ETag of a row: one data source, its version and its record. */
export const etagOf = (row: RecordIdentity): string => formatFinopsEtag({ recversion: row.recVersion, recid: row.recId })

/** The values of a stored row in the order of `properties`. System columns have no value of their own there. */
export const valuesOf = (properties: readonly EntityProperty[], values: FieldValues, identity: RecordIdentity): string[] =>
  properties.map((property) => (property.column === 'rec_id' ? identity.recId : (values[property.name] ?? '')))

const namePrefixes = new WeakMap<readonly EntityProperty[], readonly string[]>()

/** `,"Name":` of each property; a reply to a create has one row, but thousands of such replies have the same names. */
function prefixesOf(properties: readonly EntityProperty[]): readonly string[] {
  const known = namePrefixes.get(properties)
  if (known !== undefined) return known
  const prefixes = properties.map((property) => `,"${property.name}":`)
  namePrefixes.set(properties, prefixes)
  return prefixes
}
