import type { LoadAddress } from '../load-set.ts'

/** Currency of a customer by country; other countries of the data set use the euro. */
const CURRENCIES: Readonly<Record<string, string>> = { US: 'USD', CA: 'CAD', AU: 'AUD', GB: 'GBP' }

/** The currency in which people at an address buy; dollars where there is none. */
export const currencyOf = (address: LoadAddress | undefined): string =>
  address === undefined ? 'USD' : (CURRENCIES[address.country] ?? 'EUR')

/** A row of the file `addresses`. */
export type AddressRow = Readonly<Record<(typeof ADDRESS_COLUMNS)[number], string>>
export const ADDRESS_COLUMNS = ['address_id', 'line1', 'line2', 'city', 'state_code', 'country_code', 'postal_code'] as const

/** An address in neutral words; the two lines of the street become one. */
export const toAddress = (row: AddressRow): LoadAddress => ({
  street: [row.line1, row.line2].filter((line) => line !== '').join(', '),
  city: row.city,
  ...(row.state_code !== '' && { state: row.state_code }),
  ...(row.postal_code !== '' && { postalCode: row.postal_code }),
  country: row.country_code,
})
