import { type ActionContext, type AppAction, readReferenceParameter, refuse } from '@p2c/dataverse'
import { DOCUMENT_READ_ONLY, EDITABLE_STATE } from '../domain/documents/document-lock.ts'
import { PRICES_ALREADY } from '../domain/pricing/header-rules.ts'
import { lockHeaders } from '../plugins/documents/document-locks.ts'
import { PRICED_DOCUMENTS, type PricedDocument } from '../plugins/pricing/pricing-documents.ts'
import { recalculateDocuments } from '../plugins/pricing/recalculate-documents.ts'
import { enforce, idOf } from '../plugins/row-values.ts'

const documentOf = (header: string): PricedDocument => {
  const document = PRICED_DOCUMENTS.find((candidate) => candidate.header === header || candidate.line === header)
  if (document === undefined) throw new TypeError(`'${header}' is no document`)
  return document
}

/** Locks or unlocks the prices of an order or invoice; unlocked ones take the prices of the catalogue at once. Source: Sales 2.4.1. */
async function setLock(
  context: ActionContext,
  header: 'salesorder' | 'invoice',
  change: { readonly id: string; readonly isLocked: boolean },
): Promise<undefined> {
  const { id, isLocked } = change
  const document = documentOf(header)
  const rows = await lockHeaders(context, document, { ids: [id], columns: ['statecode', 'ispricelocked'] })
  const row = rows.get(id)
  if (row === undefined) refuse({ code: '0x80040217', status: 404, message: `${header} With Id = ${id} Does Not Exist` })
  if (row.statecode !== EDITABLE_STATE) enforce(DOCUMENT_READ_ONLY(header, row.statecode))
  if ((row.ispricelocked === true) === isLocked) enforce(PRICES_ALREADY(header, isLocked))
  await context.service.update(header, [{ id, values: { ispricelocked: isLocked } }])
  return undefined
}

const lockAction = (name: string, header: 'salesorder' | 'invoice', isLocked: boolean): AppAction => {
  const parameter = header === 'salesorder' ? 'SalesOrderId' : 'InvoiceId'
  return {
    name,
    binding: 'unbound',
    parameters: [{ name: parameter, type: 'Edm.Guid' }],
    run: (context, parameters) => setLock(context, header, { id: String(parameters[parameter]), isLocked }),
  }
}

/** Documents and their lines: `CalculatePrice` takes either. */
const CALCULATED = PRICED_DOCUMENTS.flatMap((document) => [document.header, document.line])

/** The hook of the product, here an action: it prices the target again, of a line its document. Source: Sales 3. */
async function calculatePrice(context: ActionContext, target: unknown): Promise<undefined> {
  const reference = await readReferenceParameter(context, { name: 'Target', value: target, tables: CALCULATED })
  if (reference === undefined) refuse({ code: '0x80040203', message: "The parameter 'Target' of CalculatePrice is missing." })
  const document = documentOf(reference.table)
  const id = reference.table === document.header ? reference.id : await headerOf(context, document, reference.id)
  const { sql, caller } = context.write
  await recalculateDocuments({ service: context.service, sql, isIntegrationUser: caller.isIntegrationUser }, document, { ids: [id] })
  return undefined
}

async function headerOf(context: ActionContext, document: PricedDocument, lineId: string): Promise<string> {
  const [line] = await context.service.find({ table: document.line, columns: [document.parent], where: { [document.lineId]: lineId } })
  return idOf(line?.[document.parent]) ?? ''
}

/** Decimals that quantities of a product may have. Source: Sales 2.4. */
async function readQuantityDecimal(context: ActionContext, productId: string): Promise<number> {
  const [product] = await context.service.find({ table: 'product', columns: ['quantitydecimal'], where: { productid: productId } })
  if (product === undefined) refuse({ code: '0x80040217', status: 404, message: `product With Id = ${productId} Does Not Exist` })
  return typeof product.quantitydecimal === 'number' ? product.quantitydecimal : 0
}

/** Price locks, recalculation and the decimals of quantities. Source: Sales 2.4 and 3, wire specification 15. */
export const pricingActions: readonly AppAction[] = [
  {
    name: 'LockSalesOrderPricing',
    binding: { table: 'salesorder' },
    parameters: [],
    run: (context) => setLock(context, 'salesorder', { id: context.boundId ?? '', isLocked: true }),
  },
  lockAction('LockSalesOrderPricing', 'salesorder', true),
  lockAction('UnlockSalesOrderPricing', 'salesorder', false),
  lockAction('LockInvoicePricing', 'invoice', true),
  lockAction('UnlockInvoicePricing', 'invoice', false),
  {
    name: 'CalculatePrice',
    binding: 'unbound',
    parameters: [
      { name: 'Target', type: 'mscrm.crmbaseentity' },
      { name: 'ParentId', type: 'Edm.Guid', optional: true },
    ],
    run: (context, parameters) => calculatePrice(context, parameters.Target),
  },
  {
    name: 'GetQuantityDecimal',
    kind: 'function',
    binding: 'unbound',
    parameters: [
      { name: 'Target', type: 'mscrm.crmbaseentity', optional: true },
      { name: 'ProductId', type: 'Edm.Guid' },
      { name: 'UoMId', type: 'Edm.Guid', optional: true },
    ],
    returns: 'mscrm.GetQuantityDecimalResponse',
    returnMembers: [{ name: 'Quantity', type: 'Edm.Int32' }],
    run: async (context, parameters) => ({
      kind: 'value',
      type: 'Microsoft.Dynamics.CRM.GetQuantityDecimalResponse',
      value: { Quantity: await readQuantityDecimal(context, String(parameters.ProductId)) },
    }),
  },
]
