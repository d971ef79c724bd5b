import type { Command } from '../commands/command.ts'
import { CANCEL_PACKING_SLIP } from './cancel-packing-slip.ts'
import { CANCEL_DELIVER_REMAINDER } from './cancel-remainder.ts'
import { CONFIRM_SALES_ORDER } from './confirm-orders.ts'
import { CLEAR_SALES_ORDER_HOLD, HOLD_SALES_ORDER } from './hold-orders.ts'
import { POST_PACKING_SLIP } from './post-packing-slip.ts'
import { POST_PICKING_LIST } from './post-picking-list.ts'
import { REGISTER_PICKING, UNPICK } from './register-picking.ts'
import { RELEASE_TO_WAREHOUSE } from './release-to-warehouse.ts'
import { RESERVE_SALES_ORDER_LINE, UNRESERVE_SALES_ORDER_LINE } from './reservations.ts'

/** What happens to an order between its entry and its invoice, in the order in which it usually does. */
export const FULFILMENT_COMMANDS: readonly Command[] = [
  CONFIRM_SALES_ORDER,
  RESERVE_SALES_ORDER_LINE,
  UNRESERVE_SALES_ORDER_LINE,
  RELEASE_TO_WAREHOUSE,
  POST_PICKING_LIST,
  REGISTER_PICKING,
  UNPICK,
  POST_PACKING_SLIP,
  CANCEL_PACKING_SLIP,
  CANCEL_DELIVER_REMAINDER,
  HOLD_SALES_ORDER,
  CLEAR_SALES_ORDER_HOLD,
]
