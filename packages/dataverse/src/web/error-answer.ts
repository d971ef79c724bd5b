import { isAppError, isDatabaseAway, type Logger } from '@p2c/base'
import { stringifyJson } from '@p2c/odata'
import { isPlatformError, PlatformError } from '../errors/platform-error.ts'
import { wireErrors } from '../errors/wire-errors.ts'
import { JSON_TYPE, type WireAnswer } from './exchange.ts'

/** Status and code of errors of the libraries below, by their own code. Source: wire specification 4, 11, 13, 16. */
const BY_CODE: Readonly<Record<string, readonly [status: number, code: string]>> = {
  'odata-too-long': [400, '0x80060888'],
  'batch-too-large': [413, '0x80060888'],
  'batch-content-type': [415, '0x80060888'],
  'json-too-large': [413, '0x80048d19'],
  'json-malformed': [400, '0x80048d19'],
  'json-too-deep': [400, '0x80048d19'],
  'text-malformed': [400, '0x80048d19'],
}

/** PostgreSQL classes whose cause is the value of a client: bad text, out of range, statement too complex. */
const CLIENT_SQL_STATES = ['22', '54']

/** Any thrown value as an error of the wire. What nobody foresaw is logged and answered without its text. */
export function toWireError(error: unknown, log: Logger): PlatformError {
  if (isPlatformError(error)) return error
  if (isDatabaseAway(error)) {
    log.warn({ err: error }, 'the database is away: a request is answered 503')
    return wireErrors.unavailable()
  }
  if (isAppError(error)) return fromAppError(error.code, error, log)
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
    if (CLIENT_SQL_STATES.includes(error.code.slice(0, 2))) {
      log.info({ err: error }, 'the database refused a value')
      return wireErrors.invalidArgument('A value of the request is out of range or malformed.')
    }
    if (error.code === '57014') return new PlatformError(500, '0x80044151', 'The request took too long and was stopped.')
  }
  log.error({ err: error }, 'a request failed unexpectedly')
  return wireErrors.unexpected()
}

function fromAppError(
  code: string,
  error: { readonly message: string; readonly details: Readonly<Record<string, unknown>> },
  log: Logger,
): PlatformError {
  const known = BY_CODE[code]
  if (known !== undefined) return new PlatformError(known[0], known[1], error.message)
  if (code.startsWith('batch-')) return new PlatformError(400, '0x80060888', error.message)
  if (code.startsWith('json-')) return new PlatformError(400, '0x80048d19', error.message)
  if (!code.startsWith('odata-')) {
    log.error({ err: error }, 'a request failed unexpectedly')
    return wireErrors.unexpected()
  }
  if (error.details.option === '$skip') return wireErrors.badQuery('Skip Clause is not supported in CRM')
  if (code === 'odata-not-before-query-function') {
    return wireErrors.badQuery('Not operator along with the Custom Named Condition operators is not allowed')
  }
  return wireErrors.badQuery(error.message)
}

/** Answer of a failed request. Annotations of the error are sent on request only (DV-109). */
export function errorAnswer(error: PlatformError, annotated: (name: string) => boolean): WireAnswer {
  const annotations = [
    ['Microsoft.PowerApps.CDS.ErrorDetails.OperationStatus', '0'],
    ['Microsoft.PowerApps.CDS.ErrorDetails.SubErrorCode', '0'],
    [
      'Microsoft.PowerApps.CDS.HelpLink',
      `http://go.microsoft.com/fwlink/?LinkID=398563&error=${encodeURIComponent(`Microsoft.Crm.CrmException:${error.code}`)}`,
    ],
  ].filter(([name]) => annotated(name ?? ''))
  const body = {
    error: { code: error.code, message: error.message, ...Object.fromEntries(annotations.map(([name, value]) => [`@${name}`, value])) },
  }
  return { status: error.status, headers: [['Content-Type', JSON_TYPE]], body: stringifyJson(body) }
}
