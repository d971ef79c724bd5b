/** A currency as a new installation has it. */
export interface CurrencySeed {
  readonly code: string
  readonly name: string
  readonly symbol: string
  readonly precision: number
  /** Units of this currency for one of the base currency, as decimal text; 1 of the base currency itself. */
  readonly exchangeRate: string
}

/** The accounting currency of a new organisation. */
export const BASE_CURRENCY: CurrencySeed = { code: 'USD', name: 'US Dollar', symbol: '$', precision: 2, exchangeRate: '1' }

/** Rates are starting values: whoever runs the organisation keeps them. */
export const OTHER_CURRENCIES: readonly CurrencySeed[] = [
  { code: 'EUR', name: 'Euro', symbol: '€', precision: 2, exchangeRate: '0.92' },
  { code: 'GBP', name: 'Pound Sterling', symbol: '£', precision: 2, exchangeRate: '0.79' },
  { code: 'CAD', name: 'Canadian Dollar', symbol: 'CA$', precision: 2, exchangeRate: '1.36' },
  { code: 'AUD', name: 'Australian Dollar', symbol: 'A$', precision: 2, exchangeRate: '1.52' },
]
