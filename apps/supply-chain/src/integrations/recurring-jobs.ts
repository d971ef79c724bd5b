import { readActivityId } from '../domain/recurring-data-job.ts'
import { findComposite } from '../entities/composites.ts'
import { type ActionDeps, type ActionUser, companyOf, EXPORT_ACTIONS, urlExpiry } from '../packages/actions.ts'
import { IMPORT_ACTIONS } from '../packages/import-actions.ts'
import { packageError } from '../packages/package-error.ts'
import { SOURCE_FORMATS } from '../packages/package-model.ts'
import { signBlobUrl } from '../packages/signed-url.ts'
import { addMessage, findJob, offerMessage, type RecurringJob, type RecurringMessage, takeExportTurn } from './message-store.ts'
import { isPackage, packageOfFile } from './single-file.ts'

/** Largest file or package that is taken. */
const MAX_FILE_BYTES = 64 * 1024 * 1024
/** A package that was offered is offered again after this time unless it was acknowledged. Source: protocol specification, 17. */
const OFFER_AGAIN_MS = 30 * 60_000

/** A file or a package that somebody sends. */
export interface EnqueueRequest {
  readonly job: RecurringJob
  readonly bytes: Uint8Array
  /** Data management label; needed for a single file where the job names none. */
  readonly entityName: string
  readonly company: string
  readonly externalId: string
  readonly user: ActionUser
  readonly root: string
}

/** The job of an activity id as it stands in an address. Throws `package-execution-unknown` and, for the wrong direction, `package-parameter-invalid`. */
export async function openJob(deps: ActionDeps, activity: string, operation?: RecurringJob['operation']): Promise<RecurringJob> {
  const activityId = readActivityId(activity)
  const job = activityId === undefined ? undefined : await findJob(deps.database, activityId)
  if (job === undefined) throw packageError('package-execution-unknown', `The recurring data job ${activity} is not found.`)
  if (operation !== undefined && job.operation !== operation)
    throw packageError('package-parameter-invalid', `The recurring data job ${activity} is of type ${job.operation}.`)
  return job
}

/** Stores what came in and starts its import; gives the id of the message. Refusals are those of `ImportFromPackage`. */
export async function enqueue(deps: ActionDeps, request: EnqueueRequest): Promise<string> {
  const { job, bytes, root, user } = request
  if (bytes.byteLength === 0) throw packageError('package-parameter-invalid', 'The request has no content.')
  const company = await companyOf(deps, user, request.company || job.company)
  const content = isPackage(bytes) ? once(bytes) : packageOfFile(singleFile(deps, request))
  const blob = await deps.blobs.create(`${job.project}.zip`, 'application/zip')
  await deps.blobs.write(blob.id, content, MAX_FILE_BYTES)
  const access = { blobId: blob.id, name: blob.name, permission: 'r', expiresAt: urlExpiry(deps) } as const
  const parameters = {
    packageUrl: signBlobUrl(root, deps.signingKey, access),
    definitionGroupId: job.project,
    executionId: '',
    execute: true,
    overwrite: false,
    legalEntityId: company,
  }
  const executionId = String(await IMPORT_ACTIONS.ImportFromPackageAsync?.(deps, { user, root, parameters }))
  const id = deps.ids.guid()
  const { activityId, project } = job
  await addMessage(deps.database, { id, activityId, project, externalId: request.externalId, executionId, company }, deps.clock.now())
  return id
}

function singleFile(deps: ActionDeps, { job, bytes, entityName }: EnqueueRequest) {
  const label = entityName === '' ? job.entityName : entityName
  if (label === '') throw packageError('package-parameter-invalid', "A single file needs the parameter 'entity'.")
  const composite = findComposite(label)
  const entity = composite === undefined ? deps.findEntityByLabel(label) : { ...composite.header, label: composite.label }
  if (entity?.isDataManagementEnabled !== true || entity.isReadOnly)
    throw packageError('package-entity-unknown', `Entity ${label} does not exist in the target environment`)
  const format = SOURCE_FORMATS.find((each) => each === job.format) ?? ''
  return { project: job.project, entity, format, bytes } as const
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

/** The next package that nobody has acknowledged; undefined: nothing waits. An export that is due is made first. */
export async function dequeue(
  deps: ActionDeps,
  job: RecurringJob,
  caller: Pick<EnqueueRequest, 'user' | 'root'>,
): Promise<RecurringMessage | undefined> {
  const now = deps.clock.now()
  if (await takeExportTurn(deps.database, job, now)) await exportNow(deps, job, caller)
  const popReceipt = Buffer.from(deps.ids.guid().replaceAll('-', ''), 'hex').toString('base64')
  const offerAgainAt = new Date(now.getTime() + OFFER_AGAIN_MS)
  const companies = caller.user.companies?.map((company) => company.toLowerCase())
  const offer = { activityId: job.activityId, popReceipt, now, offerAgainAt }
  return offerMessage(deps.database, companies === undefined ? offer : { ...offer, companies })
}

/** Starts an export of the job's project and waits a moment for it; gives the id of its message. */
export async function exportNow(
  deps: ActionDeps,
  job: RecurringJob,
  { user, root }: Pick<EnqueueRequest, 'user' | 'root'>,
): Promise<string> {
  const company = await companyOf(deps, user, job.company)
  const parameters = { definitionGroupId: job.project, packageName: '', executionId: '', reExecute: false, legalEntityId: company }
  const executionId = String(await EXPORT_ACTIONS.ExportToPackage?.(deps, { user, root, parameters }))
  const id = deps.ids.guid()
  await addMessage(
    deps.database,
    { id, activityId: job.activityId, project: job.project, externalId: '', executionId, company },
    deps.clock.now(),
  )
  return id
}
