import type { z } from 'zod'
import type { FieldValue } from '../model/field-value.ts'
import type { countryRegionCodeTransformSchema } from '../model/transform-document.ts'
import { aliasMap, findCountry, writeCountry } from './country-names.ts'
import { isBlank, quoted, remembering, type Transform, type TransformOutcome } from './transform.ts'

type Parameters = z.infer<typeof countryRegionCodeTransformSchema>

/**
 * A country or region from English short and official names, ISO 3166-1 alpha-2, alpha-3, numeric and aliases, to `iso2` (default), `iso3`
 * or `name`. A blank stays blank, so that a `Default` behind it fires; an unknown text follows `onUnmatched`, a failure
 * `value-not-mapped` by default (integration specification 10.4).
 */
export const countryRegionCode: Transform<Parameters> = {
  transformType: 'CountryRegionCode',
  check: () => [],
  compile: (parameters, target) => {
    const aliases = aliasMap(parameters.aliases ?? {})
    return remembering((value) => {
      if (isBlank(value)) return null
      const code = findCountry(String(value), parameters.from ?? 'auto', aliases)
      const written = code === undefined ? undefined : writeCountry(code, parameters.to ?? 'iso2')
      return written ?? unmatched(parameters, value, target.field)
    })
  },
}

function unmatched(parameters: Parameters, value: FieldValue, field: string): TransformOutcome {
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
        message: `${quoted(value)} for '${field}' is no country or region that is known: correct it, or add an alias for it.`,
      }
  }
}
