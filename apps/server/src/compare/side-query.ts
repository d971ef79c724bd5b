import type { FeedRow } from './feed.ts'
import { type FieldPath, parseFieldPath } from './field-path.ts'

export interface SideQuery {
  /** Path and query of the read. */
  readonly path: string
  /** The value of a field path in a row, as comparable text; a blank is the empty string. */
  valueOf(row: FeedRow, field: string): string
}

export interface QueryInput {
  readonly entity: string
  readonly fields: readonly string[]
  readonly legalEntity: string
  readonly filter?: string
}

/** A plain read of a Dataverse table: looked-up keys come by `$expand`, the filter is left to the service. */
export function salesQuery(input: QueryInput): SideQuery {
  const paths = new Map(input.fields.map((field) => [field, parseFieldPath(field)]))
  const plain = [...paths.values()].filter((path) => path.branches.length === 0).map((path) => path.property)
  const expands = new Map<string, Set<string>>()
  for (const path of paths.values())
    for (const branch of path.branches) {
      const navigation = navigationOf(path, branch.table)
      expands.set(navigation, (expands.get(navigation) ?? new Set<string>()).add(branch.field))
    }
  const expand = [...expands].map(([navigation, fields]) => `${navigation}($select=${[...fields].join(',')})`)
  const options = [
    `$select=${[...new Set(plain)].join(',')}`,
    ...(expand.length > 0 ? [`$expand=${expand.join(',')}`] : []),
    ...(input.filter === undefined ? [] : [`$filter=${encodeURIComponent(input.filter)}`]),
  ]
  return {
    path: `/api/data/v9.2/${input.entity}?${options.join('&')}`,
    valueOf: (row, field) => {
      const path = paths.get(field) ?? parseFieldPath(field)
      if (path.branches.length === 0) return toText(row[path.property])
      return (
        path.branches
          .map((branch) => toText((row[navigationOf(path, branch.table)] as FeedRow | null | undefined)?.[branch.field]))
          .find((text) => text !== '') ?? ''
      )
    },
  }
}

/** The hub is a Dataverse table platform whose columns are the fields of the first Common Data Service in lower case. */
export function hubQuery(input: QueryInput): SideQuery {
  const lower = (text: string): string => text.toLowerCase()
  const query = salesQuery({ ...input, fields: input.fields.map(lower) })
  return { path: query.path, valueOf: (row, field) => query.valueOf(row, lower(field)) }
}

const navigationOf = (path: FieldPath, table: string | undefined): string =>
  table === undefined ? path.property : `${path.property}_${table}`

/** A plain read of a data entity in one company; empty values of the service count as blank. */
export function supplyChainQuery(input: QueryInput): SideQuery {
  const company = `dataAreaId eq '${input.legalEntity.replaceAll("'", "''")}'`
  const filter = input.filter === undefined ? company : `${company} and (${input.filter})`
  const select = [...new Set(input.fields)].join(',')
  return {
    path: `/data/${input.entity}?cross-company=true&$select=${select}&$filter=${encodeURIComponent(filter)}`,
    valueOf: (row, field) => {
      const text = toText(row[field])
      return text.startsWith('1900-01-01') ? '' : text
    },
  }
}

const QUERIES = { CRM: salesQuery, CDS: hubQuery, AX: supplyChainQuery } as const

/** The query that the kind of system understands. */
export const queryFor = (environmentType: keyof typeof QUERIES, input: QueryInput): SideQuery => QUERIES[environmentType](input)

const toText = (value: unknown): string => (value === null || value === undefined ? '' : String(value))
