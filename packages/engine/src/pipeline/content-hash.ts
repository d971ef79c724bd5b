import { hash } from 'node:crypto'
import type { FieldValues } from '../model/field-value.ts'

/** Hexadecimal digits of a content hash: half of a SHA-256 is enough to tell the versions of one row apart, and half the size of the largest table. */
const HASH_DIGITS = 32

/** The same for the same names and values, in whatever order they come; `1` and `"1"` differ. As text: a buffer for each row would cost more than its hash. */
export function contentHash(values: FieldValues): string {
  const names = Object.keys(values)
  const content = isAscending(names) ? values : Object.fromEntries([...names].sort().map((name) => [name, values[name]]))
  return hash('sha256', JSON.stringify(content), 'hex').slice(0, HASH_DIGITS)
}

function isAscending(names: readonly string[]): boolean {
  for (let index = 1; index < names.length; index++) if ((names[index - 1] ?? '') > (names[index] ?? '')) return false
  return true
}
