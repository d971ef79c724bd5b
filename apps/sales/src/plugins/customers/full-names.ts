import type { Plugin, PluginContext, TableEvent } from '@p2c/dataverse'
import { fullName } from '../../domain/customers/full-name.ts'
import { nextValue, textOf } from '../row-values.ts'

const NAME_COLUMNS = ['firstname', 'middlename', 'lastname'] as const

async function setFullNames(events: readonly TableEvent[], context: PluginContext): Promise<void> {
  const [organization] = await context.service.find({ table: 'organization', columns: ['fullnameconventioncode'], limit: 1 })
  const convention = Number(organization?.fullnameconventioncode ?? 1)
  for (const event of events) {
    const [firstname, middlename, lastname] = NAME_COLUMNS.map((column) => textOf(nextValue(event, column)))
    event.target.fullname = fullName(
      { firstname: firstname ?? null, middlename: middlename ?? null, lastname: lastname ?? null },
      convention,
    )
  }
}

/** The display name of a person by the organisation's convention, on tables with the three parts of a name. Source: Sales 1.3, 1.5, 1.14. */
export const fullNamePlugins = (table: 'contact' | 'lead'): readonly Plugin[] => [
  { table, name: `${table} full name`, message: 'create', stage: 'pre-operation', run: setFullNames },
  {
    table,
    name: `${table} full name`,
    message: 'update',
    stage: 'pre-operation',
    columns: NAME_COLUMNS,
    reads: NAME_COLUMNS,
    run: setFullNames,
  },
]
