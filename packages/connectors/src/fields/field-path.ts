import { AppError } from '@p2c/base'

/** One way to the value behind a lookup: the table (absent: the lookup's only target) and the column there. */
export interface LookupTarget {
  readonly table?: string
  readonly column: string
}

/**
 * A field of a mapping: a column, or a value behind a lookup. `transactioncurrencyid.isocurrencycode` has one target,
 * `customerid.Account(accountnumber).Contact(msdynce_contactnumber)` two, tried in this order. Source: templates 2.4.
 */
export interface FieldPath {
  readonly text: string
  /** Lower case: field names compare without regard to case. */
  readonly column: string
  readonly targets: readonly LookupTarget[]
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/
const TARGET = /^([A-Za-z_][A-Za-z0-9_]{0,127})\(([A-Za-z_][A-Za-z0-9_]{0,127})\)$/

/** Reads the spelling of a mapping. Throws `field-path-invalid`. */
export function parseFieldPath(text: string): FieldPath {
  const [column = '', ...rest] = text.split('.')
  if (!NAME.test(column)) throw invalidPath(text)
  const targets = rest.map((part): LookupTarget => {
    const typed = TARGET.exec(part)
    if (typed !== null) return { table: (typed[1] ?? '').toLowerCase(), column: (typed[2] ?? '').toLowerCase() }
    if (NAME.test(part) && rest.length === 1) return { column: part.toLowerCase() }
    throw invalidPath(text)
  })
  return { text, column: column.toLowerCase(), targets }
}

const invalidPath = (text: string): AppError =>
  new AppError({
    category: 'schema',
    code: 'field-path-invalid',
    message: `'${text}' is not a field: expected 'column', 'lookup.column' or 'lookup.Table(column)'. Correct the mapping.`,
    details: { field: text },
  })
