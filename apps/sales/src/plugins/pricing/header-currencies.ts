import type { PluginContext, TableEvent } from '@p2c/dataverse'
import { LINKED_CURRENCY, LINKED_DOCUMENTS, refuseCurrencyChange } from '../../domain/pricing/header-rules.ts'
import { byId, changes, enforce, idOf, nextIds, nextValue } from '../row-values.ts'
import type { PricedDocument } from './pricing-documents.ts'
import { currencyOf, type PricingFacts } from './pricing-facts.ts'

/** A document keeps its currency: for ever, or while something is priced in it. An emptied currency is no change. Source: Sales 4.7. */
export async function checkCurrencyChanges(events: readonly TableEvent[], context: PluginContext, document: PricedDocument): Promise<void> {
  for (const event of events) if (event.target.transactioncurrencyid === null) delete event.target.transactioncurrencyid
  const changed = events.filter((event) => changes(event, 'transactioncurrencyid'))
  if (changed.length === 0) return
  const ids = changed.map((event) => event.id)
  const withLines = await referrers(context, { table: document.line, column: document.parent, ids })
  const withDocuments = new Set<string>()
  if (document.header === 'opportunity') {
    for (const table of ['quote', 'salesorder']) {
      for (const id of await referrers(context, { table, column: 'opportunityid', ids })) withDocuments.add(id)
    }
  }
  for (const { id } of changed) {
    enforce(refuseCurrencyChange(document.header, { hasLines: withLines.has(id), hasDocuments: withDocuments.has(id) }))
  }
}

/** Those of the ids that rows of a table refer to. */
async function referrers(
  context: PluginContext,
  link: { readonly table: string; readonly column: string; readonly ids: readonly string[] },
): Promise<ReadonlySet<string>> {
  const found = await context.sql.query<{ id: string }>(
    `select distinct "${link.column}" as id from "${link.table}" where "${link.column}" = any($1::uuid[])`,
    [link.ids],
  )
  return new Set(found.rows.map((row) => row.id))
}

/** Opportunity, quote, order and invoice of one sale are in one currency. Source: Sales 2.2 and 8. */
export async function checkLinkedCurrencies(
  events: readonly TableEvent[],
  context: PluginContext,
  scope: { readonly document: PricedDocument; readonly facts: PricingFacts },
): Promise<void> {
  const { document, facts } = scope
  for (const link of LINKED_DOCUMENTS[document.header]) {
    const linked = events.filter(
      (event) => (changes(event, link.column) || changes(event, 'transactioncurrencyid')) && idOf(nextValue(event, link.column)) !== null,
    )
    if (linked.length === 0) continue
    const key = `${link.table}id`
    const where = { [key]: nextIds(linked, link.column) }
    const rows = byId(await context.service.find({ table: link.table, columns: ['transactioncurrencyid'], where }), key)
    for (const event of linked) {
      const row = rows.get(idOf(nextValue(event, link.column)) ?? '')
      if (row === undefined) continue
      const isSame = currencyOf(row.transactioncurrencyid, facts).id === currencyOf(nextValue(event, 'transactioncurrencyid'), facts).id
      if (!isSame) enforce(LINKED_CURRENCY(document.header, link))
    }
  }
}
