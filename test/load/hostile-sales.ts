import { expect } from 'vitest'
import type { Scope } from '../support/command-line.ts'
import { type OutsideClient, outsideClients } from '../support/outside-client.ts'
import { openTestInstallation } from '../support/test-installation.ts'
import { hostileRequests, readGround } from './hostile-requests.ts'
import { sendHostile } from './send-hostile.ts'

/** Starts an installation with documents in every state, sends so many hostile requests to Sales and demands that it stands them. */
export async function expectSalesToStand(scope: Scope, options: { readonly seed: number; readonly count: number }): Promise<void> {
  const prepared = await openTestInstallation(scope)
  const { sales, tokens } = await outsideClients(await prepared.start())
  await plantDocuments(sales)
  const { byStatus, problems } = await sendHostile(sales, {
    token: tokens.sales,
    database: prepared.database('sales'),
    next: hostileRequests(await readGround(sales), options.seed),
    count: options.count,
  })
  expect(problems).toEqual([])
  expect([...byStatus.values()].reduce((sum, count) => sum + count, 0)).toBe(options.count)
  expect((await sales.call('GET', '/accounts?$top=1')).status, 'the client still has its rights').toBe(200)
  expect(byStatus.size, 'answers of many kinds').toBeGreaterThan(5)
  expect(byStatus.get(204) ?? 0, 'some requests do write').toBeGreaterThan(0)
}

/** A lead, an opportunity, a draft quote, a won one with its order, and an invoice: what hostile requests can be about. */
async function plantDocuments(sales: OutsideClient): Promise<void> {
  // biome-ignore lint/suspicious/noExplicitAny: answers of many shapes
  const post = async (path: string, body: unknown): Promise<any> => {
    const reply = await sales.call('POST', `/${path}`, { body, headers: { prefer: 'return=representation' } })
    if (reply.status >= 300) throw new Error(`POST ${path}: ${reply.status} ${reply.text}`)
    return reply.json
  }
  const lines = [{ isproductoverridden: true, productdescription: 'Mooring', quantity: 2, priceperunit: 12.5 }]
  const lists = await sales.call('GET', '/pricelevels?$select=pricelevelid&$top=1')
  const columns = { ColumnSet: { AllColumns: true } }
  for (const name of ['Halvorsen', 'Nordkai']) {
    const { leadid } = await post('leads', { subject: 'Refit', lastname: 'Lind', companyname: name })
    const made = await post(`leads(${leadid})/Microsoft.Dynamics.CRM.QualifyLead`, {
      ...{ CreateAccount: true, CreateContact: true, CreateOpportunity: true, Status: 3 },
    })
    const accountid: string = made.value[0].accountid
    const quote = {
      'customerid_account@odata.bind': `/accounts(${accountid})`,
      'pricelevelid@odata.bind': `/pricelevels(${lists.json.value[0].pricelevelid})`,
      quote_details: lines,
    }
    await post('quotes', { name: `Draft of ${name}`, ...quote })
    const { quoteid } = await post('quotes', { name: `Offer to ${name}`, ...quote })
    await sales.call('PATCH', `/quotes(${quoteid})`, { body: { statecode: 1, statuscode: 2 } })
    const { salesorderid } = await post('ConvertQuoteToSalesOrder', { QuoteId: quoteid, ...columns })
    await post('ConvertSalesOrderToInvoice', { SalesOrderId: salesorderid, ...columns })
    await post('ConvertQuoteToSalesOrder', { QuoteId: quoteid, ...columns })
    await post('campaigns', { name: `Fair with ${name}` })
    await post('lists', { listname: `Guests of ${name}`, createdfromcode: 1, type: false })
  }
}
