import type { z } from 'zod'
import type { FieldValue } from '../model/field-value.ts'
import type { valueMapTransformSchema } from '../model/transform-document.ts'
import { type ParameterProblem, quoted, remembering, type Transform } from './transform.ts'

type Parameters = z.infer<typeof valueMapTransformSchema>

/** Keys compare trimmed, without case and NFC-normalised; a blank value looks up `''`. */
export const valueMapKey = (value: FieldValue): string => (value === null ? '' : String(value).normalize('NFC').trim().toLowerCase())

/** `__blank__` is the other spelling of the blank key in files. */
const entryKey = (key: string): string => (key === '__blank__' ? '' : valueMapKey(key))

/**
 * Replaces a value by its entry; `null` on the right leaves it blank. Without an entry `onUnmatched` decides: a failure
 * `value-not-mapped` (the default, for blanks too), the value as it is, `defaultValue`, or blank (integration specification 10.3).
 */
export const valueMap: Transform<Parameters> = {
  transformType: 'ValueMap',
  check: ({ valueMap: entries }) => duplicates(Object.keys(entries)),
  compile: (parameters, target) => {
    const entries = new Map(Object.entries(parameters.valueMap).map(([key, value]) => [entryKey(key), value]))
    return remembering((value) => {
      const entry = entries.get(valueMapKey(value))
      if (entry !== undefined) return entry
      switch (parameters.onUnmatched ?? 'error') {
        case 'passthrough':
          return value
        case 'default':
          return parameters.defaultValue ?? null
        case 'null':
          return null
        case 'error':
          return {
            code: 'value-not-mapped',
            message: `No entry for ${quoted(value)} in the value map of '${target.field}': add one${value === null ? ' with the key ""' : ''}, or set onUnmatched.`,
          }
      }
    })
  },
}

function duplicates(keys: readonly string[]): readonly ParameterProblem[] {
  const first = new Map<string, string>()
  return keys.flatMap((key) => {
    const earlier = first.get(entryKey(key))
    first.set(entryKey(key), earlier ?? key)
    if (earlier === undefined) return []
    return [
      {
        code: 'value-map-duplicate',
        message: `The value map has two entries for one value: ${quoted(earlier)} and ${quoted(key)}. Remove one.`,
      },
    ]
  })
}
