import type { z } from 'zod'
import type { constantTransformSchema } from '../model/transform-document.ts'
import type { Transform } from './transform.ts'

/** Writes its value over whatever the source has; `Default` only fills a blank (integration specification 10.5). */
export const constant: Transform<z.infer<typeof constantTransformSchema>> = {
  transformType: 'Constant',
  check: () => [],
  compile:
    ({ value }) =>
    () =>
      value,
}
