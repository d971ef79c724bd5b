import { createHash } from 'node:crypto'
import { AppError, isAppError } from '@p2c/base'
import type { FinOpsEntity } from './entity.ts'
import type { FinOpsClient } from './fin-ops-client.ts'
import { type PackageRow, readPackage } from './package-file.ts'

/**
 * Where the increments of one read stand: a data project of its own, and the number of its last export that was taken over. The next
 * export has the next number, so an export whose rows were never taken over (a crash) is found again by its id and not lost.
 */
export interface ChainPosition {
  readonly project: string
  readonly entity: string
  readonly company: string
  readonly select: string
  readonly exported: number
}

const GROUPS = 'data/DataManagementDefinitionGroups'
const DETAILS = 'data/DataManagementDefinitionGroupDetails'
const ACTION = `${GROUPS}/Microsoft.Dynamics.DataEntities`
const FINAL = ['Succeeded', 'PartiallySucceeded', 'Failed', 'Canceled']

/** Polling begins short, since a local application is done at once, and grows to what the product asks for (F&O 15). */
const FIRST_POLL_MS = 250
const LONGEST_POLL_MS = 30_000
const MOST_POLLS = 120

interface ChainStart {
  readonly readId: string
  readonly entity: FinOpsEntity
  readonly company: string
  readonly select: string
}

/**
 * Makes the project of a read and runs its first export, which fixes from where on changes are told. Run before the rows are read, so that a
 * change in between comes again and is not missed. Undefined where the environment does not allow it: then every read is whole.
 */
export async function startChain(client: FinOpsClient, start: ChainStart, signal: AbortSignal): Promise<ChainPosition | undefined> {
  const { entity, company, select } = start
  const hash = createHash('sha256').update([start.readId, entity.entitySetName, company, select].join('\n')).digest('hex')
  const position = {
    project: `P2C-${entity.name.slice(0, 20)}-${hash.slice(0, 24)}`,
    entity: entity.entitySetName,
    company,
    select,
    exported: 1,
  }
  try {
    await createProject(
      client,
      { position, label: entity.label, fields: select.split(',').filter((name) => name !== 'dataAreaId') },
      signal,
    )
    const status = await runExport(client, position, 1, signal)
    return status === 'Succeeded' ? position : undefined
  } catch (error) {
    if (isAppError(error) && !error.retryable && error.category !== 'auth') return undefined
    throw error
  }
}

interface ProjectPlan {
  readonly position: ChainPosition
  readonly label: string
  readonly fields: readonly string[]
}

/** How projects are made over OData is not documented for the product: a refusal means that there are no increments. */
async function createProject(client: FinOpsClient, plan: ProjectPlan, signal: AbortSignal): Promise<void> {
  const { project } = plan.position
  const group = { Name: project, Description: `Prospect to Cash: changes of ${plan.label}`, OperationType: 'Export' }
  try {
    await client.call(GROUPS, group, { repeatable: false, signal })
  } catch (error) {
    // A repeated read finds the project of its first attempt.
    if (!isAppError(error) || !(await hasProject(client, project, signal))) throw error
  }
  const detail = {
    DefinitionGroupName: project,
    EntityName: plan.label,
    SourceFormat: 'CSV-Unicode',
    DefaultRefreshType: 'IncrementalPush',
    FieldNames: plan.fields.join(','),
  }
  await client.call(DETAILS, detail, { repeatable: true, signal })
}

async function hasProject(client: FinOpsClient, project: string, signal: AbortSignal): Promise<boolean> {
  try {
    return (await client.get(`${GROUPS}(Name='${project}')`, { signal })).Name === project
  } catch (error) {
    if (isAppError(error) && !error.retryable) return false
    throw error
  }
}

const executionId = (position: ChainPosition, number: number): string => `${position.project}-${number}`

/** Runs an export, or finds the one that an earlier attempt ran under the same id, and waits for its end: its final status. */
async function runExport(client: FinOpsClient, position: ChainPosition, number: number, signal: AbortSignal): Promise<string> {
  const id = executionId(position, number)
  const parameters = {
    definitionGroupId: position.project,
    packageName: `${id}.zip`,
    executionId: id,
    reExecute: false,
    legalEntityId: position.company,
  }
  const refusal = await startExport(client, parameters, signal)
  for (let poll = 0; poll < MOST_POLLS; poll += 1) {
    const status = await statusOf(client, id, signal)
    if (status !== undefined && FINAL.includes(status)) return status
    // Refused, and no earlier attempt of that id either: there is nothing to wait for.
    if (status === undefined && refusal !== undefined) throw refusal
    await client.pause(Math.min(LONGEST_POLL_MS, FIRST_POLL_MS * 2 ** Math.min(poll, 7)), signal)
  }
  throw new AppError({
    category: 'connectivity',
    code: 'export-not-finished',
    message: `Export ${id} of Supply Chain has not ended. It is asked for again later.`,
    retryable: true,
  })
}

/** The refusal, which is no failure where the id is in use: then an earlier attempt of this very export got that far. */
async function startExport(client: FinOpsClient, parameters: object, signal: AbortSignal): Promise<AppError | undefined> {
  try {
    await client.call(`${ACTION}.ExportToPackage`, parameters, { repeatable: true, signal })
    return undefined
  } catch (error) {
    if (isAppError(error) && !error.retryable && error.category !== 'auth') return error
    throw error
  }
}

/** Undefined where the id is not known, which a fresh execution may be for a while (FO-088). */
async function statusOf(client: FinOpsClient, id: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    return String((await client.call(`${ACTION}.GetExecutionSummaryStatus`, { executionId: id }, { repeatable: true, signal })).value)
  } catch (error) {
    if (isAppError(error) && !error.retryable && error.category !== 'auth') return undefined
    throw error
  }
}

/** The rows that changed since `position`, and the position behind them. Throws `source-position-expired` where that is in any doubt. */
export async function readIncrement(
  client: FinOpsClient,
  position: ChainPosition,
  signal: AbortSignal,
): Promise<{ readonly rows: readonly PackageRow[]; readonly next: ChainPosition }> {
  const number = position.exported + 1
  try {
    const status = await runExport(client, position, number, signal)
    if (status !== 'Succeeded') throw expiredPosition(position.entity)
    const body = await client.call(
      `${ACTION}.GetExportedPackageUrl`,
      { executionId: executionId(position, number) },
      { repeatable: true, signal },
    )
    return { rows: readPackage(await client.download(textIn(body.value), signal)), next: { ...position, exported: number } }
  } catch (error) {
    if (isAppError(error) && (error.retryable || error.category === 'auth')) throw error
    throw isAppError(error) ? expiredPosition(position.entity, error) : error
  }
}

/** `value`, or `value.value`: the documentation shows both (FO-093). */
const textIn = (value: unknown): string =>
  typeof value === 'object' && value !== null && 'value' in value ? String(value.value) : String(value)

export const writePosition = (position: ChainPosition): string => JSON.stringify(position)

/** Undefined for a text that is no position of this connector. */
export function readPosition(text: string): ChainPosition | undefined {
  try {
    const value = JSON.parse(text) as Partial<ChainPosition>
    const { project, entity, company, select, exported } = value
    const isWhole = [project, entity, company, select].every((part) => typeof part === 'string') && Number.isSafeInteger(exported)
    return isWhole ? (value as ChainPosition) : undefined
  } catch {
    return undefined // written by another connector: as good as expired
  }
}

export const expiredPosition = (entity: string, cause?: unknown): AppError =>
  new AppError({
    category: 'data',
    code: 'source-position-expired',
    message: `The source position of '${entity}' cannot be continued. Everything is read again.`,
    details: { entity },
    cause,
  })
