import type { Database, SqlRunner } from '@p2c/base'
import type { Entity } from '../entities/entity.ts'
import type { BlobStore } from './blob-store.ts'
import { type ChangeTracking, readTracking } from './change-tracking.ts'
import type { EntityResult, ExecutionStore } from './execution-store.ts'
import { columnName, dataFileName, exportFile, fileProperties, withSnapshot } from './export-rows.ts'
import { HEADER_FILE, MANIFEST_FILE, type ManifestEntity, writeHeader, writeManifest } from './manifest.ts'
import { packageError } from './package-error.ts'
import type { Execution, ProjectEntity } from './package-model.ts'
import type { ProjectStore } from './project-store.ts'
import { writeZip, type ZipSource } from './zip-writer.ts'

export interface ExportDeps {
  readonly database: Database
  readonly blobs: BlobStore
  readonly projects: ProjectStore
  readonly executions: ExecutionStore
  readonly findEntityByLabel: (label: string) => Entity | undefined
}

/** A package larger than this is not made: 32-bit sizes end there. */
const LARGEST_PACKAGE = 4_000_000_000

interface PlannedFile {
  readonly entity: Entity
  readonly plan: ProjectEntity
  readonly manifest: ManifestEntity
  readonly fromSnapshot: string | undefined
  readonly tracking: ChangeTracking
}

/**
 * Writes the package of an export and ends the execution: `Succeeded`, with the positions that it reached in the same transaction. A failure
 * is thrown and leaves positions and execution as they were: the caller records it. One that is not to be executed ends as `NotRun`.
 */
export async function runExport(deps: ExportDeps, execution: Execution): Promise<void> {
  if (!execution.execute) {
    await deps.executions.finish({ id: execution.id, status: 'NotRun', message: '', results: [], positions: [] })
    return
  }
  const project = await deps.projects.find(execution.project)
  if (project === undefined) throw packageError('package-project-unknown', `The definition group ${execution.project} does not exist.`)
  const files: PlannedFile[] = []
  for (const plan of await deps.projects.listEntities(project.name)) files.push(await planFile(deps, execution, plan))
  const blob = await deps.blobs.create(execution.packageName, 'application/zip')
  const counts = files.map(() => 0)
  const snapshot = await withSnapshot(deps.database, async (sql, current) => {
    const count = (index: number, rows: number) => {
      counts[index] = (counts[index] ?? 0) + rows
    }
    const manifest = { project: project.name, description: project.description, entities: files.map((file) => file.manifest) }
    const sources: ZipSource[] = [
      { name: HEADER_FILE, content: [Buffer.from(writeHeader(project.description))] },
      { name: MANIFEST_FILE, content: [Buffer.from(writeManifest(manifest))] },
      ...files.map((file, index) => dataFile(sql, { file, execution, count: (rows: number) => count(index, rows) })),
    ]
    await deps.blobs.write(blob.id, writeZip(sources), LARGEST_PACKAGE)
    return current
  })
  const results = files.map((file, index): EntityResult => {
    const rows = counts[index] ?? 0
    return { entityName: file.plan.entityName, status: 'Succeeded', staged: rows, written: rows, errors: 0 }
  })
  const positions = files.map(({ plan }) => ({
    project: project.name,
    entityName: plan.entityName,
    legalEntity: execution.legalEntity,
    snapshot,
  }))
  await deps.executions.finish({ id: execution.id, status: 'Succeeded', message: '', blobId: blob.id, results, positions })
}

async function planFile(deps: ExportDeps, execution: Execution, plan: ProjectEntity): Promise<PlannedFile> {
  const entity = deps.findEntityByLabel(plan.entityName)
  if (entity === undefined)
    throw packageError('package-entity-unknown', `Entity ${plan.entityName} does not exist in the target environment`)
  const tracking = await readTracking(deps.database, entity)
  const isIncremental = plan.refreshType === 'IncrementalPush' && tracking.mode !== 'None'
  const fromSnapshot = await deps.executions.exportStart(execution, plan.entityName, isIncremental)
  const map = chosenProperties(entity, plan).map((property) => ({ entityField: columnName(property), column: columnName(property) }))
  return { entity, plan, fromSnapshot, tracking, manifest: { ...plan, inputFilePath: dataFileName(entity, plan.sourceFormat), map } }
}

/** The fields of the project in their order, or all of the entity. */
function chosenProperties(entity: Entity, plan: ProjectEntity) {
  const all = fileProperties(entity)
  if (plan.fields.length === 0) return all
  const byName = new Map(all.map((property) => [columnName(property), property]))
  return plan.fields.flatMap((name) => byName.get(name.toUpperCase()) ?? [])
}

interface DataFile {
  readonly file: PlannedFile
  readonly execution: Execution
  readonly count: (rows: number) => void
}

function dataFile(sql: SqlRunner, { file, execution, count }: DataFile): ZipSource {
  const request = {
    entity: file.entity,
    properties: chosenProperties(file.entity, file.plan),
    legalEntity: execution.legalEntity,
    sourceFormat: file.plan.sourceFormat,
    fromSnapshot: file.fromSnapshot,
    tracking: file.tracking,
  }
  return { name: file.manifest.inputFilePath, content: exportFile(sql, request, count) }
}
