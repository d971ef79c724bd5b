import { type DocumentFamily, type DocumentHeader, familyOf } from '../documents/document-family.ts'

/** A column of a line that repeats one of its header. */
export interface HeaderCopy {
  readonly header: string
  readonly line: string
}

/** *Has Externally Maintained Products Only* of a header. */
export const ONLY_EXTERNAL = 'msdynce_hasexternallymaintainedproductsonly'

/** A document that the Prospect to Cash solution looks after, and what its lines repeat of the header. */
export type P2cDocument = Omit<DocumentFamily, 'header'> & {
  readonly header: Exclude<DocumentHeader, 'opportunity'>
  /** Kept in step by each look at the lines. */
  readonly follows: readonly HeaderCopy[]
  /** Copied to a new line that has none. */
  readonly fills: readonly HeaderCopy[]
  /** Tax of the header stands on a line of its own. */
  readonly hasFreightTax: boolean
}

/** The spellings of the line flags are real. Source: Sales 6.4, 6.6, 6.7. */
export const SOLUTION_DOCUMENTS: readonly P2cDocument[] = [
  {
    ...familyOf('quote'),
    header: 'quote',
    follows: [
      { header: ONLY_EXTERNAL, line: 'msdynce_quotehasexternalmaintainedproductsonly' },
      { header: 'revisionnumber', line: 'msdynce_quoterevisionnumber' },
    ],
    fills: [],
    hasFreightTax: false,
  },
  {
    ...familyOf('salesorder'),
    header: 'salesorder',
    follows: [{ header: ONLY_EXTERNAL, line: 'msdynce_orderhasexternalmaintainedproductsonly' }],
    fills: [{ header: 'ordernumber', line: 'msdynce_ordernumber' }],
    hasFreightTax: true,
  },
  {
    ...familyOf('invoice'),
    header: 'invoice',
    follows: [],
    fills: [
      { header: 'invoicenumber', line: 'msdynce_invoicenumber' },
      { header: 'msdynce_invoicedate', line: 'msdynce_invoicedate' },
    ],
    hasFreightTax: true,
  },
]

/** What the flag asks about one line. */
export interface FlaggedLine {
  /** The line that carries tax of the header: it has no product and does not count. */
  readonly isFreightTax: boolean
  /** *Is Maintained Externally* of its product; false for a write-in line and for a product where it is blank. */
  readonly isProductExternal: boolean
}

/** Yes where every line that counts has a product of the other system; Yes for a document without lines. Source: Sales 6.4, Templates 5 S5. */
export const hasExternalProductsOnly = (lines: readonly FlaggedLine[]): boolean =>
  lines.every((line) => line.isFreightTax || line.isProductExternal)
