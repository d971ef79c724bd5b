import { type Decimal, decimal, formatDecimal } from '@p2c/base'
import type { Row } from '@p2c/dataverse'
import { HEADER_TOTALS } from '../../domain/documents/amount-columns.ts'
import {
  DISCOUNT_TOO_LARGE,
  type DocumentTotals,
  documentTotals,
  isOverDiscounted,
  type LineSums,
  NO_LINES,
} from '../../domain/pricing/document-totals.ts'
import { DISCOUNT_METHODS } from '../../domain/pricing/line-amounts.ts'
import { refuseAmount } from '../../domain/pricing/money-range.ts'
import { PRICING_ERRORS } from '../../domain/pricing/pricing-error.ts'
import type { PricingOccasion } from '../../domain/pricing/pricing-runs.ts'
import { enforce } from '../row-values.ts'
import { amountOf, holds } from './decimal-values.ts'
import { isLeaving } from './leaving-headers.ts'
import type { PricedDocument } from './pricing-documents.ts'
import {
  type Currency,
  headerInputs,
  isKept,
  isPricingOnLines,
  lockPricedHeaders,
  type PricedHeader,
  type PricingContext,
  readPricingFacts,
} from './pricing-facts.ts'

/** Columns of a header that pricing fills; a client's values count only while the organisation does not price. */
export const HEADER_OUTPUTS = [...HEADER_TOTALS, 'pricingerrorcode'] as const

export interface StoredLines {
  readonly sums: LineSums
  readonly count: number
  readonly hasErrors: boolean
}

/** What the stored lines of documents add up to, exactly; documents without lines are missing. One statement. Source: Sales 4.3. */
export async function sumLines(
  context: Pick<PricingContext, 'sql'>,
  document: PricedDocument,
  request: { readonly headers: readonly { readonly id: string; readonly currency: Currency }[]; readonly discountMethod: number },
): Promise<ReadonlyMap<string, StoredLines>> {
  const { headers } = request
  if (headers.length === 0) return new Map()
  // The rounding of the database is the engine's: half away from zero.
  const discount =
    request.discountMethod === DISCOUNT_METHODS.perUnit
      ? 'round(coalesce(l.quantity, 0) * coalesce(l.manualdiscountamount, 0), h.decimals)'
      : 'coalesce(l.manualdiscountamount, 0)'
  const found = await context.sql.query<{ id: string; n: number; detail: string; discount: string; tax: string; errors: boolean }>(
    `select h.id, count(*)::int as n, sum(coalesce(l.extendedamount, 0) - coalesce(l.tax, 0)) as detail, sum(${discount}) as discount,
       sum(coalesce(l.tax, 0)) as tax, bool_or(coalesce(l.pricingerrorcode, 0) <> 0) as errors
     from unnest($1::uuid[], $2::int[]) as h(id, decimals) join "${document.line}" l on l."${document.parent}" = h.id
     where l."${document.parent}" = any($1::uuid[]) group by h.id`,
    [headers.map((header) => header.id), headers.map((header) => header.currency.decimals)],
  )
  return new Map(
    found.rows.map((row) => [
      row.id,
      {
        sums: { detailAmount: decimal(row.detail), discount: decimal(row.discount), tax: decimal(row.tax) },
        count: row.n,
        hasErrors: row.errors,
      },
    ]),
  )
}

const amountsOf = (totals: DocumentTotals): Readonly<Record<(typeof HEADER_TOTALS)[number], Decimal>> => ({
  totallineitemamount: totals.lineItemAmount,
  totallineitemdiscountamount: totals.lineItemDiscountAmount,
  totaldiscountamount: totals.totalDiscountAmount,
  totalamountlessfreight: totals.amountLessFreight,
  totaltax: totals.tax,
  totalamount: totals.totalAmount,
})

/**
 * The columns of a header that hold its totals, those alone that `stored` does not hold already. An opportunity that calculates its
 * revenue takes the total as estimated value. Refuses amounts that no column can hold.
 */
export function totalValues(
  totals: DocumentTotals,
  header: {
    readonly table: string
    readonly currency: Currency
    readonly hasErrors: boolean
    readonly isRevenueCalculated: boolean
    readonly stored: Readonly<Row> | undefined
  },
): Row {
  const { currency, stored } = header
  const amounts: Record<string, Decimal> = {
    ...amountsOf(totals),
    ...(header.isRevenueCalculated && { estimatedvalue: totals.totalAmount }),
  }
  const values: Row = {}
  for (const [column, value] of Object.entries(amounts)) {
    enforce(refuseAmount({ table: header.table, column, value, exchangeRate: currency.exchangeRate }))
    if (!holds(stored?.[column], value)) values[column] = formatDecimal(value)
  }
  const error = header.hasErrors ? PRICING_ERRORS.detailError : PRICING_ERRORS.none
  if (stored?.pricingerrorcode !== error) values.pricingerrorcode = error
  return values
}

export interface Totalling {
  readonly ids: readonly string[]
  readonly occasion: PricingOccasion
  /**
   * Lines that a client writes may not take a document below its discount; one that lay below it before, because its lines are still to
   * come, is left alone, and so is one that another system keeps. A new price of the catalogue is not refused for a document's sake.
   */
  readonly isBounded: boolean
}

/** Adds documents up again from their stored lines and stores what changed. Source: Sales 4.3. */
export async function totalDocuments(context: PricingContext, document: PricedDocument, request: Totalling): Promise<void> {
  const ids = request.ids.filter((id) => !isLeaving(context.sql, id))
  if (ids.length === 0) return
  const facts = await readPricingFacts(context)
  const { occasion, isBounded } = request
  const { isIntegrationUser } = context
  const locked = await lockPricedHeaders(context, document, { ids, facts, isForLines: false })
  const headers = [...locked.values()].filter((header) => isPricingOnLines(document, header, { occasion, facts, isIntegrationUser }))
  const lines = await sumLines(context, document, { headers, discountMethod: facts.settings.discountMethod })
  const changed = headers.flatMap((header) => {
    const own = lines.get(header.id)
    if (isBounded && own !== undefined) refuseShrunk(document, header, own.sums)
    const values = newTotals(document, header, own)
    return Object.keys(values).length === 0 ? [] : [{ id: header.id, values }]
  })
  if (changed.length > 0) await context.service.update(document.header, changed)
}

function refuseShrunk(document: PricedDocument, { row, currency }: PricedHeader, sums: LineSums): void {
  const { decimals } = currency
  const inputs = headerInputs((column) => row[column] ?? null, decimals)
  const wasWithin = !isOverDiscounted(amountOf(row.totallineitemamount), inputs, decimals)
  if (wasWithin && isOverDiscounted(sums.detailAmount, inputs, decimals) && !isKept(row)) enforce(DISCOUNT_TOO_LARGE(document.header))
}

function newTotals(document: PricedDocument, header: PricedHeader, lines: StoredLines | undefined): Row {
  const { row, currency } = header
  const { decimals } = currency
  const inputs = headerInputs((column) => row[column] ?? null, decimals)
  return totalValues(documentTotals(lines?.sums ?? NO_LINES, inputs, decimals), {
    table: document.header,
    currency,
    hasErrors: lines?.hasErrors === true,
    isRevenueCalculated: row.isrevenuesystemcalculated === true,
    stored: row,
  })
}
