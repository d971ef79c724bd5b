import type { ComparedTask, Difference } from '@p2c/api'
import type { Leg } from '@p2c/engine'
import { expectedValue, furtherFields } from './expected-value.ts'
import { type FeedRow, readFeed, type Side } from './feed.ts'
import { type RoundExpected, readMoneyRounding } from './money-precision.ts'
import { sameValue } from './same-value.ts'
import { type QueryInput, type SideQuery, salesQuery, supplyChainQuery } from './side-query.ts'

export interface LegInput {
  readonly task: string
  readonly leg: Leg
  readonly legalEntity: string
  readonly source: Side
  readonly destination: Side
  /** Fields of the integration key on either side. */
  readonly sourceKey: readonly string[]
  readonly destinationKey: readonly string[]
  /** Source keys, lower case, of rows with an open error or that wait: their difference is explained. */
  readonly explained: ReadonlySet<string>
  readonly maxDifferences: number
  readonly signal: AbortSignal
}

export interface LegComparison {
  readonly counts: ComparedTask
  readonly differences: readonly Difference[]
}

type Counts = { -readonly [Name in 'comparedRows' | 'equalRows' | 'missingRows' | 'refusedRows' | 'differentRows']: number }

/** One leg in one company: every source row that passes the filter must be in the destination, field by field. */
export async function compareLeg(input: LegInput): Promise<LegComparison> {
  const queries = queriesOf(input)
  const round = await readMoneyRounding(input.destination, input.leg.destinationSchema, input.signal)
  const found = await readByKey(input.destination, queries.destination, input)
  const counts: Counts = { comparedRows: 0, equalRows: 0, missingRows: 0, refusedRows: 0, differentRows: 0 }
  const differences: Difference[] = []
  let withoutKey = 0
  for await (const page of readFeed(input.source, queries.source.path, input.signal)) {
    for (const row of page) {
      const expected = expectRow(row, queries.source, input)
      if (expected.sourceKey === '') withoutKey += 1
      else compareRow(expected, found.get(expected.destinationKey), { queries, input, counts, differences, round })
    }
  }
  const passed = counts.comparedRows + withoutKey
  const all = input.leg.sourceFilter === undefined ? passed : await countRows(input)
  return {
    counts: {
      task: input.task,
      source: input.leg.sourceSchema,
      destination: input.leg.destinationSchema,
      legalEntity: input.legalEntity,
      sourceRows: all,
      filteredRows: all - passed + withoutKey,
      ...counts,
    },
    differences,
  }
}

interface Queries {
  readonly source: SideQuery
  readonly destination: SideQuery
}

function queriesOf({ leg, source, destination, sourceKey, destinationKey, legalEntity }: LegInput): Queries {
  const mapped = leg.fieldMappings.flatMap((mapping) => [
    ...(mapping.sourceField === undefined ? [] : [mapping.sourceField]),
    ...(mapping.valueTransforms ?? []).flatMap(furtherFields),
  ])
  const written = leg.fieldMappings.flatMap((mapping) => mapping.destinationField ?? [])
  return {
    source: queryFor(source, {
      entity: leg.sourceSchema,
      fields: [...new Set([...sourceKey, ...mapped])],
      legalEntity,
      ...(leg.sourceFilter !== undefined && { filter: leg.sourceFilter }),
    }),
    destination: queryFor(destination, {
      entity: leg.destinationSchema,
      fields: [...new Set([...destinationKey, ...written])],
      legalEntity,
    }),
  }
}

const queryFor = (side: Side, input: QueryInput): SideQuery =>
  side.environmentType === 'CRM' ? salesQuery(input) : supplyChainQuery(input)

async function countRows({ leg, source, sourceKey, legalEntity, signal }: LegInput): Promise<number> {
  const query = queryFor(source, { entity: leg.sourceSchema, fields: sourceKey, legalEntity })
  let rows = 0
  for await (const page of readFeed(source, query.path, signal)) rows += page.length
  return rows
}

const joinKey = (parts: readonly string[]): string => (parts.every((part) => part === '') ? '' : parts.join('|').toLowerCase())

async function readByKey(side: Side, query: SideQuery, { destinationKey, signal }: LegInput): Promise<Map<string, FeedRow>> {
  const rows = new Map<string, FeedRow>()
  for await (const page of readFeed(side, query.path, signal)) {
    for (const row of page) rows.set(joinKey(destinationKey.map((field) => query.valueOf(row, field))), row)
  }
  return rows
}

interface ExpectedRow {
  readonly sourceKey: string
  readonly shownKey: string
  readonly destinationKey: string
  /** By destination field; a field whose value cannot be foretold is not among them. */
  readonly values: ReadonlyMap<string, string>
  /** No value can come of this row: it must not have been written as it is now. */
  readonly refused: boolean
}

function expectRow(row: FeedRow, source: SideQuery, input: LegInput): ExpectedRow {
  const values = new Map<string, string>()
  let refused = false
  let isDoubtful = false
  for (const mapping of input.leg.fieldMappings) {
    if (mapping.destinationField === undefined) continue
    const value = mapping.sourceField === undefined ? '' : source.valueOf(row, mapping.sourceField)
    const expectation = expectedValue(value, mapping.valueTransforms ?? [], (field) => source.valueOf(row, field))
    if (expectation.kind === 'refused') refused = true
    if (expectation.kind === 'unknown') isDoubtful = true
    if (expectation.kind === 'value') values.set(mapping.destinationField, expectation.value)
  }
  const key = input.sourceKey.map((field) => source.valueOf(row, field))
  const sourceKey = joinKey(key)
  return {
    sourceKey,
    shownKey: key.join('|'),
    destinationKey: joinKey(input.destinationKey.map((field) => values.get(field) ?? '')),
    values,
    // Where we cannot judge a value, an open error of the row says that the engine could not either.
    refused: refused || (isDoubtful && input.explained.has(sourceKey)),
  }
}

interface RowContext {
  readonly round: RoundExpected
  readonly queries: Queries
  readonly input: LegInput
  readonly counts: Counts
  readonly differences: Difference[]
}

function compareRow(expected: ExpectedRow, found: FeedRow | undefined, context: RowContext): void {
  const { counts, input } = context
  counts.comparedRows += 1
  const different = found === undefined ? [] : differentFields(expected, found, context)
  if (found !== undefined && different.length === 0 && !expected.refused) {
    counts.equalRows += 1
    return
  }
  if (input.explained.has(expected.sourceKey)) {
    counts.refusedRows += 1
    note(context, { task: input.task, kind: 'refused', key: expected.shownKey })
    return
  }
  if (found === undefined) {
    counts.missingRows += 1
    note(context, { task: input.task, kind: 'missing', key: expected.shownKey })
    return
  }
  counts.differentRows += 1
  for (const field of different) note(context, { task: input.task, kind: 'different', key: expected.shownKey, ...field })
}

function note({ differences, input }: RowContext, difference: Difference): void {
  if (differences.length < input.maxDifferences) differences.push(difference)
}

function differentFields(
  expected: ExpectedRow,
  found: FeedRow,
  { queries, round }: RowContext,
): { field: string; expected: string; found: string }[] {
  return (
    [...expected.values]
      .map(([field, value]) => ({ field, expected: round(field, value, found), found: queries.destination.valueOf(found, field) }))
      // Looked-up keys and codes are compared without regard to case (templates specification 2.4); free text is not told apart from codes here.
      .filter(({ field, expected: wanted, found: present }) => !sameValue(wanted, present, field.includes('.') || isCode(field)))
  )
}

/** Codes that Supply Chain keeps as its own table spells them, and company names of enumeration members. */
const isCode = (field: string): boolean => /(Id|Code|Type|Roles|Symbol|Gender|Status|Month)$/.test(field)
