import type { Decision, TableRules, WriteCandidate } from '../domain/decision.ts'
import { refuse } from '../domain/decision.ts'
import { emptyValue, type FieldValues } from '../domain/field-value.ts'
import { type InfologEntry, messageText, refuseField, refuseRow } from '../domain/messages.ts'
import { findEntityByName, type Table } from '../entities/catalogue.ts'
import { type Entity, type EntityProperty, propertyOf, referencesOf } from '../entities/entity.ts'

const initialRows = new WeakMap<Table, FieldValues>()

/** The values of a new row before anything is given: the same object for every row of a table. */
export function initialValues(table: Table): FieldValues {
  const known = initialRows.get(table)
  if (known !== undefined) return known
  const values = Object.fromEntries(
    [...table.properties.values()].map((property) => [property.name, property.defaultValue ?? emptyValue(property)]),
  )
  initialRows.set(table, values)
  return values
}

/** `Cannot create a record in Customers (CustTable). Customer account: C-0002. The record already exists.` */
export function duplicateEntry(entity: Entity, table: Table, row: FieldValues): InfologEntry {
  const parts = entity.key
    .filter((name) => name !== 'dataAreaId')
    .map((name) => `${table.properties.get(name)?.label ?? name}: ${row[name] ?? ''}`)
  return { severity: 'Error', code: 'E03', text: messageText('E03', table.tableLabel, table.tableName, parts.join(', ')) }
}

interface ReferenceOutcome {
  readonly entries: readonly InfologEntry[]
  /** Given values as the referenced rows spell them. */
  readonly spelled: FieldValues
}

function checkReferences(entity: Entity, candidate: WriteCandidate): ReferenceOutcome {
  const entries: InfologEntry[] = []
  const spelled: Record<string, string> = {}
  for (const property of referencesOf(entity)) {
    const value = candidate.row[property.name] ?? ''
    if (value === '') continue
    if (candidate.before?.[property.name] === value || (candidate.before !== undefined && !candidate.given.has(property.name))) continue
    const { entity: target, field } = property.references
    const found = candidate.facts.find(target, field, value)
    if (found !== undefined) {
      if (found[field] !== undefined && found[field] !== value) spelled[property.name] = found[field]
    }
    // A customer may be invoiced to itself: on create it does not exist yet.
    else if (
      !(
        target === 'CustomerV3' &&
        property.name === 'InvoiceAccount' &&
        value.toLowerCase() === candidate.row.CustomerAccount?.toLowerCase()
      )
    )
      entries.push(refuseField(property.name, 'E01', value, property.label, findEntityByName(target)?.storage.tableLabel ?? target))
  }
  return { entries, spelled }
}

const mandatoryProblems = (entity: Entity, row: FieldValues): InfologEntry[] =>
  entity.properties
    .filter(
      (property) =>
        property.isMandatory &&
        (row[property.name] ?? '') === (property.type === 'String' ? '' : emptyValue(property)) &&
        property.type !== 'Enum',
    )
    .map((property) => refuseRow('E02', property.label))

/** What the caller gave: few of the many properties of a wide row. */
const givenProperties = (entity: Entity, given: ReadonlySet<string>): EntityProperty[] =>
  [...given].flatMap((name) => propertyOf(entity, name) ?? [])

/** Fields that cannot be changed through the entity are accepted when they say what is stored, in any case. */
function fixedFieldProblems(entity: Entity, candidate: WriteCandidate): InfologEntry[] {
  const { before, row, given } = candidate
  return givenProperties(entity, given)
    .filter((property) => !(before === undefined ? property.allowEditOnCreate : property.allowEdit))
    .filter((property) => {
      const stored = before?.[property.name] ?? property.defaultValue ?? emptyValue(property)
      return (row[property.name] ?? '').toLowerCase() !== stored.toLowerCase()
    })
    .map((property) => refuseField(property.name, 'L06', property.label))
}

/** Where the company of a row is looked up. */
export const COMPANY = { entityName: 'LegalEntity', field: 'LegalEntityId' } as const

/** A new row of a company that there is not: nothing else about it can be judged. */
function companyProblem(entity: Entity, { before, row, facts }: WriteCandidate): InfologEntry | undefined {
  if (!entity.isCompanySpecific || before !== undefined) return undefined
  const company = row.dataAreaId ?? ''
  return facts.find(COMPANY.entityName, COMPANY.field, company) === undefined ? refuseField('dataAreaId', 'L07', company) : undefined
}

/** All checks of one create or update: its company, fixed fields, references, the rules of the table, mandatory fields. */
export function decideWrite(entity: Entity, rules: TableRules, candidate: WriteCandidate): Decision {
  const noCompany = companyProblem(entity, candidate)
  if (noCompany !== undefined) return refuse(noCompany)
  const fixed = fixedFieldProblems(entity, candidate)
  if (fixed.length > 0) return refuse(...fixed)
  const { entries, spelled } = checkReferences(entity, candidate)
  const fixedRow = restoreFixed(entity, candidate)
  // Rows are wide: one is copied only where a value is spelled anew.
  const row = Object.keys(spelled).length === 0 ? fixedRow : { ...fixedRow, ...spelled }
  const decision = rules.decide({ ...candidate, row })
  const problems = [
    ...entries,
    ...(decision.ok ? [] : decision.infolog),
    ...mandatoryProblems(entity, decision.ok ? decision.row : candidate.row),
  ]
  const [first] = problems
  if (first !== undefined) return refuse(...withoutRepeats(problems))
  return decision
}

/** A fixed field keeps its stored spelling. */
function restoreFixed(entity: Entity, { before, row, given }: WriteCandidate): FieldValues {
  if (before === undefined) return row
  const fixed = givenProperties(entity, given).filter((property) => !property.allowEdit && row[property.name] !== before[property.name])
  return fixed.length === 0 ? row : { ...row, ...Object.fromEntries(fixed.map((property) => [property.name, before[property.name] ?? ''])) }
}

/** A reference and a rule, or two rows, may refuse with the same words. */
export const withoutRepeats = (entries: readonly InfologEntry[]): InfologEntry[] => [
  ...new Map(entries.map((entry) => [`${entry.field ?? ''} ${entry.text}`, entry])).values(),
]
