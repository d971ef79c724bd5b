import { SUPPLY_CHAIN_ROOT } from '../applications.ts'
import { sendChangeSet, type Write } from '../change-set.ts'
import type { ApplicationClient } from '../http.ts'
import type { LoadRate, LoadStock } from '../order-set.ts'
import { quote, readRows } from '../read-rows.ts'
import { type CompanyClient, postCommand } from './company.ts'

/** Where the goods lie: the site and warehouse that the templates name. Source: templates specification, 10.2. */
const PLACE = { site: '1', warehouse: '13' } as const
/** The journal that brings the goods in: its number says that they are there. */
const JOURNAL_NUMBER = 'AW-OPENING-STOCK'
const RATE_TYPE = 'Default'

/** Rows of one change set. */
const BATCH_SIZE = 100

/** Adds the exchange rates that are not there yet: postings in a currency without one are refused. Gives how many there are now. */
export async function addRates({ client }: CompanyClient, rates: readonly LoadRate[]): Promise<number> {
  const path = `${SUPPLY_CHAIN_ROOT}/ExchangeRates?$select=FromCurrency,ToCurrency,StartDate&$filter=${encodeURIComponent(`RateTypeName eq ${quote(RATE_TYPE)}`)}`
  const found = await readRows<{ FromCurrency: string; ToCurrency: string; StartDate: string }>(client, path)
  const keyOf = (from: string, to: string, date: string): string => `${from} ${to} ${date.slice(0, 10)}`
  const known = new Set(found.map((row) => keyOf(row.FromCurrency, row.ToCurrency, row.StartDate)))
  const writes = rates
    .filter(({ from, to, date }) => !known.has(keyOf(from, to, date)))
    .map(({ from, to, date, rate }) =>
      post('ExchangeRates', {
        RateTypeName: RATE_TYPE,
        FromCurrency: from,
        ToCurrency: to,
        StartDate: date,
        Rate: Number(rate),
        ConversionFactor: 'One',
      }),
    )
  await sendAll(client, writes)
  return rates.length
}

/** Lets order lines of the products ship from one place: their customers have none. Gives how many have a place now. */
export async function placeProducts({ client, company }: CompanyClient, productNumbers: readonly string[]): Promise<number> {
  const path = `${SUPPLY_CHAIN_ROOT}/ProductDefaultOrderSettings?cross-company=true&$select=ItemNumber&$filter=${encodeURIComponent(`dataAreaId eq ${quote(company)}`)}`
  const found = await readRows<{ ItemNumber: string }>(client, path)
  const known = new Set(found.map((row) => row.ItemNumber.toLowerCase()))
  const writes = productNumbers
    .filter((number) => !known.has(number.toLowerCase()))
    .map((ItemNumber) =>
      post('ProductDefaultOrderSettings', {
        ...{ dataAreaId: company, ItemNumber, SalesSiteId: PLACE.site, SalesWarehouseId: PLACE.warehouse },
      }),
    )
  await sendAll(client, writes)
  return productNumbers.length
}

/** Brings the goods in, by a journal with a number of its own that is posted once. Gives how many products have stock. */
export async function openStock(company: CompanyClient, stock: readonly LoadStock[]): Promise<number> {
  const state = await readJournal(company)
  if (state === 'none') await makeJournal(company, stock)
  if (state !== 'posted') await postCommand(company, 'post-inventory-journal', { journalNumber: JOURNAL_NUMBER })
  return stock.length
}

/** With all its lines, or not at all. */
async function makeJournal(company: CompanyClient, stock: readonly LoadStock[]): Promise<void> {
  const { client, company: dataAreaId } = company
  const header = post('InventoryAdjustmentJournalHeaders', { dataAreaId, JournalNumber: JOURNAL_NUMBER, Description: 'Opening stock' })
  const lines = stock.map(({ productNumber, quantity, unitCost }, index) =>
    post('InventoryAdjustmentJournalLines', {
      ...{ dataAreaId, JournalNumber: JOURNAL_NUMBER, LineNumber: index + 1, ItemNumber: productNumber },
      ...{ InventorySiteId: PLACE.site, InventoryWarehouseId: PLACE.warehouse },
      ...{ InventoryQuantity: Number(quantity), CostPrice: Number(unitCost) },
    }),
  )
  try {
    await sendChangeSet(client, SUPPLY_CHAIN_ROOT, [header, ...lines])
  } catch (error) {
    if ((await readJournal(company)) === 'none') throw error // else it is carried out, and only its answer was lost
  }
}

async function readJournal({ client, company }: CompanyClient): Promise<'none' | 'open' | 'posted'> {
  const filter = encodeURIComponent(`dataAreaId eq ${quote(company)} and JournalNumber eq ${quote(JOURNAL_NUMBER)}`)
  const [found] = await readRows<{ readonly IsPosted: string }>(
    client,
    `${SUPPLY_CHAIN_ROOT}/InventoryAdjustmentJournalHeaders?cross-company=true&$select=IsPosted&$filter=${filter}`,
  )
  if (found === undefined) return 'none'
  return found.IsPosted === 'Yes' ? 'posted' : 'open'
}

const post = (set: string, body: Readonly<Record<string, unknown>>): Write => ({ method: 'POST', path: `${set}?cross-company=true`, body })

/** In change sets of a size that the service takes well. Rows that another load made at the same time are found by the next one. */
async function sendAll(client: ApplicationClient, writes: readonly Write[]): Promise<void> {
  for (let at = 0; at < writes.length; at += BATCH_SIZE) await sendChangeSet(client, SUPPLY_CHAIN_ROOT, writes.slice(at, at + BATCH_SIZE))
}
