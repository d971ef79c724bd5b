import type { z } from 'zod'
import type { FieldValue } from '../model/field-value.ts'
import type { whenTransformSchema } from '../model/transform-document.ts'
import { applyChain, type ChainLink } from './chain.ts'
import { isBlank, NOT_WRITTEN, type ParameterProblem, type Transform, type TransformTarget } from './transform.ts'
import { valueMapKey } from './value-map.ts'

type Parameters = z.infer<typeof whenTransformSchema>
type InnerDocument = NonNullable<Parameters['then']>[number]

/** The other transforms, handed in by the registry that lists this one among them. */
export interface InnerTransforms {
  check(document: InnerDocument, target: TransformTarget): readonly ParameterProblem[]
  compile(document: InnerDocument, target: TransformTarget): ChainLink
}

/** Applies its `then` where its condition holds, else keeps the value or leaves the field out (integration specification 10.5). */
export const createWhen = (inner: InnerTransforms): Transform<Parameters> => ({
  transformType: 'When',
  check: (parameters, target) => (parameters.then ?? []).flatMap((each) => inner.check(each, target)),
  compile: (parameters, target) => {
    const links = (parameters.then ?? []).map((each) => inner.compile(each, target))
    const { count, holds } = conditionOf(parameters)
    const omits = parameters.otherwise === 'omit'
    return (value, named) => {
      if (holds(named)) return applyChain(links, value, named.slice(count))
      return omits ? NOT_WRITTEN : value
    }
  },
})

interface Condition {
  /** Of the named values, the first `count` are the condition's. */
  readonly count: number
  holds(named: readonly FieldValue[]): boolean
}

function conditionOf({ anyFilled, allBlank, oneOf }: Parameters): Condition {
  if (oneOf !== undefined) {
    const wanted = new Set(oneOf.map(valueMapKey))
    return { count: 1, holds: ([value = null]) => wanted.has(valueMapKey(value)) }
  }
  const count = (anyFilled ?? allBlank ?? []).length
  return { count, holds: (named) => isAnyFilled(named, count) === (anyFilled !== undefined) }
}

function isAnyFilled(named: readonly FieldValue[], count: number): boolean {
  for (let index = 0; index < count; index++) if (!isBlank(named[index] ?? null)) return true
  return false
}
