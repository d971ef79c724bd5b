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

/** Rows of an error file at most: whoever has more reads them from `GetExecutionErrors` in parts. */
const MAX_ROWS = 100_000
const MAX_BYTES = 256 * 1024 * 1024

/** Makes the staging error file of each entity with refused rows: the rows as they stood in the file, to be mended and sent again. */
export async function createErrorFiles(deps: ErrorFileDeps, execution: Execution, results: readonly EntityResult[]): Promise<void> {
  for (const { entityName, errors } of results) {
    if (errors === 0) continue
    const rows = await deps.executions.listErrors(execution.id, entityName, MAX_ROWS)
    const blobId = await storeFile(deps.blobs, `${entityName} staging errors.csv`, stagingLines(rows))
    await deps.executions.setErrorFile(execution.id, { entityName, kind: 'staging', blobId })
  }
}

/** Makes the file with the keys of the refused rows of one entity; false where there are none. */
export async function createErrorKeysFile(deps: ErrorFileDeps, execution: Execution, entity: Entity): Promise<boolean> {
  const rows = await deps.executions.listErrors(execution.id, entity.label, MAX_ROWS)
  if (rows.length === 0) return false
  const blobId = await storeFile(deps.blobs, `${entity.label} error keys.csv`, keyLines(entity, rows))
  await deps.executions.setErrorFile(execution.id, { entityName: entity.label, kind: 'keys', blobId })
  return true
}

const stagingLines = (rows: readonly ErrorRow[]): readonly string[] => [
  'ROWNUMBER,FIELD,ERRORMESSAGE,ROW',
  ...rows.map((row) => `${row.rowNumber},${quoteCell(row.field)},${quoteCell(row.message)},${quoteCell(row.line)}`),
]

function keyLines(entity: Entity, rows: readonly ErrorRow[]): readonly string[] {
  const keys = entity.properties.filter((property) => property.isKey && property.name !== 'dataAreaId')
  const cells = (row: ErrorRow) => (keys.length === 1 ? [row.recordId] : row.recordId.split(','))
  return [`${keys.map(columnName).join(',')},ERRORMESSAGE`, ...rows.map((row) => [...cells(row), row.message].map(quoteCell).join(','))]
}

async function storeFile(blobs: BlobStore, name: string, lines: readonly string[]): Promise<string> {
  const blob = await blobs.create(name, 'text/csv')
  const content = encodeText(`${BYTE_ORDER_MARK}${lines.join('\r\n')}\r\n`, 'CSV-Unicode')
  await blobs.write(blob.id, oneChunk(content), MAX_BYTES)
  return blob.id
}

async function* oneChunk(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes
}
