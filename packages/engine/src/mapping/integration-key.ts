import type { IntegrationKey } from '../model/connection-set.ts'
import type { EnvironmentType } from '../model/documents.ts'
import type { EntitySchema } from '../model/entity-schema.ts'

export interface KeyQuestion {
  readonly environmentType: EnvironmentType
  readonly schema: EntitySchema
  /** Paths that the mapping uses on this side. */
  readonly mappedFields: readonly string[]
  readonly integrationKeys: readonly IntegrationKey[]
}

/**
 * The fields that identify a row: the integration key of the connection set, else the first key of the entity whose fields are all mapped,
 * else its first key (integration specification 4.2). Undefined where the entity has no key.
 */
export function findKeyFields({ environmentType, schema, mappedFields, integrationKeys }: KeyQuestion): readonly string[] | undefined {
  const entity = schema.name.toLowerCase()
  const own = integrationKeys.find((key) => key.environmentType === environmentType && key.entity.toLowerCase() === entity)
  if (own !== undefined) return own.fields
  const mapped = new Set(mappedFields.map((path) => path.toLowerCase()))
  const covered = schema.keys.find((key) => key.fields.length > 0 && key.fields.every((field) => mapped.has(field.toLowerCase())))
  return (covered ?? schema.keys.find((key) => key.fields.length > 0))?.fields
}
