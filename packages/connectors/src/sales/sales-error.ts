import { AppError, type AppErrorFacts, type ErrorCategory } from '@p2c/base'

interface Meaning {
  readonly category: ErrorCategory
  readonly code: string
  readonly retryable?: boolean
}

/** By error code. Source: Dataverse Web API 16, Sales specification 8. */
const BY_CODE: Readonly<Record<string, Meaning>> = {
  '0x80044331': { category: 'data', code: 'value-too-long' },
  '0x80044330': { category: 'data', code: 'value-out-of-range' },
  '0x8004432f': { category: 'data', code: 'value-out-of-range' },
  '0x8004431a': { category: 'data', code: 'choice-unknown' },
  '0x80040200': { category: 'data', code: 'required-field-missing' },
  '0x80043b05': { category: 'data', code: 'required-field-missing' },
  '0x80043b11': { category: 'data', code: 'product-missing' },
  '0x8004203e': { category: 'data', code: 'value-invalid' },
  '0x80040203': { category: 'data', code: 'value-invalid' },
  '0x80048d19': { category: 'data', code: 'value-invalid' },
  '0x80060892': { category: 'conflict', code: 'key-violated' },
  '0x80040237': { category: 'conflict', code: 'key-violated' },
  '0x80040333': { category: 'conflict', code: 'duplicate-found' },
  '0x80043b06': { category: 'conflict', code: 'key-violated' },
  '0x80060882': { category: 'conflict', code: 'row-changed-meanwhile' },
  '0x80040217': { category: 'reference', code: 'reference-not-found' },
  '0x80060891': { category: 'reference', code: 'reference-not-found' },
  '0x80043b14': { category: 'reference', code: 'reference-not-found' },
  '0x80043b16': { category: 'reference', code: 'reference-not-found' },
  '0x80040265': { category: 'business-rule', code: 'refused-by-rule' },
  '0x8004022e': { category: 'business-rule', code: 'document-read-only' },
  '0x80048408': { category: 'business-rule', code: 'status-invalid' },
  '0x80044352': { category: 'data', code: 'source-position-expired' },
  '0x80044150': { category: 'connectivity', code: 'service-unavailable', retryable: true },
  '0x80044151': { category: 'connectivity', code: 'service-unavailable', retryable: true },
}

/** By status, where the code says nothing. */
const BY_STATUS: Readonly<Record<number, Meaning>> = {
  403: { category: 'auth', code: 'privilege-missing' },
  404: { category: 'reference', code: 'not-found' },
  412: { category: 'conflict', code: 'conflict' },
  413: { category: 'data', code: 'request-too-large' },
}

/**
 * A refusal of the Web API by status, then code. The text is only passed on, with one exception: the price list rule answers with the
 * code that every veto has (Sales specification 6.5), and the history must name it.
 */
export function salesError(status: number, body: Readonly<Record<string, unknown>>, context: { readonly path: string }): AppError {
  const error = typeof body.error === 'object' && body.error !== null ? (body.error as Record<string, unknown>) : {}
  const wireCode = typeof error.code === 'string' ? error.code.toLowerCase() : ''
  const text = typeof error.message === 'string' && error.message !== '' ? error.message : `The answer was ${status} without a text.`
  const meaning = meaningOf(status, wireCode, text)
  const missing = meaning.category === 'reference' ? MISSING_REFERENCE.exec(text)?.groups : undefined
  const hasWords = status === 500 && (wireCode !== '' || typeof error.message === 'string')
  const facts: AppErrorFacts = {
    category: meaning.category,
    code: missing !== undefined && MISSING_HEADER.test(text) ? 'header-missing' : meaning.code,
    message: text,
    details: {
      status,
      wireCode,
      request: context.path.split('?')[0],
      ...(hasWords && meaning.retryable === true && { hasWords }),
      ...missing,
    },
    ...(meaning.retryable === true && { retryable: true }),
  }
  return new AppError(facts)
}

/** Head of the text that the Sales application has for it; the cloud's own wording is not documented. */
const PRICE_LIST_MISSING = /^No active price list with the currency|no .{0,40}price list/i

/** How the hub says that a row refers to one that is not there: `<table> cannot refer to <set> by <column> = '<value>': ...`. */
const MISSING_REFERENCE = /^\S+ cannot refer to (?<entity>\S+) by (?<field>\S+) = '(?<value>[\s\S]*?)': (?:organisation|there is)/

/** A line of the hub whose document is missing waits for it under a name of its own (integrator 9.1). */
const MISSING_HEADER = /^(\S+)line cannot refer to \1 by /i

function meaningOf(status: number, wireCode: string, text: string): Meaning {
  if (status === 403) return { category: 'auth', code: 'privilege-missing' }
  const known = BY_CODE[wireCode] ?? BY_STATUS[status]
  if (known?.code === 'refused-by-rule' && PRICE_LIST_MISSING.test(text)) return { category: 'business-rule', code: 'price-list-missing' }
  if (known !== undefined) return known
  if (status === 429) return { category: 'throttling', code: 'throttled', retryable: true }
  // Nothing that is known of the row or the query: the service itself is disturbed, until it turns out to fail on one row alone.
  if (status === 500 || (status >= 502 && status <= 504)) return { category: 'connectivity', code: 'service-unavailable', retryable: true }
  return status > 500 ? { category: 'internal', code: 'server-failed' } : { category: 'business-rule', code: 'refused' }
}

/** True where the failure is about the rows that were sent: smaller pieces may pass. Otherwise the whole call failed. */
export const isAboutRows = (error: unknown): error is AppError =>
  error instanceof AppError && !error.retryable && !['auth', 'connectivity', 'throttling', 'schema'].includes(error.category)
