import type { SqlScope } from '@p2c/odata'
import type { Model, Table } from '../model/resolved-model.ts'
import { lookupText } from './formatted-value.ts'
import { type ScopePlace, tableScope } from './table-scope.ts'

/**
 * The properties of a row as `$orderby` names them: a lookup stands for the name that it shows, everything else for itself. Choices are ordered
 * by their values, other than in FetchXML. Source: public documentation of ordering rows over the Web API.
 */
export function orderScope(model: Model, table: Table, place: ScopePlace): SqlScope {
  const scope = tableScope(model, table, place)
  return {
    ...scope,
    column: (path) => {
      const column = path.length === 1 ? table.byProperty.get(path[0] ?? '') : undefined
      if (column === undefined || column.targets.length === 0) return scope.column(path)
      return { sql: `(${lookupText(model, { column, alias: place.alias })})::text`, type: 'text', nullable: true }
    },
  }
}
