import { isKnownTransform, type KnownTransform, namedSourceFields, type TransformDocument } from '../model/transform-document.ts'
import type { ChainLink } from './chain.ts'
import { coalesce } from './coalesce.ts'
import { constant } from './constant.ts'
import { countryRegionCode } from './country-region-code.ts'
import { dateFormat } from './date-format.ts'
import { defaultTransform } from './default.ts'
import { divide } from './divide.ts'
import type { ParameterProblem, Transform, TransformTarget } from './transform.ts'
import { truncate } from './truncate.ts'
import { valueMap } from './value-map.ts'
import { createWhen } from './when.ts'

const TRANSFORMS: { readonly [Type in KnownTransform['transformType']]: Transform<Extract<KnownTransform, { transformType: Type }>> } = {
  Default: defaultTransform,
  ValueMap: valueMap,
  Truncate: truncate,
  CountryRegionCode: countryRegionCode,
  DateFormat: dateFormat,
  Coalesce: coalesce,
  Constant: constant,
  Divide: divide,
  When: createWhen({
    check: (document, target) => checkTransform(document, target),
    compile: (document, target) => linkOf(document, target),
  }),
}

/** The type system cannot follow that a document's discriminator picks the transform of its own parameters; the table above says so. */
const transformOf = (document: KnownTransform): Transform<KnownTransform> => TRANSFORMS[document.transformType] as Transform<KnownTransform>

/** Problems of one transform's parameters; an unknown transform has none here: the mapping decides what it means. */
export const checkTransform = (document: TransformDocument, target: TransformTarget): readonly ParameterProblem[] =>
  isKnownTransform(document) ? transformOf(document).check(document, target) : []

/** One transform ready to run, or undefined where this engine does not know it. */
export const compileTransform = (document: TransformDocument, target: TransformTarget): ChainLink | undefined =>
  isKnownTransform(document) ? linkOf(document, target) : undefined

const linkOf = (document: KnownTransform, target: TransformTarget): ChainLink => ({
  apply: transformOf(document).compile(document, target),
  namedCount: namedSourceFields(document).length,
})
