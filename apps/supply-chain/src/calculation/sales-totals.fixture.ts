import type { TestScope } from '@p2c/base'
import { type QuotationApp, startQuotations } from '../quotations/sales-quotations.fixture.ts'
import { type Answer, D, type Json } from '../supply-chain-app.fixture.ts'

const N = 'Microsoft.Dynamics.DataEntities'

/** Orders and quotations of a customer who pays sales tax: group TX with ST8 of 8 percent. */
export async function startTotals(scope: TestScope): Promise<QuotationApp> {
  const app = await startQuotations(scope)
  const patched = await app.patch(`${D}/CustomersV3(dataAreaId='usmf',CustomerAccount='C-1')`, { SalesTaxGroup: 'TX' })
  if (patched.status !== 204) throw new Error(patched.text)
  return app
}

/** Runs the job that calculates totals, as a client does. */
export const runJob = (app: QuotationApp, parameters: Json = {}): Promise<Answer> =>
  app.post(`${D}/BatchJobs/${N}.CalculateSalesTotals`, parameters)

/** The lines of EX-07 and EX-08, and their freight. */
export const LINE_300 = { OrderedSalesQuantity: 250, SalesPrice: 125, SalesPriceQuantity: 100, LineDiscountAmount: 5 }
export const LINE_140 = { OrderedSalesQuantity: 3, SalesPrice: 50, TotalDiscountAmount: 10 }
export const FREIGHT = { dataAreaId: 'usmf', ChargeCode: 'FREIGHT', ChargeCategory: 'Fixed', ChargeValue: 30 }
