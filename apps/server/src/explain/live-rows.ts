import type { EnvironmentType } from '@p2c/engine'
import type { TextOfField } from '../compare/expected-value.ts'
import { type FeedRow, readFeed, type Side } from '../compare/feed.ts'
import { queryFor } from '../compare/side-query.ts'
import type { KeyedSet } from './record-kinds.ts'

/** Rows of one record that are read at most: lines of one document. */
const MOST_ROWS = 200

export interface LiveQuestion {
  readonly side: Side
  readonly set: KeyedSet
  readonly fields: readonly string[]
  readonly legalEntity: string
  readonly key: string
  readonly line?: number
  /** A further filter, evaluated by the side. */
  readonly alsoWhere?: string
}

export interface LiveRow {
  readonly fieldText: TextOfField
  readonly row: FeedRow
  /** Business key, with the line behind it. */
  readonly key: string
}

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`
/** Entity sets of Sales are the plural of their table. */
const primaryId = (set: KeyedSet): string => `${set.entity.replace(/s$/, '')}id`

/** Which rows of a set are meant, as a filter of its side. */
export function filterOf({ set, key, line }: Pick<LiveQuestion, 'set' | 'key' | 'line'>): string {
  if (set.environmentType === 'CRM' && set.sequence === undefined && GUID.test(key)) return `${primaryId(set)} eq ${key}`
  const parent = `${set.key.replaceAll('.', '/')} eq ${quoted(key)}`
  return line === undefined || set.sequence === undefined ? parent : `${parent} and ${set.sequence} eq ${line}`
}

/** The rows as they are now, lines in the order of their numbers; nothing is kept between questions. */
export async function readLive(question: LiveQuestion, signal: AbortSignal): Promise<readonly LiveRow[]> {
  const { side, set, legalEntity } = question
  const changed = set.environmentType === 'AX' ? [] : ['modifiedon']
  const ownKey = [set.key, ...(set.sequence === undefined ? [] : [set.sequence])]
  const fields = [...new Set([...question.fields, ...ownKey, ...changed])]
  const filter = question.alsoWhere === undefined ? filterOf(question) : `${filterOf(question)} and (${question.alsoWhere})`
  const query = queryFor(set.environmentType as EnvironmentType, { entity: set.entity, fields, legalEntity, filter })
  const rows: LiveRow[] = []
  for await (const page of readFeed(side, query.path, signal)) {
    for (const row of page) {
      const fieldText: TextOfField = (field) => query.valueOf(row, field)
      rows.push({ row, fieldText, key: ownKey.map(fieldText).join('|') })
    }
    if (rows.length >= MOST_ROWS) break
  }
  const sequence = (live: LiveRow): number => Number(set.sequence === undefined ? 0 : live.fieldText(set.sequence))
  return rows.slice(0, MOST_ROWS).sort((a, b) => sequence(a) - sequence(b))
}

/** The address of a read that gives the rows. */
export function addressOf({
  side,
  set,
  legalEntity,
  ...wanted
}: Pick<LiveQuestion, 'side' | 'set' | 'legalEntity' | 'key' | 'line'>): string {
  const filter = filterOf({ set, ...wanted })
  const path =
    set.environmentType === 'AX'
      ? `/data/${set.entity}?cross-company=true&$filter=${encodeURIComponent(`dataAreaId eq ${quoted(legalEntity)} and ${filter}`)}`
      : `/api/data/v9.2/${set.entity}?$filter=${encodeURIComponent(filter)}`
  return new URL(path, side.url).href
}
