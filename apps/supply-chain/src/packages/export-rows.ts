import type { Database, SqlRunner } from '@p2c/base'
import type { Entity, EntityProperty } from '../entities/entity.ts'
import { columnText } from '../store/table-columns.ts'
import { BYTE_ORDER_MARK, encodeText } from './csv.ts'
import type { SourceFormat } from './package-model.ts'

/** Rows that are fetched, joined and compressed at once. */
const PAGE_ROWS = 2_000
const CURSOR = 'export_rows'

/** Name of a column in data files: upper case, as the product has it. */
export const columnName = (property: EntityProperty): string => property.name.toUpperCase()

/** What a file holds of an entity: the company is that of the execution and no column. */
export const fileProperties = (entity: Entity): readonly EntityProperty[] =>
  entity.isCompanySpecific ? entity.properties.filter((property) => property.name !== 'dataAreaId') : entity.properties

export interface ExportRequest {
  readonly entity: Entity
  readonly properties: readonly EntityProperty[]
  /** Lower case. */
  readonly legalEntity: string
  readonly sourceFormat: SourceFormat
  /** Only rows whose last write this snapshot did not see; absent: all rows. */
  readonly fromSnapshot: string | undefined
}

/**
 * Runs `work` in one transaction that sees one snapshot of the database, and hands it that snapshot. Rows that other transactions write or
 * commit meanwhile are not in the files and are found by the next export, however late they commit: "changed since" is "not visible in
 * the snapshot of the last export", and no number or time that a slow transaction could fall behind.
 */
export function withSnapshot<Result>(database: Database, work: (sql: SqlRunner, snapshot: string) => Promise<Result>): Promise<Result> {
  return database.transaction(async (sql) => {
    await sql.query('set transaction isolation level repeatable read read only')
    // A cursor is planned for its first rows by default; these are read to the end.
    await sql.query('set local cursor_tuple_fraction = 1')
    const { rows } = await sql.query<{ snapshot: string }>('select pg_current_snapshot()::text as snapshot')
    return work(sql, rows[0]?.snapshot ?? '')
  })
}

/**
 * A data file, page by page: header line, then one line per row, in order of creation. The database makes the lines, so that a row is one text
 * here. `count` is told of each page.
 */
export async function* exportFile(sql: SqlRunner, request: ExportRequest, count: (rows: number) => void): AsyncGenerator<Buffer> {
  const { sourceFormat } = request
  const mark = sourceFormat === 'CSV-Unicode' ? BYTE_ORDER_MARK : ''
  yield encodeText(`${mark}${request.properties.map(columnName).join(',')}\r\n`, sourceFormat)
  const { text, values } = exportStatement(request)
  await sql.query(`declare ${CURSOR} no scroll cursor for ${text}`, values)
  for (;;) {
    const { rows } = await sql.query<{ line: string }>(`fetch ${PAGE_ROWS} from ${CURSOR}`)
    if (rows.length > 0) yield encodeText(`${rows.map((row) => row.line).join('\r\n')}\r\n`, sourceFormat)
    count(rows.length)
    if (rows.length < PAGE_ROWS) break
  }
  await sql.query(`close ${CURSOR}`)
}

/** Names of relations and columns come from the descriptions of the entities, never from a request. */
function exportStatement(request: ExportRequest): { readonly text: string; readonly values: readonly unknown[] } {
  const { entity, properties, legalEntity, fromSnapshot } = request
  const values: unknown[] = []
  const conditions: string[] = []
  if (entity.isCompanySpecific) conditions.push(`t.data_area_id = $${values.push(legalEntity)}`)
  if (fromSnapshot !== undefined) {
    const parameter = `$${values.push(fromSnapshot)}::text::pg_snapshot`
    conditions.push(`t.change_xid >= pg_snapshot_xmin(${parameter})`, `not pg_visible_in_snapshot(t.change_xid, ${parameter})`)
  }
  const where = conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`
  const line = `array_to_string(array[${properties.map(cell).join(', ')}]::text[], ',')`
  return { text: `select ${line} as line from ${entity.storage.relation} t${where} order by t.rec_id`, values }
}

/** One cell as text: texts in quotes with quotes doubled, everything else bare; an empty text is an empty cell. */
function cell(property: EntityProperty): string {
  const text = `coalesce(${columnText(property, 't')}, '')`
  if (property.type !== 'String') return text
  return `case ${text} when '' then '' else '"' || replace(${text}, '"', '""') || '"' end`
}
