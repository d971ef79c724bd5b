import type { Clock, Database, Ids } from '@p2c/base'
import type { Entity } from '../entities/entity.ts'
import type { BlobStore } from './blob-store.ts'
import { executionPageUrl } from './execution-page.ts'
import type { ExecutionRunner } from './execution-runner.ts'
import type { ExecutionStore } from './execution-store.ts'
import { packageError } from './package-error.ts'
import type { Execution } from './package-model.ts'
import type { ProjectStore } from './project-store.ts'
import { signBlobUrl } from './signed-url.ts'
import { flagParameter, type Parameters, requiredText, textParameter } from './wire.ts'

export interface ActionDeps {
  readonly database: Database
  readonly clock: Clock
  readonly ids: Ids
  readonly blobs: BlobStore
  readonly projects: ProjectStore
  readonly executions: ExecutionStore
  readonly runner: ExecutionRunner
  readonly signingKey: string
  readonly findEntityByLabel: (label: string) => Entity | undefined
}

/** The caller: the company of calls that name none, and the companies that are open to it; absent: all. */
export interface ActionUser {
  readonly defaultCompany: string
  readonly companies?: readonly string[]
}

export interface PackageCall {
  readonly user: ActionUser
  /** `https://host`, without a path. */
  readonly root: string
  readonly parameters: Parameters
}

/** What an action answers; undefined: no content. */
export type ActionResult = string | boolean | undefined
export type PackageAction = (deps: ActionDeps, call: PackageCall) => Promise<ActionResult>

/** Signed addresses end after this time: a client fetches at once (section 15). */
const URL_LIFETIME_MS = 3_600_000
/** `ExportToPackage` waits this long for the end, so that small exports are ready at the first question; its Async form does not. Derived. */
const EXPORT_WAIT_MS = 1_000
const LONGEST_NAME = 200

export const EXPORT_ACTIONS: Readonly<Record<string, PackageAction>> = {
  async ExportToPackage(deps, call) {
    const { execution, ended } = await startExport(deps, call)
    await settledWithin(ended, EXPORT_WAIT_MS)
    return execution.id
  },
  ExportToPackageAsync: async (deps, call) => (await startExport(deps, call)).execution.id,
  ExportToPackagePreview: async (deps, call) => (await startExport(deps, call)).execution.id,
  async GetExportedPackageUrl(deps, call) {
    const execution = await findExecution(deps, call.parameters)
    const blob = execution.blobId === undefined ? undefined : await deps.blobs.find(execution.blobId)
    if (execution.kind !== 'Export' || execution.status !== 'Succeeded' || blob?.size === undefined) {
      throw packageError(
        'package-export-not-ready',
        `The execution ${execution.id} has no exported package; its status is ${execution.status}.`,
      )
    }
    const access = { blobId: blob.id, name: blob.name, permission: 'r', expiresAt: urlExpiry(deps) } as const
    return signBlobUrl(call.root, deps.signingKey, access)
  },
}

export const EXECUTION_ACTIONS: Readonly<Record<string, PackageAction>> = {
  GetExecutionSummaryStatus: async (deps, call) => (await findExecution(deps, call.parameters)).status,
  async GetExecutionSummaryPageUrl(deps, call) {
    const execution = await findExecution(deps, call.parameters)
    return executionPageUrl(call.root, deps.signingKey, { executionId: execution.id, expiresAt: urlExpiry(deps) })
  },
  async GetEntityExecutionSummaryStatusList(deps, call) {
    const execution = await findExecution(deps, call.parameters)
    const results = await deps.executions.listResults(execution.id)
    return JSON.stringify(
      results.map((result) => ({
        EntityName: result.entityName,
        Status: result.status,
        StagingRecords: result.staged,
        TargetRecords: result.written,
        ErrorCount: result.errors,
      })),
    )
  },
  InitializeDataManagement: async () => undefined,
  async DeleteExecutionHistoryJob(deps, { parameters }) {
    const days = Number(parameters.numberOfDays ?? 7)
    if (!Number.isInteger(days) || days < 0 || days > 36_500) {
      throw packageError('package-parameter-invalid', "Parameter 'numberOfDays' is not a number of days.")
    }
    await deps.executions.deleteOlderThan(days)
    return undefined
  },
}

export const urlExpiry = ({ clock }: Pick<ActionDeps, 'clock'>): Date => new Date(clock.now().getTime() + URL_LIFETIME_MS)

/** Throws `package-execution-unknown`, whose text holds "not found": clients poll on that right after the start (FO-088). */
export async function findExecution(deps: ActionDeps, parameters: Parameters): Promise<Execution> {
  const id = requiredText(parameters, 'executionId')
  const execution = await deps.executions.find(id)
  if (execution === undefined) throw packageError('package-execution-unknown', `The execution ${id} is not found.`)
  return execution
}

interface StartedExport {
  readonly execution: Execution
  readonly ended: Promise<void>
}

async function startExport(deps: ActionDeps, { parameters, user }: PackageCall): Promise<StartedExport> {
  const group = requiredText(parameters, 'definitionGroupId')
  const packageName = fileName(textParameter(parameters, 'packageName'), group)
  const given = textParameter(parameters, 'executionId')
  const reExecute = flagParameter(parameters, 'reExecute')
  const legalEntity = await companyOf(deps, user, textParameter(parameters, 'legalEntityId'))
  const project = await deps.projects.find(group)
  if (project === undefined) throw packageError('package-project-unknown', `The definition group ${group} does not exist.`)
  const entities = await deps.projects.listEntities(project.name)
  const unknown = entities.find((item) => deps.findEntityByLabel(item.entityName) === undefined)
  if (unknown !== undefined)
    throw packageError('package-entity-unknown', `Entity ${unknown.entityName} does not exist in the target environment`)
  if (entities.length === 0) throw packageError('package-entity-unknown', `The definition group ${project.name} has no entities.`)
  const execution: Execution = {
    id: executionId(deps, given, project.name),
    kind: 'Export',
    project: project.name,
    legalEntity,
    status: 'NotRun',
    packageName,
    blobId: undefined,
    execute: true,
    message: '',
  }
  await deps.executions.start(execution, reExecute)
  return { execution, ended: deps.runner.start(execution) }
}

/** A given id, or one of the form `<project>-2025-02-11T09:30:00-<32 hex>` (FO-086). */
export function executionId({ clock, ids }: ActionDeps, given: string, project: string): string {
  if (given.length > LONGEST_NAME)
    throw packageError('package-parameter-invalid', `Parameter 'executionId' is longer than ${LONGEST_NAME} characters.`)
  if (given !== '') return given
  return `${project}-${clock.now().toISOString().slice(0, 19)}-${ids.guid().replaceAll('-', '').toUpperCase()}`
}

/** The company in lower case; a blank name is the default company of the caller. Throws `package-company-unknown`. */
export async function companyOf({ database }: ActionDeps, user: ActionUser, legalEntityId: string): Promise<string> {
  const company = (legalEntityId === '' ? user.defaultCompany : legalEntityId).toLowerCase()
  const isOpen = user.companies === undefined || user.companies.some((name) => name.toLowerCase() === company)
  const known = isOpen ? await database.query('select 1 from legal_entity where lower(legal_entity_id) = $1', [company]) : undefined
  if (known === undefined || known.rowCount === 0) {
    throw packageError('package-company-unknown', `The company ${legalEntityId} does not exist or is not accessible.`)
  }
  return company
}

/** A file name without folders; blank gives one of the project. */
export function fileName(given: string, fallback: string): string {
  const base = (given === '' ? `${fallback}.zip` : given).replace(/[\\/:*?"<>|\p{Cc}]/gu, '_').slice(0, LONGEST_NAME)
  return base.toLowerCase().endsWith('.zip') ? base : `${base}.zip`
}

/** Resolves when `ended` does, or when the time is over. */
export async function settledWithin(ended: Promise<void>, ms: number): Promise<void> {
  const time = Promise.withResolvers<void>()
  const timer = setTimeout(time.resolve, ms)
  await Promise.race([ended, time.promise])
  clearTimeout(timer)
}
