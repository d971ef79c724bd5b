import { AppError } from '@p2c/base'

/**
 * Codes of everything that this package refuses in a URL or in a filter; all have category `schema`, and `details.position` where a place in
 * the text is known (UTF-16 code units in the decoded text; in the raw URL for bad percent-encoding and for a URL that is too long).
 * `details` further holds, where it applies: `option` (`$skip`), `operator` (`has`), `function` (`tolower`), `alias` (`@p1`),
 * `property` and `typeName`, `expected` (list of texts), `limit`.
 */
export const ODATA_ERROR_CODES = [
  'odata-syntax',
  'odata-unsupported',
  'odata-too-long',
  'odata-too-deep',
  'odata-duplicate-option',
  'odata-alias-missing',
  'odata-not-before-query-function',
  'odata-unknown-property',
  'odata-type-mismatch',
  'odata-out-of-range',
] as const
export type ODataErrorCode = (typeof ODATA_ERROR_CODES)[number]

/** A refusal of `code`; `details.position` names the place. */
export const odataError = (code: ODataErrorCode, message: string, details: Readonly<Record<string, unknown>>): AppError =>
  new AppError({ category: 'schema', code, message, details })

/** Longest piece of the client's text that a message repeats. */
const LONGEST_QUOTE = 60

/** A piece of the client's text for a message: in double quotes, escaped, never long. */
export const quoteForMessage = (text: string): string =>
  JSON.stringify(text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text.toWellFormed())
