import { AppError, type Database } from '@p2c/base'
import { writeFailure } from '../domain/messages.ts'
import { findEntityByName } from '../entities/catalogue.ts'
import { type ChangeSetOptions, writeChangeSet } from '../store/write-change-set.ts'

/** Rows of one entity by its public name. */
export type SeedRows = readonly [entityName: string, rows: readonly Readonly<Record<string, string>>[]]

/** When rows are seeded, and what else happens with them. */
export interface SeedWriting extends Pick<ChangeSetOptions, 'now' | 'effects'> {
  /** `create` leaves rows that exist as they are, `upsert` changes them. */
  readonly kind: 'create' | 'upsert'
  /** `skip`: a row that does not go with what people have set up meanwhile is left out. */
  readonly onRefusal: 'throw' | 'skip'
}

/**
 * Writes set-up rows by the same rules as any other write. Throws `seed-refused` where a row breaks a rule and is not to be skipped:
 * set-up data must be right.
 */
export async function seedRows(database: Database, parts: readonly SeedRows[], writing: SeedWriting): Promise<void> {
  await database.transaction(async (sql) => {
    for (const [entityName, rows] of parts) {
      const entity = findEntityByName(entityName)
      if (entity === undefined) throw new TypeError(`no entity ${entityName}`)
      const operations = rows.map((values) => ({ kind: writing.kind, entity, values }))
      const outcomes = await writeChangeSet(sql, operations, {
        scope: { defaultCompany: '', mayAccess: () => true },
        onFailure: 'skip',
        ...writing,
      })
      for (const [index, outcome] of outcomes.entries()) {
        if (outcome.ok || outcome.failure.kind !== 'refused' || writing.onRefusal === 'skip') continue
        const text = writeFailure({ aotName: entity.aotName, tableName: entity.storage.tableName }, outcome.failure.infolog)
        throw new AppError({
          category: 'data',
          code: 'seed-refused',
          message: `Set-up row ${JSON.stringify(rows[index])} is refused: ${text}`,
        })
      }
    }
  })
}
