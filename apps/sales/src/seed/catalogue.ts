/** The unit group that the templates name, with its base unit. Source: Sales 1.7. */
export const UNIT_GROUP = { name: 'Default Unit', baseUnit: 'Primary Unit' } as const

/** Units of map U, each one primary unit. Source: Templates 10. */
export const UNITS = ['Each', 'Piece', 'Box', 'Kilogram', 'Pound', 'Hour'] as const

/** One active price list for each currency, so that products of each find one. Source: Templates 9.4 and 10. */
export const PRICE_LISTS: Readonly<Record<string, string>> = {
  USD: 'CRM Service USA (sample)',
  EUR: 'CRM Service Europe (sample)',
  GBP: 'CRM Service United Kingdom (sample)',
  CAD: 'CRM Service Canada (sample)',
  AUD: 'CRM Service Australia (sample)',
}
