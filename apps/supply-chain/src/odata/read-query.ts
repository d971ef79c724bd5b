import { keysetAfter, type ODataProfile, type OrderColumn, orderColumns, orderTerms, type QueryOptions, SqlParameters } from '@p2c/odata'
import type { FieldValues } from '../domain/field-value.ts'
import type { Entity, EntityProperty } from '../entities/entity.ts'
import { propertyOf } from '../entities/entity.ts'
import { columnText, columnType, comparedColumn, comparedValue } from '../store/table-columns.ts'
import { entityScope, sqlColumn } from './entity-scope.ts'
import { filterConditions } from './key-filter.ts'

/** Where a page begins behind the page before it, and how many rows the whole read may still give. */
export interface PageStart {
  readonly after: readonly string[]
  readonly remaining?: number
}

/** What a read of a set asks for, checked. */
export interface ReadPlan {
  readonly entity: Entity
  /** Properties in the reply, in order. */
  readonly properties: readonly EntityProperty[]
  /** Further properties that the server needs itself: the sources of expanded navigation. */
  readonly hidden: readonly EntityProperty[]
  readonly order: readonly OrderColumn[]
  /** Companies in lower case; undefined: all. Of no meaning for shared entities. */
  readonly companies: readonly string[] | undefined
  readonly options: QueryOptions
  readonly profile: ODataProfile
}

const ALIAS = 't'

/** The order of a read: what was asked for, then the key, so that pages are stable. */
export function orderOf(entity: Entity, options: QueryOptions, profile: ODataProfile): OrderColumn[] {
  const asked = orderColumns(options.orderby ?? [], entityScope(entity, ALIAS), { parameters: new SqlParameters(), profile })
  const key = entity.key.flatMap((name) => {
    const property = propertyOf(entity, name)
    if (property === undefined) return []
    const { sql, type } = sqlColumn(property, ALIAS)
    return asked.some((column) => column.sql === sql) ? [] : [{ sql, type, nullable: false, descending: false }]
  })
  return [...asked, ...key]
}

interface Conditions {
  readonly parameters: SqlParameters
  readonly conditions: string[]
}

function conditionsOf(plan: ReadPlan): Conditions {
  const parameters = new SqlParameters()
  const conditions: string[] = []
  if (plan.entity.companyField !== undefined && plan.companies !== undefined) {
    const [only] = plan.companies
    // One company is compared directly: the index then gives the order of the key as well.
    if (plan.companies.length === 1 && only !== undefined) conditions.push(`lower(${ALIAS}.data_area_id) = ${parameters.add(only)}`)
    else conditions.push(`lower(${ALIAS}.data_area_id) = any(${parameters.add([...plan.companies])}::text[])`)
  }
  if (plan.options.filter !== undefined) {
    const scope = entityScope(plan.entity, ALIAS)
    conditions.push(...filterConditions(plan.options.filter, { scope, parameters, profile: plan.profile }))
  }
  return { parameters, conditions }
}

const whereOf = (conditions: readonly string[]): string =>
  conditions.length === 0 ? '' : ` where ${conditions.map((each) => `(${each})`).join(' and ')}`

/** A statement with its parameters; rows come as arrays of texts. */
export interface Statement {
  readonly text: string
  readonly values: unknown[]
}

/** `select count(*)` of what the filter leaves, before paging. */
export function countStatement(plan: ReadPlan): Statement {
  const { parameters, conditions } = conditionsOf(plan)
  return {
    text: `select count(*)::text from ${plan.entity.storage.readRelation} ${ALIAS}${whereOf(conditions)}`,
    values: parameters.values,
  }
}

interface PageOptions {
  readonly limit: number
  readonly start?: PageStart
}

/** Record id, record version, the properties, the hidden properties, the order values: all as text. */
export function pageStatement(plan: ReadPlan, { limit, start }: PageOptions): Statement {
  const { parameters, conditions } = conditionsOf(plan)
  if (start !== undefined) conditions.push(keysetAfter(plan.order, start.after, parameters))
  const offset = start === undefined && plan.options.skip !== undefined ? ` offset ${parameters.add(plan.options.skip)}` : ''
  return {
    text: `select ${pageColumns(plan).join(', ')} from ${plan.entity.storage.readRelation} ${ALIAS}${whereOf(conditions)} order by ${orderTerms(plan.order).join(', ')} limit ${parameters.add(limit)}${offset}`,
    values: parameters.values,
  }
}

/** The one row with this key, with the columns of `pageStatement`. Companies are the caller's to check. */
export function rowStatement(plan: ReadPlan, key: FieldValues): Statement {
  const parameters = new SqlParameters()
  const conditions = plan.entity.key.flatMap((name) => {
    const property = propertyOf(plan.entity, name)
    if (property === undefined) return []
    return [`${comparedColumn(property, ALIAS)} = ${comparedValue(property, parameters.add(key[name] ?? '', columnType(property)))}`]
  })
  return {
    text: `select ${pageColumns(plan).join(', ')} from ${plan.entity.storage.readRelation} ${ALIAS}${whereOf(conditions)} limit 1`,
    values: parameters.values,
  }
}

const pageColumns = (plan: ReadPlan): string[] => [
  `${ALIAS}.rec_id::text`,
  `${ALIAS}.rec_version::text`,
  ...[...plan.properties, ...plan.hidden].map((property) => columnText(property, ALIAS)),
  ...plan.order.map((column) => `(${column.sql})::text`),
]

/** The place behind a row as opaque text for a link. */
export const writeSkipToken = (start: PageStart): string =>
  Buffer.from(JSON.stringify([start.after, start.remaining ?? null])).toString('base64url')

/** The place that a link names; undefined where the text was not made by `writeSkipToken` for this order. */
export function readSkipToken(token: string, order: readonly OrderColumn[]): PageStart | undefined {
  let parsed: unknown
  try {
    parsed = JSON.parse(Buffer.from(token, 'base64url').toString())
  } catch {
    return undefined // not base64 or not JSON: the caller answers that the token is not one
  }
  if (!Array.isArray(parsed) || parsed.length !== 2) return undefined
  const [after, remaining]: unknown[] = parsed
  if (!Array.isArray(after) || after.length !== order.length || !after.every((value, index) => isOrderValue(value, order[index])))
    return undefined
  if (remaining === null) return { after }
  return typeof remaining === 'number' && Number.isSafeInteger(remaining) && remaining >= 0 ? { after, remaining } : undefined
}

const NUMBER = /^-?\d{1,40}(?:\.\d{1,40})?$/

/** A value must fit its column, else the database would refuse the statement. */
function isOrderValue(value: unknown, column: OrderColumn | undefined): boolean {
  if (typeof value !== 'string' || value.includes('\u0000')) return false
  switch (column?.type) {
    case 'integer':
      return NUMBER.test(value) && !value.includes('.') && Math.abs(Number(value)) < 2 ** 31
    case 'bigint':
      return /^-?\d{1,18}$/.test(value)
    case 'decimal':
    case 'double':
      return NUMBER.test(value)
    case 'date':
    case 'date-time':
      return /^\d{4}-\d{2}-\d{2}/.test(value) && !Number.isNaN(Date.parse(value.slice(0, 10)))
    case 'guid':
      return /^[0-9a-f-]{36}$/.test(value)
    default:
      return true
  }
}
