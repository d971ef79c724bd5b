/** Why a line or document has no proper price: values of `pricingerrorcode` that the engine gives. Source: Sales 1.1. */
export const PRICING_ERRORS = {
  none: 0,
  detailError: 1,
  missingPriceLevel: 2,
  inactivePriceLevel: 3,
  missingQuantity: 4,
  missingUnitPrice: 5,
  notInPriceLevel: 11,
  missingAmount: 12,
  missingPercentage: 13,
  missingPrice: 14,
  missingCurrentCost: 15,
  missingStandardCost: 16,
  invalidRoundingPolicy: 22,
  invalidRoundingOption: 23,
  invalidRoundingAmount: 24,
  calculationError: 25,
  invalidPriceLevelCurrency: 34,
} as const
export type PricingError = (typeof PRICING_ERRORS)[keyof typeof PRICING_ERRORS]

/** A stored code as the engine's own; none for any other. */
export const pricingErrorOf = (code: unknown): PricingError =>
  Object.values(PRICING_ERRORS).find((error) => error === code) ?? PRICING_ERRORS.none
