import type { CommandContext } from '../../context.ts'
import { type Applications, connectApplications } from '../applications.ts'
import { COMPANY } from '../load.ts'
import type { LoadSet } from '../load-set.ts'
import type { LoadOrder, OrderSet } from '../order-set.ts'
import { createSalesLoader } from '../sales-loader.ts'
import { createSupplyChainLoader } from '../supply-chain-loader.ts'
import { calculateTotals } from './calculate-totals.ts'
import { changeOrders } from './change-orders.ts'
import type { CompanyClient } from './company.ts'
import { activateOrders, enterOrders } from './enter-orders.ts'
import { payInvoices } from './pay-invoices.ts'
import { createPhases, type Phase, type Phases } from './phases.ts'
import { POSTINGS, postOrders, readStatuses } from './post-orders.ts'
import { runProjects } from './run-projects.ts'
import { prepareCatalogue } from './sales-catalogue.ts'
import { addRates, openStock, placeProducts } from './supply-chain-set-up.ts'

/** An application that was killed is back long before this. */
const PATIENCE_MS = 120_000

export interface OrderLoadInput {
  readonly masterData: LoadSet
  /** All of the data; stock and set-up are those of all orders, however many are entered now. */
  readonly data: OrderSet
  /** The orders that are entered now. */
  readonly orders: readonly LoadOrder[]
}

export interface OrderLoad {
  readonly phases: readonly Phase[]
  /** How many of the orders have each processing status of Supply Chain; `none` are those that it does not know. */
  readonly statuses: Readonly<Record<string, number>>
}

/**
 * Enters orders in Sales, activates them, runs them to Supply Chain, and confirms, delivers, invoices and pays them there. Each phase does what
 * is not done yet, as it finds it in the applications: after a kill the same call goes on. Throws `nothing-running`, `project-failed`,
 * `products-missing`, `price-list-missing`.
 */
export async function loadOrders(context: CommandContext, input: OrderLoadInput): Promise<OrderLoad> {
  const applications = await connectApplications(context, { patienceMs: PATIENCE_MS })
  const company: CompanyClient = { client: applications.supplyChain, company: COMPANY }
  const phases = createPhases(context)
  await loadMasterData({ applications, company, phases }, input)
  await phases.run('master-data-projects', () => runProjects(context, ['products', 'accounts', 'contacts-to-customer'], PATIENCE_MS))
  await enter({ context, applications, phases }, input)
  const orderNumbers = input.orders.map(({ number }) => number)
  await sell({ company, phases }, orderNumbers)
  return { phases: phases.done, statuses: await countStatuses(company, orderNumbers) }
}

/**
 * Changes a share of orders that are loaded, in percent, and calculates their totals again, so that the next execution has something to bring
 * back. Throws `nothing-running`.
 */
export async function changeLoadedOrders(
  context: CommandContext,
  { orders, percent }: { readonly orders: readonly LoadOrder[]; readonly percent: number },
): Promise<OrderLoad> {
  const applications = await connectApplications(context, { patienceMs: PATIENCE_MS })
  const company: CompanyClient = { client: applications.supplyChain, company: COMPANY }
  const phases = createPhases(context)
  const orderNumbers = orders.map(({ number }) => number)
  await phases.run('credit', (onProgress) => changeOrders(company, { orderNumbers, percent, onProgress }))
  await phases.run('totals', () => calculateTotals(company))
  return { phases: phases.done, statuses: await countStatuses(company, orderNumbers) }
}

async function loadMasterData(
  { applications, company, phases }: { readonly applications: Applications; readonly company: CompanyClient; readonly phases: Phases },
  { masterData, data }: OrderLoadInput,
): Promise<void> {
  const { products, accounts, contacts } = masterData
  const sales = await createSalesLoader(applications.sales)
  const supplyChain = await createSupplyChainLoader(applications.supplyChain, COMPANY)
  await phases.run('products', (onProgress) => supplyChain.loadProducts(products, onProgress), products.length)
  await phases.run('accounts', (onProgress) => sales.loadAccounts(accounts, onProgress), accounts.length)
  await phases.run('contacts', (onProgress) => sales.loadContacts(contacts, onProgress), contacts.length)
  await phases.run('places', () =>
    placeProducts(
      company,
      products.map(({ number }) => number),
    ),
  )
  await phases.run('stock', () => openStock(company, data.stock))
  await phases.run('rates', () => addRates(company, data.rates))
}

async function enter(
  { context, applications, phases }: { readonly context: CommandContext; readonly applications: Applications; readonly phases: Phases },
  { data, orders }: OrderLoadInput,
): Promise<void> {
  const { sales } = applications
  const catalogue = await phases.value(
    'catalogue',
    () => prepareCatalogue(sales, data.orders),
    ({ products }) => products.size,
  )
  await phases.run('enter', (onProgress) => enterOrders(sales, { orders, catalogue, onProgress }), orders.length)
  await phases.run('activate', (onProgress) => activateOrders(sales, { orders, onProgress }), orders.length)
  await phases.run('order-project', () => runProjects(context, ['orders-to-supply-chain'], PATIENCE_MS))
}

/** What clerks do in Supply Chain with orders that have arrived. */
async function sell(
  { company, phases }: { readonly company: CompanyClient; readonly phases: Phases },
  orderNumbers: readonly string[],
): Promise<void> {
  for (const posting of POSTINGS)
    await phases.run(posting, (onProgress) => postOrders(company, posting, { orderNumbers, onProgress }), orderNumbers.length)
  await phases.run('pay', (onProgress) => payInvoices(company, { orderNumbers, onProgress }), orderNumbers.length)
  await phases.run('totals', () => calculateTotals(company))
}

async function countStatuses(company: CompanyClient, orderNumbers: readonly string[]): Promise<Record<string, number>> {
  const statuses = await readStatuses(company, orderNumbers)
  const counts: Record<string, number> = {}
  for (const number of orderNumbers) {
    const status = statuses.get(number) ?? 'none'
    counts[status] = (counts[status] ?? 0) + 1
  }
  return counts
}
