import { PUBLIC_ENTITIES } from '../entities/catalogue.ts'
import { EVENT_ENTITIES } from '../entities/events.ts'
import { BUSINESS_EVENT_IDS } from './business-event-ids.ts'
import { accept, type Decision, refuse, type TableRules, type WriteCandidate } from './decision.ts'
import { type InfologEntry, refuseField } from './messages.ts'

/** What a read shows where a secret is stored. Given back, it changes nothing. */
export const HIDDEN_SECRET = '********'

/** Header in which a secret travels where none is named. */
const DEFAULT_SECRET_HEADER = 'x-p2c-event-secret'
/** A header name of HTTP. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/i
/** What a header value may hold: visible characters of ASCII and blanks. */
const HEADER_VALUE = /^[\x20-\x7e]*$/
/** Headers that belong to the delivery itself. */
const OWN_HEADERS = new Set([
  'host',
  'content-length',
  'content-type',
  'transfer-encoding',
  'connection',
  'expect',
  'upgrade',
  'te',
  'trailer',
])

/** An address that events can be posted to, without a user in it: secrets have a field of their own. */
function isEndpointUrl(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && ['http:', 'https:'].includes(url.protocol) && url.username === '' && url.password === ''
}

function problemsOf(row: Readonly<Record<string, string>>): InfologEntry[] {
  const { EndpointUrl = '', SecretHeaderName = '', SecretValue = '' } = row
  const isHeader = SecretHeaderName === '' || (HEADER_NAME.test(SecretHeaderName) && !OWN_HEADERS.has(SecretHeaderName.toLowerCase()))
  return [
    ...(EndpointUrl === '' || isEndpointUrl(EndpointUrl) ? [] : [refuseField('EndpointUrl', 'L18', EndpointUrl)]),
    ...(isHeader ? [] : [refuseField('SecretHeaderName', 'L19', SecretHeaderName)]),
    ...(HEADER_VALUE.test(SecretValue) ? [] : [refuseField('SecretValue', 'L20')]),
  ]
}

function decideEndpoint({ before, row, given }: WriteCandidate): Decision {
  const isKept = given.has('SecretValue') && row.SecretValue === HIDDEN_SECRET
  const secret = isKept ? (before?.SecretValue ?? '') : (row.SecretValue ?? '')
  const header = secret !== '' && row.SecretHeaderName === '' ? DEFAULT_SECRET_HEADER : (row.SecretHeaderName ?? '')
  const values = { ...row, SecretValue: secret, SecretHeaderName: header }
  const problems = problemsOf(values)
  return problems.length > 0 ? refuse(...problems) : accept(values)
}

/** Endpoints of events: an address of HTTP, and a secret that fits into a header. */
export const EVENT_ENDPOINT_RULES: TableRules = { decide: decideEndpoint }

/** Entities that data events tell of: those with rows of their own in a table. Events of events would never end, and would tell secrets. */
const EVENT_ENTITY_NAMES = new Map(
  PUBLIC_ENTITIES.filter((entity) => !entity.storage.isView && !EVENT_ENTITIES.includes(entity)).map((entity) => [
    entity.aotName.toLowerCase(),
    entity.aotName,
  ]),
)

/** Data events: the entity is one of the application's, named as in its object tree. */
export const DATA_EVENT_RULES: TableRules = {
  decide({ row }) {
    const name = EVENT_ENTITY_NAMES.get((row.EntityName ?? '').toLowerCase())
    return name === undefined ? refuse(refuseField('EntityName', 'L21', row.EntityName ?? '')) : accept({ ...row, EntityName: name })
  },
}

const EVENT_IDS: ReadonlyMap<string, string> = new Map(BUSINESS_EVENT_IDS.map((id) => [id.toLowerCase(), id]))

/** Business events: one of the application's. An event that nobody raises would be waited for in vain. */
export const BUSINESS_EVENT_RULES: TableRules = {
  decide({ row }) {
    const id = EVENT_IDS.get((row.BusinessEventId ?? '').toLowerCase())
    return id === undefined
      ? refuse(refuseField('BusinessEventId', 'L124', row.BusinessEventId ?? ''))
      : accept({ ...row, BusinessEventId: id })
  },
}
