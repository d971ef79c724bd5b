import type { FieldType } from '@p2c/engine'
import { comparable } from '../fields/row-key.ts'
import { chunksOf, mapLimited } from '../http/limited.ts'
import type { JsonObject, SalesClient } from './sales-client.ts'

/** Longest URL that is sent: far below the 32 KB of the service, since gateways on the way cut earlier. */
const LONGEST_URL = 12_000

/** Percent-encodes a query option and leaves readable what a query string may hold. */
export const encodeOption = (text: string): string =>
  encodeURIComponent(text).replace(/%2C/g, ',').replace(/%2F/g, '/').replace(/%3D/g, '=')

/** A literal of `$filter`. Text doubles its quotes; everything else is bare. */
export function literal(type: FieldType, value: string): string {
  if (type === 'text') return `'${value.replaceAll("'", "''")}'`
  return value
}

/** `eq` on text is a pattern match at this service (Dataverse Web API 11.2): wildcards of the value are made plain. */
const exactText = (value: string): string => literal('text', value.replace(/[[%_]/g, '[$&]'))

export interface ColumnQuery {
  readonly entitySet: string
  /** Property to compare: a column, or a path over a lookup (`quoteid/quotenumber`). */
  readonly property: string
  readonly type: FieldType
  readonly values: readonly string[]
  readonly select: readonly string[]
  /** A further condition that every row must meet. */
  readonly and?: string
}

/**
 * All rows whose column has one of the values: one request per some hundred values, several at once. Text compares without case; more
 * rows may come than asked for, so callers compare again.
 */
export async function rowsByColumn(
  client: SalesClient,
  query: ColumnQuery,
  options: { parallel: number; signal: AbortSignal },
): Promise<JsonObject[]> {
  const inList = query.values.filter((value) => canStandInList(query, value))
  const chained = query.values.filter((value) => !canStandInList(query, value))
  const filters = [
    ...packed(inList, (value) => encodeOption(`'${value}',`).length).map((values) => inFilter(query.property, values)),
    ...chunksOf(chained, 40).map((values) =>
      values.map((value) => `${query.property} eq ${query.type === 'text' ? exactText(value) : literal(query.type, value)}`).join(' or '),
    ),
  ]
  return rowsByFilters(client, { ...query, filters }, options)
}

interface FilterQuery {
  readonly entitySet: string
  readonly select: readonly string[]
  readonly filters: readonly string[]
  readonly and?: string
}

/** The rows of several filters, several requests at once. */
export async function rowsByFilters(
  client: SalesClient,
  query: FilterQuery,
  options: { parallel: number; signal: AbortSignal },
): Promise<JsonObject[]> {
  const pages = await mapLimited(query.filters, options.parallel, (filter) => {
    const whole = query.and === undefined ? filter : `${query.and} and (${filter})`
    return client.getAll({ path: `${query.entitySet}?$select=${query.select.join(',')}&$filter=${encodeOption(whole)}` }, options.signal)
  })
  return pages.flat()
}

/** `or` chains of composite keys, each short enough for a URL. */
export const packedFilters = (conditions: readonly string[]): string[] =>
  packed(conditions, (condition) => encodeOption(` or (${condition})`).length).map((chunk) =>
    chunk.map((condition) => `(${condition})`).join(' or '),
  )

/** The escape of a quote inside a list is not documented, and paths are no `PropertyName`: such values go into an `or` chain. */
const canStandInList = (query: ColumnQuery, value: string): boolean => !/['"\\]/.test(value) && !query.property.includes('/')

const inFilter = (property: string, values: readonly string[]): string =>
  `Microsoft.Dynamics.CRM.In(PropertyName='${property}',PropertyValues=[${values.map((value) => `'${value}'`).join(',')}])`

function packed(values: readonly string[], sizeOf: (value: string) => number): string[][] {
  const chunks: string[][] = []
  let size = LONGEST_URL
  for (const value of values) {
    size += sizeOf(value)
    if (size > LONGEST_URL) {
      chunks.push([])
      size = sizeOf(value)
    }
    chunks.at(-1)?.push(value)
  }
  return chunks
}

/** Distinct values as the service compares them: the first spelling of each. */
export function distinctComparable(values: Iterable<string>): string[] {
  const byText = new Map<string, string>()
  for (const value of values) {
    const key = comparable(value)
    if (!byText.has(key)) byText.set(key, value.trim())
  }
  return [...byText.values()]
}
