import { AppError } from '@p2c/base'
import { parseJson } from '@p2c/odata'
import { parse } from 'csv-parse/sync'
import { isUnknownOutcome } from '../load/lost-answer.ts'
import type { FinOpsEntity } from './entity.ts'
import type { FinOpsClient } from './fin-ops-client.ts'

const ACTION = 'data/DataManagementDefinitionGroups/Microsoft.Dynamics.DataEntities'
const FINAL = ['Succeeded', 'PartiallySucceeded', 'Failed', 'Canceled']

/** Polling begins short, since a local application is done at once, and grows to what the product asks for (F&O 15). */
const FIRST_POLL_MS = 50
const LONGEST_POLL_MS = 30_000
/** About 50 minutes. */
const MOST_POLLS = 110
/** So often a fresh execution may not be known yet (FO-088). */
const MOST_UNKNOWN = 8
/** So often a file of error keys is asked for until it is ready (FO-091). */
const MOST_ASKED = 10

export interface ImportRequest {
  readonly id: string
  readonly project: string
  readonly company: string
  readonly bytes: Uint8Array
}

/**
 * Uploads a package and imports it: the final status; undefined where it is not known, be it that the execution never showed up or did
 * not end. `ImportFromPackage` is sent once: after a lost answer the execution is looked up by its id. Throws where nothing was started.
 */
export async function runImport(client: FinOpsClient, request: ImportRequest, signal: AbortSignal): Promise<string | undefined> {
  const target = await call(client, 'GetAzureWriteUrl', { body: { uniqueFileName: `${request.id}.zip` }, signal })
  const packageUrl = blobUrlIn(target)
  await client.upload(packageUrl, request.bytes, signal)
  const parameters = {
    packageUrl,
    definitionGroupId: request.project,
    executionId: request.id,
    execute: true,
    overwrite: true,
    legalEntityId: request.company,
  }
  try {
    await client.call(`${ACTION}.ImportFromPackage`, parameters, { repeatable: false, signal })
  } catch (error) {
    if (!isUnknownOutcome(error)) throw error
  }
  return pollStatus(client, request.id, signal)
}

async function pollStatus(client: FinOpsClient, id: string, signal: AbortSignal): Promise<string | undefined> {
  let unknown = 0
  for (let poll = 0; poll < MOST_POLLS && unknown <= MOST_UNKNOWN; poll += 1) {
    const status = await statusOf(client, id, signal)
    if (status !== undefined && FINAL.includes(status)) return status
    unknown = status === undefined ? unknown + 1 : 0
    if (!(await client.pause(Math.min(LONGEST_POLL_MS, FIRST_POLL_MS * 2 ** Math.min(poll, 10)), signal))) return undefined
  }
  return undefined
}

/** Undefined where the id is not known, or nobody says. */
async function statusOf(client: FinOpsClient, id: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    return String(await call(client, 'GetExecutionSummaryStatus', { body: { executionId: id }, signal }))
  } catch (error) {
    if (error instanceof AppError && error.category !== 'auth') return undefined
    throw error
  }
}

/** Rows that reached the target; undefined where the list does not tell. Its members are not documented: read with care. */
export async function countImported(
  client: FinOpsClient,
  { id, label }: { readonly id: string; readonly label: string },
  signal: AbortSignal,
): Promise<number | undefined> {
  const value = await call(client, 'GetEntityExecutionSummaryStatusList', { body: { executionId: id }, signal })
  const list = readText(value)
  if (!Array.isArray(list)) return undefined
  const entry = (list as readonly unknown[]).find((item) => isObject(item) && item.EntityName === label)
  const count = isObject(entry) ? Number(entry.TargetRecords) : Number.NaN
  return Number.isSafeInteger(count) ? count : undefined
}

/** Keys of the refused rows, their parts joined by a comma, in lower case; undefined where no readable file is made. */
export async function findErrorKeys(
  client: FinOpsClient,
  { id, entity }: { readonly id: string; readonly entity: Pick<FinOpsEntity, 'label' | 'keyFields'> },
  signal: AbortSignal,
): Promise<ReadonlySet<string> | undefined> {
  const body = { executionId: id, entityName: entity.label }
  const isMade = await call(client, 'GenerateImportTargetErrorKeysFile', { body, signal })
  if (isMade !== true && String(isMade).toLowerCase() !== 'true') return undefined
  for (let asked = 0; asked < MOST_ASKED; asked += 1) {
    const url = String(await call(client, 'GetImportTargetErrorKeysFileUrl', { body, signal }))
    if (url !== '') return readErrorKeys(await client.download(url, signal), entity.keyFields)
    if (!(await client.pause(FIRST_POLL_MS * 2 ** asked, signal))) return undefined
  }
  return undefined
}

function readErrorKeys(bytes: Uint8Array, keyFields: readonly string[]): ReadonlySet<string> | undefined {
  const text = new TextDecoder(bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8').decode(bytes)
  const rows = parseCsv(text)
  const names = keyFields.map((name) => name.toUpperCase())
  if (rows === undefined || rows.some((row) => names.some((name) => row[name] === undefined))) return undefined
  return new Set(
    rows.map((row) =>
      names
        .map((name) => row[name])
        .join(',')
        .toLowerCase(),
    ),
  )
}

function parseCsv(text: string): readonly Readonly<Record<string, string>>[] | undefined {
  try {
    const columns = (names: string[]) => names.map((name) => name.toUpperCase())
    return parse(text, { columns, skip_empty_lines: true, bom: true, relax_column_count: true }) as Record<string, string>[]
  } catch {
    return undefined // the rows themselves are asked then
  }
}

async function call(
  client: FinOpsClient,
  action: string,
  { body, signal }: { readonly body: object; readonly signal: AbortSignal },
): Promise<unknown> {
  const answer = await client.call(`${ACTION}.${action}`, body, { repeatable: true, signal })
  const { value } = answer
  return isObject(value) && 'value' in value ? value.value : value
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** `value` is JSON in a string (FO-083). */
function readText(value: unknown): unknown {
  if (typeof value !== 'string') return value
  try {
    return parseJson(value)
  } catch {
    return undefined // not JSON: the caller does without
  }
}

function blobUrlIn(value: unknown): string {
  const target = readText(value)
  const url = isObject(target) ? target.BlobUrl : undefined
  if (typeof url === 'string' && URL.canParse(url)) return url
  throw new AppError({
    category: 'connectivity',
    code: 'response-invalid',
    message: 'GetAzureWriteUrl of Supply Chain gave no address to upload to. Change sets carry the rows.',
  })
}
