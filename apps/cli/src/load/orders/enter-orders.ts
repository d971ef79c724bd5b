import { createHash } from 'node:crypto'
import { SALES_ROOT } from '../applications.ts'
import type { ApplicationClient } from '../http.ts'
import type { LoadAddress } from '../load-set.ts'
import type { LoadOrder, LoadOrderLine } from '../order-set.ts'
import { quote, readRows } from '../read-rows.ts'
import { type LoadOutcome, writeBatches } from '../write-batches.ts'
import type { SalesCatalogue } from './sales-catalogue.ts'

/** Orders of one bulk message, each with its lines. */
const BATCH_SIZE = 100
const LANES = 2

const DRAFT = 647_390_011
const PROCESSING_ACTIVE = 647_390_000

/** An order as Sales has it. */
interface KnownOrder {
  readonly salesorderid: string
  readonly ordernumber: string
  readonly msdynce_processingstatus: number
}

export interface EnterInput {
  readonly orders: readonly LoadOrder[]
  readonly catalogue: SalesCatalogue
  readonly onProgress: (done: number) => void
}

/**
 * Enters the orders that Sales does not have yet, each together with its lines. Ids follow from the order numbers: whoever enters the same
 * orders at the same time, or again after a kill, makes none twice.
 */
export async function enterOrders(client: ApplicationClient, { orders, catalogue, onProgress }: EnterInput): Promise<LoadOutcome> {
  const known = await readNumbers(client, orders)
  return writeBatches({
    items: orders.filter(({ number }) => !known.has(number)),
    size: BATCH_SIZE,
    lanes: LANES,
    keyOf: ({ number }) => number,
    onProgress,
    write: async (batch) => {
      try {
        await create(client, batch, catalogue)
      } catch (error) {
        // Entered by a call whose answer was lost, or by another load.
        const found = await readNumbers(client, batch)
        if (found.size === 0) throw error
        const rest = batch.filter(({ number }) => !found.has(number))
        if (rest.length > 0) await create(client, rest, catalogue)
      }
    },
  })
}

/** Hands the orders that are drafts to the other side, as the button *Activate* does. */
export async function activateOrders(
  client: ApplicationClient,
  { orders, onProgress }: Omit<EnterInput, 'catalogue'>,
): Promise<LoadOutcome> {
  const known = await readKnown(client, orders)
  return writeBatches({
    items: known.filter((order) => order.msdynce_processingstatus === DRAFT),
    size: BATCH_SIZE,
    lanes: LANES,
    keyOf: ({ ordernumber }) => ordernumber,
    onProgress,
    write: async (batch) => {
      const targets = batch.map(({ salesorderid }) => ({
        '@odata.type': 'Microsoft.Dynamics.CRM.salesorder',
        ...{ salesorderid, msdynce_processingstatus: PROCESSING_ACTIVE },
      }))
      await client.json('POST', `${SALES_ROOT}/salesorders/Microsoft.Dynamics.CRM.UpdateMultiple`, { Targets: targets })
    },
  })
}

/** Those of the orders that Sales has. */
async function readKnown(client: ApplicationClient, orders: readonly LoadOrder[]): Promise<KnownOrder[]> {
  const wanted = new Set(orders.map(({ number }) => number))
  const found = await readRows<KnownOrder>(
    client,
    `${SALES_ROOT}/salesorders?$select=ordernumber,msdynce_processingstatus&$filter=${encodeURIComponent(between('ordernumber', [...wanted]))}`,
  )
  return found.filter(({ ordernumber }) => wanted.has(ordernumber))
}

const readNumbers = async (client: ApplicationClient, orders: readonly LoadOrder[]): Promise<ReadonlySet<string>> =>
  new Set((await readKnown(client, orders)).map(({ ordernumber }) => ordernumber))

/** A filter that all the numbers pass, and few others where they follow each other. */
export function between(field: string, numbers: readonly string[]): string {
  const sorted = [...numbers].sort()
  return `${field} ge ${quote(sorted[0] ?? '')} and ${field} le ${quote(sorted.at(-1) ?? '')}`
}

async function create(client: ApplicationClient, orders: readonly LoadOrder[], catalogue: SalesCatalogue): Promise<void> {
  const targets = orders.map((order) => toOrder(order, catalogue))
  await client.json('POST', `${SALES_ROOT}/salesorders/Microsoft.Dynamics.CRM.CreateMultiple`, { Targets: targets })
}

const CUSTOMER_KEYS = { account: 'accounts(accountnumber', contact: 'contacts(msdynce_contactnumber' } as const

const toOrder = (order: LoadOrder, catalogue: SalesCatalogue): Record<string, unknown> => {
  const currency = catalogue.currencies.get(order.currency)
  const { table, number } = order.customer
  return {
    '@odata.type': 'Microsoft.Dynamics.CRM.salesorder',
    salesorderid: idOf(order.number),
    ordernumber: order.number,
    name: order.name,
    [`customerid_${table}@odata.bind`]: `/${CUSTOMER_KEYS[table]}=${quote(number)})`,
    'transactioncurrencyid@odata.bind': `/transactioncurrencies(${currency?.id})`,
    'pricelevelid@odata.bind': `/pricelevels(${currency?.priceListId})`,
    submitdate: order.date,
    ...(order.description !== undefined && { description: order.description }),
    ...toShipTo(order.address),
    order_details: order.lines.map((line) => toLine(order, line, catalogue)),
  }
}

const toShipTo = (address: LoadAddress | undefined): Record<string, string> =>
  address === undefined
    ? {}
    : {
        shipto_line1: address.street,
        shipto_city: address.city,
        ...(address.state !== undefined && { shipto_stateorprovince: address.state }),
        ...(address.postalCode !== undefined && { shipto_postalcode: address.postalCode }),
        shipto_country: address.country,
      }

function toLine(order: LoadOrder, line: LoadOrderLine, catalogue: SalesCatalogue): Record<string, unknown> {
  const product = catalogue.products.get(line.productNumber)
  return {
    salesorderdetailid: idOf(`${order.number}/${line.sequence}`),
    sequencenumber: line.sequence,
    'productid@odata.bind': `/products(${product?.productid})`,
    'uomid@odata.bind': `/uoms(${product?._defaultuomid_value})`,
    quantity: Number(line.quantity),
    // The price of the order counts, whatever the price list has.
    ispriceoverridden: true,
    priceperunit: Number(line.unitPrice),
  }
}

/** A GUID that follows from a key alone (RFC 9562, version 8). */
function idOf(key: string): string {
  const hash = createHash('sha256').update(`adventureworks order ${key}`).digest('hex')
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(13, 16)}-a${hash.slice(17, 20)}-${hash.slice(20, 32)}`
}
