import type { Plugin, TableEvent } from '@p2c/dataverse'
import { companyProjections, isCompanyAnAccount } from '../../domain/customers/customer.ts'
import { whileInstalled } from '../p2c/p2c-installed.ts'
import { referenceOf } from '../row-values.ts'
import { fullNamePlugins } from './full-names.ts'

async function setCompany(events: readonly TableEvent[]): Promise<void> {
  for (const { target } of events) Object.assign(target, companyProjections(referenceOf(target.parentcustomerid)))
}

async function setCompanyFlag(events: readonly TableEvent[]): Promise<void> {
  for (const { target } of events) target.msdynce_iscompanyanaccount = isCompanyAnAccount(referenceOf(target.parentcustomerid))
}

const contact = { table: 'contact', stage: 'pre-operation' } as const

/**
 * Full name by the organisation's convention and the projections of the company; with the solution *Is Company An Account*.
 * Source: Sales 1.5 and 6.3.
 */
export const contactPlugins: readonly Plugin[] = [
  ...fullNamePlugins('contact'),
  { ...contact, name: 'contact company', message: 'create', run: setCompany },
  { ...contact, name: 'contact company', message: 'update', columns: ['parentcustomerid'], reads: [], run: setCompany },
  ...whileInstalled([
    { ...contact, name: 'contact company flag', message: 'create', run: setCompanyFlag },
    { ...contact, name: 'contact company flag', message: 'update', columns: ['parentcustomerid'], reads: [], run: setCompanyFlag },
  ]),
]
