import type { XmlElement } from '@p2c/odata'
import { fetchErrors } from './fetch-errors.ts'

/** Reads an attribute that is true or false; absent means false. */
export function flag(element: XmlElement, name: string): boolean {
  const text = element.attributes[name]?.trim().toLowerCase() ?? 'false'
  if (text === 'true' || text === '1') return true
  if (text === 'false' || text === '0' || text === '') return false
  throw fetchErrors.notBoolean(name, text)
}

/** Reads an attribute that must be given. */
export function wordOf(element: XmlElement, name: string): string {
  const text = element.attributes[name]?.trim()
  if (text === undefined || text === '') throw fetchErrors.missingAttribute(name, element.name)
  return text
}

/** What the platform allows one query to hold. */
const LIMITS = { conditions: 500, links: 15, values: 5_000 } as const

/** Counts the parts of one query while it is read. */
export interface Tally {
  add(what: keyof typeof LIMITS, count: number): void
}

/** A tally that refuses the first part too many. */
export function createTally(): Tally {
  const counts = { conditions: 0, links: 0, values: 0 }
  return {
    add: (what, count) => {
      counts[what] += count
      if (counts[what] > LIMITS[what]) throw fetchErrors.tooMuch(what, LIMITS[what])
    },
  }
}
