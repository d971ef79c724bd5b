import type { EntitySchema, FieldType } from '@p2c/engine'

/** Types of the metadata service (F&O 13). */
export type FinOpsDataType = 'String' | 'Int32' | 'Int64' | 'Real' | 'Date' | 'UtcDateTime' | 'Time' | 'Enum' | 'Guid'

export interface FinOpsField {
  /** As the service spells it. */
  readonly name: string
  readonly type: FieldType
  readonly dataType: FinOpsDataType
  /** Qualified, for `Enum`. */
  readonly enumType?: string
  /** Member names in the order of their values, for `Enum`. */
  readonly members?: readonly string[]
  readonly isMandatory: boolean
  readonly allowEdit: boolean
  readonly allowEditOnCreate: boolean
}

/** One public data entity: cached facts of `/metadata`. */
export interface FinOpsEntity {
  readonly name: string
  readonly entitySetName: string
  /** For data packages: the name of the entity in data management. */
  readonly label: string
  readonly isReadOnly: boolean
  /** By lower-case name: field names match without regard to case (templates 0). */
  readonly fields: ReadonlyMap<string, FinOpsField>
  /** Without the company. */
  readonly keyFields: readonly string[]
  /** False for entities that all companies share. */
  readonly hasCompany: boolean
}

/** The key field that names the legal entity; it comes from the organisation mapping, never from a field row (templates 2.1). */
export const COMPANY_FIELD = 'dataAreaId'

/** The description that the engine validates mappings with. */
export function toEntitySchema(entity: FinOpsEntity): EntitySchema {
  return {
    name: entity.entitySetName,
    fields: [...entity.fields.values()].map((field) => ({
      name: field.name,
      type: field.type,
      required: field.isMandatory,
      readOnly: entity.isReadOnly || (!field.allowEdit && !field.allowEditOnCreate),
      ...(field.members !== undefined && { options: field.members }),
    })),
    keys: [{ name: 'EntityKey', fields: entity.keyFields }],
  }
}
