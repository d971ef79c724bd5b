import { isKnownTransform, type KnownTransform, type TransformDocument } from '../model/transform-document.ts'
import { countryRegionCode } from './country-region-code.ts'
import { dateFormat } from './date-format.ts'
import { defaultTransform } from './default.ts'
import type { ParameterProblem, Transform, TransformTarget, ValueFunction } from './transform.ts'
import { truncate } from './truncate.ts'
import { valueMap } from './value-map.ts'

const TRANSFORMS: { readonly [Type in KnownTransform['transformType']]: Transform<Extract<KnownTransform, { transformType: Type }>> } = {
  Default: defaultTransform,
  ValueMap: valueMap,
  Truncate: truncate,
  CountryRegionCode: countryRegionCode,
  DateFormat: dateFormat,
}

/** The type system cannot follow that a document's discriminator picks the transform of its own parameters; the table above says so. */
const transformOf = (document: KnownTransform): Transform<KnownTransform> => TRANSFORMS[document.transformType] as Transform<KnownTransform>

/** Problems of one transform's parameters; an unknown transform has none here: the mapping decides what it means. */
export const checkTransform = (document: TransformDocument, target: TransformTarget): readonly ParameterProblem[] =>
  isKnownTransform(document) ? transformOf(document).check(document, target) : []

/** The function of one transform, or undefined where this engine does not know it. */
export const compileTransform = (document: TransformDocument, target: TransformTarget): ValueFunction | undefined =>
  isKnownTransform(document) ? transformOf(document).compile(document, target) : undefined
