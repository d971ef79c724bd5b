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
  const expands = new Map(
    [...paths.values()].flatMap((path) => path.branches.map((branch) => [navigationOf(path, branch.table), branch.field] as const)),
  )
  const options = [
    `$select=${[...new Set(plain)].join(',')}`,
    ...(expands.size > 0 ? [`$expand=${[...expands].map(([navigation, field]) => `${navigation}($select=${field})`).join(',')}`] : []),
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

const toText = (value: unknown): string => (value === null || value === undefined ? '' : String(value))
