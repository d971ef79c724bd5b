/** One place of a number: the characters that may stand there. */
type Place = string

const DIGITS = '0123456789'
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'

/** Sales counts with at least five digits; more than ten is no number of its counters. */
const SALES_DIGITS = [5, 6, 7, 8, 9, 10]

/** Numbers that Sales makes: `<prefix>-<number>-<suffix>`, one pattern for each length of the number. Source: Sales specification, 5. */
export const salesPatterns = (prefix: string, suffixLength: number): readonly (readonly Place[])[] =>
  SALES_DIGITS.map((digits) => [
    ...literal(`${prefix}-`),
    ...Array.from({ length: digits }, () => DIGITS),
    ...literal('-'),
    ...Array.from({ length: suffixLength }, () => `${DIGITS}${LETTERS}`),
  ])

/** Numbers of a format of Supply Chain: `#` is a digit, `&` a letter, everything else stands as it is. */
export const supplyChainPattern = (format: string): readonly Place[] =>
  [...format].map((sign) => (sign === '#' ? DIGITS : sign === '&' ? LETTERS : sign.toUpperCase()))

const literal = (text: string): readonly Place[] => [...text.toUpperCase()]

/** True where one number fits both patterns, without regard to case. */
export const patternsMeet = (a: readonly Place[], b: readonly Place[]): boolean =>
  a.length === b.length && a.every((place, at) => [...place].some((sign) => b[at]?.includes(sign)))
