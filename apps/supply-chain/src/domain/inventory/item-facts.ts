import type { Decimal } from '@p2c/base'
import type { AmountRounding } from '../pricing/rounding.ts'
import type { Dimensions } from './dimensions.ts'

/** What stock needs to know of an item: its model group, tracking group and default cost. Source: Supply Chain specification, 1.1 and 4. */
export interface ItemFacts {
  readonly itemNumber: string
  /** Stocked items alone have transactions. */
  readonly isStocked: boolean
  readonly isNegativePhysicalAllowed: boolean
  readonly isNegativeFinancialAllowed: boolean
  readonly isPickingRequired: boolean
  readonly isDeductionRequired: boolean
  readonly isRegistrationRequired: boolean
  readonly isReceivingRequired: boolean
  /** Goods that are received but not invoiced count in the running average. */
  readonly isPhysicalValueIncluded: boolean
  readonly costingMethod: string
  readonly isWarehouseActive: boolean
  readonly isBatchActive: boolean
  readonly isSerialActive: boolean
  readonly isBlankBatchIssueAllowed: boolean
  /** Default cost of one inventory unit. */
  readonly unitCost: Decimal
  /** Of the accounting currency. */
  readonly costRounding: AmountRounding
}

/** What stock needs to know of its places: the statuses whose goods may not leave, and the status that goods of a site have. */
export interface PlaceFacts {
  /** In lower case. */
  readonly blockingStatuses: ReadonlySet<string>
  /** By site in lower case. */
  readonly defaultStatuses: ReadonlyMap<string, string>
}

/** The dimensions as stock keeps them: those that the item does not track are blank, goods without a status have that of their site. */
export function keptDimensions(dimensions: Dimensions, item: ItemFacts, places: PlaceFacts): Dimensions {
  const status = dimensions.InventoryStatusId || places.defaultStatuses.get(dimensions.InventorySiteId.toLowerCase()) || ''
  return {
    ...dimensions,
    InventoryWarehouseId: item.isWarehouseActive ? dimensions.InventoryWarehouseId : '',
    ItemBatchNumber: item.isBatchActive ? dimensions.ItemBatchNumber : '',
    ItemSerialNumber: item.isSerialActive ? dimensions.ItemSerialNumber : '',
    InventoryStatusId: status,
  }
}
