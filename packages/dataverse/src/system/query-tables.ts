import type { Row } from '../model/plugin.ts'
import type { Model, Table } from '../model/resolved-model.ts'
import type { ColumnDefinition, TableDefinition } from '../model/table.ts'
import { ACTIVE_OR_INACTIVE, ACTIVE_OR_INACTIVE_REASONS, flag, text } from './columns.ts'
import { stableId } from './stable-id.ts'

const memo = (name: string, label: string): ColumnDefinition => ({ name, label, type: 'memo', maxLength: 500_000 })

/** What a view is for; 0 is one that people choose. A number that other kinds of the platform use is kept as it is. */
const QUERY_TYPE: ColumnDefinition = { name: 'querytype', label: 'Query Type', type: 'integer', min: 0, max: 1_000_000_000, default: 0 }

const columns: readonly ColumnDefinition[] = [
  { ...text('name', 'Name', 200), required: 'system' },
  text('returnedtypecode', 'Entity Name', 64),
  { ...memo('fetchxml', 'Fetch XML'), required: 'system' },
  memo('layoutxml', 'Layout XML'),
  memo('columnsetxml', 'Column Set XML'),
  { name: 'description', label: 'Description', type: 'memo', maxLength: 2_000 },
  QUERY_TYPE,
  { name: 'statecode', label: 'Status', type: 'state', options: ACTIVE_OR_INACTIVE, default: 0 },
  { name: 'statuscode', label: 'Status Reason', type: 'status', options: ACTIVE_OR_INACTIVE_REASONS },
]

const savedquery: TableDefinition = {
  logicalName: 'savedquery',
  entitySetName: 'savedqueries',
  primaryId: 'savedqueryid',
  primaryName: 'name',
  objectTypeCode: 1039,
  ownership: 'organization',
  label: 'View',
  pluralLabel: 'Views',
  privilegeName: 'Query',
  changeTracking: false,
  optimisticConcurrency: true,
  alternateKeys: [],
  columns: [...columns, flag('isdefault', 'Default View'), flag('isquickfindquery', 'Is Quick Find Query')],
}

const userquery: TableDefinition = {
  logicalName: 'userquery',
  entitySetName: 'userqueries',
  primaryId: 'userqueryid',
  primaryName: 'name',
  objectTypeCode: 4230,
  ownership: 'user',
  label: 'Saved View',
  pluralLabel: 'Saved Views',
  privilegeName: 'UserQuery',
  changeTracking: false,
  optimisticConcurrency: true,
  alternateKeys: [],
  columns,
}

/** Queries that are stored as FetchXML: views of the system, and those of users. Source: wire specification 11.6, DV-136. */
export const QUERY_TABLES: readonly TableDefinition[] = [savedquery, userquery]

/** The views that every table has: `Active <plural label>`, and `All …` where nothing tells active rows from others. */
export const defaultViews = (model: Model): readonly Row[] =>
  [...model.tables.values()].flatMap((table) => {
    const condition = activeCondition(table)
    const active = viewRow(table, { name: `Active ${table.definition.pluralLabel}`, condition, isDefault: true })
    return condition === ''
      ? [active, viewRow(table, { name: `All ${table.definition.pluralLabel}`, condition, isDefault: false })]
      : [active]
  })

/** Rows in the state that is called active, else in the one that new rows have; users and business units that are not disabled. */
function activeCondition(table: Table): string {
  const { state } = table
  if (state?.definition.type === 'state') {
    const { options, default: initial } = state.definition
    const active = options.find((option) => option.invariantName === 'Active')?.value ?? initial
    return `<condition attribute="${state.name}" operator="eq" value="${active}" />`
  }
  return table.byName.get('isdisabled')?.type === 'boolean' ? '<condition attribute="isdisabled" operator="eq" value="0" />' : ''
}

function viewRow(table: Table, view: { readonly name: string; readonly condition: string; readonly isDefault: boolean }): Row {
  const name = table.primaryName?.name
  const attributes = [...(name === undefined ? [] : [name]), table.primaryId.name].map((attribute) => `<attribute name="${attribute}" />`)
  const order = `<order attribute="${name ?? table.primaryId.name}" descending="false" />`
  const filter = view.condition === '' ? '' : `<filter type="and">${view.condition}</filter>`
  return {
    savedqueryid: stableId('savedquery', table.logicalName, view.name),
    name: view.name,
    returnedtypecode: table.logicalName,
    fetchxml: `<fetch version="1.0" output-format="xml-platform" mapping="logical"><entity name="${table.logicalName}">${attributes.join('')}${order}${filter}</entity></fetch>`,
    querytype: 0,
    isdefault: view.isDefault,
    statecode: 0,
    statuscode: 1,
  }
}
