/** The parts of one address that its composite shows; the names after `address1_`. */
export const ADDRESS_PARTS = ['line1', 'line2', 'line3', 'city', 'stateorprovince', 'postalcode', 'country'] as const
export type AddressPart = (typeof ADDRESS_PARTS)[number]
export type AddressParts = Readonly<Record<AddressPart, string | null>>

const LONGEST_COMPOSITE = 1000

const present = (parts: readonly (string | null)[], separator: string): string =>
  parts.flatMap((part) => (part === null || part.trim() === '' ? [] : [part.trim()])).join(separator)

/**
 * Street lines, "city, state postalcode" and country, each on a line of its own; empty parts leave no line and no comma.
 * Null where the address is empty. Source: Sales 1.2.
 */
export function addressComposite(address: AddressParts): string | null {
  const region = present([address.stateorprovince, address.postalcode], ' ')
  const place = present([address.city, region], ', ')
  const text = present([address.line1, address.line2, address.line3, place, address.country], '\n')
  return text === '' ? null : text.slice(0, LONGEST_COMPOSITE)
}
