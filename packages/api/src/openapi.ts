import { z } from 'zod'
import { contract, type RouteContract } from './contract.ts'
import { errorBody } from './error.ts'

/** The OpenAPI 3.1 document of the REST API, made from the contract. */
export function openApiDocument(version: string): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {}
  const schemas: Record<string, unknown> = {}
  for (const route of Object.values(contract)) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) }
  }
  return withNamedSchemas({
    openapi: '3.1.0',
    info: { title: 'Prospect to Cash integrator', version, license: { name: 'MIT' } },
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      schemas,
    },
    security: [{ bearer: [] }],
  })
}

const LOCAL = '#/$defs/'

/**
 * Zod puts named schemas into `$defs` of each schema and refers to them from there, but in an OpenAPI document `#/$defs/...` means the
 * root of the document: they move to the components, and the references with them.
 */
function withNamedSchemas<Document extends { components: { schemas: Record<string, unknown> } }>(document: Document): Document {
  const { schemas } = document.components
  const move = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(move)
    if (typeof value !== 'object' || value === null) return value
    const { $defs, ...rest } = value as { readonly $defs?: Readonly<Record<string, unknown>> }
    for (const [name, schema] of Object.entries($defs ?? {})) schemas[name] ??= move(schema)
    return Object.fromEntries(Object.entries(rest).map(([name, item]) => [name, isLocal(name, item) ? inComponents(item) : move(item)]))
  }
  const moved = move(document) as Document
  return { ...moved, components: { ...moved.components, schemas: move(schemas) as Record<string, unknown> } }
}

const isLocal = (name: string, item: unknown): item is string => name === '$ref' && typeof item === 'string' && item.startsWith(LOCAL)
const inComponents = (ref: string): string => `#/components/schemas/${ref.slice(LOCAL.length)}`

function operationOf(route: RouteContract): Record<string, unknown> {
  const hasBody = route.method !== 'GET'
  return {
    operationId: route.id,
    summary: route.summary,
    parameters: [...parametersOf(route.params, 'path'), ...parametersOf(route.query, 'query')],
    ...(hasBody && { requestBody: { content: { 'application/json': { schema: schemaOf(route.body, 'input') } } } }),
    responses: {
      [route.status]: { description: 'Done', content: { 'application/json': { schema: schemaOf(route.reply, 'output') } } },
      default: {
        description: `Refused. Codes: ${['request-invalid', 'token-invalid', ...route.errors].join(', ')}`,
        content: { 'application/json': { schema: schemaOf(errorBody, 'output') } },
      },
    },
    ...(route.path === '/health' && { security: [] }),
  }
}

function parametersOf(schema: z.ZodType, place: 'path' | 'query'): Record<string, unknown>[] {
  const object = schemaOf(schema, 'input') as { properties?: Record<string, unknown>; required?: string[] }
  return Object.entries(object.properties ?? {}).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || (object.required ?? []).includes(name),
    schema: property,
  }))
}

/** OpenAPI 3.1 takes JSON Schema as it is; the dialect line of each part is left out. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Record<string, unknown> {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, target: 'draft-2020-12' })
  return rest
}
