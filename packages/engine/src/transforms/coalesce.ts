import type { z } from 'zod'
import type { coalesceTransformSchema } from '../model/transform-document.ts'
import { isBlank, type Transform } from './transform.ts'

/** The value so far where it is filled, else the first filled one of the named source fields, else blank (integration specification 10.5). */
export const coalesce: Transform<z.infer<typeof coalesceTransformSchema>> = {
  transformType: 'Coalesce',
  check: () => [],
  compile: () => {
    return (value, named) => (isBlank(value) ? (named.find((other) => !isBlank(other)) ?? null) : value)
  },
}
