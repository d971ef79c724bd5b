import { identifier } from '../commands/parameters.ts'

/** Where the commands of quotations are found as custom services. */
export const QUOTATION_SERVICE = { group: 'SalesQuotationServices', service: 'SalesQuotationService' } as const

/** A quotation by its number. */
export const salesQuotationNumber = identifier(20, 'Quotation')

/** Why a quotation was lost or cancelled. */
export const reason = {
  reasonCode: identifier(10, 'Reason code'),
  comment: identifier(255, 'Why').optional(),
}
