import type { Clock, Database } from '@p2c/base'
import { emptyValue, readFieldValue } from '../domain/field-value.ts'
import type { Entity, EntityProperty } from '../entities/entity.ts'
import { ENUMERATIONS, findEnumMember } from '../entities/enums.ts'
import { runChangeSet } from '../store/run-change-set.ts'
import { ChangeSetFailure, writeChangeSet } from '../store/write-change-set.ts'
import type { WriteEffects } from '../store/write-effects.ts'
import type { WriteFailure, WriteOperation, WriteOutcome } from '../store/write-operation.ts'
import { writePage } from '../store/write-page.ts'
import type { ImportDocuments, ImportOutcome, ImportRow, ImportRows } from './package-model.ts'

export interface ImportRowsDeps {
  readonly database: Database
  readonly clock: Clock
  readonly effects: WriteEffects
}

/**
 * The write path of the application for data files: every page is one transaction of upserts, under the rules that OData writes obey too.
 * Rows that are refused are left out.
 */
export const createImportRows =
  ({ database, clock, effects }: ImportRowsDeps): ImportRows =>
  async (entity, legalEntity, rows, { onWritten } = {}) => {
    const read = rows.map((row) => readRow(entity, legalEntity, row))
    const operations = read.flatMap((item) => (item.ok ? [item.operation] : []))
    const written = await writePage(database, operations, {
      scope: scopeOf(legalEntity),
      now: clock.now(),
      effects,
      ...(onWritten && { onWritten: (sql, outcomes) => onWritten(sql, outcomesOf(read, outcomes)) }),
    })
    return outcomesOf(read, written)
  }

/** What became of each row: rows that could not be read were not written. */
function outcomesOf(read: readonly ReadRow[], written: readonly WriteOutcome[]): ImportOutcome[] {
  let next = 0
  return read.map((item): ImportOutcome => {
    if (!item.ok) return item
    const outcome = written[next]
    next += 1
    if (outcome === undefined) throw new TypeError('a row without outcome')
    return outcome.ok ? { ok: true } : refusal(outcome.failure)
  })
}

/** Writes a document of a composite entity in a transaction: the first row that is refused refuses the document. */
export const createImportDocuments =
  ({ database, clock, effects }: ImportRowsDeps): ImportDocuments =>
  async (legalEntity, document, onWritten) => {
    const read = document.map(({ entity, values }) => readRow(entity, legalEntity, { values }))
    const operations = read.flatMap((row) => (row.ok ? [row.operation] : []))
    const options = { scope: scopeOf(legalEntity), onFailure: 'stop' as const, now: clock.now(), effects }
    const unread = read.find((row) => !row.ok)
    const result =
      unread?.ok === false
        ? unread
        : await runChangeSet(database, async (sql) => {
            await writeChangeSet(sql, operations, options)
            await onWritten(sql, [{ ok: true }])
          })
    if (result === undefined) return { ok: true }
    const refused =
      result instanceof ChangeSetFailure ? refusal(result.failure) : { ok: false as const, field: result.field, message: result.message }
    await database.transaction((sql) => onWritten(sql, [refused]))
    return refused
  }

/** A package belongs to one company. */
const scopeOf = (legalEntity: string) => ({
  defaultCompany: legalEntity,
  mayAccess: (dataAreaId: string) => dataAreaId === legalEntity,
})

type ReadRow =
  | { readonly ok: true; readonly operation: WriteOperation }
  | { readonly ok: false; readonly field: string; readonly message: string }

/** The cells as canonical values; the first one that cannot be read refuses the row. */
function readRow(entity: Entity, legalEntity: string, row: ImportRow): ReadRow {
  const values: Record<string, string> = {}
  const blanks = new Set<string>()
  for (const property of entity.properties) {
    const cell = row.values[property.name]
    if (cell === undefined) continue
    if (property.name === 'dataAreaId') {
      if (cell !== '' && cell.toLowerCase() !== legalEntity) {
        return {
          ok: false,
          field: property.name,
          message: `The row belongs to company '${cell.slice(0, 20)}', the execution to '${legalEntity}'.`,
        }
      }
      continue
    }
    const value = readCell(property, cell)
    if (!value.ok) return { ok: false, field: property.name, message: value.message }
    if (value.value !== undefined) values[property.name] = value.value
    if (cell === '') blanks.add(property.name)
  }
  if (entity.companyField !== undefined && (entity.isCompanySpecific || (values[entity.companyField] ?? '') === ''))
    values[entity.companyField] = legalEntity
  return { ok: true, operation: { kind: 'upsert', entity, values, blanks } }
}

type ReadCell = { readonly ok: true; readonly value: string | undefined } | { readonly ok: false; readonly message: string }

/** A blank cell is the default of the field: its own, a number of a sequence for a key, or the empty value. */
function readCell(property: EntityProperty, cell: string): ReadCell {
  if (cell === '') return { ok: true, value: property.isKey || property.defaultValue !== undefined ? undefined : emptyValue(property) }
  const kind = property.type === 'Int32' || property.type === 'Int64' || property.type === 'Real' ? 'number' : 'text'
  const read = readFieldValue(property, { kind, value: property.enumeration === undefined ? cell : enumText(property.enumeration, cell) })
  if (read.ok) return read
  return { ok: false, message: 'entry' in read ? read.entry.text : read.problem }
}

/** Files hold a symbol, a label or a number; a label is the symbol with blanks between its words. */
function enumText(name: keyof typeof ENUMERATIONS, cell: string): string {
  if (findEnumMember(name, cell) !== undefined) return cell
  const text = cell.trim()
  const byNumber = Object.entries(ENUMERATIONS[name]).find(([, value]) => String(value) === text)?.[0]
  return byNumber ?? text.replaceAll(' ', '')
}

function refusal(failure: WriteFailure): Extract<ImportOutcome, { ok: false }> {
  if (failure.kind === 'refused' || failure.kind === 'duplicate') {
    const [first] = failure.infolog
    return {
      ok: false,
      field: first?.field ?? '',
      message: failure.infolog.map((entry) => entry.text).join('; ') || 'The row was refused.',
    }
  }
  return { ok: false, field: '', message: 'The row was changed by someone else meanwhile.' }
}
