import { type ActionDeps, companyOf, executionId, fileName, type PackageAction, settledWithin } from './actions.ts'
import { prepareProject, uploadedBlob } from './import-actions.ts'
import type { Manifest, ManifestEntity } from './manifest.ts'
import { packageError } from './package-error.ts'
import { type Execution, type ProjectEntity, SOURCE_FORMATS } from './package-model.ts'
import { openManifest, packageSource } from './run-import.ts'
import { flagParameter, requiredText, textParameter } from './wire.ts'
import { openZip, PACKAGE_ZIP_LIMITS } from './zip-reader.ts'

/** As `ExportToPackage`: small exports are ready at the first question. Derived. */
const EXPORT_WAIT_MS = 1_000

/**
 * `ExportFromPackage`: the entities that the manifest of an uploaded package names become those of the project, with the fields of their
 * maps, and the project is exported; data files of the package are not read. A package that is wrong is refused before anything changes.
 * Source: protocol specification, 15; how the package describes the project is derived.
 */
export const exportFromPackage: PackageAction = async (deps, { parameters, user }) => {
  const packageUrl = requiredText(parameters, 'packageUrl')
  const given = requiredText(parameters, 'definitionGroupId')
  const wantedId = textParameter(parameters, 'executionId')
  const execute = flagParameter(parameters, 'execute')
  const overwrite = flagParameter(parameters, 'overwrite')
  const legalEntity = await companyOf(deps, user, textParameter(parameters, 'legalEntityId'))
  const blobId = await uploadedBlob(deps, packageUrl)
  const manifest = await openManifest(await openZip(await packageSource(deps.blobs, { blobId }), PACKAGE_ZIP_LIMITS))
  const entities = manifest.entities.map((entity) => projectEntityOf(deps, entity))
  const project = await prepareProject(deps, { project: given, overwrite })
  await keepProject(deps, { project, manifest, entities })
  const execution: Execution = {
    id: executionId(deps, wantedId, project),
    kind: 'Export',
    project,
    legalEntity,
    status: 'NotRun',
    packageName: fileName('', project),
    blobId: undefined,
    execute,
    message: '',
  }
  await deps.executions.start(execution, false)
  await settledWithin(deps.runner.start(execution), EXPORT_WAIT_MS)
  return execution.id
}

interface DescribedProject {
  readonly project: string
  readonly manifest: Manifest
  readonly entities: readonly ProjectEntity[]
}

async function keepProject({ projects }: ActionDeps, { project, manifest, entities }: DescribedProject): Promise<void> {
  await projects.create({ name: project, description: manifest.description.slice(0, 250) }, 'Export')
  for (const entity of entities) await projects.putEntity(project, entity)
}

/** Throws `package-entity-unknown`, and `package-malformed` for a format or a field that there is not. */
function projectEntityOf(deps: ActionDeps, described: ManifestEntity): ProjectEntity {
  const { inputFilePath: _, map, ...plan } = described
  const entity = deps.findEntityByLabel(described.entityName)
  if (entity?.isDataManagementEnabled !== true)
    throw packageError('package-entity-unknown', `Entity ${described.entityName} does not exist in the target environment`)
  const sourceFormat = SOURCE_FORMATS.find((format) => format === described.sourceFormat)
  if (sourceFormat === undefined)
    throw packageError(
      'package-malformed',
      `The source format ${described.sourceFormat} of entity ${entity.label} is not one of ${SOURCE_FORMATS.join(', ')}.`,
    )
  const names = new Map(entity.properties.map(({ name }) => [name.toUpperCase(), name]))
  const fields = map.map(({ entityField }) => {
    const name = names.get(entityField.toUpperCase())
    if (name === undefined)
      throw packageError('package-malformed', `The field ${entityField} of the map is not found in entity ${entity.label}.`)
    return name
  })
  return { ...plan, entityName: entity.label, sourceFormat, fields: [...new Set(fields)] }
}
