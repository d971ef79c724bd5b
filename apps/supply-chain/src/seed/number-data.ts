import type { SeedRows } from './seed-rows.ts'

/** Numbers of documents by data type: format, and whether gaps are forbidden. Invoices and vouchers are counted without gaps. */
const DOCUMENT_NUMBERS: Readonly<Record<string, { readonly code: string; readonly format: string; readonly isContinuous?: true }>> = {
  SalesQuotationId: { code: 'SalesQuot', format: 'SQ-######' },
  SalesId: { code: 'SalesOrder', format: 'SO-######' },
  InventTransId: { code: 'InvLot', format: 'L-########' },
  WMSPickingRouteId: { code: 'PickRoute', format: 'PR-######' },
  WMSShipmentId: { code: 'Shipment', format: 'SH-######' },
  SalesPackingSlipId: { code: 'PackSlip', format: 'PS-######' },
  CustInvoiceId: { code: 'CustInv', format: 'INV-######', isContinuous: true },
  CustCreditNoteId: { code: 'CustCredit', format: 'CRN-######', isContinuous: true },
  LedgerJournalId: { code: 'LedgerJour', format: 'JN-######' },
  InventJournalId: { code: 'InvJour', format: 'IJ-######' },
  MarkupAutoId: { code: 'AutoCharge', format: 'AC-######' },
  PriceDiscAgreementId: { code: 'TradeAgr', format: 'TA-######' },
  SalesPackingSlipVoucher: { code: 'PackSlipV', format: 'PSV-######', isContinuous: true },
  CustInvoiceVoucher: { code: 'CustInvV', format: 'CIV-######', isContinuous: true },
  CustCreditNoteVoucher: { code: 'CustCredV', format: 'CNV-######', isContinuous: true },
  CustPaymentVoucher: { code: 'CustPayV', format: 'CPV-######', isContinuous: true },
  CustSettlementVoucher: { code: 'CustSettlV', format: 'CSV-######', isContinuous: true },
  InventJournalVoucher: { code: 'InvJourV', format: 'IJV-######', isContinuous: true },
}

/** `SalesPackingSlipId` -> `Sales packing slip id`. */
const nameOf = (dataType: string): string => {
  const words = dataType.replace(/([a-z])([A-Z])/g, '$1 $2').replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
  return words.charAt(0) + words.slice(1).toLowerCase()
}

/** Sequences for the numbers of all documents of one company; of the whole installation where `company` is blank. */
export function documentNumbers(company: string): readonly SeedRows[] {
  const types = Object.entries(DOCUMENT_NUMBERS)
  return [
    [
      'NumberSequenceV2',
      types.map(([dataType, { code, format, isContinuous }]) => ({
        ScopeValue: company,
        NumberSequenceCode: code,
        Name: nameOf(dataType),
        Format: format,
        ...(isContinuous && { IsContinuous: 'Yes' }),
      })),
    ],
    [
      'NumberSequenceV2Reference',
      types.map(([dataType, { code }]) => ({
        ScopeType: 'DataArea',
        ScopeValue: company,
        DataTypeName: dataType,
        NumberSequenceCode: code,
      })),
    ],
  ]
}
