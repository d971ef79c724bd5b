import { AppError } from '@p2c/base'
import { z } from 'zod'
import { normaliseDocument } from './document-import.ts'
import { isKnownTransformType, knownTransformSchema, transformSchema } from './transform-document.ts'

const name = z.string().trim().min(1).max(200)

/**
 * Codes of the systems in template files: Sales, Supply Chain, and the hub between them where a task has two legs; `UNDEFINED` marks a slot that is
 * not used (integration specification 2.1).
 */
export const ENVIRONMENT_TYPES = ['CRM', 'AX', 'CDS'] as const
export type EnvironmentType = (typeof ENVIRONMENT_TYPES)[number]

/** 1 source to destination, 2 the reverse, 3 both (2.1). */
export const fieldMappingSchema = z.looseObject({
  syncDirection: z.union([z.literal(1), z.literal(2), z.literal(3)]).default(1),
  sourceField: z.string().max(500).optional(),
  destinationField: z.string().max(500).optional(),
  valueTransforms: z.array(transformSchema).optional(),
  isSystemGenerated: z.boolean().optional(),
  destinationLookupFieldRelatedEntity: z.string().optional(),
})
export type FieldMapping = z.infer<typeof fieldMappingSchema>

export const legSchema = z.looseObject({
  id: z.string().default('001'),
  sourceEnvironmentType: z.enum(ENVIRONMENT_TYPES),
  sourceSchema: name,
  destinationEnvironmentType: z.enum(ENVIRONMENT_TYPES),
  destinationSchema: name,
  /** OData on both sides, enumeration members bare (section 11). */
  sourceFilter: z.string().max(10_000).optional(),
  isSourceFilterEditable: z.boolean().optional(),
  reversedSourceFilter: z.string().max(10_000).optional(),
  fieldMappings: z.array(fieldMappingSchema),
})
export type Leg = z.infer<typeof legSchema>

export const taskSchema = z.looseObject({
  name,
  order: z.number().int(),
  dependsOn: z.array(z.string()).optional(),
  /** The header task whose changed rows bring their lines along (section 7 no. 6). */
  headerTask: z.string().optional(),
  /** Whether failed rows that have not changed are tried again by themselves (14.1); default `next-execution`. */
  retryOpenErrors: z.enum(['next-execution', 'manual']).optional(),
  /** Days a row waits for its parent before it is a record error (9.1); default 30. */
  waitingDays: z.number().int().min(0).max(3_650).optional(),
  legs: z.array(legSchema).min(1),
})
export type Task = z.infer<typeof taskSchema>

const version = z
  .string()
  .regex(/^\d+\.\d+\.\d+(\.\d+|-[0-9A-Za-z.-]+)?$/, 'must be three numbers (semver) or the four parts of an exported map')

export const templateIdentifierSchema = z.looseObject({ name, version: version.optional(), id: z.string().optional() })

export const templateSchema = z.looseObject({
  $schema: z.string().optional(),
  name,
  version,
  displayName: z.string().optional(),
  description: z.string().optional(),
  /** Earlier names of the same template. */
  aliases: z.array(z.string()).optional(),
  tags: z.array(z.string()).optional(),
  entityMappingTasks: z.array(taskSchema),
})
/** A blueprint: tasks, mappings and filters without connections or organisations (sections 5 and 23). */
export type Template = z.infer<typeof templateSchema>

export const organisationPairSchema = z.looseObject({ businessUnit: name, legalEntity: name })

export const projectSchema = z.looseObject({
  $schema: z.string().optional(),
  name,
  version: version.default('1.0.0'),
  displayName: z.string().optional(),
  templateIdentifier: templateIdentifierSchema.optional(),
  connectionSetName: name,
  /** One row or several; each is a partition of every execution (4.1). */
  organisations: z.array(organisationPairSchema).min(1),
  dependsOn: z.array(z.string()).optional(),
  entityMappingTasks: z.array(taskSchema),
  schedule: z.looseObject({ every: z.string().optional(), cron: z.string().optional(), timeZone: z.string().optional() }).optional(),
  notifications: z.looseObject({ on: z.array(z.enum(['warning', 'error'])), to: z.array(z.string()) }).optional(),
})
/** A template bound to a connection set and organisation rows. */
export type Project = z.infer<typeof projectSchema>

/** The three parts that count of a `version`; exported maps carry a fourth, which is kept in the document and ignored here. */
export function versionParts(text: string): readonly [number, number, number] {
  const [major, minor, patch] = text.split(/[.-]/).map(Number)
  return [major ?? 0, minor ?? 0, patch ?? 0]
}

/** Reads a template from parsed JSON or YAML, in every form exported maps use (10.6). Throws `document-invalid`. */
export const parseTemplate = (input: unknown): Template => parseWith(templateSchema, input, 'Template')

/** Reads a project; the same rules as `parseTemplate`. Throws `document-invalid`. */
export const parseProject = (input: unknown): Project => parseWith(projectSchema, input, 'Project')

function parseWith<Schema extends z.ZodType>(schema: Schema, input: unknown, kind: string): z.output<Schema> {
  const normalised = normaliseDocument(input)
  const result = schema.safeParse(normalised)
  if (result.success) return result.data
  const problems = result.error.issues.flatMap((issue) => problemsOf(issue, normalised))
  const title = typeof input === 'object' && input !== null && 'name' in input ? ` '${String(input.name)}'` : ''
  throw new AppError({
    category: 'schema',
    code: 'document-invalid',
    message: `${kind}${title} is not usable: ${problems.map((p) => `${p.pointer || '/'} ${p.message}`).join('; ')}. Correct the document and save it again.`,
    details: { problems },
  })
}

interface DocumentProblem {
  readonly pointer: string
  readonly message: string
}

/** A failed union says only "invalid": for a transform of a known type, say what is wrong with its parameters instead. */
function problemsOf(issue: z.core.$ZodIssue, document: unknown): readonly DocumentProblem[] {
  const at = issue.path.reduce<unknown>((value, part) => (value as Record<PropertyKey, unknown> | undefined)?.[part], document)
  if (
    (issue.code === 'invalid_union' || issue.code === 'custom') &&
    typeof at === 'object' &&
    at !== null &&
    'transformType' in at &&
    isKnownTransformType(String(at.transformType))
  ) {
    const inner = knownTransformSchema.safeParse(at)
    if (!inner.success) return inner.error.issues.map((i) => ({ pointer: toPointer([...issue.path, ...i.path]), message: i.message }))
  }
  return [{ pointer: toPointer(issue.path), message: issue.message }]
}

/** RFC 6901. */
export const toPointer = (path: readonly PropertyKey[]): string =>
  path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
