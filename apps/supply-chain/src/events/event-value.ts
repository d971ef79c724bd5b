import { type Decimal, formatDecimal } from '@p2c/base'

/** A contract field of a business event: text, symbol of an enumeration or a whole number; an amount; a day. */
export type EventValue = string | number | Decimal | EventDate

/** A day in an event. */
export interface EventDate {
  /** `2025-02-11`. */
  readonly date: string
}

/** A day as a contract field. */
export const eventDate = (date: string): EventDate => ({ date })

/** `/Date(ms)/`, as the DataContract serializer writes a moment. */
export const momentText = (moment: Date): string => `/Date(${moment.getTime()})/`

/** The JSON text of a contract field; amounts keep every digit. */
export function eventValueText(value: EventValue): string {
  if (typeof value !== 'object') return JSON.stringify(value)
  if ('date' in value) return JSON.stringify(momentText(new Date(`${value.date}T00:00:00Z`)))
  return formatDecimal(value)
}

const EMPTY_GUID = '00000000-0000-0000-0000-000000000000'
const GUID = /^\{?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\}?$/i

/** The directory object of a user: users whose id is a GUID are known by it, others by none. */
export const directoryObjectId = (userId: string): string => GUID.exec(userId)?.[1]?.toUpperCase() ?? EMPTY_GUID
