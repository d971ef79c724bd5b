import type { ColumnDefinition } from '@p2c/dataverse'
import { type ClosedList, CURRENCY_CODE, UNIT_OF_MEASURE } from './closed-lists.ts'

/** A field of the hub: a column, and the closed list that it takes its values from. */
export interface Field {
  readonly column: ColumnDefinition
  readonly list?: ClosedList
}

/** Columns are named like the fields, in lower case: that is what a Dataverse table may have. */
export const columnName = (field: string): string => field.toLowerCase()

const named = (field: string): { readonly name: string; readonly label: string } => ({ name: columnName(field), label: field })

/**
 * Text as wide as the widest field that a template brings: the published widths are often narrower than those of Sales, and a row that the
 * direct template carries must not fail on the way through the hub. Widths are derived.
 */
export const text = (field: string, maxLength: number): Field => ({ column: { ...named(field), type: 'string', maxLength } })

/** A text of several lines. */
export const memo = (field: string): Field => ({ column: { ...named(field), type: 'memo', maxLength: 2000 } })

/** Widest business key of either side (`productnumber`, `quotenumber`, `ordernumber`). */
const KEY_LENGTH = 100

/** A business key, which no row may lack. */
export const keyText = (field: string): Field => ({
  column: { ...named(field), type: 'string', maxLength: KEY_LENGTH, required: 'system' },
})

/** A business key of another row. */
export const optionalKeyText = (field: string): Field => text(field, KEY_LENGTH)

/** Longest name of a list member, with room for what is refused: the answer shall name the value, not its length. */
const MEMBER_LENGTH = 100

/** A field of a closed list. */
export const member = (field: string, list: ClosedList): Field => ({ ...text(field, MEMBER_LENGTH), list })

/** Yes or no. */
export const flag = (field: string): Field => ({ column: { ...named(field), type: 'boolean' } })
/** A day, without a time. */
export const date = (field: string): Field => ({ column: { ...named(field), type: 'datetime', behavior: 'date-only' } })

const LARGEST_INTEGER = 2_147_483_647

/** A whole number of 32 bits. */
export const whole = (field: string): Field => ({
  column: { ...named(field), type: 'integer', min: -LARGEST_INTEGER, max: LARGEST_INTEGER },
})

/** Number of a line in its document, half of the key of a line. */
export const sequence: Field = {
  column: { ...named('Sequence'), type: 'integer', min: -LARGEST_INTEGER, max: LARGEST_INTEGER, required: 'system' },
}

const LARGEST_AMOUNT = '922337203685477'

/** More decimals than any price of either side has: the hub passes numbers on and never rounds them. */
const DECIMALS = 10

const number = (field: string): Field => ({
  column: { ...named(field), type: 'decimal', precision: DECIMALS, min: `-${LARGEST_AMOUNT}`, max: LARGEST_AMOUNT },
})

/** An amount of a named currency: `TotalAmount` and `TotalAmount_CurrencyCode`. Not of type money, which rounds and converts. */
export const amount = (field: string): readonly Field[] => [number(field), member(`${field}_CurrencyCode`, CURRENCY_CODE)]

/** A quantity of a unit: `Quantity` and `Quantity_UOM`. */
export const quantity = (field: string): readonly Field[] => [number(field), member(`${field}_UOM`, UNIT_OF_MEASURE)]

const ADDRESS_PARTS: readonly (readonly [part: string, maxLength: number])[] = [
  ['AddressLine1', 250],
  ['AddressLine2', 250],
  ['City', 80],
  ['State', 50],
  ['PostalCode', 20],
  ['Country', 80],
]

/** The parts of a postal address: `DeliveryAddress_City` and so on. */
export const address = (field: string): readonly Field[] => ADDRESS_PARTS.map(([part, maxLength]) => text(`${field}_${part}`, maxLength))

/** The parts of a person's name: `PersonName_Surname` and so on. */
export const personName = (field: string): readonly Field[] =>
  ['GivenName', 'MiddleName', 'Surname'].map((part) => text(`${field}_${part}`, 50))
