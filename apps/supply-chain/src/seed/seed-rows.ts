import { AppError, type Database } from '@p2c/base'
import { writeFailure } from '../domain/messages.ts'
import { findEntityByName } from '../entities/catalogue.ts'
import { writeChangeSet } from '../store/write-change-set.ts'

/** Rows of one entity by its public name. */
export type SeedRows = readonly [entityName: string, rows: readonly Readonly<Record<string, string>>[]]

/**
 * Creates the rows that do not exist yet, by the same rules as any other write; existing rows stay as they are.
 * Throws `seed-refused` where a row breaks a rule: set-up data must be right.
 */
export async function seedRows(database: Database, parts: readonly SeedRows[]): Promise<void> {
  await database.transaction(async (sql) => {
    for (const [entityName, rows] of parts) {
      const entity = findEntityByName(entityName)
      if (entity === undefined) throw new TypeError(`no entity ${entityName}`)
      const operations = rows.map((values) => ({ kind: 'create' as const, entity, values }))
      const outcomes = await writeChangeSet(sql, operations, { scope: { defaultCompany: '', mayAccess: () => true }, onFailure: 'skip' })
      for (const [index, outcome] of outcomes.entries()) {
        if (outcome.ok || outcome.failure.kind !== 'refused') continue
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
