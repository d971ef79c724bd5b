import type { Plugin, PluginContext, TableEvent } from '@p2c/dataverse'
import { companyProjections, isCompanyAnAccount } from '../domain/customer.ts'
import { fullName } from '../domain/full-name.ts'
import { nextValue, referenceOf, textOf } from './row-values.ts'

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

async function setCompany(events: readonly TableEvent[]): Promise<void> {
  for (const event of events) {
    const company = referenceOf(event.target.parentcustomerid)
    Object.assign(event.target, companyProjections(company), { msdynce_iscompanyanaccount: isCompanyAnAccount(company) })
  }
}

const contact = { table: 'contact', stage: 'pre-operation' } as const

/** Full name by the organisation's convention; *Is Company An Account* and the projections of the company. Source: Sales 1.5 and 6.3. */
export const contactPlugins: readonly Plugin[] = [
  { ...contact, name: 'contact full name', message: 'create', run: setFullNames },
  { ...contact, name: 'contact full name', message: 'update', columns: NAME_COLUMNS, reads: NAME_COLUMNS, run: setFullNames },
  { ...contact, name: 'contact company', message: 'create', run: setCompany },
  { ...contact, name: 'contact company', message: 'update', columns: ['parentcustomerid'], reads: [], run: setCompany },
]
