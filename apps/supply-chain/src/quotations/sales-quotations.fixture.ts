import type { TestScope } from '@p2c/base'
import { type OrderApp, startOrders } from '../orders/sales-orders.fixture.ts'
import { type Answer, type AppOptions, D, F, type Json } from '../supply-chain-app.fixture.ts'

/** The application with a customer, products and the means to write quotations. */
export interface QuotationApp extends Omit<OrderApp, 'post'> {
  post(path: string, body: unknown): Promise<Answer>
  /** Creates a quotation of customer C-1 through the CDS entity. */
  addQuotation(number: string, values?: Json): Promise<Json>
  /** Adds a line of DW-40 to a quotation. */
  quote(number: string, values?: Json): Promise<Json>
  quotation(number: string, collection?: string): Promise<Json>
  quotedLines(number: string): Promise<Json[]>
  /** Runs a command of the quotation. */
  run(command: 'send' | 'confirm' | 'lose' | 'cancel', number: string): Promise<Answer>
}

export const QUOTATIONS = `${D}/CDSSalesQuotationHeaders`
export const QUOTATION_LINES = `${D}/CDSSalesQuotationLines`
export const quotationAddress = (number: string, collection = 'CDSSalesQuotationHeaders'): string =>
  `${D}/${collection}(dataAreaId='usmf',SalesQuotationNumber='${number}')`
export const quotedLineAddress = (number: string, sequence: number): string =>
  `${QUOTATION_LINES}(dataAreaId='usmf',LineCreationSequenceNumber=${sequence},SalesQuotationNumber='${number}')`

/** What went wrong, as the Infolog tells it; of a command, its first entry. */
export const problemOf = (answer: Answer): string => answer.json.error?.innererror?.message ?? answer.json.error?.message ?? answer.text

export async function startQuotations(scope: TestScope, options: AppOptions = {}): Promise<QuotationApp> {
  const orders = await startOrders(scope, options)
  const app = { ...orders, post: (path: string, body: unknown) => orders.call('POST', path, body) }
  return {
    ...app,
    addQuotation: (SalesQuotationNumber, values = {}) =>
      app.add('CDSSalesQuotationHeaders', { dataAreaId: 'usmf', SalesQuotationNumber, RequestingCustomerAccountNumber: 'C-1', ...values }),
    quote: (SalesQuotationNumber, values = {}) =>
      app.add('CDSSalesQuotationLines', {
        dataAreaId: 'usmf',
        SalesQuotationNumber,
        ProductNumber: 'DW-40',
        RequestedSalesQuantity: 3,
        SalesPrice: 50,
        ...values,
      }),
    quotation: async (number, collection) => (await app.get(quotationAddress(number, collection))).json,
    quotedLines: async (number) =>
      (await app.get(`${QUOTATION_LINES}?$filter=SalesQuotationNumber eq '${number}'&$orderby=LineCreationSequenceNumber`)).json.value,
    run: (command, salesQuotationNumber) =>
      app.post(`${F}/api/commands/${command}-sales-quotation`, {
        dataAreaId: 'usmf',
        salesQuotationNumber,
        ...((command === 'lose' || command === 'cancel') && { reasonCode: 'Price' }),
      }),
  }
}
