import type { Table } from '../model/resolved-model.ts'
import { keyIndexName } from '../storage/create-storage.ts'
import { wireErrors } from './wire-errors.ts'

const UNIQUE_VIOLATION = '23505'

/** Turns the database's refusal of a taken id or key into the answer of the wire; anything else passes through. */
export async function mappingViolations<Result>(table: Table, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    throw violationOf(table, error) ?? error
  }
}

function violationOf(table: Table, error: unknown): Error | undefined {
  if (!(error instanceof Error) || !('code' in error) || error.code !== UNIQUE_VIOLATION) return undefined
  const constraint = 'constraint' in error ? error.constraint : undefined
  const key = table.keys.find((candidate) => keyIndexName(table, candidate) === constraint)
  if (key === undefined) return wireErrors.duplicateRow()
  return wireErrors.keyViolated(
    key.name,
    key.columns.map((column) => table.byName.get(column)?.definition.label ?? column),
  )
}
