import type { Difference } from '@p2c/api'
import { comparable } from './comparable.ts'
import { joinKey, type TaskInput, type TaskOutcome } from './compare-task.ts'
import { type ExpectedTexts, expectTexts } from './expected-rows.ts'
import type { TextOfField } from './expected-value.ts'
import { readFeed } from './feed.ts'
import { holds } from './stated-value.ts'

export interface FieldDifferences {
  readonly differences: readonly Difference[]
  /** Keys that agree at the second look: they were changed while both sides were read. */
  readonly agreed: readonly string[]
}

/** Reads the rows that differ once more and says by field what was expected and what is there. */
export async function listFieldDifferences(input: TaskInput, outcome: TaskOutcome): Promise<FieldDifferences> {
  const { differing } = outcome
  if (differing.size === 0) return { differences: [], agreed: [] }
  const expected = await readExpected(input, outcome)
  const differences: Difference[] = []
  const agreed = new Set(differing.keys())
  const { destinationQuery: query } = outcome.reading
  for await (const page of readFeed(input.destination, query.path, input.signal)) {
    for (const row of page) {
      const fieldText: TextOfField = (field) => query.valueOf(row, field)
      const key = joinKey(input.plan.destinationKey.map(fieldText))
      const shownKey = differing.get(key)
      if (shownKey === undefined) continue
      const found = differencesOf(expected.get(key), fieldText, input)
      if (found.length > 0) agreed.delete(key)
      differences.push(...found.map((field) => ({ task: input.plan.task, kind: 'different' as const, key: shownKey, ...field })))
    }
  }
  return { differences, agreed: [...agreed] }
}

interface Wanted {
  readonly texts: ExpectedTexts
  readonly isRefused: boolean
}

async function readExpected(input: TaskInput, { differing, reading }: TaskOutcome): Promise<ReadonlyMap<string, Wanted>> {
  const { sourceQuery: query, reader, accepts } = reading
  const expected = new Map<string, Wanted>()
  for (const [key, { texts }] of input.documents.freightTax) if (differing.has(key)) expected.set(key, { texts, isRefused: false })
  for await (const page of readFeed(input.source, query.path, input.signal)) {
    for (const row of page) {
      const fieldText: TextOfField = (field) => query.valueOf(row, field)
      const key = joinKey(input.plan.keyOf(fieldText))
      if (differing.has(key) && accepts(fieldText)) expected.set(key, expectTexts(input.plan.fields, fieldText, reader))
    }
  }
  return expected
}

function differencesOf(
  wanted: Wanted | undefined,
  fieldText: TextOfField,
  { plan }: TaskInput,
): Pick<Difference, 'field' | 'expected' | 'found'>[] {
  if (wanted === undefined) return []
  const { movedOn } = plan.statement ?? {}
  const hasMovedOn = movedOn !== undefined && holds(movedOn, fieldText)
  const different = [...wanted.texts]
    .filter(([judged]) => !hasMovedOn || judged.isIdentity)
    .map(([judged, expected]) => ({ judged, expected, found: fieldText(judged.field) }))
    .filter(({ judged, expected, found }) => comparable(judged.kind, expected) !== comparable(judged.kind, found))
    .map(({ judged, expected, found }) => ({ field: judged.field, expected, found }))
  // Nothing differs, but the source row cannot be carried as it is now, and no error is open.
  return different.length === 0 && wanted.isRefused ? [{}] : different
}
