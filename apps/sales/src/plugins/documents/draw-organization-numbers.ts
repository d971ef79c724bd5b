import { type PluginContext, type Row, refuse } from '@p2c/dataverse'
import { counterAfter, formatRecordNumber, SUFFIX_ALPHABET } from '../../domain/record-number.ts'

/** Columns of the organisation that hold a series of numbers. Source: Sales 1.14. */
export interface NumberSeries {
  readonly prefix: string
  readonly counter: string
}

export const DOCUMENT_SERIES = {
  quote: { prefix: 'quoteprefix', counter: 'currentquotenumber' },
  salesorder: { prefix: 'orderprefix', counter: 'currentordernumber' },
  invoice: { prefix: 'invoiceprefix', counter: 'currentinvoicenumber' },
} as const satisfies Readonly<Record<string, NumberSeries>>

/** Codes of campaigns: `CMP-01000-XXXXXX`. Source: Sales 5. */
export const CAMPAIGN_SERIES: NumberSeries = { prefix: 'campaignprefix', counter: 'currentcampaignnumber' }

/**
 * Draws `count` numbers of a series that the organisation row counts. The row stays locked until the transaction ends: counters never
 * repeat, whatever the number of writers, and a refused write uses none up. Call it last. Source: Sales 5.
 */
export async function drawOrganizationNumbers(
  context: Pick<PluginContext, 'service' | 'ids'>,
  series: NumberSeries,
  count: number,
): Promise<readonly string[]> {
  const columns = [series.prefix, series.counter, 'uniquespecifierlength']
  const [organization] = await context.service.find({ table: 'organization', columns, limit: 1, forUpdate: true })
  if (organization === undefined) refuse({ message: 'There is no organization to draw numbers from.' })
  const first = Number(organization[series.counter] ?? 1000)
  const next = counterAfter(first, count)
  if (next === undefined) refuse({ message: `The number series '${series.counter}' is used up.` })
  await context.service.update('organization', [{ id: String(organization.organizationid), values: { [series.counter]: next } }])
  return Array.from({ length: count }, (_, at) => numberOf(context, { organization, series, counter: first + at }))
}

function numberOf(
  context: Pick<PluginContext, 'ids'>,
  facts: { readonly organization: Row; readonly series: NumberSeries; readonly counter: number },
): string {
  const { organization, series, counter } = facts
  const suffix = context.ids.text(Number(organization.uniquespecifierlength ?? 6), SUFFIX_ALPHABET)
  return formatRecordNumber({ prefix: String(organization[series.prefix] ?? ''), counter, suffix })
}
