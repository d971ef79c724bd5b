import { type Database, isAppError } from '@p2c/base'
import { findComposite } from '../entities/composites.ts'
import type { Entity } from '../entities/entity.ts'
import type { BlobStore } from './blob-store.ts'
import { createErrorFiles } from './error-files.ts'
import type { EntityResult, ExecutionStore } from './execution-store.ts'
import { checkDocuments, type DocumentFile, importDocuments } from './import-documents.ts'
import { checkFile, type ImportFile, importFile } from './import-file.ts'
import type { ImportedFile } from './import-progress.ts'
import { checkHeader, HEADER_FILE, MANIFEST_FILE, type Manifest, type ManifestEntity, readManifest } from './manifest.ts'
import { packageError } from './package-error.ts'
import type { Execution, ExecutionStatus, ImportDocuments, ImportRows } from './package-model.ts'
import { SOURCE_FORMATS } from './package-model.ts'
import type { ProjectStore } from './project-store.ts'
import { openZip, PACKAGE_ZIP_LIMITS, type RangeSource, readWhole, type ZipFileEntry, type ZipFiles } from './zip-reader.ts'

export interface ImportDeps {
  readonly database: Database
  readonly blobs: BlobStore
  readonly projects: ProjectStore
  readonly executions: ExecutionStore
  readonly importRows: ImportRows
  readonly importDocuments: ImportDocuments
  readonly findEntityByLabel: (label: string) => Entity | undefined
}

/**
 * Imports the package of an execution and ends it. Everything is read once before the first row is written: a package that is damaged anywhere
 * leaves nothing behind, and neither does a file that cannot be read to its end. Entities follow each other by unit, level and sequence. A file
 * that cannot be read fails its entity; what the package as a whole lacks is thrown, and the caller records it.
 */
export async function runImport(deps: ImportDeps, execution: Execution): Promise<void> {
  const files = await openZip(await packageSource(deps.blobs, execution), PACKAGE_ZIP_LIMITS)
  const manifest = await openManifest(files)
  await describeProject(deps, execution, manifest)
  if (!execution.execute) {
    await deps.executions.finish({ id: execution.id, status: 'NotRun', message: '', results: [], positions: [] })
    return
  }
  const items: CheckedItem[] = []
  for (const item of inOrder(manifest.entities))
    items.push(await checkItem(deps, execution, { item, content: files.get(item.inputFilePath) }))
  const ofFiles: EntityResult[] = []
  for (const [file, item] of items.entries()) ofFiles.push(await importItem(deps, { executionId: execution.id, file }, item))
  const results = byEntity(ofFiles)
  const message = items.flatMap((item) => ('problem' in item ? [item.problem] : [])).join(' ')
  // First: a client asks for them as soon as it sees the end.
  await createErrorFiles(deps, execution, results)
  await deps.executions.finish({ id: execution.id, status: statusOf(results), message, results, positions: [] })
}

/** The bytes of an uploaded package. Throws `package-blob-missing`. */
export async function packageSource(blobs: BlobStore, execution: Pick<Execution, 'blobId'>): Promise<RangeSource> {
  const blob = execution.blobId === undefined ? undefined : await blobs.find(execution.blobId)
  if (blob?.size === undefined)
    throw packageError('package-blob-missing', 'The package is not there: upload it to the address of GetAzureWriteUrl first.')
  return { size: blob.size, read: (start, end) => blobs.readRange(blob, { start, end }) }
}

/** Header and manifest of a package. Throws `package-malformed`. */
export async function openManifest(files: ZipFiles): Promise<Manifest> {
  const header = files.get(HEADER_FILE)
  const manifest = files.get(MANIFEST_FILE)
  if (header === undefined || manifest === undefined) {
    throw packageError('package-malformed', `The package needs ${HEADER_FILE} and ${MANIFEST_FILE} at its root.`)
  }
  checkHeader(await readWhole(header, LARGEST_DOCUMENT))
  const read = readManifest(await readWhole(manifest, LARGEST_DOCUMENT))
  if (read.entities.length === 0) throw packageError('package-malformed', 'The manifest of the package names no entity.')
  return read
}

/** Header and manifest are read as a whole; those of a package with hundreds of entities are far smaller. */
const LARGEST_DOCUMENT = 8 * 1024 * 1024

const inOrder = (entities: readonly ManifestEntity[]): readonly ManifestEntity[] =>
  entities.toSorted(
    (a, b) => a.executionUnit - b.executionUnit || a.levelInExecutionUnit - b.levelInExecutionUnit || a.sequenceInLevel - b.sequenceInLevel,
  )

/** The project keeps what the manifest says of its entities. Formats that cannot be read are refused at their file. */
async function describeProject(deps: ImportDeps, execution: Execution, manifest: Manifest): Promise<void> {
  await deps.projects.create({ name: execution.project, description: manifest.description.slice(0, 250) }, 'Import')
  for (const item of manifest.entities) {
    const entity = deps.findEntityByLabel(item.entityName)
    const sourceFormat = SOURCE_FORMATS.find((format) => format === item.sourceFormat)
    if (entity !== undefined && sourceFormat !== undefined) {
      await deps.projects.putEntity(execution.project, { ...item, entityName: entity.label, sourceFormat, fields: [] })
    }
  }
}

interface ImportItem {
  readonly item: ManifestEntity
  readonly content: ZipFileEntry | undefined
}

/** An entity of the package whose file can be read, or why it cannot. */
type CheckedItem =
  | { readonly file: ImportFile }
  | { readonly documents: DocumentFile }
  | { readonly entityName: string; readonly problem: string }

async function checkItem(deps: ImportDeps, { legalEntity }: Execution, { item, content }: ImportItem): Promise<CheckedItem> {
  try {
    const composite = findComposite(item.entityName)
    if (composite !== undefined && content !== undefined) {
      const documents = { composite, manifest: item, content, legalEntity }
      await checkDocuments(documents)
      return { documents }
    }
    const entity = composite?.header ?? deps.findEntityByLabel(item.entityName)
    if (entity?.isDataManagementEnabled !== true || entity.isReadOnly) {
      throw packageError('package-entity-unknown', `Entity ${item.entityName} does not exist in the target environment`)
    }
    if (content === undefined) throw packageError('package-malformed', `The file ${item.inputFilePath} is not in the package.`)
    const file = { entity, manifest: item, content, legalEntity }
    await checkFile(file)
    return { file }
  } catch (error) {
    if (!isAppError(error) || error.category !== 'data') throw error
    return { entityName: item.entityName, problem: error.message }
  }
}

function importItem(
  deps: ImportDeps,
  at: Pick<ImportedFile, 'executionId' | 'file'>,
  item: CheckedItem,
): Promise<EntityResult> | EntityResult {
  if ('problem' in item) return { entityName: item.entityName, status: 'Failed', staged: 0, written: 0, errors: 0 }
  const { label } = 'file' in item ? item.file.entity : item.documents.composite
  const place = { ...at, entityName: label }
  return 'file' in item ? importFile({ ...deps, place }, item.file) : importDocuments({ ...deps, place }, item.documents)
}

/** One result per entity: a package may hold files of the same one. */
function byEntity(ofFiles: readonly EntityResult[]): EntityResult[] {
  return [...Map.groupBy(ofFiles, ({ entityName }) => entityName)].map(([entityName, files]) => {
    const total = (count: (file: EntityResult) => number): number => files.reduce((sum, file) => sum + count(file), 0)
    return {
      entityName,
      status: statusOf(files),
      staged: total(({ staged }) => staged),
      written: total(({ written }) => written),
      errors: total(({ errors }) => errors),
    }
  })
}

/** Good rows are in the target, bad ones in the errors: then it succeeded in part (FO-089). */
function statusOf(results: readonly EntityResult[]): ExecutionStatus {
  if (results.every((result) => result.status === 'Succeeded')) return 'Succeeded'
  return results.some((result) => result.written > 0 || result.status === 'Succeeded') ? 'PartiallySucceeded' : 'Failed'
}
