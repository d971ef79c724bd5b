import type { EntitySchema, FieldSchema } from '../model/entity-schema.ts'

/** A field of a schema under a path: `name`, or `pricelevelid.name`, or `customerid.Account(accountnumber).Contact(contactnumber)`. */
export interface FoundField {
  readonly schema: FieldSchema
  /** True for a path through a lookup: the value is the business key of the related row, as text. */
  readonly throughLookup: boolean
}

export const samePath = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

/** Field names compare without regard to case. A dotted path is looked up whole first, then by its lookup field. */
export function findField(schema: EntitySchema, path: string): FoundField | undefined {
  const byName = fieldsByName(schema)
  const whole = byName.get(path.toLowerCase())
  if (whole !== undefined) return { schema: whole, throughLookup: path.includes('.') }
  const dot = path.indexOf('.')
  const lookup = dot < 0 ? undefined : byName.get(path.slice(0, dot).toLowerCase())
  return lookup === undefined ? undefined : { schema: lookup, throughLookup: true }
}

/** Schemas are immutable and looked into once per field: the index is kept as long as the schema. */
const INDEXES = new WeakMap<EntitySchema, ReadonlyMap<string, FieldSchema>>()

function fieldsByName(schema: EntitySchema): ReadonlyMap<string, FieldSchema> {
  const known = INDEXES.get(schema)
  if (known !== undefined) return known
  const index = new Map(schema.fields.map((field) => [field.name.toLowerCase(), field]))
  INDEXES.set(schema, index)
  return index
}

/** Each path once, without regard to case, in the spelling that came first. */
export function distinctPaths(paths: readonly string[]): readonly string[] {
  const seen = new Map<string, string>()
  for (const path of paths) if (!seen.has(path.toLowerCase())) seen.set(path.toLowerCase(), path)
  return [...seen.values()]
}
