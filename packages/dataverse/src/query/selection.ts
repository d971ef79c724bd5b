import type { ContextExpand, QueryOptions } from '@p2c/odata'
import { wireErrors } from '../errors/wire-errors.ts'
import type { Column, Table } from '../model/resolved-model.ts'

/**
 * Columns of an answer: those selected, then the key, then the currency of selected money. Without `$select` all of them.
 * Source: wire specification 6 and 8, DV-020, DV-021.
 */
export function selectedColumns(table: Table, options: QueryOptions): readonly Column[] {
  if (options.select === undefined || options.select.some((item) => item.path === '*')) return table.columns
  const columns = new Set<Column>()
  for (const item of options.select) {
    const column = table.byProperty.get(item.path)
    if (column !== undefined) columns.add(column)
    // A navigation property may be selected; it only names what `$expand` brings.
    else if (!table.navigations.has(item.path)) throw wireErrors.unknownProperty(item.path, table.logicalName)
  }
  columns.add(table.primaryId)
  const currency = table.byName.get('transactioncurrencyid')
  if (currency !== undefined && [...columns].some((column) => column.type === 'money')) columns.add(currency)
  return [...columns]
}

/** What the context names: the selected properties as asked and the expands, nothing that the server added (DV-140). */
export function contextLists(options: QueryOptions): { readonly select?: readonly string[]; readonly expand?: readonly ContextExpand[] } {
  return {
    ...(options.select !== undefined && { select: options.select.map((item) => item.path) }),
    ...(options.expand !== undefined && {
      expand: options.expand.map((item) => ({ navigation: item.navigation, ...contextLists(item.options) })),
    }),
  }
}
