import {
  contextUrl,
  type JsonValue,
  type Literal,
  numberText,
  type PathSegment,
  type SelectItem,
  stringifyJson,
  typeContextUrl,
} from '@p2c/odata'
import { wireErrors } from '../errors/wire-errors.ts'
import { tableOf } from '../model/resolved-model.ts'
import type { WriteContext } from '../pipeline/write-context.ts'
import { readRow } from '../query/read-rows.ts'
import { readJsonObject } from '../web/body.ts'
import { type Exchange, emptyAnswer, jsonAnswer, type WireAnswer } from '../web/exchange.ts'
import { readScopeOf, withFirstMember } from '../web/read-answers.ts'
import type { ActionResult, AppAction } from './app-action.ts'

export interface ActionCall {
  readonly action: AppAction
  readonly segment: PathSegment
  readonly boundId?: string
}

/** Runs an action or function. The wrong verb finds nothing: 404 (DV-127). */
export async function answerAction(exchange: Exchange, call: ActionCall): Promise<WireAnswer> {
  const isFunction = call.action.kind === 'function'
  if (exchange.request.method !== (isFunction ? 'GET' : 'POST')) throw wireErrors.wrongVerb(`${exchange.root}${exchange.request.url}`)
  const parameters = isFunction ? urlParameters(call.segment) : bodyParameters(exchange)
  const given = completeParameters(call.action, parameters)
  return exchange.write(async (context) => {
    const result = await call.action.run(
      {
        service: context.serviceOf({ ...context, origin: 'application' }),
        write: context,
        userId: context.caller.userId,
        businessUnitId: context.caller.businessUnitId,
        organizationId: context.core.organizationId,
        ...(call.boundId !== undefined && { boundId: call.boundId }),
      },
      given,
    )
    return resultAnswer(exchange, context, result)
  })
}

function bodyParameters(exchange: Exchange): Readonly<Record<string, JsonValue>> {
  if (exchange.request.body === undefined) return {}
  return readJsonObject(exchange.request, 'action') as Record<string, JsonValue>
}

/** Parameters in the parentheses of a function: literals, aliases (resolved by the parser) and JSON. */
export function urlParameters(segment: PathSegment): Readonly<Record<string, JsonValue>> {
  const given = new Map<string, JsonValue | Literal>(segment.parameters ?? [])
  for (const part of segment.key ?? []) if (part.name !== undefined) given.set(part.name, part.value)
  return Object.fromEntries([...given].map(([name, value]) => [name, isLiteral(value) ? literalJson(value) : value]))
}

const isLiteral = (value: JsonValue | Literal): value is Literal =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'literal' && 'span' in value

function literalJson(literal: Literal): JsonValue {
  if (literal.type === 'null') return null
  if (literal.type === 'boolean') return literal.value === 'true'
  if (literal.type === 'integer') return Number(literal.value)
  return literal.value
}

function completeParameters(action: AppAction, given: Readonly<Record<string, JsonValue>>): Readonly<Record<string, JsonValue>> {
  const missing = action.parameters.find((parameter) => parameter.optional !== true && given[parameter.name] === undefined)
  if (missing !== undefined) throw wireErrors.badPayload(action.name, `The parameter '${missing.name}' of ${action.name} is missing.`)
  const unknown = Object.keys(given).find(
    (name) => !name.startsWith('@') && !action.parameters.some((parameter) => parameter.name === name),
  )
  if (unknown !== undefined)
    throw wireErrors.badPayload(
      action.name,
      `The parameter '${unknown}' in the request payload is not a valid parameter for the operation '${action.name}'.`,
    )
  for (const parameter of action.parameters) checkType(action, parameter, given[parameter.name])
  return given
}

/** A parameter of a base type must say which table it is (DV-101); simple types are checked by their shape. */
function checkType(action: AppAction, parameter: AppAction['parameters'][number], value: JsonValue | undefined): void {
  if (value === undefined || value === null) return
  const fits =
    parameter.type === 'Edm.Int32'
      ? numberText(value) !== undefined
      : parameter.type === 'Edm.Boolean'
        ? typeof value === 'boolean'
        : parameter.type === 'Edm.String' || parameter.type === 'Edm.Guid'
          ? typeof value === 'string'
          : true
  const isUntypedBase = parameter.type === 'mscrm.crmbaseentity' && (typeof value !== 'object' || !('@odata.type' in value))
  if (!fits || isUntypedBase) {
    throw wireErrors.badPayload(
      action.name,
      `The parameter '${parameter.name}' of ${action.name} must be of type ${parameter.type}${isUntypedBase ? " and name its table by '@odata.type'" : ''}.`,
    )
  }
}

async function resultAnswer(exchange: Exchange, context: WriteContext, result: ActionResult): Promise<WireAnswer> {
  if (result === undefined) return emptyAnswer()
  if (result.kind === 'value')
    return jsonAnswer(200, stringifyJson({ '@odata.context': typeContextUrl(exchange.root, result.type), ...result.value }))
  if (result.kind === 'records') {
    const value = result.records.map((record) => ({
      '@odata.type': `#Microsoft.Dynamics.CRM.${record.table}`,
      [tableOf(context.core.model, record.table).primaryId.name]: record.id,
    }))
    return jsonAnswer(
      200,
      stringifyJson({ '@odata.context': typeContextUrl(exchange.root, 'Collection(Microsoft.Dynamics.CRM.crmbaseentity)'), value }),
    )
  }
  const table = tableOf(context.core.model, result.table)
  const select = result.columns?.map((path): SelectItem => ({ path, span: { start: 0, end: 0 } }))
  const row = await readRow(context.sql, readScopeOf(exchange, table), { id: result.id, options: select === undefined ? {} : { select } })
  if (row === undefined) throw wireErrors.rowNotFound(table.logicalName, result.id)
  const linked = contextUrl(exchange.root, table.entitySetName, { kind: 'entity' })
  return jsonAnswer(200, withFirstMember(row.json, `"@odata.context":${stringifyJson(linked)}`))
}
