import type { Command } from './commands/command.ts'
import { INVENTORY_COMMANDS } from './inventory/inventory-commands.ts'
import { INVOICE_COMMANDS } from './invoicing/invoicing-commands.ts'
import { FULFILMENT_COMMANDS } from './orders/fulfilment-commands.ts'
import { QUOTATION_COMMANDS } from './quotations/quotation-commands.ts'
import { RECEIVABLES_COMMANDS } from './receivables/receivables-commands.ts'

/** Every command of the application; each part adds its own list here. */
export const COMMANDS: readonly Command[] = [
  ...FULFILMENT_COMMANDS,
  ...INVOICE_COMMANDS,
  ...INVENTORY_COMMANDS,
  ...RECEIVABLES_COMMANDS,
  ...QUOTATION_COMMANDS,
]
