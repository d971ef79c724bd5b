import type { Entity } from '../entities/entity.ts'
import type { BlobStore } from './blob-store.ts'
import { BYTE_ORDER_MARK, encodeText, quoteCell } from './csv.ts'
import type { EntityResult, ErrorRow, ExecutionStore } from './execution-store.ts'
import { columnName } from './export-rows.ts'
import type { Execution } from './package-model.ts'

export interface ErrorFileDeps {
  readonly blobs: BlobStore
  readonly executions: ExecutionStore
  readonly findEntityByLabel: (label: string) => Entity | undefined
}

const MAX_BYTES = 256 * 1024 * 1024

/** Makes the staging error file of each entity with refused rows: the rows as they stood in the file, to be mended and sent again. */
export async function createErrorFiles(deps: ErrorFileDeps, execution: Execution, results: readonly EntityResult[]): Promise<void> {
  for (const { entityName, errors } of results) {
    if (errors === 0) continue
    const content = fileContent('ROWNUMBER,FIELD,ERRORMESSAGE,ROW', deps.executions.readErrors(execution.id, entityName), stagingLine)
    const blobId = await storeFile(deps.blobs, `${entityName} staging errors.csv`, content)
    await deps.executions.setErrorFile(execution.id, { entityName, kind: 'staging', blobId })
  }
}

/** Makes the file with the keys of the refused rows of one entity; false where there are none. */
export async function createErrorKeysFile(deps: ErrorFileDeps, execution: Execution, entity: Entity): Promise<boolean> {
  const [first] = await deps.executions.listErrors(execution.id, entity.label, 1)
  if (first === undefined) return false
  const keys = entity.properties.filter((property) => property.isKey && property.name !== 'dataAreaId')
  const header = `${keys.map(columnName).join(',')},ERRORMESSAGE`
  const content = fileContent(header, deps.executions.readErrors(execution.id, entity.label), (row) => keyLine(keys.length, row))
  const blobId = await storeFile(deps.blobs, `${entity.label} error keys.csv`, content)
  await deps.executions.setErrorFile(execution.id, { entityName: entity.label, kind: 'keys', blobId })
  return true
}

const stagingLine = (row: ErrorRow): string => `${row.rowNumber},${quoteCell(row.field)},${quoteCell(row.message)},${quoteCell(row.line)}`

function keyLine(keys: number, row: ErrorRow): string {
  const cells = keys === 1 ? [row.recordId] : row.recordId.split(',')
  return [...cells, row.message].map(quoteCell).join(',')
}

/** The file page by page: a file in which every row is bad is as long as the one that was sent. */
async function* fileContent(
  header: string,
  pages: AsyncIterable<readonly ErrorRow[]>,
  toLine: (row: ErrorRow) => string,
): AsyncGenerator<Buffer> {
  yield encodeText(`${BYTE_ORDER_MARK}${header}\r\n`, 'CSV-Unicode')
  for await (const page of pages) yield encodeText(page.map((row) => `${toLine(row)}\r\n`).join(''), 'CSV-Unicode')
}

async function storeFile(blobs: BlobStore, name: string, content: AsyncIterable<Uint8Array>): Promise<string> {
  const blob = await blobs.create(name, 'text/csv')
  await blobs.write(blob.id, content, MAX_BYTES)
  return blob.id
}
