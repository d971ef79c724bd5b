import { quoted, type Row, type Wire } from './wire.ts'

/** What is stored in Sales, by business keys. A document comes with its lines, these in the order of their sequence numbers. */
export interface Sales {
  readonly wire: Wire
  account(number: string): Promise<Row>
  contact(number: string): Promise<Row>
  product(number: string): Promise<Row>
  /** Amounts of a product by the price list that holds them. */
  prices(number: string): Promise<Readonly<Record<string, number>>>
  order(number: string): Promise<Row>
  orderLines(number: string): Promise<readonly Row[]>
  invoice(number: string): Promise<Row>
  invoiceLines(number: string): Promise<readonly Row[]>
}

const BY_SEQUENCE = '$orderby=sequencenumber'

/** Readers over the Web API of Sales. */
export const createSales = (wire: Wire): Sales => ({
  wire,
  account: (number) => wire.row('accounts', `accountnumber eq ${quoted(number)}`),
  contact: (number) => wire.row('contacts', `msdynce_contactnumber eq ${quoted(number)}`),
  product: (number) =>
    wire.row(
      'products',
      `productnumber eq ${quoted(number)}`,
      '$expand=defaultuomid($select=name),transactioncurrencyid($select=isocurrencycode)',
    ),
  prices: async (number) => {
    const items = await wire.rows(
      'productpricelevels',
      `productid/productnumber eq ${quoted(number)}`,
      '$expand=pricelevelid($select=name)',
    )
    return Object.fromEntries(items.map((item) => [item.pricelevelid.name, item.amount]))
  },
  order: (number) => wire.row('salesorders', `ordernumber eq ${quoted(number)}`),
  orderLines: (number) => wire.rows('salesorderdetails', `salesorderid/ordernumber eq ${quoted(number)}`, BY_SEQUENCE),
  invoice: (number) => wire.row('invoices', `invoicenumber eq ${quoted(number)}`),
  invoiceLines: (number) => wire.rows('invoicedetails', `invoiceid/invoicenumber eq ${quoted(number)}`, BY_SEQUENCE),
})
