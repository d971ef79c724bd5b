import type { AppAction } from '@p2c/dataverse'
import type { SalesSwitches } from '../domain/sales-switches.ts'
import { productActions } from './product-actions.ts'

/** Every action and function that Sales adds to those of the platform. Source: wire specification 15. */
export const salesActions = (_switches: SalesSwitches): readonly AppAction[] => [...productActions]
