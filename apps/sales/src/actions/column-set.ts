import { type ActionContext, type ActionParameter, refuse } from '@p2c/dataverse'

/** The parameter that limits what an action answers. Source: wire specification 15. */
export const COLUMN_SET: ActionParameter = { name: 'ColumnSet', type: 'mscrm.ColumnSet' }

const MEMBERS = ['AllColumns', 'Columns']

/**
 * Properties that `{"AllColumns":false,"Columns":["name"]}` asks for, or undefined for all of them. A lookup may be given by the name of
 * its column or of its property. Refused with 400: another shape (`0x80048d19`), an unknown column (`0x80041103`).
 */
export function columnSetOf(context: Pick<ActionContext, 'write'>, table: string, value: unknown): readonly string[] | undefined {
  const { allColumns, columns } = membersOf(value)
  if (allColumns) return undefined
  const model = context.write.core.model.tables.get(table)
  return columns.map((name) => {
    const column = model?.byName.get(name) ?? model?.byProperty.get(name)
    if (column === undefined) refuse({ code: '0x80041103', message: `'${table}' entity doesn't contain attribute with Name = '${name}'.` })
    return column.property
  })
}

function membersOf(value: unknown): { readonly allColumns: boolean; readonly columns: readonly string[] } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return badShape('it must be a JSON object')
  const members: Readonly<Record<string, unknown>> = { ...value }
  const unknown = Object.keys(members).find((name) => !name.includes('@') && !MEMBERS.includes(name))
  if (unknown !== undefined) return badShape(`it has no member '${unknown}'`)
  const { AllColumns: all = false, Columns: columns = [] } = members
  if (typeof all !== 'boolean') return badShape("'AllColumns' must be true or false")
  if (!isTexts(columns)) return badShape("'Columns' must be an array of column names")
  if (members.AllColumns === undefined && members.Columns === undefined) return badShape("it needs 'AllColumns' or 'Columns'")
  return { allColumns: all, columns }
}

const isTexts = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every((item) => typeof item === 'string')

const badShape = (reason: string): never =>
  refuse({
    code: '0x80048d19',
    message: `The parameter 'ColumnSet' is not valid: ${reason}. Expected {"AllColumns":false,"Columns":["name"]}.`,
  })
