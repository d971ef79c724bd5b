import { hash } from 'node:crypto'
import { type Decimal, formatDecimal, parseDecimal, ZERO } from '@p2c/base'
import { comparable } from './comparable.ts'
import type { TextOfField } from './expected-value.ts'
import type { RoundExpected } from './money-precision.ts'
import type { ComparisonPlan, JudgedField } from './plan.ts'
import type { Amount } from './statements/statement.ts'

/** Fields of a row that are judged; shared by all rows with the same ones. */
export type Shape = readonly JudgedField[]

/** What is kept of a source row until the destination has been read: hashes, not values, so that a hundred thousand rows fit easily. */
export interface ExpectedRow {
  /** The key of the source, as the source spells it. */
  readonly shownKey: string
  /** In lower case: the header's key on this side of the pairs. */
  readonly document: string
  readonly shape: Shape
  readonly hash: bigint
  /** Only what must still be equal when the destination has become the master. */
  readonly identity?: { readonly shape: Shape; readonly hash: bigint }
  /** No value can come of this row: it must not have been written as it is now. */
  readonly isRefused: boolean
  /** As text: a decimal of each row would be most of what is kept. */
  readonly amount?: { readonly currency: string; readonly value: string }
  readonly total?: string
  /** Further source rows with the same key: the destination holds one of them. */
  also: readonly ExpectedRow[]
  isMet: boolean
}

/** Expected texts of a row by field, as shown to people; a field whose value cannot be foretold is not among them. */
export type ExpectedTexts = ReadonlyMap<JudgedField, string>

export interface RowReader {
  readonly plan: ComparisonPlan
  readonly round: RoundExpected
  /** Equal sets of fields are one object, by the fields they were taken from and their names. */
  readonly shapes: Map<Shape, Map<string, Shape>>
}

/** What the destination must hold of a row, and whether nothing can. */
export function expectTexts(
  fields: Shape,
  fieldText: TextOfField,
  { plan, round }: RowReader,
): { texts: ExpectedTexts; isRefused: boolean } {
  const texts = new Map<JudgedField, string>()
  let isRefused = false
  for (const judged of fields) {
    const expectation = judged.expect(fieldText)
    if (expectation.kind === 'refused') isRefused = true
    if (expectation.kind === 'value')
      texts.set(judged, round(judged.field, expectation.value, plan.currency === undefined ? '' : fieldText(plan.currency)))
  }
  return { texts, isRefused }
}

export function toExpectedRow(fieldText: TextOfField, fields: Shape, reader: RowReader): Omit<ExpectedRow, 'document' | 'shownKey'> {
  const { plan } = reader
  const { texts, isRefused } = expectTexts(fields, fieldText, reader)
  const shape = internShape([...texts.keys()], fields, reader)
  const textOf = (judged: JudgedField): string => texts.get(judged) ?? ''
  const { amounts, total } = plan.statement ?? {}
  const judgesTotal =
    plan.judgesTotal && total !== undefined && fieldText(total.unless.field).toLowerCase() !== total.unless.is?.[0]?.toLowerCase()
  return {
    shape,
    hash: hashOf(shape, textOf),
    ...(plan.statement?.movedOn !== undefined && { identity: identityOf(shape, textOf, reader) }),
    isRefused,
    ...(amounts !== undefined && { amount: expectedAmount(amounts, fieldText, reader) }),
    ...(judgesTotal && { total: comparable('number', fieldText(total.source)) }),
    also: NO_ROWS,
    isMet: false,
  }
}

const NO_ROWS: readonly ExpectedRow[] = []

function identityOf(shape: Shape, textOf: (judged: JudgedField) => string, reader: RowReader): NonNullable<ExpectedRow['identity']> {
  const identity = internShape(
    shape.filter((judged) => judged.isIdentity),
    shape,
    reader,
  )
  return { shape: identity, hash: hashOf(identity, textOf) }
}

/** What the amount of a row must come to at the destination: rounded as the column that it is kept in. */
function expectedAmount(
  { source, destination }: { readonly source: Amount; readonly destination: Amount },
  fieldText: TextOfField,
  { round }: RowReader,
): NonNullable<ExpectedRow['amount']> {
  const { currency, value } = amountOf(source, fieldText)
  return { currency, value: round(destination.plus[0] ?? '', formatDecimal(value), currency) }
}

/** A sum of hashes stands for a document, whatever the order of its rows: half of a SHA-256 is enough to tell versions apart. */
export const hashOf = (shape: Shape, textOf: (judged: JudgedField) => string): bigint => {
  const content = shape.map((judged) => `${judged.field}=${comparable(judged.kind, textOf(judged))}`).join('\u001f')
  return BigInt(`0x${hash('sha256', content, 'hex').slice(0, HASH_DIGITS)}`)
}

export const HASH_DIGITS = 32
export const addHashes = (a: bigint, b: bigint): bigint => BigInt.asUintN(4 * HASH_DIGITS, a + b)

function internShape(shape: Shape, from: Shape, { shapes }: RowReader): Shape {
  const known = shapes.get(from) ?? new Map<string, Shape>()
  shapes.set(from, known)
  const name = shape.map((judged) => judged.field).join(',')
  const same = known.get(name) ?? shape
  known.set(name, same)
  return same
}

export function amountOf({ plus, minus = [], currency }: Amount, fieldText: TextOfField): { currency: string; value: Decimal } {
  const number = (field: string): Decimal => parseDecimal(fieldText(field)) ?? ZERO
  const value = minus.reduce(
    (total, field) => total.minus(number(field)),
    plus.reduce((total, field) => total.plus(number(field)), ZERO),
  )
  return { currency: fieldText(currency).trim().toUpperCase(), value }
}
