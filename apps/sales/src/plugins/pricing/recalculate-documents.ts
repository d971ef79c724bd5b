import type { PluginContext, Row } from '@p2c/dataverse'
import { isLineSkipped } from '../../domain/pricing/pricing-runs.ts'
import { idOf, textOf } from '../row-values.ts'
import { readCatalogue } from './catalogue-entries.ts'
import { decimalOf, holds } from './decimal-values.ts'
import { LINE_INPUTS, LINE_OUTPUTS, lineValues, refuseLineValues, takesCataloguePrice } from './line-values.ts'
import type { PricedDocument } from './pricing-documents.ts'
import {
  isPriceLocked,
  isPricingOnLines,
  lockPricedHeaders,
  type PricedHeader,
  type PricingContext,
  readPricingFacts,
} from './pricing-facts.ts'
import { totalDocuments } from './total-documents.ts'

export interface Recalculation {
  readonly ids: readonly string[]
  /** Only the lines with these products; absent: every line. */
  readonly productIds?: readonly string[]
}

interface StoredLine {
  readonly row: Row
  readonly header: PricedHeader
}

/**
 * Prices the lines of documents again and adds the documents up. Lines whose amounts stay as they are are not written, so that readers
 * of changed rows see real changes alone. A fixed number of statements for any number of lines. Source: Sales 4.1 and 2.4.1.
 */
export async function recalculateDocuments(context: PricingContext, document: PricedDocument, request: Recalculation): Promise<void> {
  if (request.ids.length === 0) return
  const facts = await readPricingFacts(context)
  const { isIntegrationUser } = context
  const locked = await lockPricedHeaders(context, document, { ids: request.ids, facts, isForLines: true })
  const isOn = (header: PricedHeader): boolean =>
    (['recalculate', 'update'] as const).every((occasion) => isPricingOnLines(document, header, { occasion, facts, isIntegrationUser }))
  const headers = new Map([...locked].filter(([, header]) => isOn(header)))
  const lines = (await readLines(context, document, { headers, ...request })).filter(
    ({ row }) => !isLineSkipped(row.skippricecalculation, 'update', facts.settings),
  )
  const changed = await changedLines(context, document, { lines, isPriceListMandatory: facts.settings.isPriceListMandatory })
  // The line rules price these lines once more, and add up: what is written here only says which lines change.
  if (changed.length > 0) await context.service.update(document.line, changed)
  await totalDocuments(context, document, { ids: [...headers.keys()], occasion: 'recalculate', isBounded: false })
}

async function readLines(
  context: PricingContext,
  document: PricedDocument,
  wanted: { readonly headers: ReadonlyMap<string, PricedHeader>; readonly productIds?: readonly string[] },
): Promise<readonly StoredLine[]> {
  if (wanted.headers.size === 0) return []
  const rows = await context.service.find({
    table: document.line,
    columns: [document.parent, ...LINE_INPUTS, ...LINE_OUTPUTS],
    where: { [document.parent]: [...wanted.headers.keys()], ...(wanted.productIds !== undefined && { productid: wanted.productIds }) },
  })
  return rows.flatMap((row) => {
    const header = wanted.headers.get(idOf(row[document.parent]) ?? '')
    return header === undefined ? [] : [{ row, header }]
  })
}

async function changedLines(
  context: Pick<PluginContext, 'sql'>,
  document: PricedDocument,
  scope: { readonly lines: readonly StoredLine[]; readonly isPriceListMandatory: boolean },
): Promise<readonly { readonly id: string; readonly values: Row }[]> {
  const asking = scope.lines.filter(({ row }) => idOf(row.productid) !== null)
  const answers = await readCatalogue(
    context,
    asking.map(({ row, header }) => ({
      productId: idOf(row.productid) ?? '',
      unitId: idOf(row.uomid),
      listId: header.list?.id ?? null,
      currencyId: header.currency.id,
      quantity: textOf(row.quantity),
      isPriced: takesCataloguePrice((column) => row[column] ?? null) && !isPriceLocked(header.row),
    })),
    scope,
  )
  const answerOf = new Map(asking.map(({ row }, at) => [row, answers[at]]))
  return scope.lines.flatMap(({ row, header }) => {
    const line = { read: (column: string) => row[column] ?? null, before: row, isCopied: false }
    const scope = { document, header, answer: answerOf.get(row) }
    const values = lineValues(line, scope)
    // A price that makes an amount too large for its column is no reason to refuse the price.
    if (refuseLineValues(values, scope) !== undefined) return []
    const isSame = Object.entries(values).every(([column, value]) => row[column] === value || holds(row[column], decimalOf(value)))
    return isSame ? [] : [{ id: String(row[document.lineId]), values }]
  })
}
