import { AppError } from '@p2c/base'
import type { FieldValue, FieldValues } from '@p2c/engine'

/** The integration key of a row as the engine writes it: its values joined by `|`, empty where the row has none of them. */
export function rowKey(values: FieldValues, keyFields: readonly string[]): string {
  if (keyFields.length === 1) return keyText(values[keyFields[0] ?? ''] ?? null)
  const parts = keyFields.map((field) => keyText(values[field] ?? null))
  return parts.every((part) => part === '') ? '' : parts.join('|')
}

const keyText = (value: FieldValue): string => (value === null ? '' : String(value))

/** The values in a joined key. Throws `key-unreadable` where a value itself holds `|`, so that it cannot be told apart. */
export function splitRowKey(key: string, keyFields: readonly string[]): string[] {
  if (keyFields.length === 1) return [key]
  const parts = key.split('|')
  if (parts.length === keyFields.length) return parts
  throw new AppError({
    category: 'data',
    code: 'key-unreadable',
    message: `The key '${key}' has ${parts.length} parts, expected ${keyFields.length} (${keyFields.join(', ')}). Remove '|' from the key values.`,
    details: { key, keyFields },
  })
}

/** How texts compare in both systems: outer blanks and letter case do not matter (templates 2.4). */
export const comparable = (value: unknown): string =>
  String(value ?? '')
    .trim()
    .toLowerCase()
