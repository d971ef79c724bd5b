import { SUPPLY_CHAIN_ROOT } from '../applications.ts'
import type { CompanyClient } from './company.ts'

/** Pages of documents that are calculated side by side. */
const THREADS = 2

/** Runs the job that calculates totals of orders: none goes back to Sales before. Gives how many were calculated. */
export async function calculateTotals({ client, company }: CompanyClient): Promise<number> {
  const reply = await client.json('POST', `${SUPPLY_CHAIN_ROOT}/BatchJobs/Microsoft.Dynamics.DataEntities.CalculateSalesTotals`, {
    ...{ legalEntityId: company, calculateSalesQuotations: false, numberOfThreads: THREADS },
  })
  return (reply as { readonly value: number }).value
}
