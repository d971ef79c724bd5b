import type { EnvironmentType, Leg, Task } from '@p2c/engine'
import type { Expectation, TextOfField } from './expected-value.ts'
import { mappedFields, mappedValue, rowsOf } from './mapped-value.ts'
import { holds, statedFields, statedValue } from './stated-value.ts'
import { type Amount, constant, type FieldStatement, number, type TaskStatement, type ValueKind, yes } from './statements/statement.ts'

/** One destination field and what it must hold. */
export interface JudgedField {
  readonly field: string
  readonly kind: ValueKind
  readonly isIdentity: boolean
  expect(fieldText: TextOfField): Expectation
}

/** Everything that a comparison needs to know of one task; made from a statement, or from the mapping where there is none. */
export interface ComparisonPlan {
  readonly task: string
  readonly source: { readonly environmentType: EnvironmentType; readonly entity: string; readonly fields: readonly string[] }
  readonly destination: { readonly environmentType: EnvironmentType; readonly entity: string; readonly fields: readonly string[] }
  /** Left to the source; undefined where `qualifies` says it. */
  readonly filter?: string
  qualifies(fieldText: TextOfField): boolean
  /** Fields of the integration key of the source, by which open errors are found. */
  readonly sourceKey: readonly string[]
  readonly destinationKey: readonly string[]
  /** The key that the row must have in the destination; its first part names the document. */
  keyOf(fieldText: TextOfField): readonly string[]
  readonly fields: readonly JudgedField[]
  /** The source field with the currency of a row's amounts. */
  readonly currency?: string
  readonly statement?: TaskStatement
  /** The fields of the Freight Tax line, where the header shows its amount. */
  readonly freightTax?: { readonly amount: string; readonly fields: readonly JudgedField[] }
  /** Destination fields, in lower case, whose row the owner of the project changed or took out. */
  readonly editedFields: ReadonlySet<string>
  readonly judgesTotal: boolean
}

export interface PlanInput {
  readonly task: Task
  /** The task of the installed template, to know what the owner of the project changed; undefined where there is none. */
  readonly templateTask?: Task
  readonly sourceKey: readonly string[]
}

/** The plan of a task that a statement speaks of. What the owner of the project changed is judged by the project's own mapping. */
export function planByStatement(statement: TaskStatement, input: PlanInput): ComparisonPlan {
  const { task, templateTask, sourceKey } = input
  const [firstLeg, lastLeg] = endsOf(task)
  const edits = ownerEdits(task, templateTask)
  const stated = statement.fields.filter((field) => !edits.has(field.field.toLowerCase())).map(judgedByStatement)
  const edited = mappedFields(task).filter((field) => edits.get(field.toLowerCase()) === 'changed')
  const fields = [...stated, ...edited.map((field) => judgedByMapping(task, field, statement))]
  const hasOwnFilter = templateTask !== undefined && !sameText(firstLeg.sourceFilter, templateTask.legs[0]?.sourceFilter)
  const { freightTax, total } = statement
  const carriesTax = freightTax !== undefined && !edits.has(freightTax.carriedBy)
  const isFromSupplyChain = firstLeg.sourceEnvironmentType === 'AX'
  const readForEdits = edited.length > 0 ? rowsOf(task).sourceFields : []
  return {
    task: task.name,
    source: {
      environmentType: firstLeg.sourceEnvironmentType,
      entity: firstLeg.sourceSchema,
      fields: distinct([...sourceKey, ...sourceFieldsOf(statement), ...readForEdits, ...(isFromSupplyChain ? ['CurrencyCode'] : [])]),
    },
    destination: {
      environmentType: lastLeg.destinationEnvironmentType,
      entity: lastLeg.destinationSchema,
      fields: distinct([...fields.map((field) => field.field), ...destinationFieldsOf(statement)]),
    },
    ...(hasOwnFilter && firstLeg.sourceFilter !== undefined && { filter: firstLeg.sourceFilter }),
    qualifies: hasOwnFilter ? () => true : (fieldText) => statement.qualifies.every((condition) => holds(condition, fieldText)),
    sourceKey,
    destinationKey: statement.key.map((part) => part.destination),
    keyOf: (fieldText) => statement.key.map((part) => fieldText(part.source)),
    fields,
    editedFields: new Set(edits.keys()),
    ...(isFromSupplyChain && { currency: 'CurrencyCode' }),
    statement,
    ...(carriesTax && { freightTax: { amount: freightTax.amount, fields: freightTaxFields(freightTax.amount) } }),
    judgesTotal: total !== undefined,
  }
}

function endsOf(task: Task): readonly [first: Leg, last: Leg] {
  const [first, last] = [task.legs[0], task.legs.at(-1)]
  if (first === undefined || last === undefined) throw new TypeError(`task ${task.name} has no leg`)
  return [first, last]
}

const sourceFieldsOf = ({ key, qualifies, fields, amounts, total, freightTax }: TaskStatement): readonly string[] => [
  ...key.map((part) => part.source),
  ...qualifies.map((condition) => condition.field),
  ...fields.flatMap(statedFields),
  ...amountFields(amounts?.source),
  ...(total === undefined ? [] : [total.source, total.unless.field]),
  ...(freightTax === undefined ? [] : [freightTax.amount]),
]

const destinationFieldsOf = ({ key, claims = [], movedOn, amounts, total, holdsFreightTax }: TaskStatement): readonly string[] => [
  ...key.map((part) => part.destination),
  ...(holdsFreightTax === true ? freightTaxFields('').map(({ field }) => field) : []),
  ...claims.map((condition) => condition.field),
  ...(movedOn === undefined ? [] : [movedOn.field]),
  ...amountFields(amounts?.destination),
  ...(total === undefined ? [] : [total.destination]),
]

/** Totals are judged only where nobody changed what they are made of, in any task of the project. */
export function withoutEditedTotals(plans: readonly ComparisonPlan[]): readonly ComparisonPlan[] {
  const edited = new Set(plans.flatMap((plan) => [...plan.editedFields]))
  return plans.map((plan) =>
    plan.statement?.total?.reachedBy.some((field) => edited.has(field)) === true ? { ...plan, judgesTotal: false } : plan,
  )
}

const distinct = (fields: readonly string[]): readonly string[] => [...new Set(fields.filter((field) => field !== ''))]
const amountFields = (amount: Amount | undefined): readonly string[] =>
  amount === undefined ? [] : [...amount.plus, ...(amount.minus ?? []), amount.currency]

const judgedByStatement = (stated: FieldStatement): JudgedField => ({
  field: stated.field,
  kind: stated.kind,
  isIdentity: stated.isIdentity === true,
  expect: (fieldText) => statedValue(stated, fieldText),
})

/** The one line that carries the tax of the header (templates specification 9.1). */
const freightTaxFields = (amount: string): readonly JudgedField[] =>
  [
    constant('productdescription', 'Freight Tax', 'text'),
    yes('isproductoverridden'),
    constant('quantity', '1', 'number'),
    constant('priceperunit', '0', 'number'),
    number('tax', amount),
    yes('msdynce_ismisctax'),
    yes('msdynce_ismaintainedexternally'),
  ].map(judgedByStatement)

/** Fields whose row the owner took out or changed, in lower case, against the installed template. */
function ownerEdits(task: Task, templateTask: Task | undefined): ReadonlyMap<string, 'removed' | 'changed'> {
  if (templateTask === undefined) return new Map()
  const own = rowsOf(task)
  const original = rowsOf(templateTask)
  const edits = new Map<string, 'removed' | 'changed'>()
  for (const [field, chain] of original.chains)
    if (!own.chains.has(field)) edits.set(field, 'removed')
    else if (own.chains.get(field) !== chain) edits.set(field, 'changed')
  for (const field of own.chains.keys()) if (!original.chains.has(field)) edits.set(field, 'changed')
  return edits
}

const sameText = (a: string | undefined, b: string | undefined): boolean => (a ?? '').trim() === (b ?? '').trim()

/** The plan of a task of which no statement speaks: the mapping says what must be equal, the source evaluates the filter. */
export function planByMapping(input: PlanInput & { readonly destinationKey: readonly string[] }): ComparisonPlan {
  const { task, sourceKey, destinationKey } = input
  const [firstLeg, lastLeg] = endsOf(task)
  const fields = mappedFields(task).map((field) => judgedByMapping(task, field))
  const keyText = (field: string, fieldText: TextOfField): string => {
    const value = mappedValue(task, field, fieldText)
    return value.kind === 'value' ? value.value : ''
  }
  const spelled = new Map(mappedFields(task).map((field) => [field.toLowerCase(), field]))
  const currency = rowsOf(task).currency
  return {
    task: task.name,
    source: {
      environmentType: firstLeg.sourceEnvironmentType,
      entity: firstLeg.sourceSchema,
      fields: distinct([...sourceKey, ...rowsOf(task).sourceFields]),
    },
    destination: {
      environmentType: lastLeg.destinationEnvironmentType,
      entity: lastLeg.destinationSchema,
      fields: distinct([...destinationKey, ...fields.map((field) => field.field)]),
    },
    ...(firstLeg.sourceFilter !== undefined && { filter: firstLeg.sourceFilter }),
    qualifies: () => true,
    sourceKey,
    destinationKey,
    keyOf: (fieldText) => destinationKey.map((field) => keyText(spelled.get(field.toLowerCase()) ?? field, fieldText)),
    fields,
    ...(currency !== undefined && { currency }),
    editedFields: new Set(),
    judgesTotal: false,
  }
}

function judgedByMapping(task: Task, field: string, statement?: TaskStatement): JudgedField {
  const stated = statement?.fields.find((one) => one.field.toLowerCase() === field.toLowerCase())
  return {
    field: stated?.field ?? field,
    kind: stated?.kind ?? looseKind(field),
    isIdentity: stated?.isIdentity === true,
    expect: (fieldText) => mappedValue(task, field, fieldText),
  }
}

/** Codes are kept as the destination's own table spells them, and enumeration members by their name. */
const CODE_FIELD = /(Id|Code|Type|Roles|Symbol|Gender|Status|Month)$/

/** How a field of which nothing else is known is compared. */
export const looseKind = (field: string): ValueKind => (field.includes('.') || CODE_FIELD.test(field) ? 'loose-code' : 'loose')
