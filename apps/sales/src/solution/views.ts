import { type Row, stableId, type TableService } from '@p2c/dataverse'

/** A view that the solution brings: a name and the one column whose Yes it asks for. */
interface SolutionView {
  readonly table: string
  readonly name: string
  readonly primaryName: string
  readonly column: string
}

/** Source: Sales 6.3, 6.4 and 6.5. */
export const SOLUTION_VIEWS: readonly SolutionView[] = [
  { table: 'contact', name: 'Contacts That Are Active Customers', primaryName: 'fullname', column: 'msdynce_isactivecustomer' },
  {
    table: 'quote',
    name: 'Quotes With Only Externally Maintained Products',
    primaryName: 'name',
    column: 'msdynce_hasexternallymaintainedproductsonly',
  },
  { table: 'product', name: 'Externally Maintained Products', primaryName: 'name', column: 'msdynce_ismaintainedexternally' },
]

const idOf = (view: SolutionView): string => stableId('savedquery', view.table, view.name)

const toRow = (view: SolutionView): Row => ({
  savedqueryid: idOf(view),
  name: view.name,
  returnedtypecode: view.table,
  querytype: 0,
  fetchxml: [
    `<fetch version="1.0" output-format="xml-platform" mapping="logical"><entity name="${view.table}">`,
    `<attribute name="${view.primaryName}" /><attribute name="${view.table}id" /><order attribute="${view.primaryName}" descending="false" />`,
    `<filter type="and"><condition attribute="${view.column}" operator="eq" value="1" /></filter></entity></fetch>`,
  ].join(''),
})

const findViews = async (service: TableService): Promise<ReadonlySet<string>> => {
  const found = await service.find({ table: 'savedquery', columns: [], where: { savedqueryid: SOLUTION_VIEWS.map(idOf) } })
  return new Set(found.map((row) => String(row.savedqueryid)))
}

/** Adds the views that are missing. */
export async function createViews(service: TableService): Promise<void> {
  const known = await findViews(service)
  const missing = SOLUTION_VIEWS.filter((view) => !known.has(idOf(view)))
  if (missing.length > 0) await service.create('savedquery', missing.map(toRow))
}

/** Views are parts of the solution, not data: they go with it. */
export async function deleteViews(service: TableService): Promise<void> {
  const known = await findViews(service)
  if (known.size > 0) await service.delete('savedquery', [...known])
}
