import type { KeyPart, Literal } from '@p2c/odata'
import { type FieldValues, type GivenValue, readFieldValue } from '../domain/field-value.ts'
import { type Entity, type EntityProperty, propertyOf } from '../entities/entity.ts'
import { wireEnumName } from '../entities/enums.ts'
import { qualified } from './names.ts'

/** `route-miss`: not every key part, or others. `invalid`: a part that its field cannot hold. */
export type KeyReading =
  | { readonly ok: true; readonly key: FieldValues }
  | { readonly ok: false; readonly reason: 'route-miss' }
  | { readonly ok: false; readonly reason: 'invalid'; readonly problem: string }

const NUMBERS = ['integer', 'decimal', 'double']
const TEXTS = ['string', 'guid', 'date', 'date-time', 'enum']

function givenOf(literal: Literal): GivenValue {
  if (NUMBERS.includes(literal.type)) return { kind: 'number', value: literal.value }
  return TEXTS.includes(literal.type) ? { kind: 'text', value: literal.value } : { kind: 'other' }
}

/** The key of a row from an address: every part by name in any order; a single part may go without its name. */
export function readKey(entity: Entity, parts: readonly KeyPart[]): KeyReading {
  const [only] = entity.key
  const named = parts.map((part) => ({ name: part.name ?? (entity.key.length === 1 ? only : undefined), value: part.value }))
  if (parts.length !== entity.key.length || !entity.key.every((name) => named.some((part) => part.name === name)))
    return { ok: false, reason: 'route-miss' }
  const key: Record<string, string> = {}
  for (const { name = '', value } of named) {
    const property = propertyOf(entity, name)
    const reading = property === undefined ? undefined : readFieldValue(property, givenOf(value))
    if (reading?.ok === true) key[name] = name === 'dataAreaId' ? reading.value.toLowerCase() : reading.value
    else
      return {
        ok: false,
        reason: 'invalid',
        problem: reading !== undefined && 'problem' in reading ? reading.problem : `${name}: the key value is too long.`,
      }
  }
  return { ok: true, key }
}

function keyLiteral(property: EntityProperty, value: string): string {
  if (property.enumeration !== undefined) return `${qualified(wireEnumName(property.enumeration))}'${value}'`
  if (property.type === 'Date') return `${value}T12:00:00Z`
  return property.type === 'String' ? `'${encodeURIComponent(value.replaceAll("'", "''"))}'` : value
}

/** `CustomersV3(dataAreaId='hms1',CustomerAccount='C-0003')`: the address of a row below the service root. */
export function rowAddress(entity: Entity, row: FieldValues): string {
  const parts = entity.key.map((name) => {
    const property = propertyOf(entity, name)
    return property === undefined ? '' : `${name}=${keyLiteral(property, row[name] ?? '')}`
  })
  return `${entity.collection}(${parts.join(',')})`
}
