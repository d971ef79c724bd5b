import type { FieldValues } from '../domain/field-value.ts'
import type { InfologEntry } from '../domain/messages.ts'
import type { Entity } from '../entities/entity.ts'
import type { RecordIdentity } from './tracked-row.ts'

/**
 * One write through an entity. `values` hold what the caller gave, in canonical form and without the key on an update.
 * `upsert` creates where no row has the key and changes it otherwise: package imports and seeds use it, OData does not.
 */
export type WriteOperation =
  | {
      readonly kind: 'create' | 'upsert'
      readonly entity: Entity
      readonly values: FieldValues
      /** Values that are empty because the file left the cell blank: a new row takes its default, a stored one is emptied. */
      readonly blanks?: ReadonlySet<string>
    }
  | {
      readonly kind: 'update' | 'delete'
      readonly entity: Entity
      /** Every key part of the entity. */
      readonly key: FieldValues
      readonly values: FieldValues
      /** The versions that the caller accepts; absent: any. */
      readonly accepts?: (row: RecordIdentity) => boolean
    }

/** Who writes: the company of rows that name none, and the companies that may be written. */
export interface WriteScope {
  readonly defaultCompany: string
  readonly mayAccess: (dataAreaId: string) => boolean
}

/** Why an operation did not happen. */
export type WriteFailure =
  | { readonly kind: 'not-found' }
  | { readonly kind: 'stale' }
  | { readonly kind: 'refused' | 'duplicate'; readonly infolog: readonly InfologEntry[] }

/** The stored row after a create or an update; `isChanged` is false when every given value was stored already. */
export interface WrittenRow extends RecordIdentity {
  readonly values: FieldValues
  readonly outcome: 'created' | 'updated' | 'unchanged' | 'deleted'
}

/** What became of an operation. */
export type WriteOutcome = ({ readonly ok: true } & WrittenRow) | { readonly ok: false; readonly failure: WriteFailure }
