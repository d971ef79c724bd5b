import { type Decimal, type SqlRunner, sum } from '@p2c/base'
import { readAccountingCurrency } from '../calculation/exchange.ts'
import { checkPeriodsOpen } from '../calculation/fiscal-period.ts'
import { assertNoProblems, CommandRefusal } from '../commands/command.ts'
import { requireNumber } from '../commands/require-numbers.ts'
import { type FieldValues, timeOf } from '../domain/field-value.ts'
import { dimensionsOf } from '../domain/inventory/dimensions.ts'
import {
  isFullyReceived,
  type JournalPosting,
  type JournalStock,
  postJournalLine,
  type ReceiptStep,
} from '../domain/inventory/post-journal-line.ts'
import { createStockBook } from '../domain/inventory/stock-book.ts'
import { refuseCommand } from '../domain/messages.ts'
import { tableByRelation } from '../entities/catalogue.ts'
import { ledgerAccount } from '../ledger/accounts.ts'
import { postVoucher } from '../ledger/post-voucher.ts'
import { findRows, updateRows } from '../store/rows.ts'
import type { StoredRow } from '../store/tracked-row.ts'
import { fillOrderedReservations } from './arrived-reservations.ts'
import { loadStock } from './load-stock.ts'
import { createStockSaver } from './save-stock.ts'

/** A journal, and for receipts the lines and how far they come in. */
export interface JournalRequest {
  readonly dataAreaId: string
  readonly journalNumber: string
  /** Day of the posting; default: the date of each line. */
  readonly date?: string | undefined
  /** Of expected receipts: how far the goods come. */
  readonly receiptStep: ReceiptStep
  readonly packingSlipNumber?: string | undefined
  readonly invoiceNumber?: string | undefined
  /** Of expected receipts: these lines with these quantities; default: all that is open. */
  readonly lines?: readonly { readonly lineNumber: number; readonly quantity?: Decimal | undefined }[] | undefined
}

/** What was posted of a journal. */
export interface PostedJournal {
  /** Blank where nothing was valued: goods were registered only. */
  readonly voucher: string
  readonly isPosted: boolean
  /** Change of the value of inventory. */
  readonly value: Decimal
}

const JOURNALS = tableByRelation('inventory_journal')
const LINES = tableByRelation('inventory_journal_line')

const at = (row: StoredRow, name: string): string => row.values[name] ?? ''

/**
 * Posts an inventory journal: adjustments and counting differences at once, expected receipts as far as asked. All of it or nothing: refuses
 * an unknown journal (E01), a posted one (E26), one without lines (L35), a closed period (E12), goods that are not there (E07).
 * Source: Supply Chain specification, 4.1 and 4.6.
 */
export async function postInventoryJournal(sql: SqlRunner, request: JournalRequest, now: Date): Promise<PostedJournal> {
  const { header, lines } = await lockJournal(sql, request)
  const chosen = chooseLines(lines, request)
  await assertPeriodsOpen(sql, request, chosen)
  const voucher = await takeVoucher(sql, request)
  const loaded = await loadStock(sql, {
    dataAreaId: request.dataAreaId,
    lots: lines.map((line) => at(line, 'InventoryLotId')),
    places: chosen.map(({ line }) => ({ itemNumber: at(line, 'ItemNumber'), dimensions: dimensionsOf(line.values) })),
  })
  const stock: JournalStock = { state: loaded.state, book: createStockBook(loaded.state) }
  const posted = chosen.map((each) => postLine(stock, { ...each, request, voucher }))
  await createStockSaver(sql, request.dataAreaId, loaded)()
  await fillOrderedReservations(sql, request.dataAreaId, [...loaded.state.rows.values()])
  const isPosted = lines.every((line) => at(line, 'JournalType') !== 'Receipt' || isFullyReceived(stock.book, at(line, 'InventoryLotId')))
  await storeJournal(sql, { header, posted, isPosted, now })
  const value = sum(posted.map((each) => each.value))
  await postLedger(sql, { request, voucher, posted, header })
  return { voucher, isPosted, value }
}

async function lockJournal(
  sql: SqlRunner,
  { dataAreaId, journalNumber }: JournalRequest,
): Promise<{ readonly header: StoredRow; readonly lines: readonly StoredRow[] }> {
  const common = { fields: ['dataAreaId', 'JournalNumber'], keys: [[dataAreaId, journalNumber]], isForUpdate: true }
  const [header] = await findRows(sql, { ...common, table: JOURNALS })
  if (header === undefined) throw new CommandRefusal(refuseCommand('E01', journalNumber, 'Journal', JOURNALS.tableLabel))
  if (at(header, 'IsPosted') === 'Yes') throw new CommandRefusal(refuseCommand('E26', at(header, 'JournalNumber')))
  const lines = await findRows(sql, { ...common, table: LINES, isMany: true })
  if (lines.length === 0) throw new CommandRefusal(refuseCommand('L35', at(header, 'JournalNumber')))
  return { header, lines: lines.toSorted((a, b) => Number(at(a, 'LineNumber')) - Number(at(b, 'LineNumber'))) }
}

interface ChosenLine {
  readonly line: StoredRow
  readonly quantity?: Decimal | undefined
}

/** The lines to post; those that the request names, where it names any. A line that does not exist is refused (E01). */
function chooseLines(lines: readonly StoredRow[], { lines: wanted, journalNumber }: JournalRequest): ChosenLine[] {
  if (wanted === undefined) return lines.map((line) => ({ line }))
  // Adjustments and counting are posted as a whole: their journal is final afterwards.
  if (lines.some((line) => at(line, 'JournalType') !== 'Receipt')) throw new CommandRefusal(refuseCommand('L36', journalNumber))
  return wanted.map(({ lineNumber, quantity }) => {
    const line = lines.find((each) => Number(at(each, 'LineNumber')) === lineNumber)
    if (line === undefined) throw new CommandRefusal(refuseCommand('E01', `${journalNumber}, ${lineNumber}`, 'Line', LINES.tableLabel))
    return { line, quantity }
  })
}

async function assertPeriodsOpen(sql: SqlRunner, { dataAreaId, date }: JournalRequest, chosen: readonly ChosenLine[]): Promise<void> {
  const dates = date === undefined ? chosen.map(({ line }) => at(line, 'TransactionDate')) : [date]
  const problems = await checkPeriodsOpen(sql, { dataAreaId, dates, modules: ['invent'] })
  assertNoProblems(problems)
}

/** Registering goods values nothing and needs no voucher. */
async function takeVoucher(sql: SqlRunner, { dataAreaId, receiptStep }: JournalRequest): Promise<string> {
  if (receiptStep === 'Registered') return ''
  return requireNumber(sql, { dataAreaId, dataTypeName: 'InventJournalVoucher' })
}

interface PostedLine {
  readonly stored: StoredRow
  readonly after: FieldValues
  readonly date: string
  readonly value: Decimal
}

interface LineInput extends ChosenLine {
  readonly request: JournalRequest
  readonly voucher: string
}

function postLine(stock: JournalStock, { line, quantity, request, voucher }: LineInput): PostedLine {
  const date = request.date ?? at(line, 'TransactionDate')
  const posting: JournalPosting = {
    voucher,
    date,
    receiptStep: request.receiptStep,
    packingSlipNumber: request.packingSlipNumber ?? '',
    invoiceNumber: request.invoiceNumber ?? '',
    ...(quantity !== undefined && { quantity }),
  }
  const result = postJournalLine(stock, line.values, posting)
  if (!result.ok) throw new CommandRefusal(result.infolog)
  const isPosted = at(line, 'JournalType') !== 'Receipt' || isFullyReceived(stock.book, at(line, 'InventoryLotId'))
  const after = { ...line.values, ReceiptStatus: result.receiptStatus, IsPosted: isPosted ? 'Yes' : 'No' }
  return { stored: line, after, date, value: result.value }
}

interface StoreInput {
  readonly header: StoredRow
  readonly posted: readonly PostedLine[]
  readonly isPosted: boolean
  readonly now: Date
}

async function storeJournal(sql: SqlRunner, { header, posted, isPosted, now }: StoreInput): Promise<void> {
  await updateRows(sql, LINES, posted)
  if (!isPosted) return
  const PostedDateTime = timeOf(now)
  await updateRows(sql, JOURNALS, [{ stored: header, after: { ...header.values, IsPosted: 'Yes', PostedDateTime } }])
}

interface LedgerInput {
  readonly request: JournalRequest
  readonly voucher: string
  readonly posted: readonly PostedLine[]
  readonly header: StoredRow
}

/** Goods that come in are a debit of inventory against its profit and loss; goods that leave the other way round. */
async function postLedger(sql: SqlRunner, { request, voucher, posted, header }: LedgerInput): Promise<void> {
  if (posted.every(({ value }) => value.isZero())) return
  const { dataAreaId } = request
  const { accountingCurrency: currencyCode } = await readAccountingCurrency(sql, dataAreaId)
  for (const [date, lines] of Map.groupBy(posted, (line) => line.date)) {
    const amount = sum(lines.map(({ value }) => value))
    const entry = (account: 'Inventory' | 'InventoryProfitLoss', value: Decimal) => ({
      account: ledgerAccount(account),
      amount: value,
      currencyCode,
      amountCur: value,
    })
    await postVoucher(sql, {
      dataAreaId,
      voucher,
      date,
      text: `Inventory journal ${at(header, 'JournalNumber')}`,
      entries: [entry('Inventory', amount), entry('InventoryProfitLoss', amount.negated())],
    })
  }
}
