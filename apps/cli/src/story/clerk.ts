import { SUPPLY_CHAIN_ROOT } from '../load/applications.ts'
import type { ApplicationClient } from '../load/http.ts'

type Row = Readonly<Record<string, unknown>>

/** What an order clerk does in Supply Chain, in one company. Everything throws `application-refused` with the Infolog of a refusal. */
export interface Clerk {
  /** The customer pays sales tax from now on. */
  taxCustomer(accountNumber: string): Promise<void>
  /** Brings goods into the warehouse by an adjustment journal. */
  stock(itemNumbers: readonly string[], quantity: number): Promise<void>
  /** A freight charge on the header, taxed: what Sales sees as Freight Tax. */
  chargeFreight(orderNumber: string, amount: number): Promise<void>
  /** Runs a command with the order's number: `confirm-sales-order`, `post-packing-slip`. */
  command(name: string, orderNumber: string, parameters?: Row): Promise<Row>
  /** The periodic job without which no order goes back to Sales. */
  calculateTotals(): Promise<void>
  /** Posts a payment that settles the invoice; gives its voucher and what stays open of the customer. */
  pay(accountNumber: string, invoice: { readonly number: string; readonly amount: number }): Promise<PaidInvoice>
}

export interface PaidInvoice {
  readonly voucher: string
  readonly balance: number
}

/** Site and warehouse that the template of accounts gives to customers. Source: templates specification 10.2. */
const PLACE = { InventorySiteId: '1', InventoryWarehouseId: '13' }

/** A clerk who works with a running Supply Chain application. */
export function createClerk(client: ApplicationClient, company: string): Clerk {
  const create = async (set: string, row: Row): Promise<Row> =>
    (await client.json('POST', `${SUPPLY_CHAIN_ROOT}/${set}?cross-company=true`, { dataAreaId: company, ...row })) as Row
  const run = async (name: string, parameters: Row): Promise<Row> => {
    const answer = (await client.json('POST', `/api/commands/${name}`, { dataAreaId: company, ...parameters })) as { result: Row }
    return answer.result
  }
  const find = async (set: string, filter: string): Promise<Row> => {
    const query = `cross-company=true&$filter=${encodeURIComponent(`dataAreaId eq '${company}' and ${filter}`)}`
    const { value } = (await client.json('GET', `${SUPPLY_CHAIN_ROOT}/${set}?${query}`)) as { value: readonly Row[] }
    return value[0] ?? {}
  }
  return {
    taxCustomer: async (accountNumber) => {
      const key = `dataAreaId='${company}',CustomerAccount='${encodeURIComponent(accountNumber)}'`
      await client.json('PATCH', `${SUPPLY_CHAIN_ROOT}/CustomersV3(${key})?cross-company=true`, { SalesTaxGroup: 'TX' })
    },
    stock: async (itemNumbers, quantity) => {
      const { JournalNumber } = await create('InventoryAdjustmentJournalHeaders', { Description: 'Opening stock' })
      for (const ItemNumber of itemNumbers)
        await create('InventoryAdjustmentJournalLines', { JournalNumber, ItemNumber, ...PLACE, InventoryQuantity: quantity })
      await run('post-inventory-journal', { journalNumber: JournalNumber })
    },
    chargeFreight: async (orderNumber, amount) => {
      await create('SalesOrderHeaderCharges', {
        SalesOrderNumber: orderNumber,
        ChargeCode: 'FREIGHT',
        ChargeCategory: 'Fixed',
        ChargeValue: amount,
      })
    },
    command: (name, orderNumber, parameters) => run(name, { salesOrderNumber: orderNumber, ...parameters }),
    calculateTotals: async () => {
      await client.json('POST', `${SUPPLY_CHAIN_ROOT}/BatchJobs/Microsoft.Dynamics.DataEntities.CalculateSalesTotals`, {})
    },
    pay: async (accountNumber, invoice) => {
      const { JournalBatchNumber } = await create('CustomerPaymentJournalHeaders', { Description: 'Bank' })
      const payment = { AccountDisplayValue: accountNumber, CreditAmount: invoice.amount, MarkedInvoice: invoice.number }
      await create('CustomerPaymentJournalLines', { JournalBatchNumber, ...payment })
      await run('post-payment-journal', { journalBatchNumber: JournalBatchNumber })
      const line = await find('CustomerPaymentJournalLines', `JournalBatchNumber eq '${JournalBatchNumber}'`)
      const open = await find('CustBalances', `AccountNum eq '${accountNumber}'`)
      return { voucher: String(line.Voucher), balance: Number(open.AmountMST ?? 0) }
    },
  }
}
