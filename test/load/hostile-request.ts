import type { Chance } from '../support/chance.ts'

/** A request that no sane client sends. */
export interface HostileRequest {
  readonly method: string
  /** Below the service root, as it goes over the wire; from the host where it begins with a slash. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

/** The same text with some characters lost, doubled or replaced. */
export function scratched(chance: Chance, text: string): string {
  const at = Math.floor(chance.below(text.length))
  return `${text.slice(0, at)}${chance.pick(['', '%', '%00', '%F0%9F', "'", '(', ')', '/', '//', '$', '?', ';', '%252F', '\u00ff'])}${text.slice(at + Math.floor(chance.below(3)))}`
}
