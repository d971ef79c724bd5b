import type { Plugin, PluginContext, Row, TableEvent } from '@p2c/dataverse'
import { EDITABLE_STATE } from '../../domain/documents/document-lock.ts'
import { DISCOUNT_TOO_LARGE, documentTotals, isOverDiscounted, NO_LINES } from '../../domain/pricing/document-totals.ts'
import { PRICE_LIST_CURRENCY } from '../../domain/pricing/header-rules.ts'
import { isLeftToIntegration, isPricingOn, type PricingQuestion } from '../../domain/pricing/pricing-runs.ts'
import { changes, enforce, idOf, nextIds, nextValue } from '../row-values.ts'
import { checkCurrencyChanges, checkLinkedCurrencies } from './header-currencies.ts'
import type { PricedDocument } from './pricing-documents.ts'
import { type Currency, currencyOf, headerInputs, isKept, type PricingFacts, readPriceLists, readPricingFacts } from './pricing-facts.ts'
import { recalculateDocuments } from './recalculate-documents.ts'
import { HEADER_OUTPUTS, sumLines, totalValues } from './total-documents.ts'

/** Columns of a header that its totals are made of. */
const TOTAL_INPUTS = ['discountpercentage', 'discountamount', 'freightamount', 'transactioncurrencyid']
/** Only an opportunity calculates its revenue. */
const REVENUE_COLUMNS = ['isrevenuesystemcalculated', 'estimatedvalue']

const inputsOf = (document: PricedDocument): readonly string[] => [...TOTAL_INPUTS, ...REVENUE_COLUMNS.filter(document.hasColumn)]

const questionOf = (event: TableEvent, context: PluginContext, document: PricedDocument): PricingQuestion => ({
  document: document.header,
  part: 'header',
  occasion: context.message === 'create' ? 'create' : 'update',
  statecodes:
    event.before === undefined ? [event.target.statecode ?? EDITABLE_STATE] : [event.before.statecode, nextValue(event, 'statecode')],
  isIntegrationUser: context.isIntegrationUser,
})

/** New documents take the currency of their price list where they name none, and begin with the totals of no lines. */
async function settleNewHeaders(events: readonly TableEvent[], context: PluginContext, document: PricedDocument): Promise<void> {
  const facts = await readPricingFacts(context)
  const lists = await readPriceLists(context, nextIds(events, 'pricelevelid'))
  for (const event of events) {
    const { target } = event
    const currencyId = lists.get(idOf(target.pricelevelid) ?? '')?.currencyId ?? null
    if (idOf(target.transactioncurrencyid) === null && currencyId !== null) {
      target.transactioncurrencyid = { table: 'transactioncurrency', id: currencyId }
    }
  }
  await checkCurrencies(events, context, { document, facts })
  for (const event of events) {
    const { target } = event
    const isSkipped = !facts.settings.isEnabledOnCreate
    if (isSkipped || !isPricingOn(questionOf(event, context, document), facts.settings)) continue
    const currency = currencyOf(target.transactioncurrencyid, facts)
    const totals = documentTotals(
      NO_LINES,
      headerInputs((column) => target[column] ?? null, currency.decimals),
      currency.decimals,
    )
    const isRevenueCalculated = target.isrevenuesystemcalculated === true
    Object.assign(
      target,
      totalValues(totals, { table: document.header, currency, hasErrors: false, isRevenueCalculated, stored: undefined }),
    )
  }
}

/** Document and price list are in one currency, and so is what the document was made from. Source: Sales 4.4, 4.7 and 8. */
async function checkCurrencies(
  events: readonly TableEvent[],
  context: PluginContext,
  scope: { readonly document: PricedDocument; readonly facts: PricingFacts },
): Promise<void> {
  const { document, facts } = scope
  const listed = events.filter((event) => changes(event, 'pricelevelid') || changes(event, 'transactioncurrencyid'))
  const lists = await readPriceLists(context, nextIds(listed, 'pricelevelid'))
  for (const event of listed) {
    const list = lists.get(idOf(nextValue(event, 'pricelevelid')) ?? '')
    const currency = currencyOf(nextValue(event, 'transactioncurrencyid'), facts)
    if (list !== undefined && list.currencyId !== currency.id) enforce(PRICE_LIST_CURRENCY(document.header, list.name))
  }
  await checkLinkedCurrencies(events, context, { document, facts })
}

/** Drops what clients send in outputs, checks currencies, and adds up again what depends on the header alone. */
async function settleHeaders(events: readonly TableEvent[], context: PluginContext, document: PricedDocument): Promise<void> {
  const isClient = context.origin === 'client'
  const inputs = [...inputsOf(document), 'pricelevelid']
  const concerned = isClient ? events : events.filter((event) => inputs.some((column) => changes(event, column)))
  if (concerned.length === 0) return // The totals that the lines made.
  const facts = await readPricingFacts(context)
  await checkCurrencyChanges(concerned, context, document)
  await checkCurrencies(concerned, context, { document, facts })
  for (const event of concerned) if (isClient) dropOutputs(event, context, { document, facts })
  const totalled = concerned.filter(
    (event) =>
      inputsOf(document).some((column) => changes(event, column)) && isPricingOn(questionOf(event, context, document), facts.settings),
  )
  await totalHeaders(totalled, context, { document, facts })
}

function dropOutputs(
  event: TableEvent,
  context: PluginContext,
  { document, facts }: { readonly document: PricedDocument; readonly facts: PricingFacts },
): void {
  const { settings } = facts
  if (!settings.isEnabled || isLeftToIntegration(questionOf(event, context, document), settings)) return
  for (const column of HEADER_OUTPUTS) delete event.target[column]
  if (nextValue(event, 'isrevenuesystemcalculated') === true) delete event.target.estimatedvalue
}

async function totalHeaders(
  events: readonly TableEvent[],
  context: PluginContext,
  { document, facts }: { readonly document: PricedDocument; readonly facts: PricingFacts },
): Promise<void> {
  const headers = events.map((event) => ({ id: event.id, event, currency: currencyOf(nextValue(event, 'transactioncurrencyid'), facts) }))
  const lines = await sumLines(context, document, { headers, discountMethod: facts.settings.discountMethod })
  for (const { event, currency } of headers) {
    const stored = lines.get(event.id)
    const sums = stored?.sums ?? NO_LINES
    const inputs = headerInputs((column) => nextValue(event, column), currency.decimals)
    if (stored !== undefined && isDiscountWritten(event) && isOverDiscounted(sums.detailAmount, inputs, currency.decimals)) {
      refuseDiscount(event, document)
    }
    Object.assign(
      event.target,
      headerTotals(event, { document, currency, totals: documentTotals(sums, inputs, currency.decimals) }, stored),
    )
  }
}

const isDiscountWritten = (event: TableEvent): boolean => changes(event, 'discountpercentage') || changes(event, 'discountamount')

/** The header of a document that another system keeps may come before its lines do. */
function refuseDiscount(event: TableEvent, document: PricedDocument): void {
  if (!isKept({ ...event.before, ...event.target })) enforce(DISCOUNT_TOO_LARGE(document.header))
}

const headerTotals = (
  event: TableEvent,
  facts: { readonly document: PricedDocument; readonly currency: Currency; readonly totals: ReturnType<typeof documentTotals> },
  lines: { readonly hasErrors: boolean } | undefined,
): Row =>
  totalValues(facts.totals, {
    table: facts.document.header,
    currency: facts.currency,
    hasErrors: lines?.hasErrors === true,
    isRevenueCalculated: nextValue(event, 'isrevenuesystemcalculated') === true,
    stored: event.before,
  })

/**
 * Another price list, prices that were unlocked and documents that were opened again: their lines follow the catalogue. A currency
 * changes only while there are no lines.
 */
async function repriceHeaders(events: readonly TableEvent[], context: PluginContext, document: PricedDocument): Promise<void> {
  const ids = events.filter(isRepriced).map((event) => event.id)
  await recalculateDocuments(context, document, { ids })
}

function isRepriced(event: TableEvent): boolean {
  const isUnlocked = event.before?.ispricelocked === true && event.target.ispricelocked === false
  const isReopened = changes(event, 'statecode') && event.target.statecode === EDITABLE_STATE && !isKept(event.after ?? {})
  return isUnlocked || isReopened || changes(event, 'pricelevelid')
}

export const headerPluginsOf = (document: PricedDocument): readonly Plugin[] => {
  const header = { table: document.header, name: `${document.header} pricing` } as const
  const linked = ['opportunityid', 'quoteid', 'salesorderid'].filter((column) => document.hasColumn(column) && column !== document.headerId)
  const repricing = ['pricelevelid', 'statecode', ...(document.isLockable ? ['ispricelocked'] : [])]
  const reads = [...document.headerColumns, ...linked]
  return [
    { ...header, message: 'create', stage: 'pre-operation', run: (events, context) => settleNewHeaders(events, context, document) },
    {
      ...header,
      message: 'update',
      stage: 'pre-operation',
      columns: ['pricelevelid', ...inputsOf(document), ...HEADER_OUTPUTS, ...linked],
      reads,
      run: (events, context) => settleHeaders(events, context, document),
    },
    {
      ...header,
      message: 'update',
      stage: 'post-operation',
      columns: repricing,
      reads,
      run: (events, context) => repriceHeaders(events, context, document),
    },
  ]
}
