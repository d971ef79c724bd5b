import type { Command } from '../commands/command.ts'
import { CREATE_CREDIT_NOTE } from './create-credit-note.ts'
import { POST_SALES_INVOICE } from './post-sales-invoice.ts'

/** Commands of invoices and credit notes. */
export const INVOICE_COMMANDS: readonly Command[] = [POST_SALES_INVOICE, CREATE_CREDIT_NOTE]
