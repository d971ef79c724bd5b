import { isAppError } from '@p2c/base'
import { findComposite } from '../entities/composites.ts'
import {
  type ActionDeps,
  companyOf,
  executionId,
  fileName,
  findExecution,
  type PackageAction,
  type PackageCall,
  settledWithin,
  urlExpiry,
} from './actions.ts'
import { createErrorKeysFile } from './error-files.ts'
import { packageError } from './package-error.ts'
import type { Execution } from './package-model.ts'
import { openManifest, packageSource } from './run-import.ts'
import { checkSignature, parseBlobUrl, signBlobUrl } from './signed-url.ts'
import { flagParameter, type Parameters, requiredText, textParameter } from './wire.ts'
import { openZip, PACKAGE_ZIP_LIMITS } from './zip-reader.ts'

/** Errors that one reply of `GetExecutionErrors` holds. */
const MAX_ERRORS = 10_000
/** As `ExportToPackage`: small packages are done when the reply is there. Derived. */
const IMPORT_WAIT_MS = 1_000

export const IMPORT_ACTIONS: Readonly<Record<string, PackageAction>> = {
  /** `value` is a text that holds JSON (FO-083). */
  async GetAzureWriteUrl(deps, call) {
    const blob = await deps.blobs.create(fileName(requiredText(call.parameters, 'uniqueFileName'), 'package'), 'application/zip')
    const access = { blobId: blob.id, name: blob.name, permission: 'rcw', expiresAt: urlExpiry(deps) } as const
    return JSON.stringify({ BlobId: `{${blob.id.toUpperCase()}}`, BlobUrl: signBlobUrl(call.root, deps.signingKey, access) })
  },
  async ImportFromPackage(deps, call) {
    const { execution, ended } = await startImport(deps, call)
    await settledWithin(ended, IMPORT_WAIT_MS)
    return execution.id
  },
  ImportFromPackageAsync: async (deps, call) => (await startImport(deps, call)).execution.id,
  /** What failed before staging has no rows: `[]` (section 15). */
  async GetExecutionErrors(deps, call) {
    const execution = await findExecution(deps, call.parameters)
    const errors = await deps.executions.listErrors(execution.id, undefined, MAX_ERRORS)
    return JSON.stringify(errors.map(({ recordId, field, message }) => ({ RecordId: recordId, Field: field, ErrorMessage: message })))
  },
  async GenerateImportTargetErrorKeysFile(deps, call) {
    const { execution, entity } = await entityOf(deps, call.parameters)
    return createErrorKeysFile(deps, execution, entity)
  },
  GetImportTargetErrorKeysFileUrl: (deps, call) => errorFileUrl(deps, call, 'keys'),
  GetImportStagingErrorFileUrl: (deps, call) => errorFileUrl(deps, call, 'staging'),
}

async function entityOf(deps: ActionDeps, parameters: Parameters) {
  const execution = await findExecution(deps, parameters)
  const label = requiredText(parameters, 'entityName')
  const composite = findComposite(label)
  const entity = composite === undefined ? deps.findEntityByLabel(label) : { ...composite.header, label: composite.label }
  if (entity === undefined) throw packageError('package-entity-unknown', `Entity ${label} does not exist in the target environment`)
  return { execution, entity }
}

async function errorFileUrl(deps: ActionDeps, call: PackageCall, kind: 'keys' | 'staging'): Promise<string> {
  const { execution, entity } = await entityOf(deps, call.parameters)
  const blobId = await deps.executions.findErrorFile(execution.id, entity.label, kind)
  const blob = blobId === undefined ? undefined : await deps.blobs.find(blobId)
  if (blob?.size === undefined) return ''
  return signBlobUrl(call.root, deps.signingKey, { blobId: blob.id, name: blob.name, permission: 'r', expiresAt: urlExpiry(deps) })
}

async function startImport(
  deps: ActionDeps,
  { parameters, user }: PackageCall,
): Promise<{ readonly execution: Execution; readonly ended: Promise<void> }> {
  const packageUrl = requiredText(parameters, 'packageUrl')
  const project = requiredText(parameters, 'definitionGroupId')
  const given = textParameter(parameters, 'executionId')
  const execute = flagParameter(parameters, 'execute')
  const overwrite = flagParameter(parameters, 'overwrite')
  const legalEntity = await companyOf(deps, user, textParameter(parameters, 'legalEntityId'))
  const blobId = await uploadedBlob(deps, packageUrl)
  await checkComposites(deps, blobId, overwrite)
  const name = await prepareProject(deps, { project, overwrite })
  const execution: Execution = {
    id: executionId(deps, given, name),
    kind: 'Import',
    project: name,
    legalEntity,
    status: 'NotRun',
    packageName: '',
    blobId,
    execute,
    message: '',
  }
  await deps.executions.start(execution, false)
  return { execution, ended: deps.runner.start(execution) }
}

/**
 * A package holds at most one composite entity, and that one is added to its project, never put in place of it (FO-099). A package that cannot be
 * read is refused by its execution.
 */
async function checkComposites({ blobs }: ActionDeps, blobId: string, overwrite: boolean): Promise<void> {
  let composites: number
  try {
    const files = await openZip(await packageSource(blobs, { blobId }), PACKAGE_ZIP_LIMITS)
    composites = (await openManifest(files)).entities.filter(({ entityName }) => findComposite(entityName) !== undefined).length
  } catch (error) {
    if (isAppError(error) && error.category === 'data') return
    throw error
  }
  if (composites > 1) throw packageError('package-malformed', `The package holds ${composites} composite entities; at most one is allowed.`)
  if (composites === 1 && overwrite)
    throw packageError('package-parameter-invalid', "Parameter 'overwrite' must be false for a package with a composite entity.")
}

/** Only packages of our own store are read, by an address that we signed: nothing is fetched from elsewhere. */
export async function uploadedBlob(deps: ActionDeps, packageUrl: string): Promise<string> {
  const blob = parseBlobUrl(packageUrl)
  const reason = blob === undefined ? 'signature' : checkSignature(deps.signingKey, blob, { write: false, now: deps.clock.now() })
  if (blob === undefined || reason !== undefined) {
    const text = reason === 'expired' ? 'has expired' : 'is not an address that GetAzureWriteUrl gave out'
    throw packageError('package-blob-refused', `The packageUrl ${text}: ask for a new address and upload again.`)
  }
  if ((await deps.blobs.find(blob.id))?.size === undefined)
    throw packageError('package-blob-missing', 'No package was uploaded to the packageUrl.')
  return blob.id
}

/** `overwrite` replaces the entities of a project of that name; without it they stay and those of the package are added. */
export async function prepareProject(
  deps: ActionDeps,
  { project, overwrite }: { readonly project: string; readonly overwrite: boolean },
): Promise<string> {
  if (project.length > 60) throw packageError('package-parameter-invalid', "Parameter 'definitionGroupId' is longer than 60 characters.")
  const known = await deps.projects.find(project)
  if (known === undefined) return project
  if (overwrite)
    for (const { entityName } of await deps.projects.listEntities(known.name)) await deps.projects.deleteEntity(known.name, entityName)
  return known.name
}
