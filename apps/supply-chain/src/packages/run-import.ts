import { isAppError } from '@p2c/base'
import type { Entity } from '../entities/entity.ts'
import type { BlobStore } from './blob-store.ts'
import { createErrorFiles } from './error-files.ts'
import type { EntityResult, ExecutionStore } from './execution-store.ts'
import { importFile } from './import-file.ts'
import { checkHeader, HEADER_FILE, MANIFEST_FILE, type Manifest, type ManifestEntity, readManifest } from './manifest.ts'
import { packageError } from './package-error.ts'
import type { Execution, ExecutionStatus, ImportRows } from './package-model.ts'
import { SOURCE_FORMATS } from './package-model.ts'
import type { ProjectStore } from './project-store.ts'
import { PACKAGE_ZIP_LIMITS, readZip, type ZipFiles } from './zip-reader.ts'

export interface ImportDeps {
  readonly blobs: BlobStore
  readonly projects: ProjectStore
  readonly executions: ExecutionStore
  readonly importRows: ImportRows
  readonly findEntityByLabel: (label: string) => Entity | undefined
}

/**
 * Imports the package of an execution and ends it. Entities follow each other by unit, level and sequence. A file that cannot be read fails
 * its entity; what the package as a whole lacks is thrown, and the caller records it.
 */
export async function runImport(deps: ImportDeps, execution: Execution): Promise<void> {
  const files = readZip(await readBlob(deps.blobs, execution), PACKAGE_ZIP_LIMITS)
  const manifest = openManifest(files)
  await describeProject(deps, execution, manifest)
  if (!execution.execute) {
    await deps.executions.finish({ id: execution.id, status: 'NotRun', message: '', results: [], positions: [] })
    return
  }
  const results: EntityResult[] = []
  const problems: string[] = []
  for (const item of inOrder(manifest.entities)) {
    results.push(await importEntity(deps, execution, { item, bytes: fileOf(files, item), problems }))
  }
  await deps.executions.finish({ id: execution.id, status: statusOf(results), message: problems.join(' '), results, positions: [] })
  await createErrorFiles(deps, execution, results)
}

async function readBlob(blobs: BlobStore, execution: Execution): Promise<Uint8Array> {
  const blob = execution.blobId === undefined ? undefined : await blobs.find(execution.blobId)
  if (blob?.size === undefined)
    throw packageError('package-blob-missing', 'The package is not there: upload it to the address of GetAzureWriteUrl first.')
  const chunks: Buffer[] = []
  for await (const chunk of blobs.read(blob)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function openManifest(files: ZipFiles): Manifest {
  const header = files.get(HEADER_FILE)
  const manifest = files.get(MANIFEST_FILE)
  if (header === undefined || manifest === undefined) {
    throw packageError('package-malformed', `The package needs ${HEADER_FILE} and ${MANIFEST_FILE} at its root.`)
  }
  checkHeader(header)
  const read = readManifest(manifest)
  if (read.entities.length === 0) throw packageError('package-malformed', 'The manifest of the package names no entity.')
  return read
}

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

function fileOf(files: ZipFiles, item: ManifestEntity): Uint8Array | undefined {
  return files.get(item.inputFilePath)
}

interface ImportItem {
  readonly item: ManifestEntity
  readonly bytes: Uint8Array | undefined
  readonly problems: string[]
}

async function importEntity(deps: ImportDeps, execution: Execution, { item, bytes, problems }: ImportItem): Promise<EntityResult> {
  const { id, legalEntity } = execution
  try {
    const entity = deps.findEntityByLabel(item.entityName)
    if (entity?.isDataManagementEnabled !== true || entity.isReadOnly) {
      throw packageError('package-entity-unknown', `Entity ${item.entityName} does not exist in the target environment`)
    }
    if (bytes === undefined) throw packageError('package-malformed', `The file ${item.inputFilePath} is not in the package.`)
    const addErrors = (errors: Parameters<ExecutionStore['addErrors']>[2]) => deps.executions.addErrors(id, entity.label, errors)
    return await importFile({ importRows: deps.importRows, addErrors }, { entity, manifest: item, bytes, legalEntity })
  } catch (error) {
    if (!isAppError(error) || error.category !== 'data') throw error
    problems.push(error.message)
    return { entityName: item.entityName, status: 'Failed', staged: 0, written: 0, errors: 0 }
  }
}

/** Good rows are in the target, bad ones in the errors: then it succeeded in part (FO-089). */
function statusOf(results: readonly EntityResult[]): ExecutionStatus {
  if (results.every((result) => result.status === 'Succeeded')) return 'Succeeded'
  return results.some((result) => result.written > 0 || result.status === 'Succeeded') ? 'PartiallySucceeded' : 'Failed'
}
