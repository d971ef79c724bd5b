import type { TableDefinition } from '@p2c/dataverse'
import { account } from './account.ts'
import { autoNumber } from './auto-number.ts'
import { contact } from './contact.ts'
import { extendedPlatformTables } from './platform-tables.ts'
import { pricelevel, productpricelevel } from './price-list.ts'
import { product } from './product.ts'
import { territory } from './territory.ts'
import { uom, uomschedule } from './unit.ts'

/** Every table that Sales adds to those of the platform, and the platform's that it widens. */
export const salesTables = (options: { readonly uniqueAccountNumber: boolean }): readonly TableDefinition[] => [
  account({ uniqueNumber: options.uniqueAccountNumber }),
  contact,
  product,
  uomschedule,
  uom,
  pricelevel,
  productpricelevel,
  territory,
  autoNumber,
  ...extendedPlatformTables,
]
