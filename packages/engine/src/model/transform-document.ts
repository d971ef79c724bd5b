import { z } from 'zod'

/** What happens to a value without an entry: integration specification 10.3. */
export const ON_UNMATCHED = ['error', 'passthrough', 'default', 'null'] as const

/** How a country is spelled on one side; `auto` knows every spelling (10.4). */
export const COUNTRY_FORMS = ['auto', 'iso2', 'iso3', 'numeric', 'name'] as const

/** What is said where text is cut (10.4). */
export const ON_CUT = ['silent', 'warn', 'error'] as const

/** A value that a document names: text, number, yes or no; `null` is blank. */
const namedValue = z.union([z.string(), z.number(), z.boolean(), z.null()])

/** Written when the value so far is absent or blank; without a source field it is a constant (10.2). */
export const defaultTransformSchema = z.looseObject({
  transformType: z.literal('Default'),
  defaultValue: namedValue,
})

/** A flat table from source text to destination text; `""` is the blank key, `null` on the right leaves blank (10.3). */
export const valueMapTransformSchema = z.looseObject({
  transformType: z.literal('ValueMap'),
  valueMap: z.record(z.string(), namedValue),
  onUnmatched: z.enum(ON_UNMATCHED).optional(),
  defaultValue: namedValue.optional(),
  createValuesOnDestination: z.boolean().optional(),
})

/** Cuts text to `maxLength`, else to the destination field's length (10.4). */
export const truncateTransformSchema = z.looseObject({
  transformType: z.literal('Truncate'),
  maxLength: z.number().int().positive().optional(),
  onCut: z.enum(ON_CUT).optional(),
})

/** A country or region in any usual spelling to one form (10.4). */
export const countryRegionCodeTransformSchema = z.looseObject({
  transformType: z.literal('CountryRegionCode'),
  from: z.enum(COUNTRY_FORMS).optional(),
  to: z.enum(['iso2', 'iso3', 'name']).optional(),
  onUnmatched: z.enum(ON_UNMATCHED).optional(),
  defaultValue: z.string().nullable().optional(),
  /** Further spellings to ISO 3166-1 alpha-2. */
  aliases: z.record(z.string(), z.string().regex(/^[A-Za-z]{2}$/, 'must be an ISO 3166-1 alpha-2 code')).optional(),
})

/** One part or a spelling of a date (10.5, templates 0: `split` is one row per part). Blank in, nothing written. */
export const dateFormatTransformSchema = z.looseObject({
  transformType: z.literal('DateFormat'),
  /** `yyyy yy MMMM MMM MM M dd d HH mm ss`, text in single quotes, other signs as they are. */
  format: z.string().min(1).max(100),
})

/** Source fields named beside the row's own one; read and checked like it (10.5). */
const furtherFields = z.array(z.string().min(1).max(500)).min(1).max(50)

/** The value so far, or the first of `fields` that is filled where it is blank (10.5). */
export const coalesceTransformSchema = z.looseObject({
  transformType: z.literal('Coalesce'),
  fields: furtherFields,
})

/** Its value, whatever came before (10.5); `null` blanks the field. */
export const constantTransformSchema = z.looseObject({
  transformType: z.literal('Constant'),
  value: namedValue,
})

/** The value so far divided by that of the source field `by`; left as it is where that is blank, 0 or 1 (templates 7.7). */
export const divideTransformSchema = z.looseObject({
  transformType: z.literal('Divide'),
  by: z.string().min(1).max(500),
})

/** What a `When` may apply: every transform but another `When`. */
const conditionalTransformSchema = z.discriminatedUnion('transformType', [
  defaultTransformSchema,
  valueMapTransformSchema,
  truncateTransformSchema,
  countryRegionCodeTransformSchema,
  dateFormatTransformSchema,
  coalesceTransformSchema,
  constantTransformSchema,
  divideTransformSchema,
])

/** What happens to the value where the condition of a `When` does not hold: it stays, or the field is not written. */
export const OTHERWISE = ['keep', 'omit'] as const

/** Applies `then` where its one condition on source fields holds, else does as `otherwise` says; default `keep` (10.5). */
export const whenTransformSchema = z
  .looseObject({
    transformType: z.literal('When'),
    /** Holds where one of these is filled. */
    anyFilled: furtherFields.optional(),
    /** Holds where none of these is filled. */
    allBlank: furtherFields.optional(),
    /** Holds where this field has one of the values `oneOf`; compared as a value map compares its keys. */
    field: z.string().min(1).max(500).optional(),
    oneOf: z.array(z.string()).min(1).max(1_000).optional(),
    // biome-ignore lint/suspicious/noThenProperty: the name in the file; a document is never awaited.
    then: z.array(conditionalTransformSchema).optional(),
    otherwise: z.enum(OTHERWISE).optional(),
  })
  .refine(
    ({ anyFilled, allBlank, field, oneOf }) =>
      [anyFilled, allBlank, field].filter((condition) => condition !== undefined).length === 1 &&
      (field === undefined) === (oneOf === undefined),
    'needs exactly one condition: anyFilled, allBlank, or field with oneOf',
  )

/** The transforms that this engine runs, by the discriminator of the files. */
export const knownTransformSchema = z.discriminatedUnion('transformType', [...conditionalTransformSchema.options, whenTransformSchema])
export type KnownTransform = z.infer<typeof knownTransformSchema>

export const TRANSFORM_TYPES = [
  'Default',
  'ValueMap',
  'Truncate',
  'CountryRegionCode',
  'DateFormat',
  'Coalesce',
  'Constant',
  'Divide',
  'When',
] as const
export type TransformType = (typeof TRANSFORM_TYPES)[number]

export const isKnownTransformType = (type: string): type is TransformType => (TRANSFORM_TYPES as readonly string[]).includes(type)

/** A transform of another maker: kept word for word, not run, flagged by validation (10.6 no. 3). */
export const unknownTransformSchema = z
  .looseObject({ transformType: z.string().min(1) })
  .refine((transform) => !isKnownTransformType(transform.transformType), 'parameters of this transform are not valid')
export type UnknownTransform = z.infer<typeof unknownTransformSchema>

export const transformSchema = z.union([knownTransformSchema, unknownTransformSchema])
export type TransformDocument = KnownTransform | UnknownTransform

export const isKnownTransform = (transform: TransformDocument): transform is KnownTransform => isKnownTransformType(transform.transformType)

/** A source field that a transform names in its parameters, and where: `['anyFilled', 0]`, `['then', 1, 'fields', 0]`. */
export interface NamedSourceField {
  readonly field: string
  readonly at: readonly PropertyKey[]
}

/** The source fields a transform names, in the order in which its function takes their values. */
export function namedSourceFields(transform: TransformDocument): readonly NamedSourceField[] {
  if (!isKnownTransform(transform)) return []
  if (transform.transformType === 'Coalesce') return transform.fields.map((field, index) => ({ field, at: ['fields', index] }))
  if (transform.transformType === 'Divide') return [{ field: transform.by, at: ['by'] }]
  if (transform.transformType !== 'When') return []
  const inner = (transform.then ?? []).flatMap((each, index) =>
    namedSourceFields(each).map(({ field, at }) => ({ field, at: ['then', index, ...at] })),
  )
  return [...conditionFields(transform), ...inner]
}

function conditionFields({ anyFilled, allBlank, field }: z.infer<typeof whenTransformSchema>): readonly NamedSourceField[] {
  if (field !== undefined) return [{ field, at: ['field'] }]
  const name = anyFilled === undefined ? 'allBlank' : 'anyFilled'
  return (anyFilled ?? allBlank ?? []).map((each, index) => ({ field: each, at: [name, index] }))
}
