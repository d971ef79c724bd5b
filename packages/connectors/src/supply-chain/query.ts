import type { Filter } from '@p2c/engine'
import { COMPANY_FIELD, type FinOpsEntity, type FinOpsField } from './entity.ts'
import { toWire } from './field-value.ts'

/** Longest filter of one request: gateways before this service cut URLs early. */
const LONGEST_FILTER = 6_000

export const encodeOption = (text: string): string =>
  encodeURIComponent(text).replace(/%2C/g, ',').replace(/%3A/g, ':').replace(/%2F/g, '/')

/** The company as it is stored and sent: lower case (F&O 4). */
export const companyOf = (legalEntity: string): string => legalEntity.trim().toLowerCase()

/** A literal of `$filter` and of keys; undefined where the text is no value of the field. Enumerations are qualified (FO-054). */
export function literal(field: FinOpsField, value: string): string | undefined {
  const wire = toWire(field, value)
  if (!wire.ok) return undefined
  if (field.dataType === 'Enum') return `${field.enumType}'${String(wire.value)}'`
  if (field.dataType === 'String') return `'${value.replaceAll("'", "''")}'`
  return typeof wire.value === 'object' && wire.value !== null && 'rawJSON' in wire.value ? String(wire.value.rawJSON) : String(wire.value)
}

/** `(dataAreaId='usmf',CustomerAccount='ACC-1')`, percent-encoded; all key fields by name (FO-021). */
export function keyPredicate(entity: FinOpsEntity, company: string, values: readonly string[]): string {
  const parts = entity.keyFields.map((name, index) => {
    const field = entity.fields.get(name.toLowerCase())
    return `${name}=${encodeURIComponent((field && literal(field, values[index] ?? '')) ?? `'${values[index] ?? ''}'`)}`
  })
  return `(${[...(entity.hasCompany ? [`${COMPANY_FIELD}='${encodeURIComponent(company)}'`] : []), ...parts].join(',')})`
}

/** Values that rows are looked for by. */
export interface TupleSearch {
  /** As the entity spells them. */
  readonly fields: readonly string[]
  /** In the order of `fields`. */
  readonly tuples: readonly (readonly string[])[]
}

/** Filters that together select the rows with these values in one company, each short enough for a URL. */
export function tupleFilters(entity: FinOpsEntity, company: string, { fields, tuples }: TupleSearch): string[] {
  const conditions = tuples.flatMap((values) => tupleCondition(entity, fields, values) ?? [])
  const chunks: string[][] = []
  let size = LONGEST_FILTER
  for (const condition of conditions) {
    size += encodeOption(` or ${condition}`).length
    if (size > LONGEST_FILTER) {
      chunks.push([])
      size = encodeOption(condition).length
    }
    chunks.at(-1)?.push(condition)
  }
  const scope = companyCondition(entity, company)
  return chunks.map((chunk) => [scope, `(${chunk.join(' or ')})`].filter((part) => part !== '').join(' and '))
}

/** Undefined where a value cannot be one of its field: no row has it. */
function tupleCondition(entity: FinOpsEntity, fields: readonly string[], values: readonly string[]): string | undefined {
  const parts = fields.map((name, index) => {
    const field = entity.fields.get(name.toLowerCase())
    const text = field === undefined ? undefined : literal(field, values[index] ?? '')
    return text === undefined ? undefined : `${name} eq ${text}`
  })
  if (parts.includes(undefined)) return undefined
  return parts.length === 1 ? parts[0] : `(${parts.join(' and ')})`
}

export const companyCondition = (entity: FinOpsEntity, company: string): string =>
  entity.hasCompany ? `${COMPANY_FIELD} eq '${company.replaceAll("'", "''")}'` : ''

/**
 * The filter in this service's own words, or undefined where it could drop a row that the engine would keep: the engine filters again,
 * so sending none is always right. Only equality is sent, and order comparisons of numbers: blank, `*` and collation mean other things here.
 */
export function pushedFilter(entity: FinOpsEntity, filter: Filter): string | undefined {
  if (filter.kind === 'not') return undefined
  if (filter.kind === 'comparison') return pushedComparison(entity, filter)
  const operands = filter.operands.map((operand) => pushedFilter(entity, operand))
  const known = operands.filter((operand) => operand !== undefined)
  if (filter.kind === 'or' && known.length < operands.length) return undefined
  return known.length === 0 ? undefined : `(${known.join(` ${filter.kind} `)})`
}

function pushedComparison(entity: FinOpsEntity, filter: Extract<Filter, { kind: 'comparison' }>): string | undefined {
  const field = entity.fields.get(filter.field.toLowerCase())
  if (field === undefined || typeof filter.value === 'boolean') return undefined
  const isEquality = filter.operator === 'eq' || filter.operator === 'ne'
  const isNumber = ['Real', 'Int32', 'Int64'].includes(field.dataType)
  const isPlainText = ['String', 'Enum'].includes(field.dataType) && filter.value !== null && !String(filter.value).includes('*')
  if (!(isEquality && isPlainText) && !(isNumber && filter.value !== null)) return undefined
  const text = literal(field, String(filter.value))
  return text === undefined ? undefined : `${field.name} ${filter.operator} ${text}`
}
