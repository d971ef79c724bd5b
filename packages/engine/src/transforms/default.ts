import type { z } from 'zod'
import type { defaultTransformSchema } from '../model/transform-document.ts'
import { isBlank, type Transform } from './transform.ts'

/** Writes its value where there is none so far: absent or blank. Without a source field it is a constant (integration specification 10.2). */
export const defaultTransform: Transform<z.infer<typeof defaultTransformSchema>> = {
  transformType: 'Default',
  check: () => [],
  compile: ({ defaultValue }) => {
    return (value) => (isBlank(value) ? defaultValue : value)
  },
}
