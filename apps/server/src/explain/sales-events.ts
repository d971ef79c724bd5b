import type { FeedRow } from '../compare/feed.ts'
import { type EventReader, type FoundEvent, STEPS } from './events.ts'
import type { RecordNoun } from './record-kinds.ts'

const text = (value: unknown): string => (value === null || value === undefined ? '' : String(value))
const inner = (row: FeedRow, name: string): FeedRow | undefined => (row[name] as FeedRow | null | undefined) ?? undefined
const where = (filter: string): string => `$filter=${encodeURIComponent(filter)}`
const quoted = (value: string): string => `'${value.replaceAll("'", "''")}'`

/** `msdynce_processingstatus` in words (templates specification 2.3). */
const PROCESSING_STATUSES: Readonly<Record<string, string>> = {
  647390000: 'Active',
  647390001: 'Confirmed',
  647390002: 'Packing Slip',
  647390003: 'Invoiced',
  647390004: 'Picked',
  647390005: 'Partially Picked',
  647390006: 'Partially Packed',
  647390007: 'Shipped',
  647390008: 'Partially Shipped',
  647390009: 'Partially Invoiced',
  647390010: 'Cancelled',
  647390011: 'Draft',
}

const EXPAND = 'transactioncurrencyid($select=isocurrencycode)'
const ORIGIN = 'opportunityid($select=name,createdon,estimatedvalue,_originatingleadid_value)'

interface Facts {
  readonly document: string
  readonly event: string
  readonly rank: number
  readonly amount?: string
  readonly more?: Partial<FoundEvent>
}

const created = (row: FeedRow, { document, event, rank, amount, more }: Facts): FoundEvent => {
  const currency = text(inner(row, 'transactioncurrencyid')?.isocurrencycode)
  const value = amount === undefined ? '' : text(row[amount])
  return {
    at: text(row.createdon),
    side: 'sales',
    event,
    document,
    rank,
    ...(value !== '' && { amount: value }),
    ...(value !== '' && currency !== '' && { currency }),
    ...more,
  }
}

/** Lead and opportunity that a document began with. */
async function originEvents(row: FeedRow, read: EventReader): Promise<FoundEvent[]> {
  const opportunity = inner(row, 'opportunityid')
  if (opportunity === undefined) return []
  const lead = text(opportunity._originatingleadid_value)
  const leads = lead === '' ? [] : await read.sales(`leads?$select=subject,createdon&${where(`leadid eq ${lead}`)}`)
  return [
    ...leads.map((each) => created(each, { document: text(each.subject), event: 'lead-created', rank: STEPS.lead })),
    created(opportunity, { document: text(opportunity.name), event: 'opportunity-created', rank: STEPS.opportunity }),
  ]
}

/** The quote with its origin, and how it ended. */
export async function quoteEvents(number: string, read: EventReader): Promise<readonly FoundEvent[]> {
  const rows = await read.sales(
    `quotes?$select=quotenumber,createdon,totalamount,revisionnumber&$expand=${EXPAND},${ORIGIN}&${where(`quotenumber eq ${quoted(number)}`)}`,
  )
  const closes = await read.sales(`quotecloses?$select=subject,createdon,quotenumber&${where(`quotenumber eq ${quoted(number)}`)}`)
  const orders = await read.sales(
    `salesorders?$select=ordernumber,createdon,totalamount&$expand=${EXPAND}&${where(`quoteid/quotenumber eq ${quoted(number)}`)}`,
  )
  const [first] = rows
  return [
    ...(first === undefined ? [] : await originEvents(first, read)),
    ...rows.map((row) =>
      created(row, {
        document: number,
        event: text(row.revisionnumber) === '0' || text(row.revisionnumber) === '' ? 'quote-created' : 'quote-revised',
        rank: STEPS.quote,
        amount: 'totalamount',
      }),
    ),
    ...closes.map((row) =>
      created(row, { document: number, event: 'quote-closed', rank: STEPS.quoteClosed, more: { text: text(row.subject) } }),
    ),
    ...orders.map((row) =>
      created(row, { document: text(row.ordernumber), event: 'order-created', rank: STEPS.created, amount: 'totalamount' }),
    ),
  ]
}

/** The order in Sales with what it came from, and the invoices that arrived for it. */
export async function salesOrderEvents(number: string, read: EventReader): Promise<readonly FoundEvent[]> {
  const select = 'ordernumber,createdon,modifiedon,totalamount,msdynce_processingstatus,msdynce_ismaintainedexternally'
  const expand = `${EXPAND},${ORIGIN},quoteid($select=quotenumber)`
  const [order] = await read.sales(`salesorders?$select=${select}&$expand=${expand}&${where(`ordernumber eq ${quoted(number)}`)}`)
  const invoices = await read.sales(
    `invoices?$select=invoicenumber,createdon,modifiedon,totalamount,statecode&$expand=${EXPAND}&${where(`salesorderid/ordernumber eq ${quoted(number)}`)}`,
  )
  if (order === undefined) return invoices.flatMap(invoiceEvents)
  const quote = text(inner(order, 'quoteid')?.quotenumber)
  const before =
    quote === '' ? await originEvents(order, read) : (await quoteEvents(quote, read)).filter((event) => event.rank < STEPS.created)
  const status = PROCESSING_STATUSES[text(order.msdynce_processingstatus)]
  return [
    ...before,
    created(order, { document: number, event: 'order-created', rank: STEPS.created, amount: 'totalamount' }),
    ...(status === undefined || status === 'Draft' || status === 'Active'
      ? []
      : [
          created(order, {
            document: number,
            event: 'order-status',
            rank: STEPS.sentToSales,
            amount: 'totalamount',
            more: { at: text(order.modifiedon), status, isLatest: true },
          }),
        ]),
    ...invoices.flatMap(invoiceEvents),
  ]
}

const PAID = '2'

function invoiceEvents(row: FeedRow): FoundEvent[] {
  const document = text(row.invoicenumber)
  const facts = { document, event: 'invoice-received', rank: STEPS.invoiceInSales, amount: 'totalamount' }
  const paid = { document, event: 'invoice-marked-paid', rank: STEPS.paidInSales, more: { at: text(row.modifiedon), isLatest: true } }
  return [created(row, facts), ...(text(row.statecode) === PAID ? [created(row, paid)] : [])]
}

const MASTER_DATA: Readonly<Record<'account' | 'contact' | 'product', readonly [set: string, key: string]>> = {
  account: ['accounts', 'accountnumber'],
  contact: ['contacts', 'msdynce_contactnumber'],
  product: ['products', 'productnumber'],
}

/** When a record was made in Sales and when it was changed last. */
export async function masterDataEvents(
  noun: Exclude<RecordNoun, 'quote' | 'order' | 'invoice'>,
  key: string,
  read: EventReader,
): Promise<readonly FoundEvent[]> {
  const [set, field] = MASTER_DATA[noun]
  const rows = await read.sales(`${set}?$select=createdon,modifiedon&${where(`${field} eq ${quoted(key)}`)}`)
  return rows.flatMap((row) => [
    created(row, { document: key, event: `${noun}-created`, rank: STEPS.created }),
    ...(text(row.modifiedon) === text(row.createdon)
      ? []
      : [created(row, { document: key, event: `${noun}-changed`, rank: STEPS.changed, more: { at: text(row.modifiedon) } })]),
  ])
}
