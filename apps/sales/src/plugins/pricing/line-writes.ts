import { type Plugin, type PluginContext, type Row, refuse, type TableEvent } from '@p2c/dataverse'
import {
  lineProductType,
  NOT_UPDATABLE,
  PRICE_LIST_MISSING_ON,
  QUANTITY_MISSING,
  refuseContent,
  refuseProduct,
  refuseQuantity,
  refuseUnit,
  WRITE_IN_ON_LOCKED,
} from '../../domain/pricing/line-rules.ts'
import { isLeftToIntegration, isLineSkipped } from '../../domain/pricing/pricing-runs.ts'
import { changes, enforce, idOf, nextValue, textOf } from '../row-values.ts'
import { type CatalogueAnswer, readCatalogue } from './catalogue-entries.ts'
import { decimalOf } from './decimal-values.ts'
import { LINE_INPUTS, LINE_OUTPUTS, lineValues, refuseLineValues, takesCataloguePrice } from './line-values.ts'
import type { PricedDocument } from './pricing-documents.ts'
import {
  isPriceLocked,
  isPricingOnLines,
  lockPricedHeaders,
  type PricedHeader,
  type PricingFacts,
  readPricingFacts,
} from './pricing-facts.ts'
import { totalDocuments } from './total-documents.ts'

/** What is common to all lines of one write. */
interface LineWrite {
  readonly document: PricedDocument
  readonly context: PluginContext
  readonly facts: PricingFacts
  readonly occasion: 'create' | 'update'
  /** What clients may not do, an action may: it copies lines that were checked when they were made. */
  readonly isClient: boolean
}

interface LineDraft {
  readonly event: TableEvent
  readonly header: PricedHeader
  readonly read: (column: string) => Row[string]
  /** New here: created, or moved from another document. */
  readonly isPlaced: boolean
  readonly isWriteIn: boolean
}

/**
 * Checks the lines of one write, fills what they repeat of product and header, and prices them. Headers are locked first, in the order
 * of their ids. Source: Sales 1.9 and 4.4 to 4.6.
 */
async function settleLines(events: readonly TableEvent[], context: PluginContext, document: PricedDocument): Promise<void> {
  const facts = await readPricingFacts(context)
  const ids = [...new Set(events.flatMap((event) => headerIds(event, document)))]
  const headers = await lockPricedHeaders(context, document, { ids, facts, isForLines: true })
  const write: LineWrite = {
    document,
    context,
    facts,
    occasion: context.message === 'create' ? 'create' : 'update',
    isClient: context.origin === 'client',
  }
  // A line without header is refused by the platform.
  const drafts = events.flatMap((event) => {
    const header = headers.get(idOf(nextValue(event, document.parent)) ?? '')
    return header === undefined ? [] : [draftOf(event, header, document)]
  })
  for (const draft of drafts) checkDraft(draft, write)
  const answers = await askCatalogue(drafts, write)
  for (const draft of drafts) settleLine(draft, answers.get(draft.event.id), write)
}

/** Headers that a line belongs to and will belong to. */
const headerIds = (event: TableEvent, document: PricedDocument): readonly string[] =>
  [event.before?.[document.parent], event.target[document.parent]].flatMap((value) => idOf(value) ?? [])

function draftOf(event: TableEvent, header: PricedHeader, document: PricedDocument): LineDraft {
  const read = (column: string) => nextValue(event, column)
  return { event, header, read, isPlaced: changes(event, document.parent), isWriteIn: read('isproductoverridden') === true }
}

/** Rules that need no catalogue, and the columns that are settled at creation. */
function checkDraft(draft: LineDraft, { document, isClient, occasion }: LineWrite): void {
  const { event, header, read, isWriteIn } = draft
  const { target } = event
  const table = document.line
  if (occasion === 'update') keepSettled(draft, table)
  if (draft.isPlaced) target.transactioncurrencyid = { table: 'transactioncurrency', id: header.currency.id }
  enforce(
    refuseContent({
      table,
      isWriteIn,
      hasProduct: idOf(read('productid')) !== null,
      hasUnit: idOf(read('uomid')) !== null,
      writeInText: textOf(read('productdescription')),
    }),
  )
  if (isWriteIn) target.ispriceoverridden = true
  if (!isClient) return
  const asksQuantity = occasion === 'create' || target.quantity !== undefined
  if (asksQuantity && decimalOf(read('quantity')) === null) enforce(QUANTITY_MISSING)
  // The line of the header's tax comes and goes with its amount, whatever is locked. Source: Sales 6.6.
  if (draft.isPlaced && isWriteIn && isPriceLocked(header.row) && read('msdynce_ismisctax') !== true) enforce(WRITE_IN_ON_LOCKED)
}

/** What cannot change: sent again as it is it is no change, the kind of product is ignored. Source: Sales 1.9 and 4.6. */
function keepSettled({ event, header, isPlaced }: LineDraft, table: string): void {
  const { target } = event
  if (target.isproductoverridden !== undefined && (target.isproductoverridden === true) !== (event.before?.isproductoverridden === true)) {
    enforce(NOT_UPDATABLE(table, 'isproductoverridden'))
  }
  delete target.producttypecode
  const currency = idOf(target.transactioncurrencyid)
  if (currency !== null && currency !== header.currency.id) enforce(NOT_UPDATABLE(table, 'transactioncurrencyid'))
  delete target.transactioncurrencyid
  // Amounts are rounded again where a line comes into another currency.
  if (isPlaced) for (const column of ['manualdiscountamount', 'tax']) target[column] = nextValue(event, column)
}

async function askCatalogue(drafts: readonly LineDraft[], write: LineWrite): Promise<ReadonlyMap<string, CatalogueAnswer>> {
  const asking = drafts.filter(({ isWriteIn }) => !isWriteIn)
  const questions = asking.map(({ read, header }) => ({
    productId: idOf(read('productid')) ?? '',
    unitId: idOf(read('uomid')),
    listId: header.list?.id ?? null,
    currencyId: header.currency.id,
    quantity: textOf(read('quantity')),
    isPriced: takesCataloguePrice(read) && !isPriceLocked(header.row),
  }))
  const answers = await readCatalogue(write.context, questions, write.facts.settings)
  return new Map(
    asking.map(({ event, read }, at) => {
      const answer = answers[at]
      if (answer === undefined) {
        refuse({ code: '0x80040217', status: 404, message: `product With Id = ${idOf(read('productid'))} Does Not Exist` })
      }
      return [event.id, answer] as const
    }),
  )
}

function settleLine(draft: LineDraft, answer: CatalogueAnswer | undefined, write: LineWrite): void {
  const { event, header, read } = draft
  if (answer !== undefined) {
    if (write.isClient) checkArticle(draft, answer, write)
    if (idOf(read('uomid')) === null && answer.unit !== undefined) event.target.uomid = { table: 'uom', id: answer.unit.id }
  }
  if (write.occasion === 'create') {
    event.target.producttypecode = lineProductType({
      asked: event.target.producttypecode,
      productStructure: answer?.product.structure,
      isInBundle: idOf(event.target.parentbundleidref) !== null,
    })
  }
  fillNames(draft, answer, write)
  const { facts, occasion, document } = write
  const { isIntegrationUser } = write.context
  if (isPricingOnLines(document, header, { occasion, facts, isIntegrationUser })) {
    if (write.isClient) checkPriceList(draft, write)
    if (isLineSkipped(read('skippricecalculation'), occasion, facts.settings)) return
    const isCopied = !write.isClient && event.before === undefined
    const scope = { document, header, answer }
    const values = lineValues({ read, before: event.before, isCopied }, scope)
    enforce(refuseLineValues(values, scope))
    Object.assign(event.target, values)
    return
  }
  const question = { document: document.header, part: 'line', occasion, statecodes: [header.row.statecode], isIntegrationUser } as const
  const isOthers = !facts.settings.isEnabled || isLeftToIntegration(question, facts.settings)
  if (write.isClient && !isOthers) for (const column of LINE_OUTPUTS) delete event.target[column]
}

/** Product, unit and quantity are checked when they are written. */
function checkArticle({ event, read }: LineDraft, answer: CatalogueAnswer, { occasion }: LineWrite): void {
  const isNew = occasion === 'create'
  const isProduct = isNew || changes(event, 'productid')
  if (isProduct) enforce(refuseProduct(answer.product))
  if (isProduct || changes(event, 'uomid')) enforce(refuseUnit(answer.product, answer.unit))
  const quantity = decimalOf(read('quantity'))
  const isQuantity = isProduct || changes(event, 'uomid') || changes(event, 'quantity')
  if (isQuantity && quantity !== null) enforce(refuseQuantity(answer.product, quantity, answer.sellingCode))
}

/** A document without price list takes no lines that the catalogue would price. Source: Sales 4.4 step 1. */
function checkPriceList({ header, read, isPlaced, isWriteIn }: LineDraft, { facts, document }: LineWrite): void {
  if (!isPlaced || isWriteIn || header.list !== null || !facts.settings.isPriceListMandatory) return
  if (takesCataloguePrice(read)) enforce(PRICE_LIST_MISSING_ON(document.header))
}

/** Columns that name what is sold: the product, or the write-in text. Source: Sales 1.9. */
function fillNames({ event, read }: LineDraft, answer: CatalogueAnswer | undefined, { document, occasion }: LineWrite): void {
  const named = ['productid', 'productdescription', 'productname', 'productnumber', document.lineName]
  if (occasion === 'update' && named.every((column) => event.target[column] === undefined)) return
  const name = answer === undefined ? textOf(read('productdescription')) : answer.product.name
  Object.assign(event.target, { productname: name, [document.lineName]: name, productnumber: answer?.product.number ?? null })
}

/** New lines without a number go behind the others of their document. */
async function numberLines(events: readonly TableEvent[], context: PluginContext, document: PricedDocument): Promise<void> {
  const without = events.filter((event) => (event.target.lineitemnumber ?? null) === null && idOf(event.target[document.parent]) !== null)
  if (without.length === 0) return
  const ids = [...new Set(without.flatMap((event) => idOf(event.target[document.parent]) ?? []))]
  const found = await context.sql.query<{ id: string; last: number | null }>(
    `select "${document.parent}" as id, max(lineitemnumber) as last from "${document.line}" where "${document.parent}" = any($1::uuid[]) group by 1`,
    [ids],
  )
  const last = new Map(found.rows.map((row) => [row.id, row.last ?? 0]))
  for (const event of events) {
    const id = idOf(event.target[document.parent]) ?? ''
    const given = event.target.lineitemnumber
    if (typeof given === 'number') last.set(id, Math.max(last.get(id) ?? 0, given))
  }
  for (const event of without) {
    const id = idOf(event.target[document.parent]) ?? ''
    const next = Math.min((last.get(id) ?? 0) + 1, LAST_LINE_NUMBER)
    last.set(id, next)
    event.target.lineitemnumber = next
  }
}

/** End of the column's range. */
const LAST_LINE_NUMBER = 1_000_000_000

/** The documents that these lines belong to and belonged to are added up again. */
const totalAfter = (events: readonly TableEvent[], context: PluginContext, document: PricedDocument): Promise<void> =>
  totalDocuments(context, document, {
    ids: [...new Set(events.flatMap((event) => headerIds({ ...event, target: event.after ?? {} }, document)))],
    occasion: context.message,
    isBounded: context.origin === 'client',
  })

export const linePluginsOf = (document: PricedDocument): readonly Plugin[] => {
  const line = { table: document.line, name: `${document.line} pricing` } as const
  const columns = [document.parent, document.lineName, 'productname', 'productnumber', ...LINE_INPUTS, ...LINE_OUTPUTS]
  const settle: Plugin['run'] = (events, context) => settleLines(events, context, document)
  const total: Plugin['run'] = (events, context) => totalAfter(events, context, document)
  const reads = [...columns, ...(document.isLockable ? ['msdynce_ismisctax'] : [])]
  return [
    { ...line, message: 'create', stage: 'pre-operation', run: settle },
    {
      ...line,
      name: `${document.line} numbers`,
      message: 'create',
      stage: 'pre-operation',
      run: (events, context) => numberLines(events, context, document),
    },
    { ...line, message: 'update', stage: 'pre-operation', columns, reads, run: settle },
    { ...line, message: 'create', stage: 'post-operation', run: total },
    { ...line, message: 'update', stage: 'post-operation', columns, reads: [document.parent], run: total },
    { ...line, message: 'delete', stage: 'post-operation', run: total },
  ]
}
