import { type ODataRequest, typeContextUrl } from '@p2c/odata'
import type { FieldValues } from '../domain/field-value.ts'
import type { Entity } from '../entities/entity.ts'
import type { ActionType } from './action-table.ts'
import type { DataRequest, DataServices } from './data-context.ts'
import { readKey } from './entity-key.ts'
import { readObject } from './read-body.ts'
import {
  actionFailed,
  type DataResponse,
  invalidRequest,
  jsonResponse,
  methodNotAllowed,
  missingParameter,
  noContent,
  noSuchRow,
  routeMiss,
} from './response.ts'
import { companiesOf } from './service-user.ts'

interface ActionRequest {
  readonly request: DataRequest
  readonly parsed: ODataRequest
  readonly entity?: Entity
  readonly name: string
  readonly isCrossCompany: boolean
}

/** Finds and runs the action that the address names. A refusal inside it is a failed action; other errors are thrown. */
export async function runAction(services: DataServices, call: ActionRequest): Promise<DataResponse> {
  const { request, parsed, entity, name } = call
  const miss = routeMiss(`${request.root}/${request.url}`)
  const isRow = parsed.path[0]?.key !== undefined
  const action = services.actions.find(
    (each) => each.name === name && each.collection === entity?.collection && (each.isBoundToRow ?? false) === isRow,
  )
  if (action === undefined) return miss
  if (request.method !== 'POST') return methodNotAllowed(request.method)
  const key = isRow && entity !== undefined ? readKey(entity, parsed.path[0]?.key ?? []) : undefined
  if (key?.ok === false) return miss
  if (key?.ok === true && isHidden(call, key.key)) return noSuchRow
  const parameters = readObject(request.body)
  if (parameters === undefined) return invalidRequest('The body must be one JSON object with the parameters of the action.')
  const missing = action.parameters.find((parameter) => parameter.isOptional !== true && !Object.hasOwn(parameters, parameter.name))
  if (missing !== undefined) return missingParameter(missing.name)
  const wrong = action.parameters.find((parameter) => !fits(parameter.type, parameters[parameter.name]))
  if (wrong !== undefined) return invalidRequest(`Parameter '${wrong.name}' must be of type ${wrong.type}.`)
  const result = await action.run({
    parameters,
    user: request.user,
    baseUrl: request.root.replace(/\/data$/, ''),
    ...(key?.ok === true && { key: key.key }),
  })
  if (!result.ok) return actionFailed(name, entity?.aotName ?? '', result.infolog)
  if (action.returnType === undefined || result.value === undefined) return noContent
  const context = typeContextUrl(request.root, action.returnType)
  return jsonResponse(200, `{"@odata.context":${JSON.stringify(context)},"value":${JSON.stringify(result.value)}}`)
}

/** A row of a company that the call does not see, as for a read by key. Source: protocol specification, section 4, FO-020. */
function isHidden({ entity, request, isCrossCompany }: ActionRequest, key: FieldValues): boolean {
  if (entity?.companyField === undefined) return false
  return companiesOf(request.user, isCrossCompany)?.includes((key[entity.companyField] ?? '').toLowerCase()) === false
}

const TYPE_CHECKS: Record<ActionType, (value: unknown) => boolean> = {
  'Edm.String': (value) => typeof value === 'string',
  'Edm.Boolean': (value) => typeof value === 'boolean',
  'Edm.Int32': (value) => Number.isInteger(value),
  'Edm.Int64': (value) => Number.isInteger(value) || (typeof value === 'object' && value !== null && 'rawJSON' in value),
}

const fits = (type: ActionType, value: unknown): boolean => value === undefined || value === null || TYPE_CHECKS[type](value)
