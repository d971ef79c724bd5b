import { z } from 'zod'
import { type CommandContext, type CommandResult, command } from '../commands/command.ts'
import { company } from '../commands/parameters.ts'
import { dayOf } from '../domain/field-value.ts'
import { lockQuotation, storeStatus } from './lock-quotation.ts'
import { writeJournal } from './quotation-journal.ts'
import { QUOTATION_SERVICE, reason, salesQuotationNumber } from './quotation-service.ts'
import { removeQuotationStock } from './quotation-stock.ts'

/** The quotation goes to the customer; it may be sent again after that. */
export const SEND_SALES_QUOTATION = command({
  name: 'send-sales-quotation',
  summary: 'Sends a quotation to its customer: it waits for an answer until it is confirmed, lost, cancelled or edited.',
  operation: { ...QUOTATION_SERVICE, name: 'SendSalesQuotation' },
  parameters: z.object({ dataAreaId: company, salesQuotationNumber }),
  async run({ sql, now, userId }, parameters) {
    const quotation = await lockQuotation(sql, parameters, 'send')
    const sent = { on: dayOf(now), by: userId }
    await storeStatus(sql, quotation, { SalesQuotationSentDate: sent.on })
    const quotationJournalNumber = await writeJournal(sql, quotation, sent)
    const { SalesQuotationNumber } = quotation.header.values
    return { ok: true, value: { salesQuotationNumber: SalesQuotationNumber, salesQuotationStatus: quotation.next, quotationJournalNumber } }
  },
})

const CLOSING = z.object({ dataAreaId: company, salesQuotationNumber, ...reason })

async function close({ sql, now }: CommandContext, parameters: z.output<typeof CLOSING>, event: 'lose' | 'cancel'): Promise<CommandResult> {
  const quotation = await lockQuotation(sql, parameters, event)
  await storeStatus(sql, quotation, { ReasonCode: parameters.reasonCode, ReasonComment: parameters.comment ?? '' })
  await removeQuotationStock(sql, quotation.lines, now)
  const { SalesQuotationNumber } = quotation.header.values
  return {
    ok: true,
    value: { salesQuotationNumber: SalesQuotationNumber, salesQuotationStatus: quotation.next, reasonCode: parameters.reasonCode },
  }
}

/** The customer bought elsewhere. */
export const LOSE_SALES_QUOTATION = command({
  name: 'lose-sales-quotation',
  summary: 'Closes a sent quotation that the customer refused, with a reason; its inventory transactions are removed.',
  operation: { ...QUOTATION_SERVICE, name: 'LoseSalesQuotation' },
  parameters: CLOSING,
  run: (context, parameters) => close(context, parameters, 'lose'),
})

/** The quotation is withdrawn. */
export const CANCEL_SALES_QUOTATION = command({
  name: 'cancel-sales-quotation',
  summary: 'Withdraws a sent quotation, with a reason; its inventory transactions are removed.',
  operation: { ...QUOTATION_SERVICE, name: 'CancelSalesQuotation' },
  parameters: CLOSING,
  run: (context, parameters) => close(context, parameters, 'cancel'),
})
