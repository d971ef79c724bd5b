import type { DocumentHeader } from '../documents/document-family.ts'
import type { RuleRefusal } from '../refusal.ts'

/** The currency of a document must be that of its price list. Source: Sales 4.4 step 2 and 8. */
export const PRICE_LIST_CURRENCY = (document: string, list: string): RuleRefusal => ({
  code: '0x80048cf6',
  message: `The currency of the ${document} does not match the currency of price list '${list}'. Choose a price list in its currency.`,
})

/** What a document is made from, with the code for another currency there. Pairing: Sales 8. */
export const LINKED_DOCUMENTS: Readonly<
  Record<DocumentHeader, readonly { readonly column: string; readonly table: DocumentHeader; readonly code: string }[]>
> = {
  opportunity: [],
  quote: [{ column: 'opportunityid', table: 'opportunity', code: '0x80048cef' }],
  salesorder: [
    { column: 'quoteid', table: 'quote', code: '0x80048cee' },
    { column: 'opportunityid', table: 'opportunity', code: '0x80048cef' },
  ],
  invoice: [
    { column: 'salesorderid', table: 'salesorder', code: '0x80048ced' },
    { column: 'opportunityid', table: 'opportunity', code: '0x80048cef' },
  ],
}

export const LINKED_CURRENCY = (document: string, link: { readonly table: string; readonly code: string }): RuleRefusal => ({
  code: link.code,
  message: `The currency of the ${document} does not match the currency of its ${link.table}.`,
})

/** Why the currency of a document may not change; undefined where it may. Source: Sales 1.6, 1.10, 1.11, 4.7 and 8. */
export function refuseCurrencyChange(
  document: DocumentHeader,
  uses: { readonly hasLines: boolean; readonly hasDocuments: boolean },
): RuleRefusal | undefined {
  if (document === 'salesorder' || document === 'invoice') {
    return { code: '0x80040203', message: `The currency of the ${document} cannot be changed after it was created.` }
  }
  if (document === 'quote') {
    if (!uses.hasLines) return undefined
    return { code: '0x8004480e', message: 'The currency cannot be changed because this quote has products. Remove them first.' }
  }
  if (!uses.hasLines && !uses.hasDocuments) return undefined
  return {
    code: '0x80048479',
    message: 'The currency cannot be changed because this opportunity has products, quotes or orders associated with it.',
  }
}

/** Prices can be locked once, and unlocked once. Pairing of code and situation is our choice. Source: Sales 2.4.1. */
export const PRICES_ALREADY = (document: string, isLocked: boolean): RuleRefusal =>
  isLocked
    ? { code: '0x80043b1d', message: `The prices of the ${document} are locked already.` }
    : { code: '0x80043b1e', message: `The prices of the ${document} are not locked.` }
