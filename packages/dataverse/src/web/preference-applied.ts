import { formatPreferenceApplied, honouredPreferences } from '@p2c/odata'
import type { Exchange } from './exchange.ts'

/** `Preference-Applied` for the sent preferences of these names, or nothing. */
export function preferenceApplied(exchange: Exchange, names: readonly string[]): readonly (readonly [string, string])[] {
  const text = formatPreferenceApplied(honouredPreferences(exchange.preferences, names))
  return text === undefined ? [] : [['Preference-Applied', text]]
}
