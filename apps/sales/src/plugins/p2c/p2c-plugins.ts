import type { Plugin } from '@p2c/dataverse'
import type { SalesSwitches } from '../../domain/sales-switches.ts'
import { activationPlugins } from './p2c-activation.ts'
import { activeCustomerPlugins } from './p2c-customers.ts'
import { freightTaxPlugins } from './p2c-freight-tax.ts'
import { whileInstalled } from './p2c-installed.ts'
import { invoiceArrivalPlugins } from './p2c-invoice-arrival.ts'
import { lineFlagPlugins } from './p2c-line-flags.ts'
import { lockPlugins } from './p2c-locks.ts'

/**
 * What users may not write while the Prospect to Cash solution is installed: asked before other rules add columns to what a client wrote.
 * Activation comes first: it says more exactly why an order that is no draft cannot be activated. Source: Sales 6.4 to 6.7.
 */
export const p2cLockPlugins = (switches: SalesSwitches): readonly Plugin[] =>
  whileInstalled([...activationPlugins, ...lockPlugins(switches)])

/** The version that brought `msdynce_misctax` and the flag of its line. Source: Sales 6.6, 6.7, column "since". */
const HEADER_TAX_SINCE = [1, 15, 0, 0] as const

/** What the solution adds to documents while it is installed. Source: Sales 6.3, 6.4, 6.6, 6.7. */
export const p2cPlugins = (switches: SalesSwitches): readonly Plugin[] => [
  ...whileInstalled(lineFlagPlugins),
  ...whileInstalled(freightTaxPlugins, HEADER_TAX_SINCE),
  ...whileInstalled([...invoiceArrivalPlugins(switches.p2cInvoiceArrival), ...activeCustomerPlugins]),
]
