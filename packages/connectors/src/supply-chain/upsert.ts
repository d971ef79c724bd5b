import type { DestinationRow, RowFailure, UpsertOutcome, UpsertRequest } from '@p2c/engine'
import { comparable } from '../fields/row-key.ts'
import type { BulkSizes } from '../load/bulk-size.ts'
import { createWitness } from '../load/witness.ts'
import { writeOperations } from './change-set.ts'
import { COMPANY_FIELD, type FinOpsEntity, type FinOpsField } from './entity.ts'
import type { EntityCatalogue } from './entity-catalogue.ts'
import { isStored, toWire } from './field-value.ts'
import type { FinOpsClient, JsonObject } from './fin-ops-client.ts'
import type { PackageImport } from './package-import.ts'
import { companyOf } from './query.ts'
import { findField, inEntityOrder, rowsOfKeys, selectOf } from './read.ts'
import type { Decide, WriteOperation, Written } from './write-operation.ts'

export interface FinOpsWriteContext {
  readonly client: FinOpsClient
  readonly catalogue: EntityCatalogue
  readonly parallel: number
  readonly sizes: BulkSizes
  readonly packages: PackageImport
  readonly now: () => Date
}

interface WireField {
  readonly field: FinOpsField
  readonly value: unknown
  readonly isBlank: boolean
}

interface PreparedRow {
  readonly index: number
  readonly keyValues: readonly string[]
  readonly fields: readonly WireField[]
}

type Step =
  | { readonly kind: 'write'; readonly operation: WriteOperation }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'failed'; readonly failure: RowFailure }

/**
 * Upsert by natural key: the rows that exist are found by bulk key queries, then new ones are posted and changed ones patched in change sets;
 * a row that already holds every value is left alone. One outcome per row, in the order given.
 */
export async function upsertRows(
  context: FinOpsWriteContext,
  request: UpsertRequest,
  signal: AbortSignal,
): Promise<readonly UpsertOutcome[]> {
  const entity = await context.catalogue.entity(request.entity, signal)
  const company = companyOf(request.organisation.legalEntity)
  const steps = new Map<number, Step>()
  const written = new Map<number, Written>()
  const witness = createWitness()
  for (const wave of distinctWaves(request.rows)) {
    const prepared = wave.flatMap((index) => {
      const result = prepareRow(entity, request, index)
      if ('failure' in result) steps.set(index, { kind: 'failed', failure: result.failure })
      return 'failure' in result ? [] : [result]
    })
    const { stored, isGuess } = await look(context, { entity, company, prepared }, { rows: request.rows, signal })
    for (const row of prepared) steps.set(row.index, decide(entity, company, row, stored.get(identityOf(row.keyValues))))
    const operations = prepared.flatMap(({ index }) => {
      const step = steps.get(index)
      return step?.kind === 'write' ? [isGuess ? { ...step.operation, isGuess } : step.operation] : []
    })
    const lookUp = createLookUp(context, { entity, company, prepared }, signal)
    const writing = { ...context, entity, company, signal, lookUp, witness }
    const imported = await context.packages.importNew(writing, operations)
    for (const [index, result] of [...imported.written, ...(await writeOperations(writing, imported.left))]) written.set(index, result)
  }
  return request.rows.map(({ key }, index) => toOutcome(key, steps.get(index), written.get(index)))
}

/** Keys that differ only in case are one key to the service: such rows go one after the other. */
function distinctWaves(rows: readonly DestinationRow[]): number[][] {
  const waves: number[][] = []
  const seen = new Map<string, number>()
  for (const [index, { key }] of rows.entries()) {
    const wave = seen.get(comparable(key)) ?? 0
    seen.set(comparable(key), wave + 1)
    const list = waves[wave] ?? []
    list.push(index)
    waves[wave] = list
  }
  return waves
}

const identityOf = (values: readonly unknown[]): string => values.map(comparable).join('|')

function prepareRow(entity: FinOpsEntity, request: UpsertRequest, index: number): PreparedRow | { readonly failure: RowFailure } {
  const values = request.rows[index]?.values ?? {}
  const fields: WireField[] = []
  for (const [path, value] of Object.entries(values)) {
    const field = findField(entity, path)
    const wire = toWire(field, value)
    if (!wire.ok) return { failure: valueInvalid(path, String(value), wire.expected) }
    fields.push({ field, value: wire.value, isBlank: value === null || value === '' })
  }
  const given = request.keyFields.map((name) => String(values[name] ?? ''))
  const keyValues = inEntityOrder(entity, request.keyFields, given)
  if (keyValues.some((value) => value.trim() === '')) return { failure: keyBlank(entity) }
  return { index, keyValues, fields }
}

interface StoredQuery {
  readonly entity: FinOpsEntity
  readonly company: string
  readonly prepared: readonly PreparedRow[]
}

async function findStored(context: FinOpsWriteContext, query: StoredQuery, signal: AbortSignal): Promise<ReadonlyMap<string, JsonObject>> {
  const { entity, company, prepared } = query
  const select = selectOf(entity, [...new Set(prepared.flatMap((row) => row.fields.map(({ field }) => field)))])
  const found = await rowsOfKeys(context, { entity, company, select, keys: prepared.map((row) => row.keyValues) }, signal)
  return new Map(found.map((row) => [identityOf(entity.keyFields.map((name) => keyText(entity, name, row[name]))), row]))
}

/** Rows that are looked for before it is concluded that none of a page is there yet. */
const SAMPLE = 100
/** Below this many rows the sample would be no smaller than what it saves. */
const WORTH_A_SAMPLE = 5 * SAMPLE

/**
 * The rows that are stored under these keys. Of a large page that was never written before, a sample is looked for first: where none of it is there,
 * none of the page is taken to be there, and a create that meets a row all the same (the keys are unique) is looked at then. To look for each row
 * costs the service about a third of what it costs to write it.
 */
async function look(
  context: FinOpsWriteContext,
  query: StoredQuery,
  { rows, signal }: { readonly rows: readonly DestinationRow[]; readonly signal: AbortSignal },
): Promise<{ readonly stored: ReadonlyMap<string, JsonObject>; readonly isGuess: boolean }> {
  const { prepared } = query
  const isNew = prepared.length >= WORTH_A_SAMPLE && prepared.every(({ index }) => rows[index]?.known === false)
  if (!isNew || context.packages.wouldTake(query.entity.entitySetName, prepared.length))
    return { stored: await findStored(context, query, signal), isGuess: false }
  const distance = Math.floor(prepared.length / SAMPLE)
  const sample = await findStored(context, { ...query, prepared: prepared.filter((_, at) => at % distance === 0) }, signal)
  if (sample.size === 0) return { stored: sample, isGuess: true }
  return { stored: await findStored(context, query, signal), isGuess: false }
}

/** The look at rows whose write has no answer: what it leaves open is decided as it was at first. */
const createLookUp =
  (context: FinOpsWriteContext, { entity, company, prepared }: StoredQuery, signal: AbortSignal) =>
  async (operations: readonly WriteOperation[]): Promise<Decide> => {
    const rows = new Map(prepared.map((row) => [row.index, row]))
    const wanted = operations.flatMap(({ index }) => rows.get(index) ?? [])
    const stored = await findStored(context, { entity, company, prepared: wanted }, signal)
    return ({ index }) => {
      const row = rows.get(index)
      const step = row === undefined ? undefined : decide(entity, company, row, stored.get(identityOf(row.keyValues)))
      return step?.kind === 'write' ? step.operation : undefined
    }
  }

/** Key values as the engine spells them: a date is a day. */
const keyText = (entity: FinOpsEntity, name: string, value: unknown): unknown =>
  entity.fields.get(name.toLowerCase())?.dataType === 'Date' ? String(value).slice(0, 10) : value

function decide(entity: FinOpsEntity, company: string, row: PreparedRow, stored: JsonObject | undefined): Step {
  const isKey = (field: FinOpsField) => entity.keyFields.some((name) => name.toLowerCase() === field.name.toLowerCase())
  // Blanks are left out of a create: the entity's own defaults count (F&O 8.1).
  const createFields = row.fields.filter(({ field, isBlank }) => isKey(field) || (field.allowEditOnCreate && !isBlank))
  const createBody = { ...(entity.hasCompany && { [COMPANY_FIELD]: company }), ...bodyOf(createFields) }
  const editable = row.fields.filter(({ field }) => field.allowEdit && !isKey(field))
  const common = { index: row.index, keyValues: row.keyValues, createBody }
  if (stored === undefined) return { kind: 'write', operation: { ...common, kind: 'create', updateBody: bodyOf(editable) } }
  const changed = editable.filter(({ field, value }) => !isStored(field, stored[field.name], value))
  if (changed.length === 0) return { kind: 'unchanged' }
  return { kind: 'write', operation: { ...common, kind: 'update', updateBody: bodyOf(changed) } }
}

const bodyOf = (fields: readonly WireField[]): Record<string, unknown> =>
  Object.fromEntries(fields.map(({ field, value }) => [field.name, value]))

function toOutcome(key: string, step: Step | undefined, written: Written | undefined): UpsertOutcome {
  if (step?.kind === 'failed') return { outcome: 'failed', key, failure: step.failure }
  if (step?.kind === 'unchanged') return { outcome: 'unchanged', key }
  if (written === undefined)
    return {
      outcome: 'failed',
      key,
      failure: { category: 'internal', code: 'outcome-missing', message: `The write of '${key}' gave no outcome.` },
    }
  return written.ok ? { outcome: written.outcome, key } : { outcome: 'failed', key, failure: written.failure }
}

const valueInvalid = (field: string, value: string, expected: string): RowFailure => ({
  category: 'data',
  code: 'value-invalid',
  message: `'${field}' is ${JSON.stringify(value.slice(0, 100))}, expected ${expected}. Correct the source or its mapping.`,
  details: { field, expected },
})

const keyBlank = (entity: FinOpsEntity): RowFailure => ({
  category: 'data',
  code: 'key-blank',
  message: `The row lacks a value of the key of '${entity.entitySetName}' (${entity.keyFields.join(', ')}).`,
})
