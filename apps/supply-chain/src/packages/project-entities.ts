import { contextUrl } from '@p2c/odata'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Entity } from '../entities/entity.ts'
import { packageError } from './package-error.ts'
import { type ProjectEntity, REFRESH_TYPES, type RefreshType, SOURCE_FORMATS, type SourceFormat } from './package-model.ts'
import type { ProjectStore } from './project-store.ts'
import { errorBody, type Parameters } from './wire.ts'

/**
 * The entities of data projects over OData: create or replace, list, read one, delete. The product sets them up in its workspace and documents no
 * public fields for them: names and defaults here are derived, after the elements of a manifest, and are changed in this file only.
 */
const COLLECTION = 'DataManagementDefinitionGroupDetails'
const KEY = ['DefinitionGroupName', 'EntityName'] as const

export interface ProjectEntityDeps {
  readonly projects: ProjectStore
  readonly findEntityByLabel: (label: string) => Entity | undefined
  /** `https://host`, without a path. */
  readonly rootOf: (request: FastifyRequest) => string
}

interface KeyRequest {
  Params: { '*': string }
}

export function registerProjectEntities(scope: FastifyInstance, deps: ProjectEntityDeps): void {
  const path = `/data/${COLLECTION}`
  scope.get(path, async (request) => ({
    '@odata.context': contextUrl(`${deps.rootOf(request)}/data`, COLLECTION),
    value: (await deps.projects.listAll()).map(({ project, entity }) => toWire(project, entity)),
  }))
  scope.post(path, (request, reply) => create(deps, request, reply))
  scope.get<KeyRequest>(`${path}(*`, (request, reply) => readOne(deps, request, reply))
  scope.delete<KeyRequest>(`${path}(*`, async (request, reply) => {
    const key = readKey(`(${request.params['*']}`)
    if (key === undefined) return noRoute(request, reply)
    if (await deps.projects.deleteEntity(key.project, key.entityName)) return reply.code(204).send()
    return reply.code(400).send(errorBody('No resources were found when selecting for update.', 'System.InvalidOperationException'))
  })
}

const toWire = (project: string, entity: ProjectEntity) => ({
  '@odata.etag': `W/"${Buffer.from(`'1,${project},${entity.entityName}'`).toString('base64')}"`,
  DefinitionGroupName: project,
  EntityName: entity.entityName,
  SourceFormat: entity.sourceFormat,
  DefaultRefreshType: entity.refreshType,
  ExecutionUnit: entity.executionUnit,
  LevelInExecutionUnit: entity.levelInExecutionUnit,
  SequenceInLevel: entity.sequenceInLevel,
  FieldNames: entity.fields.join(','),
})

async function create(deps: ProjectEntityDeps, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const body = request.body as Parameters
  const given = readText(body, 'DefinitionGroupName', { length: 60, isRequired: true })
  const project = await deps.projects.find(given)
  if (project === undefined) throw packageError('package-project-unknown', `The definition group ${given} does not exist.`)
  const label = readText(body, 'EntityName', { length: 128, isRequired: true })
  const target = deps.findEntityByLabel(label)
  if (target?.isDataManagementEnabled !== true)
    throw packageError('package-entity-unknown', `Entity ${label} does not exist in the target environment`)
  const entity = readEntity(body, target)
  await deps.projects.putEntity(project.name, entity)
  const context = contextUrl(`${deps.rootOf(request)}/data`, COLLECTION, { kind: 'entity' })
  return reply.code(201).send({ '@odata.context': context, ...toWire(project.name, entity) })
}

async function readOne(deps: ProjectEntityDeps, request: FastifyRequest<KeyRequest>, reply: FastifyReply): Promise<FastifyReply> {
  const key = readKey(`(${request.params['*']}`)
  if (key === undefined) return noRoute(request, reply)
  const project = await deps.projects.find(key.project)
  const entities = project === undefined ? [] : await deps.projects.listEntities(project.name)
  const entity = entities.find((item) => item.entityName.toLowerCase() === key.entityName.toLowerCase())
  if (project === undefined || entity === undefined) return reply.code(404).send()
  const context = contextUrl(`${deps.rootOf(request)}/data`, COLLECTION, { kind: 'entity' })
  return reply.send({ '@odata.context': context, ...toWire(project.name, entity) })
}

const readEntity = (body: Parameters, target: Entity): ProjectEntity => ({
  entityName: target.label,
  sourceFormat: readChoice(body, 'SourceFormat', { values: SOURCE_FORMATS, fallback: 'CSV-Unicode' as SourceFormat }),
  refreshType: readChoice(body, 'DefaultRefreshType', { values: REFRESH_TYPES, fallback: 'FullPush' as RefreshType }),
  executionUnit: readCount(body, 'ExecutionUnit'),
  levelInExecutionUnit: readCount(body, 'LevelInExecutionUnit'),
  sequenceInLevel: readCount(body, 'SequenceInLevel'),
  fields: readFields(body, target),
})

/** The fields in their own spelling. Throws `package-parameter-invalid` for a name that the entity does not have. */
function readFields(body: Parameters, target: Entity): readonly string[] {
  const byName = new Map(target.properties.map((property) => [property.name.toLowerCase(), property.name]))
  const names = readText(body, 'FieldNames', { length: 10_000 })
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  return names.map((name) => {
    const known = byName.get(name.toLowerCase())
    if (known === undefined) throw refused('FieldNames', `names '${name.slice(0, 80)}', which entity ${target.label} does not have`)
    return known
  })
}

const refused = (field: string, problem: string) => packageError('package-parameter-invalid', `The field '${field}' ${problem}.`)

interface TextLimits {
  readonly length: number
  readonly isRequired?: boolean
}

function readText(body: Parameters, name: string, { length, isRequired = false }: TextLimits): string {
  const value = body[name] ?? ''
  if (typeof value !== 'string' || value.length > length || /\p{Cc}/u.test(value))
    throw refused(name, `is not a text of at most ${length} characters`)
  if (isRequired && value.trim() === '') throw refused(name, 'must be filled in')
  return value.trim()
}

interface Choices<Value> {
  readonly values: readonly Value[]
  readonly fallback: Value
}

function readChoice<Value extends string>(body: Parameters, name: string, { values, fallback }: Choices<Value>): Value {
  const given = body[name] ?? ''
  if (given === '') return fallback
  const value = values.find((item) => item === given)
  if (value === undefined) throw refused(name, `must be one of ${values.join(', ')}`)
  return value
}

function readCount(body: Parameters, name: string): number {
  const value = body[name] ?? 1
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > 1_000)
    throw refused(name, 'must be a whole number from 1 to 1000')
  return value
}

/** `(DefinitionGroupName='x',EntityName='y')` in any order; undefined for any other form. */
function readKey(segment: string): { readonly project: string; readonly entityName: string } | undefined {
  if (segment.length > 1_000 || !segment.endsWith(')')) return undefined
  const parts = [...segment.slice(1, -1).matchAll(/(?:^|,)\s*(\w+)\s*=\s*'((?:[^']|'')*)'/g)]
  const given = new Map(parts.map(([, name = '', value = '']) => [name, value.replaceAll("''", "'")]))
  const [project, entityName] = KEY.map((name) => given.get(name))
  return given.size !== KEY.length || project === undefined || entityName === undefined ? undefined : { project, entityName }
}

/** A key that no route has (section 6). */
const noRoute = (request: FastifyRequest, reply: FastifyReply): FastifyReply =>
  reply.code(404).send({
    Message: `No HTTP resource was found that matches the request URI '${request.url.slice(0, 500)}'. No route data was found for this request.`,
  })
