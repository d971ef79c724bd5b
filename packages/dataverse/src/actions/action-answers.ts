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
import { toGuid } from '../payload/convert-value.ts'
import type { WriteContext } from '../pipeline/write-context.ts'
import { readRow } from '../query/read-rows.ts'
import { hasPrivilege } from '../security/access.ts'
import { readJsonObject } from '../web/body.ts'
import { type Exchange, emptyAnswer, jsonAnswer, type WireAnswer } from '../web/exchange.ts'
import { readScopeOf, withFirstMember } from '../web/read-answers.ts'
import type { ActionResult, AppAction } from './app-action.ts'
import { draftJson } from './draft-json.ts'
import { membersOfEnum } from './enum-types.ts'

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
        hasPrivilege: (name) => hasPrivilege(context.caller, name),
        write: context,
        userId: context.caller.userId,
        businessUnitId: context.caller.businessUnitId,
        organizationId: context.core.organizationId,
        rootPath: exchange.rootPath,
        root: exchange.root,
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

/** Parameters by name with the types that the action declares: whole numbers as `number`, GUIDs in lower case. */
function completeParameters(action: AppAction, body: Readonly<Record<string, JsonValue>>): Readonly<Record<string, JsonValue>> {
  const given = withBinds(action, body)
  const missing = action.parameters.find((parameter) => parameter.optional !== true && (given[parameter.name] ?? null) === null)
  if (missing !== undefined) throw wireErrors.badPayload(action.name, `The parameter '${missing.name}' of ${action.name} is missing.`)
  const unknown = Object.keys(given).find(
    (name) => !name.startsWith('@') && !action.parameters.some((parameter) => parameter.name === name),
  )
  if (unknown !== undefined)
    throw wireErrors.badPayload(
      action.name,
      `The parameter '${unknown}' in the request payload is not a valid parameter for the operation '${action.name}'.`,
    )
  const typed = action.parameters.flatMap((parameter) => {
    const value = given[parameter.name]
    return value === undefined ? [] : [[parameter.name, typedValue(action, parameter, value)] as const]
  })
  return Object.fromEntries(typed)
}

/** A record parameter may be given as `Name@odata.bind`: the same as a record with this `@odata.id`. */
function withBinds(action: AppAction, body: Readonly<Record<string, JsonValue>>): Readonly<Record<string, JsonValue>> {
  const members = Object.entries(body).map(([name, value]): [string, JsonValue] => {
    const bound = name.endsWith(BIND) ? name.slice(0, -BIND.length) : undefined
    const isRecord = action.parameters.some((parameter) => parameter.name === bound && parameter.type.startsWith('mscrm.'))
    return bound !== undefined && isRecord ? [bound, value === null ? null : { '@odata.id': value }] : [name, value]
  })
  return Object.fromEntries(members)
}

const BIND = '@odata.bind'

/** A parameter of a base type must say which table it is (DV-101); simple types are checked by their values. */
function typedValue(action: AppAction, parameter: AppAction['parameters'][number], value: JsonValue): JsonValue {
  if (value === null) return null
  const members = membersOfEnum(parameter.type)
  const read = members === undefined ? SIMPLE_TYPES[parameter.type] : (given: JsonValue) => memberOf(members, given)
  const typed = read === undefined ? value : read(value)
  const isUntypedBase =
    parameter.type === 'mscrm.crmbaseentity' && (typeof value !== 'object' || !('@odata.type' in value || '@odata.id' in value))
  if (typed === undefined || isUntypedBase) {
    throw wireErrors.badPayload(
      action.name,
      `The parameter '${parameter.name}' of ${action.name} must be of type ${parameter.type}${isUntypedBase ? " and name its table by '@odata.type'" : ''}.`,
    )
  }
  return typed
}

/** The name of an enumeration's member, given as it is or by its value. */
function memberOf(members: readonly string[], value: JsonValue): string | undefined {
  const ordinal = numberText(value)
  return members.find((member, index) => member === value || String(index) === ordinal)
}

const INT32_MAX = 2_147_483_647

const SIMPLE_TYPES: Readonly<Record<string, (value: JsonValue) => JsonValue | undefined>> = {
  'Edm.Int32': (value) => {
    const digits = numberText(value)
    const number = digits !== undefined && /^-?\d+$/.test(digits) ? Number(digits) : undefined
    return number !== undefined && Math.abs(number) <= INT32_MAX ? number : undefined
  },
  'Edm.Boolean': (value) => (typeof value === 'boolean' ? value : undefined),
  'Edm.String': (value) => (typeof value === 'string' ? value : undefined),
  'Edm.Guid': (value) => (typeof value === 'string' ? toGuid(value) : undefined),
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
  if (result.kind === 'draft') {
    const members = draftJson(context.core.model, table, result.values)
    return jsonAnswer(
      200,
      stringifyJson({ '@odata.context': contextUrl(exchange.root, table.entitySetName, { kind: 'entity' }), ...members }),
    )
  }
  const select = result.columns?.map((path): SelectItem => ({ path, span: { start: 0, end: 0 } }))
  const row = await readRow(context.sql, readScopeOf(exchange, table), { id: result.id, options: select === undefined ? {} : { select } })
  if (row === undefined) throw wireErrors.rowNotFound(table.logicalName, result.id)
  const linked = contextUrl(exchange.root, table.entitySetName, { kind: 'entity' })
  const json = result.typed === true ? withFirstMember(row.json, `"@odata.type":"#Microsoft.Dynamics.CRM.${table.logicalName}"`) : row.json
  return jsonAnswer(200, withFirstMember(json, `"@odata.context":${stringifyJson(linked)}`))
}
