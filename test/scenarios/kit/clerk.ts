import { quoted, type Row, type Wire } from './wire.ts'

/** A quantity of a line by its creation sequence number. */
export interface LineQuantity {
  readonly line: number
  readonly quantity: number
}

export interface NewSupplyOrder {
  readonly number: string
  readonly customer: string
  readonly lines: readonly Row[]
  readonly values?: Row
}

/** What a posted invoice or credit note tells. */
export interface PostedInvoice {
  readonly invoiceNumber: string
  readonly invoiceAmount: number
  readonly invoiceAccount: string
  readonly currencyCode: string
}

/** Who fulfils: works in one company of Supply Chain, by commands and data services. An order or quotation is named by its number. */
export interface Clerk {
  readonly wire: Wire
  readonly company: string
  /** The same clerk in another company. */
  in(company: string): Clerk
  /** Creates a row of the company; gives it as it was stored. */
  add(collection: string, row: Row): Promise<Row>
  change(collection: string, key: Row, values: Row): Promise<void>
  /** Rows of the company that meet a filter. */
  rows(collection: string, filter: string): Promise<readonly Row[]>
  /** A command; gives its result. */
  command(name: string, parameters: Row): Promise<Row>
  /** Releases an item that can be sold, in pieces unless told. */
  product(number: string, values?: Row): Promise<Row>
  /** Puts pieces of items into warehouse 13 of site 1. */
  stock(pieces: Readonly<Record<string, number>>): Promise<void>
  /** A customer of the clerk's own, who did not come from Sales. */
  customer(account: string, values?: Row): Promise<Row>
  /** Takes an order on its own account, for a customer who may have come from Sales. */
  order(order: NewSupplyOrder): Promise<Row>
  confirm(order: string): Promise<void>
  /** Posts a picking list and registers what it says. */
  pick(order: string, lines?: readonly LineQuantity[]): Promise<void>
  pack(order: string, lines?: readonly LineQuantity[]): Promise<void>
  /** Invoices what was delivered; each order has an invoice of its own. */
  invoice(order: string, lines?: readonly LineQuantity[]): Promise<PostedInvoice>
  /** Gives back lines of an invoice, or all of it. */
  credit(invoice: string, lines?: readonly LineQuantity[]): Promise<PostedInvoice>
  /** Receives what the customer owes for an invoice. */
  receivePayment(invoice: PostedInvoice): Promise<void>
  /** Cancels what is left to deliver, of some lines by their creation sequence numbers or of all. */
  cancelRemainder(order: string, lines?: readonly number[]): Promise<void>
  /** The batch job *Calculate sales totals*. */
  calculateTotals(): Promise<void>
}

const ACTIONS = 'Microsoft.Dynamics.DataEntities'

/** A clerk over the data services, `wire` being the root of the application. */
export function createClerk(wire: Wire, dataAreaId: string): Clerk {
  const add: Clerk['add'] = (collection, row) => wire.send('POST', `/data/${collection}`, { dataAreaId, ...row })
  const command: Clerk['command'] = async (name, parameters) =>
    (await wire.send('POST', `/api/commands/${name}`, { dataAreaId, ...parameters })).result ?? {}
  return {
    wire,
    company: dataAreaId,
    in: (company) => createClerk(wire, company),
    add,
    change: async (collection, key, values) =>
      void (await wire.send('PATCH', `/data/${addressOf(collection, { dataAreaId, ...key })}`, values)),
    rows: (collection, filter) => wire.rows(`data/${collection}?cross-company=true`, `dataAreaId eq ${quoted(dataAreaId)} and ${filter}`),
    command,
    product: (number, values = {}) => add('ReleasedProductCreationsV2', { ...aProduct(number), ...values }),
    stock: async (pieces) => {
      const { JournalNumber } = await add('InventoryAdjustmentJournalHeaders', {})
      for (const [ItemNumber, InventoryQuantity] of Object.entries(pieces))
        await add('InventoryAdjustmentJournalLines', { JournalNumber, ItemNumber, ...PLACE, InventoryQuantity, CostPrice: 2 })
      await command('post-inventory-journal', { journalNumber: JournalNumber })
    },
    customer: (CustomerAccount, values = {}) => add('CustomersV3', { CustomerAccount, ...A_CUSTOMER, ...values }),
    order: (order) => enterOrder(add, order),
    confirm: async (salesOrderNumber) => void (await command('confirm-sales-order', { salesOrderNumber })),
    pick: async (salesOrderNumber, lines) => {
      await command('post-picking-list', { salesOrderNumber, ...linesOf(lines) })
      await command('register-picking', { salesOrderNumber })
    },
    pack: async (salesOrderNumber, lines) => void (await command('post-packing-slip', { salesOrderNumber, ...linesOf(lines, 'All') })),
    invoice: async (salesOrderNumber, lines) =>
      onlyInvoice(await command('post-sales-invoice', { salesOrderNumber, ...linesOf(lines, 'PackingSlip') })),
    credit: async (invoiceNumber, lines) =>
      onlyInvoice(await command('create-credit-note', { invoiceNumber, post: true, ...linesOf(lines) })),
    receivePayment: async ({ invoiceNumber, invoiceAmount, invoiceAccount, currencyCode }) => {
      const { JournalBatchNumber } = await add('CustomerPaymentJournalHeaders', {})
      const line = { JournalBatchNumber, LineNumber: 1, AccountDisplayValue: invoiceAccount, CurrencyCode: currencyCode }
      await add('CustomerPaymentJournalLines', { ...line, CreditAmount: invoiceAmount, MarkedInvoice: invoiceNumber })
      await command('post-payment-journal', { journalBatchNumber: JournalBatchNumber })
    },
    cancelRemainder: async (salesOrderNumber, lines) => {
      const named = lines?.map((lineCreationSequenceNumber) => ({ lineCreationSequenceNumber }))
      await command('cancel-deliver-remainder', { salesOrderNumber, ...(named !== undefined && { lines: named }) })
    },
    calculateTotals: async () =>
      void (await wire.send('POST', `/data/BatchJobs/${ACTIONS}.CalculateSalesTotals`, { legalEntityId: dataAreaId })),
  }
}

const PLACE = { InventorySiteId: '1', InventoryWarehouseId: '13' }

const A_CUSTOMER: Row = {
  OrganizationName: 'Nordkai Yards',
  PartyType: 'Organization',
  CustomerGroupId: '10',
  SalesCurrencyCode: 'USD',
  SiteId: '1',
  WarehouseId: '13',
}

const aProduct = (number: string): Row => ({
  ItemNumber: number,
  ProductNumber: number,
  ProductName: `Product ${number}`,
  ProductType: 'Item',
  ProductSubType: 'Product',
  ItemModelGroupId: 'FIFO',
  ProductGroupId: 'Goods',
  StorageDimensionGroupName: 'SiteWH',
  TrackingDimensionGroupName: 'None',
  InventoryUnitSymbol: 'ea',
  SalesUnitSymbol: 'ea',
  PurchaseUnitSymbol: 'ea',
  BOMUnitSymbol: 'ea',
  SalesPrice: 20,
  UnitCost: 2,
})

/** Orders that come in without an origin code get that of the integration (Supply Chain specification, 1.2 no. 7): a clerk takes them by telephone. */
async function enterOrder(add: Clerk['add'], { number, customer, lines, values = {} }: NewSupplyOrder): Promise<Row> {
  const customers = { OrderingCustomerAccountNumber: customer, InvoiceCustomerAccountNumber: customer }
  const order = await add('SalesOrderHeadersV2', { SalesOrderNumber: number, SalesOrderOriginCode: 'Phone', ...customers, ...values })
  for (const { ProductNumber, ...line } of lines)
    await add('SalesOrderLines', {
      SalesOrderNumber: number,
      ItemNumber: ProductNumber,
      ShippingSiteId: '1',
      ShippingWarehouseId: '13',
      ...line,
    })
  return order
}

/** The lines named and no others; without names all of them, by the rule where the command takes one. */
const linesOf = (lines: readonly LineQuantity[] | undefined, quantityRule?: string): Row =>
  lines === undefined
    ? { ...(quantityRule !== undefined && { quantityRule }) }
    : { lines: lines.map(({ line, quantity }) => ({ lineCreationSequenceNumber: line, quantity })) }

/** `Set(dataAreaId='usmf',CustomerAccount='C-1')`. */
const addressOf = (collection: string, key: Row): string => {
  const parts = Object.entries(key).map(
    ([name, value]) => `${name}=${typeof value === 'number' ? value : quoted(encodeURIComponent(value))}`,
  )
  return `${collection}(${parts.join(',')})?cross-company=true`
}

function onlyInvoice({ invoices }: Row): PostedInvoice {
  if (invoices?.length !== 1) throw new Error(`one invoice was expected: ${JSON.stringify(invoices)}`)
  return invoices[0]
}
