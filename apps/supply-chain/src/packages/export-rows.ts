import type { Database, SqlRunner } from '@p2c/base'
import type { Entity, EntityProperty } from '../entities/entity.ts'
import { columnText } from '../store/table-columns.ts'
import { type ChangeTracking, changedSince } from './change-tracking.ts'
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
  readonly tracking: ChangeTracking
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
  const { open, close, ending } = frameOf(request)
  yield encodeText(open, sourceFormat)
  const { text, values } = exportStatement(request)
  await sql.query(`declare ${CURSOR} no scroll cursor for ${text}`, values)
  for (;;) {
    const { rows } = await sql.query<{ line: string }>(`fetch ${PAGE_ROWS} from ${CURSOR}`)
    if (rows.length > 0) yield encodeText(rows.map((row) => `${row.line}${ending}`).join(''), sourceFormat)
    count(rows.length)
    if (rows.length < PAGE_ROWS) break
  }
  await sql.query(`close ${CURSOR}`)
  if (close !== '') yield encodeText(close, sourceFormat)
}

/** What stands around the rows of a file. */
interface Frame {
  readonly open: string
  readonly close: string
  readonly ending: string
}

function frameOf({ sourceFormat, properties }: ExportRequest): Frame {
  if (isXml(sourceFormat)) return { open: '<?xml version="1.0" encoding="utf-8"?>\n<Document>\n', close: '</Document>\n', ending: '\n' }
  const mark = sourceFormat === 'CSV-Unicode' ? BYTE_ORDER_MARK : ''
  return { open: `${mark}${properties.map(columnName).join(',')}\r\n`, close: '', ending: '\r\n' }
}

const isXml = (format: SourceFormat): boolean => format === 'XML-Element' || format === 'XML-Attribute'

/** The name of a data file in a package. */
export const dataFileName = (entity: Entity, format: SourceFormat): string => `${entity.label}.${isXml(format) ? 'xml' : 'csv'}`

/** Names of relations and columns come from the descriptions of the entities, never from a request. */
function exportStatement(request: ExportRequest): { readonly text: string; readonly values: readonly unknown[] } {
  const { entity, legalEntity, fromSnapshot, tracking } = request
  const values: unknown[] = []
  const conditions: string[] = []
  if (entity.companyField !== undefined) conditions.push(`t.data_area_id = $${values.push(legalEntity)}`)
  if (fromSnapshot !== undefined) {
    const parameter = `$${values.push(fromSnapshot)}::text::pg_snapshot`
    conditions.push(`(${changedSince(entity, tracking, parameter)})`)
  }
  const where = conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`
  return { text: `select ${rowText(request)} as line from ${entity.storage.readRelation} t${where} order by t.rec_id`, values }
}

/** One row as it stands in the file. */
function rowText({ entity, properties, sourceFormat }: ExportRequest): string {
  const element = entity.aotName.toUpperCase()
  switch (sourceFormat) {
    case 'XML-Element':
      return `concat('<${element}>', ${properties.map((each) => xmlField(each)).join(', ')}, '</${element}>')`
    case 'XML-Attribute':
      return `concat('<${element}', ${properties.map((each) => xmlAttribute(each)).join(', ')}, '/>')`
    default:
      return `array_to_string(array[${properties.map(cell).join(', ')}]::text[], ',')`
  }
}

/** One cell as text: texts in quotes with quotes doubled, everything else bare; an empty text is an empty cell. */
function cell(property: EntityProperty): string {
  const text = `coalesce(${columnText(property, 't')}, '')`
  if (property.type !== 'String') return text
  return `case ${text} when '' then '' else '"' || replace(${text}, '"', '""') || '"' end`
}

/** Text in XML; line ends are written as references, which a reader would else make one character. */
const xmlText = (property: EntityProperty): string =>
  [
    ['&', '&amp;'],
    ['<', '&lt;'],
    ['>', '&gt;'],
    ['"', '&quot;'],
  ].reduce((text, [from, to]) => `replace(${text}, '${from}', '${to}')`, `coalesce(${columnText(property, 't')}, '')`)

const xmlLines = (text: string): string => `replace(replace(replace(${text}, chr(13), '&#13;'), chr(10), '&#10;'), chr(9), '&#9;')`

const xmlField = (property: EntityProperty): string => {
  const name = columnName(property)
  return `'<${name}>', ${xmlLines(xmlText(property))}, '</${name}>'`
}

const xmlAttribute = (property: EntityProperty): string => `' ${columnName(property)}="', ${xmlLines(xmlText(property))}, '"'`
