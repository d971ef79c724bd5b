import { AppError, type ErrorCategory } from '@p2c/base'
import type { RowFailure } from '@p2c/engine'
import { parseJson } from '@p2c/odata'

/** What a failed operation means for the one who sent it. */
export type FaultKind = 'not-found' | 'duplicate' | 'conflict' | 'transient' | 'forbidden' | 'no-route' | 'refused'

export interface Fault {
  readonly kind: FaultKind
  readonly status: number
  readonly failure: RowFailure
  /** The service said something, in an error body of its own: it was no gateway that answered. */
  readonly hasWords: boolean
}

export interface InfologEntry {
  readonly severity: string
  readonly text: string
}

type JsonObject = Readonly<Record<string, unknown>>

const WRITE_EXCEPTION = 'AxODataWriteException'

/** The texts that carry meaning (F&O 12); the mapped user's language must be en-US. */
const NOT_FOUND = /No resources? (was|were) found/i
const DUPLICATE = /The record already exists\.?$/i
const CONFLICT = /another user|update conflict|deadlock/i
const NO_ROUTE = /No HTTP resource was found|keys provided for lookup/i
const UNKNOWN_FIELD = /Could not find a property named/i
/** E31: a discount of a whole line has no quantity to be spread over (templates specification, 9.2). */
const NO_QUANTITY = /A line discount requires a quantity/i
const REFERENCE = /The value '(.*?)' in field '(.*?)' is not found in the related table '(.*?)'/s
const FIELD_TAIL = /^validateField failed on field '([^']*)'/
const TAIL = /^(validateField failed on field|validateWrite failed on data source|Update has been canceled)/

/** The meaning of a failed answer, by status, then by the deepest message (FO-075, FO-076). */
export function readFault(status: number, text: string): Fault {
  const messages = messagesOf(readBody(text))
  const deepest = messages.deepest === '' ? `The answer was ${status} without a text.` : messages.deepest
  const infolog = readInfolog(deepest)
  const shown = infolog.filter((entry) => !TAIL.test(entry.text)).map((entry) => entry.text.trim())
  const message = shown.length > 0 ? shown.join(' ') : deepest
  const kind = kindOf(status, { deepest, message, isWriteException: messages.type.endsWith(WRITE_EXCEPTION) })
  return {
    kind,
    status,
    hasWords: messages.deepest !== '',
    failure: { ...meaningOf(kind, status, message), message, details: detailsOf({ status, deepest, infolog, message }) },
  }
}

function readBody(text: string): JsonObject {
  try {
    const body = parseJson(text)
    return typeof body === 'object' && body !== null ? (body as JsonObject) : {}
  } catch {
    return {} // empty on some 404, a page of a gateway on others
  }
}

/** `error.innererror.internalexception…` down to the last message, or the root member `Message` of a route miss (FO-118). */
function messagesOf(body: JsonObject): { readonly deepest: string; readonly type: string } {
  let node = objectIn(body, 'error')
  if (node === undefined) return { deepest: typeof body.Message === 'string' ? body.Message : '', type: '' }
  let deepest = ''
  let type = ''
  for (let depth = 0; node !== undefined && depth < 20; depth += 1) {
    if (typeof node.message === 'string' && node.message !== '') deepest = node.message
    if (typeof node.type === 'string' && node.type !== '') type = node.type
    node = objectIn(node, 'innererror') ?? objectIn(node, 'internalexception')
  }
  return { deepest, type }
}

function objectIn(body: JsonObject, name: string): JsonObject | undefined {
  const member = body[name]
  return typeof member === 'object' && member !== null ? (member as JsonObject) : undefined
}

/** `… Infolog: Warning: <text>; Error: <text>` as entries; texts may hold colons, semicolons and line ends (F&O 12). */
export function readInfolog(message: string): readonly InfologEntry[] {
  const start = message.indexOf('Infolog: ')
  if (start < 0) return []
  return message
    .slice(start + 'Infolog: '.length)
    .split(/;\s+(?=(?:Info|Warning|Error): )/)
    .flatMap((part) => {
      const match = /^(Info|Warning|Error): ([\s\S]*?);?$/.exec(part)
      return match === null ? [] : [{ severity: match[1] ?? '', text: match[2] ?? '' }]
    })
}

function kindOf(status: number, facts: { deepest: string; message: string; isWriteException: boolean }): FaultKind {
  if (status === 429 || status === 502 || status === 503 || status === 504) return 'transient'
  if (status === 401 || status === 403) return 'forbidden'
  if (NO_ROUTE.test(facts.deepest)) return 'no-route'
  if (NOT_FOUND.test(facts.deepest) || status === 404) return 'not-found'
  if (DUPLICATE.test(facts.message.trim())) return 'duplicate'
  if (status === 409 || status === 412 || CONFLICT.test(facts.deepest)) return 'conflict'
  return status >= 500 && !facts.isWriteException ? 'transient' : 'refused'
}

function meaningOf(kind: FaultKind, status: number, message: string): { readonly category: ErrorCategory; readonly code: string } {
  switch (kind) {
    case 'transient':
      return status === 429 ? { category: 'throttling', code: 'throttled' } : { category: 'connectivity', code: 'service-unavailable' }
    case 'forbidden':
      return { category: 'auth', code: status === 401 ? 'connection-refused' : 'privilege-missing' }
    case 'no-route':
      return { category: 'schema', code: 'entity-unknown' }
    case 'not-found':
      return { category: 'reference', code: 'not-found' }
    case 'duplicate':
      return { category: 'conflict', code: 'key-violated' }
    case 'conflict':
      return { category: 'conflict', code: 'row-changed-meanwhile' }
    case 'refused':
      if (UNKNOWN_FIELD.test(message)) return { category: 'schema', code: 'field-unknown' }
      if (NO_QUANTITY.test(message)) return { category: 'business-rule', code: 'discount-without-quantity' }
      return referenceMeaning(message) ?? { category: 'data', code: 'validation-failed' }
  }
}

/** Tables that documents refer to, by their label, and the entities that bring their rows; other labels name their entity. */
const ENTITIES_OF_TABLES: Readonly<Record<string, string>> = {
  customers: 'CustomersV2 or CustomersV3 or Customers',
  'sales orders': 'CDSSalesOrderHeaders or SalesOrderHeadersV2',
  'sales quotations': 'CDSSalesQuotationHeaders or SalesQuotationHeaders',
}

/** Only lines name an order or a quotation as something that must be there: it is their header (integrator 9.1). */
const HEADER_TABLES: ReadonlySet<string> = new Set(['sales orders', 'sales quotations'])

function referenceMeaning(message: string): { readonly category: ErrorCategory; readonly code: string } | undefined {
  const table = REFERENCE.exec(message)?.[3]
  if (table === undefined) return undefined
  return { category: 'reference', code: HEADER_TABLES.has(table.toLowerCase()) ? 'header-missing' : 'reference-not-found' }
}

function entityOfTable(table: string | undefined): { readonly entity?: string } {
  const entity = ENTITIES_OF_TABLES[table?.toLowerCase() ?? '']
  return entity === undefined ? {} : { entity }
}

function detailsOf(facts: {
  status: number
  deepest: string
  infolog: readonly InfologEntry[]
  message: string
}): NonNullable<RowFailure['details']> {
  const reference = REFERENCE.exec(facts.message)
  const refusedField = facts.infolog.map((entry) => FIELD_TAIL.exec(entry.text)?.[1]).find((field) => field !== undefined)
  return {
    status: facts.status,
    raw: facts.deepest.slice(0, 4000),
    ...(facts.infolog.length > 0 && { infolog: facts.infolog }),
    ...(refusedField !== undefined && { refusedField }),
    ...(reference !== null && { value: reference[1], field: reference[2], table: reference[3], ...entityOfTable(reference[3]) }),
  }
}

/** A fault that fails a whole call. */
export function faultError(
  fault: Fault,
  context: { readonly path: string; readonly activityId?: string; readonly retryAfterMs?: number },
): AppError {
  const { category, code, message, details } = fault.failure
  return new AppError({
    category,
    code,
    message,
    details: {
      ...details,
      ...(fault.kind === 'transient' && fault.hasWords && { hasWords: true }),
      request: context.path.split('?')[0],
      ...(context.activityId !== undefined && { activityId: context.activityId }),
    },
    retryable: fault.kind === 'transient' || fault.kind === 'conflict',
    ...(context.retryAfterMs !== undefined && { retryAfterMs: context.retryAfterMs }),
  })
}
