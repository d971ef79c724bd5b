import type { Execution } from '@p2c/api'
import type { CommandContext } from '../context.ts'
import { connectApplications } from '../load/applications.ts'
import type { MessageKey } from '../messages/messages.ts'
import { type Clerk, createClerk } from './clerk.ts'
import { createSeller, type SalesDocument, type Seller } from './seller.ts'

export interface StoryInput {
  readonly context: CommandContext
  readonly legalEntity: string
  /** Price list of the currency that the story sells in. */
  readonly priceList: string
  /** Runs projects one after the other and shows their executions. */
  readonly run: (projects: readonly string[]) => Promise<readonly Execution[]>
  /** Tells which part of the story begins. */
  readonly announce: (title: MessageKey) => void
}

export interface StoryEnd {
  readonly executions: readonly Execution[]
  readonly quote: string
  readonly order: string
  readonly invoice: string
  /** What Sales says of order and invoice is what Supply Chain has posted, and nothing is left to pay. */
  readonly isSettled: boolean
}

const LEAD = {
  subject: 'Refit of the deck winches – Größe 40',
  firstname: 'Åse',
  lastname: 'Łukaszewicz',
  companyname: 'Halvorsen Båtservice AS',
  emailaddress1: 'aase@halvorsen.example',
  telephone1: '+47 55 01 23 45',
  address1_line1: 'Strandgaten 18',
  address1_city: 'Bergen',
  address1_postalcode: '5013',
  address1_country: 'Norway',
}

/** Three of one thing with 10.00 off: per unit 3.33, and one cent that must not be lost on the way. Source: templates specification 9.2. */
const QUANTITIES = [3, 2]
const DISCOUNTS = ['10.00', '0']
const FREIGHT = 20
const STOCKED = 100

/**
 * One sale from the first lead to the settled payment, by what sellers and clerks do in the two applications; after each step the projects
 * carry it to the other side, and what Sales shows then is printed.
 */
export async function playStory(input: StoryInput): Promise<StoryEnd> {
  const { announce, context } = input
  const { sales, supplyChain } = await connectApplications(context)
  const scene: Scene = {
    ...input,
    seller: createSeller(sales),
    clerk: createClerk(supplyChain, input.legalEntity),
    executions: [],
  }
  announce('story.sell')
  const { accountNumber, quote } = await sell(scene)
  announce('story.order')
  const order = await orderIt(scene, accountNumber, quote)
  announce('story.deliver')
  await deliver(scene, order)
  announce('story.invoice')
  const invoice = await invoiceAndPay(scene, { accountNumber, order })
  return { executions: scene.executions, quote: quote.number, order: order.number, invoice: invoice.number, isSettled: invoice.isSettled }
}

interface Scene extends StoryInput {
  readonly seller: Seller
  readonly clerk: Clerk
  readonly executions: Execution[]
}

const say = ({ context }: Scene, key: MessageKey, values: Readonly<Record<string, string | number>>): void =>
  context.output.line(key, values)

async function carry(scene: Scene, projects: readonly string[]): Promise<void> {
  scene.executions.push(...(await scene.run(projects)))
}

/** Lead, opportunity, quote: the customer and the quote reach Supply Chain. */
async function sell(scene: Scene): Promise<{ readonly accountNumber: string; readonly quote: SalesDocument }> {
  const { seller, clerk } = scene
  const products = await seller.listProducts(QUANTITIES.length)
  await clerk.stock(products, STOCKED)
  const { opportunityId, accountNumber } = await seller.qualifyLead(LEAD)
  say(scene, 'story.lead-qualified', { company: LEAD.companyname, number: accountNumber })
  const lines = products.map((productNumber, index) => ({
    productNumber,
    quantity: QUANTITIES[index] ?? 1,
    discount: DISCOUNTS[index] ?? '0',
  }))
  const quote = await seller.quote(opportunityId, scene.priceList, lines)
  say(scene, 'story.quote-active', { number: quote.number, lines: lines.length })
  await carry(scene, ['accounts', 'contacts', 'quotes'])
  return { accountNumber, quote }
}

/** The quote is won, the order activated, sent, taxed, confirmed, and confirmed in Sales. */
async function orderIt(scene: Scene, accountNumber: string, quote: SalesDocument): Promise<SalesDocument> {
  const { seller, clerk } = scene
  await clerk.taxCustomer(accountNumber)
  const order = await seller.win(quote)
  await seller.activate(order)
  say(scene, 'story.order-active', { quote: quote.number, number: order.number })
  await carry(scene, ['orders-to-supply-chain'])
  await clerk.chargeFreight(order.number, FREIGHT)
  await clerk.command('confirm-sales-order', order.number)
  await bringBack(scene, order)
  return order
}

async function deliver(scene: Scene, order: SalesDocument): Promise<void> {
  const { clerk } = scene
  await clerk.command('post-picking-list', order.number)
  await clerk.command('register-picking', order.number)
  await bringBack(scene, order)
  await clerk.command('post-packing-slip', order.number, { quantityRule: 'Picked' })
  await bringBack(scene, order)
}

interface InvoiceInput {
  readonly accountNumber: string
  readonly order: SalesDocument
}

async function invoiceAndPay(
  scene: Scene,
  { accountNumber, order }: InvoiceInput,
): Promise<{ readonly number: string; readonly isSettled: boolean }> {
  const { seller, clerk, context } = scene
  const posted = await clerk.command('post-sales-invoice', order.number, { quantityRule: 'PackingSlip' })
  await bringBack(scene, order)
  await carry(scene, ['invoices'])
  const [invoice] = posted.invoices as readonly { readonly invoiceNumber: string; readonly invoiceAmount: string | number }[]
  const number = String(invoice?.invoiceNumber)
  const amount = Number(invoice?.invoiceAmount)
  const inSales = (await seller.readInvoices(order)).find((each) => each.number === number)
  const money = (value: number): string => context.messages.amount(value)
  say(scene, 'story.invoice-in-sales', { number, status: inSales?.status ?? '', total: money(inSales?.total ?? 0) })
  const paid = await clerk.pay(accountNumber, { number, amount })
  say(scene, 'story.paid', { number, amount: money(amount), voucher: paid.voucher, balance: money(paid.balance) })
  const after = await seller.readOrder(order)
  return { number, isSettled: inSales?.total === amount && after.total === amount && paid.balance === 0 }
}

/** Totals are calculated, the status goes to Sales, and what Sales shows is told. */
async function bringBack(scene: Scene, order: SalesDocument): Promise<void> {
  const { seller, clerk, context } = scene
  await clerk.calculateTotals()
  await carry(scene, ['orders-to-sales'])
  const { status, total, tax } = await seller.readOrder(order)
  say(scene, 'story.order-in-sales', {
    number: order.number,
    status,
    total: context.messages.amount(total),
    tax: context.messages.amount(tax),
  })
}
