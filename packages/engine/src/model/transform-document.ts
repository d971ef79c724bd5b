import { z } from 'zod'

/** What happens to a value without an entry: integration specification 10.3. */
export const ON_UNMATCHED = ['error', 'passthrough', 'default', 'null'] as const
export type OnUnmatched = (typeof ON_UNMATCHED)[number]

export const COUNTRY_FORMS = ['auto', 'iso2', 'iso3', 'numeric', 'name'] as const
export type CountryForm = (typeof COUNTRY_FORMS)[number]

export const ON_CUT = ['silent', 'warn', 'error'] as const
export type OnCut = (typeof ON_CUT)[number]

/** Written when the value so far is absent or blank; without a source field it is a constant (10.2). */
export const defaultTransformSchema = z.looseObject({
  transformType: z.literal('Default'),
  defaultValue: z.union([z.string(), z.number(), z.boolean(), z.null()]),
})

/** A flat table from source text to destination text; `""` is the blank key, `null` on the right leaves blank (10.3). */
export const valueMapTransformSchema = z.looseObject({
  transformType: z.literal('ValueMap'),
  valueMap: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  onUnmatched: z.enum(ON_UNMATCHED).optional(),
  defaultValue: z.union([z.string(), z.number(), z.boolean(), z.null()]).optional(),
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

/** The transforms that this engine runs, by the discriminator of the files. */
export const knownTransformSchema = z.discriminatedUnion('transformType', [
  defaultTransformSchema,
  valueMapTransformSchema,
  truncateTransformSchema,
  countryRegionCodeTransformSchema,
  dateFormatTransformSchema,
])
export type KnownTransform = z.infer<typeof knownTransformSchema>

export const TRANSFORM_TYPES = ['Default', 'ValueMap', 'Truncate', 'CountryRegionCode', 'DateFormat'] as const
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
