import { accept, type Decision, refuse, type TableRules, type WriteCandidate } from '../decision.ts'
import { decideLine, type LineNames, laterLineQuestions, lineQuestions } from '../documents/document-line.ts'
import { lineLimitProblems } from '../documents/line-limits.ts'
import { at, type FieldValues } from '../field-value.ts'
import { type InfologEntry, refuseField } from '../messages.ts'
import { nextQuotationStatus, refuseTransition } from './quotation-status.ts'
import { creationMethod } from './sales-quotation.ts'

const NAMES: LineNames = {
  headerEntity: 'CDSSalesQuotationHeader',
  document: 'SalesQuotationNumber',
  label: 'Quotation',
  tableLabel: 'Sales quotations',
  quantity: 'RequestedSalesQuantity',
  fromHeader: {
    RequestedReceiptDate: 'ReceiptDateRequested',
    RequestedShippingDate: 'RequestedShippingDate',
    DeliveryModeCode: 'DeliveryModeCode',
    DeliveryTermsId: 'DeliveryTermsCode',
    SalesQuotationPromisingMethod: 'SalesOrderPromisingMethod',
    SalesTaxGroupCode: 'SalesTaxGroupCode',
  },
}

/** Goods are offered; only a credit note takes them back. */
const signProblems = ({ before, row }: WriteCandidate): InfologEntry[] =>
  at(row, NAMES.quantity).startsWith('-') && !at(before, NAMES.quantity).startsWith('-') ? [refuseField(NAMES.quantity, 'L95')] : []

function decide(candidate: WriteCandidate): Decision {
  const { before } = candidate
  const limits = [...lineLimitProblems(candidate.row), ...signProblems(candidate)]
  if (limits.length > 0) return refuse(...limits)
  const line = decideLine(candidate, NAMES)
  if (!line.ok) return refuse(...line.infolog)
  const row: FieldValues = {
    ...line.row,
    // As the header spells it.
    SalesQuotationNumber: at(line.header, 'SalesQuotationNumber'),
    ...creationMethod(candidate, 'SalesQuotationLineCreationMethod'),
  }
  const isEdited = before === undefined || Object.keys(row).some((name) => row[name] !== before[name])
  const status = at(line.header, 'SalesQuotationStatus')
  // Written as it is stored, a line of a closed quotation is no edit: integrations repeat what they sent.
  if (isEdited && nextQuotationStatus(status, 'edit') === undefined)
    return refuse(refuseTransition(at(row, 'SalesQuotationNumber'), status, 'edit'))
  return accept(row)
}

/** Lines of sales quotations: the rules of lines, in a quotation that may still be edited. Source: Supply Chain specification, 2.8 and 2.15. */
export const SALES_QUOTATION_LINE_RULES: TableRules = {
  parent: { entityName: 'CDSSalesQuotationHeader', by: [['SalesQuotationNumber', 'SalesQuotationNumber']] },
  numbered: { InventoryLotId: 'InventTransId' },
  numberedWithin: [
    { field: 'LineCreationSequenceNumber', within: ['SalesQuotationNumber'] },
    { field: 'LineNumber', within: ['SalesQuotationNumber'] },
  ],
  questions: (row) => lineQuestions(row, NAMES),
  laterQuestions: (row, facts) => laterLineQuestions(row, facts, NAMES),
  decide,
}
