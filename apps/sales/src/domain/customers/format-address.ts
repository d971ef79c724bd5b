import { addressComposite } from './address-composite.ts'

export interface PostalAddress {
  readonly line1: string
  readonly city: string
  readonly stateorprovince: string
  readonly postalcode: string
  readonly country: string
}

/** Countries whose addresses go from the large to the small: postal code first, street last. */
const LARGE_TO_SMALL: readonly string[] = ['japan', 'jp', 'jpn', '日本']

/** An address as people of its country write it, a line for each part; empty parts leave no line. Source: public reference of `FormatAddress`. */
export function formatAddress(address: PostalAddress): string {
  const { postalcode, stateorprovince, city, line1, country } = address
  if (!LARGE_TO_SMALL.includes(country.trim().toLowerCase())) return addressComposite({ ...address, line2: null, line3: null }) ?? ''
  return [postalcode, stateorprovince, city, line1, country]
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .join('\n')
}
