import type { Command } from '../commands/command.ts'
import { CANCEL_SALES_QUOTATION, LOSE_SALES_QUOTATION, SEND_SALES_QUOTATION } from './close-quotation.ts'
import { CONFIRM_SALES_QUOTATION } from './confirm-quotation.ts'

/** What happens to a quotation after it was made. */
export const QUOTATION_COMMANDS: readonly Command[] = [
  SEND_SALES_QUOTATION,
  CONFIRM_SALES_QUOTATION,
  LOSE_SALES_QUOTATION,
  CANCEL_SALES_QUOTATION,
]
