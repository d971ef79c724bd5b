import type { SqlRunner } from '@p2c/base'
import { contextUrl, matchesEtag, type ODataRequest, parseIfMatch, parsePrefer } from '@p2c/odata'
import { refuseRow } from '../domain/messages.ts'
import { tableOfEntity } from '../entities/catalogue.ts'
import type { Entity } from '../entities/entity.ts'
import { readWritten } from '../store/read-written.ts'
import { runChangeSet } from '../store/run-change-set.ts'
import { ChangeSetFailure, writeChangeSet } from '../store/write-change-set.ts'
import type { WriteFailure, WriteOperation, WriteOutcome } from '../store/write-operation.ts'
import type { DataRequest, DataServices } from './data-context.ts'
import { readKey, rowAddress } from './entity-key.ts'
import { readBody } from './read-body.ts'
import {
  type DataResponse,
  errorResponse,
  forbidden,
  invalidRequest,
  jsonResponse,
  type MetadataLevel,
  methodNotAllowed,
  noContent,
  noRowToUpdate,
  ODATA_VERSION,
  routeMiss,
  staleEtag,
  writeRefused,
} from './response.ts'
import { companiesOf, mayAccessCompany, mayUseEntity } from './service-user.ts'
import { createRowWriter, etagOf, valuesOf } from './write-rows.ts'

/** A write that is ready to run, or the reply that refuses it. */
export type PreparedWrite =
  | { readonly ok: true; readonly operation: WriteOperation; readonly request: DataRequest; readonly level: MetadataLevel }
  | { readonly ok: false; readonly response: DataResponse }

interface WriteRequest {
  readonly request: DataRequest
  readonly parsed: ODataRequest
  readonly entity: Entity
  readonly isCrossCompany: boolean
  readonly level: MetadataLevel
}

const refused = (response: DataResponse): PreparedWrite => ({ ok: false, response })

/** Reads address and body of a POST, PATCH, PUT or DELETE; touches no row. */
export function prepareWrite(input: WriteRequest): PreparedWrite {
  const { request, entity } = input
  if (!mayUseEntity(request.user, entity)) return refused(forbidden(entity.collection))
  if (entity.isReadOnly || (request.method === 'DELETE' && entity.refusesDelete)) return refused(readOnly(entity, request))
  return request.method === 'POST' ? prepareCreate(input) : prepareChange(input)
}

const readOnly = (entity: Entity, request: DataRequest): DataResponse =>
  errorResponse({
    status: 405,
    message: 'An error has occurred.',
    inner: {
      message: `The data entity '${entity.aotName}' does not support ${request.method === 'DELETE' ? 'deleting' : 'writing'} records.`,
      type: 'Microsoft.Dynamics.Platform.Integration.Services.OData.AxODataWriteException',
    },
  })

function prepareCreate({ request, parsed, entity, level }: WriteRequest): PreparedWrite {
  if (parsed.path[0]?.key !== undefined) return refused(methodNotAllowed(request.method))
  const reading = readBody(entity, request.body)
  if (!reading.ok) return refused(bodyRefusal(entity, reading, request))
  return { ok: true, request, level, operation: { kind: 'create', entity, values: reading.values } }
}

function prepareChange({ request, parsed, entity, isCrossCompany, level }: WriteRequest): PreparedWrite {
  const key = readKey(entity, parsed.path[0]?.key ?? [])
  if (!key.ok) return refused(key.reason === 'route-miss' ? routeMiss(`${request.root}/${request.url}`) : invalidRequest(key.problem))
  const { companyField } = entity
  const companies = companiesOf(request.user, isCrossCompany || !entity.isCompanySpecific)
  if (companyField !== undefined && companies?.includes((key.key[companyField] ?? '').toLowerCase()) === false)
    return refused(noRowToUpdate)
  const condition = parseIfMatch(request.header('if-match'))
  const accepts =
    condition === undefined ? {} : { accepts: (row: { recId: string; recVersion: string }) => matchesEtag(condition, etagOf(row)) }
  if (request.method === 'DELETE')
    return { ok: true, request, level, operation: { kind: 'delete', entity, key: key.key, values: {}, ...accepts } }
  const reading = readBody(entity, request.body)
  if (!reading.ok) return refused(bodyRefusal(entity, reading, request))
  return { ok: true, request, level, operation: { kind: 'update', entity, key: key.key, values: reading.values, ...accepts } }
}

function bodyRefusal(entity: Entity, reading: Exclude<ReturnType<typeof readBody>, { ok: true }>, request: DataRequest): DataResponse {
  if ('problem' in reading) return invalidRequest(reading.problem)
  return writeRefused({ aotName: entity.aotName, tableName: tableOfEntity(entity).tableName }, reading.infolog, request.isInBatch)
}

/** The reply to a write that was run. */
export function writeResponse(prepared: PreparedWrite & { readonly ok: true }, outcome: WriteOutcome): DataResponse {
  const { operation, request, level } = prepared
  if (!outcome.ok) return failureResponse(operation, outcome.failure, request)
  if (operation.kind !== 'create') return noContent
  const { entity } = operation
  const location = ['Location', `${request.root}/${rowAddress(entity, outcome.values)}`] as const
  if (wantsNoRow(request)) return { status: 204, headers: [location, ['Preference-Applied', 'return=minimal'], ODATA_VERSION] }
  const writer = createRowWriter({ entity, properties: entity.properties, level, root: request.root })
  const row = { recId: outcome.recId, recVersion: outcome.recVersion, values: valuesOf(entity.properties, outcome.values, outcome) }
  const body = writer.write(row, contextUrl(request.root, entity.collection, { kind: 'entity' }))
  return jsonResponse(201, body, { level, headers: [location] })
}

/** `Prefer: return=minimal` as OData has it: whole rows are most of the work of a bulk load whose caller knows the keys. */
const wantsNoRow = (request: DataRequest): boolean =>
  parsePrefer(request.header('prefer')).raw.some(({ name, value }) => name === 'return' && value?.toLowerCase() === 'minimal')

/** The reply to a write that failed. */
export function failureResponse({ entity }: WriteOperation, failure: WriteFailure, request: DataRequest): DataResponse {
  if (failure.kind === 'not-found') return noRowToUpdate
  if (failure.kind === 'stale') return staleEtag
  return writeRefused({ aotName: entity.aotName, tableName: entity.storage.tableName }, failure.infolog, request.isInBatch)
}

const writeScope = (user: DataRequest['user']) => ({
  defaultCompany: user.defaultCompany.toLowerCase(),
  mayAccess: (dataAreaId: string) => mayAccessCompany(user, dataAreaId),
})

/** Runs writes of one user in one transaction; the outcomes show new rows as their entities do. */
export function runWrites(
  services: DataServices,
  operations: readonly WriteOperation[],
  user: DataRequest['user'],
): Promise<WriteOutcome[] | ChangeSetFailure> {
  return runChangeSet(services.database, async (sql: SqlRunner) => {
    const options = { scope: writeScope(user), onFailure: 'stop' as const, now: services.clock.now(), effects: services.effects }
    return readWritten(sql, operations, await writeChangeSet(sql, operations, options))
  })
}

/** Runs one write in its own transaction. */
export async function runWrite(services: DataServices, prepared: PreparedWrite): Promise<DataResponse> {
  if (!prepared.ok) return prepared.response
  const result = await runWrites(services, [prepared.operation], prepared.request.user)
  if (result instanceof ChangeSetFailure) return failureResponse(prepared.operation, result.failure, prepared.request)
  const [outcome] = result
  return outcome === undefined
    ? failureResponse(prepared.operation, { kind: 'refused', infolog: [refuseRow('L16')] }, prepared.request)
    : writeResponse(prepared, outcome)
}
