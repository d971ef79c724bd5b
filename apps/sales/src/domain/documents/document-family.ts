/** The four kinds of documents with lines, by the names of their tables and columns. Source: Sales 0.2, 1.6 to 1.11. */
export const DOCUMENT_FAMILIES = [
  {
    header: 'opportunity',
    headerId: 'opportunityid',
    line: 'opportunityproduct',
    lineId: 'opportunityproductid',
    lineName: 'opportunityproductname',
    /** Lookup of a line to its header. */
    parent: 'opportunityid',
    /** Navigation of a header to its lines. */
    lines: 'product_opportunities',
    /** Copy of the header's state on each line. */
    stateCopy: 'opportunitystatecode',
  },
  {
    header: 'quote',
    headerId: 'quoteid',
    line: 'quotedetail',
    lineId: 'quotedetailid',
    lineName: 'quotedetailname',
    parent: 'quoteid',
    lines: 'quote_details',
    stateCopy: 'quotestatecode',
  },
  {
    header: 'salesorder',
    headerId: 'salesorderid',
    line: 'salesorderdetail',
    lineId: 'salesorderdetailid',
    lineName: 'salesorderdetailname',
    parent: 'salesorderid',
    lines: 'order_details',
    stateCopy: 'salesorderstatecode',
  },
  {
    header: 'invoice',
    headerId: 'invoiceid',
    line: 'invoicedetail',
    lineId: 'invoicedetailid',
    lineName: 'invoicedetailname',
    parent: 'invoiceid',
    lines: 'invoice_details',
    stateCopy: 'invoicestatecode',
  },
] as const

export type DocumentFamily = (typeof DOCUMENT_FAMILIES)[number]
export type DocumentHeader = DocumentFamily['header']
export type DocumentLine = DocumentFamily['line']

/** The family of a header table. */
export const familyOf = (header: DocumentHeader): DocumentFamily => {
  const family = DOCUMENT_FAMILIES.find((candidate) => candidate.header === header)
  if (family === undefined) throw new TypeError(`'${header}' is no document with lines`)
  return family
}
