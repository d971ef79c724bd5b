import { numberText, parseJson } from '@p2c/odata'
import { type GivenValue, readFieldValue } from '../domain/field-value.ts'
import type { InfologEntry } from '../domain/messages.ts'
import { type Entity, propertyOf } from '../entities/entity.ts'
import { qualified } from './names.ts'

/** What a body gives: canonical values, or why it cannot be read (`problem`), or which fields refuse it (`infolog`). */
export type BodyReading =
  | { readonly ok: true; readonly values: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly problem: string }
  | { readonly ok: false; readonly infolog: readonly InfologEntry[] }

/** A JSON value as a field sees it. */
export function givenValue(value: unknown): GivenValue {
  if (value === null) return { kind: 'null' }
  if (typeof value === 'string') return { kind: 'text', value }
  const digits = numberText(value)
  return digits === undefined ? { kind: 'other' } : { kind: 'number', value: digits }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The members of a JSON object; undefined for any other JSON. An empty body is an empty object. Throws `json-malformed` and its like. */
export function readObject(body: string | undefined): Readonly<Record<string, unknown>> | undefined {
  if (body === undefined || body.trim() === '') return {}
  const parsed = parseJson(body)
  return isObject(parsed) ? parsed : undefined
}

/** Reads a row of `entity`. Control information (`@odata.type` and the like) is skipped; nested rows and unknown names are refused. */
export function readBody(entity: Entity, body: string | undefined): BodyReading {
  const members = readObject(body)
  if (members === undefined) return { ok: false, problem: 'The body must be one JSON object with the fields of a row.' }
  const values: Record<string, string> = {}
  const infolog: InfologEntry[] = []
  for (const [name, value] of Object.entries(members)) {
    if (name.startsWith('@') || /^[^@]+@odata\.type$/.test(name)) continue
    const property = propertyOf(entity, name)
    if (property === undefined) return { ok: false, problem: unknownMember(entity, name) }
    const reading = readFieldValue(property, givenValue(value))
    if (reading.ok) values[name] = name === 'dataAreaId' ? reading.value.toLowerCase() : reading.value
    else if ('problem' in reading) return { ok: false, problem: reading.problem }
    else infolog.push(reading.entry)
  }
  return infolog.length > 0 ? { ok: false, infolog } : { ok: true, values }
}

function unknownMember(entity: Entity, name: string): string {
  const type = qualified(entity.name)
  if (entity.navigation.some((each) => each.name === name))
    return `The property '${name}' of type '${type}' holds other rows: send them in their own requests.`
  return `The property '${name.slice(0, 120)}' does not exist on type '${type}'. Make sure to only use property names that are defined by the type.`
}
