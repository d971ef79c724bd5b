/** What is entered for a document as a whole. Source: Sales 1.6, 1.8. */
export const HEADER_AMOUNTS = ['discountpercentage', 'discountamount', 'freightamount'] as const

/** What the lines of a document add up to: pricing keeps them. Source: Sales 4.3. */
export const HEADER_TOTALS = [
  'totallineitemamount',
  'totallineitemdiscountamount',
  'totaldiscountamount',
  'totalamountlessfreight',
  'totaltax',
  'totalamount',
] as const
