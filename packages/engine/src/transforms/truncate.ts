import type { z } from 'zod'
import type { truncateTransformSchema } from '../model/transform-document.ts'
import type { Transform } from './transform.ts'

/**
 * Cuts text to `maxLength`, else to the destination field's length; what would be half a code point is left out whole. A cut
 * of a key field is always a failure `value-too-long`, since two rows could become one (integration specification 10.4).
 */
export const truncate: Transform<z.infer<typeof truncateTransformSchema>> = {
  transformType: 'Truncate',
  check: (parameters, target) =>
    (parameters.maxLength ?? target.maxLength) === undefined
      ? [
          {
            code: 'truncate-without-length',
            message: `'${target.field}' has no length to cut to: give maxLength, or remove the transform.`,
          },
        ]
      : [],
  compile: (parameters, target) => {
    const limit = Math.min(parameters.maxLength ?? Number.POSITIVE_INFINITY, target.maxLength ?? Number.POSITIVE_INFINITY)
    const refuses = target.isKey || parameters.onCut === 'error'
    return (value) => {
      if (typeof value !== 'string' || value.length <= limit) return value
      if (!refuses) return cut(value, limit)
      const reason = target.isKey ? 'a field of the integration key is never cut' : 'onCut is error'
      return { code: 'value-too-long', message: `'${target.field}' takes ${limit} characters, the value has ${value.length}; ${reason}.` }
    }
  },
}

/** At most `limit` UTF-16 units, ending on a whole code point. */
export function cut(text: string, limit: number): string {
  const lastUnit = text.charCodeAt(limit - 1)
  const splitsPair = lastUnit >= 0xd800 && lastUnit <= 0xdbff
  return text.slice(0, splitsPair ? limit - 1 : limit)
}
