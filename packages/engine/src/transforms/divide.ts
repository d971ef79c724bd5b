import { type Decimal, formatDecimal, parseDecimal } from '@p2c/base'
import type { z } from 'zod'
import type { FieldValue } from '../model/field-value.ts'
import type { divideTransformSchema } from '../model/transform-document.ts'
import { isBlank, quoted, type Transform } from './transform.ts'

/** Decimals that a quotient is cut to; the destination rounds it to its own. */
const QUOTIENT_DECIMALS = 10

/**
 * The value divided by another source field: the price of one unit from a price for several. A blank value, or a divisor that is blank, 0 or 1,
 * leaves the value as it is; what is no number is a failure `type-mismatch` (templates specification 7.7).
 */
export const divide: Transform<z.infer<typeof divideTransformSchema>> = {
  transformType: 'Divide',
  check: () => [],
  compile: ({ by }, target) => {
    return (value, [divisorValue = null]) => {
      if (isBlank(value) || isBlank(divisorValue)) return value
      const dividend = toDecimal(value)
      const divisor = toDecimal(divisorValue)
      if (dividend === undefined) return noNumber(value, `for '${target.field}'`)
      if (divisor === undefined) return noNumber(divisorValue, `in '${by}'`)
      return divisor.isZero() || divisor.equals(1) ? value : formatDecimal(dividend.dividedBy(divisor).toDecimalPlaces(QUOTIENT_DECIMALS))
    }
  },
}

const toDecimal = (value: FieldValue): Decimal | undefined =>
  typeof value === 'boolean' || value === null ? undefined : parseDecimal(value)

const noNumber = (value: FieldValue, place: string) => ({ code: 'type-mismatch', message: `${quoted(value)} ${place} is not a number.` })
