/** A field path of a template, taken apart: `name`, `lookup.key`, `lookup.Table(key).Other(key)`. */
export interface FieldPath {
  readonly text: string
  /** The property itself, or the lookup. */
  readonly property: string
  /** Where the value of a lookup is: one branch without a table, or one for each table it may point to. */
  readonly branches: readonly { readonly table?: string; readonly field: string }[]
}

const BRANCH = /^([A-Za-z_]\w*)\(([A-Za-z_]\w*)\)$/

export function parseFieldPath(text: string): FieldPath {
  const [property = '', ...rest] = text.split('.')
  return { text, property, branches: rest.map(toBranch) }
}

function toBranch(part: string): { table?: string; field: string } {
  const match = BRANCH.exec(part)
  return match?.[1] === undefined || match[2] === undefined ? { field: part } : { table: match[1].toLowerCase(), field: match[2] }
}
