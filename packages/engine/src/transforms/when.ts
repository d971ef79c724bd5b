import type { z } from 'zod'
import type { whenTransformSchema } from '../model/transform-document.ts'
import { applyChain, type ChainLink } from './chain.ts'
import { isBlank, type ParameterProblem, type Transform, type TransformTarget } from './transform.ts'

type Parameters = z.infer<typeof whenTransformSchema>

/** The other transforms, handed in by the registry that lists this one among them. */
export interface InnerTransforms {
  check(document: Parameters['then'][number], target: TransformTarget): readonly ParameterProblem[]
  compile(document: Parameters['then'][number], target: TransformTarget): ChainLink
}

/** Applies its `then` where any of its named source fields is filled, else leaves the value as it is (integration specification 10.5). */
export const createWhen = (inner: InnerTransforms): Transform<Parameters> => ({
  transformType: 'When',
  check: (parameters, target) => parameters.then.flatMap((each) => inner.check(each, target)),
  compile: (parameters, target) => {
    const links = parameters.then.map((each) => inner.compile(each, target))
    const conditions = parameters.anyFilled.length
    return (value, named) => {
      for (let index = 0; index < conditions; index++)
        if (!isBlank(named[index] ?? null)) return applyChain(links, value, named.slice(conditions))
      return value
    }
  },
})
