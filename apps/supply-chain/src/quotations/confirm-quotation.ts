import { z } from 'zod'
import { type CommandContext, CommandRefusal, command } from '../commands/command.ts'
import { company } from '../commands/parameters.ts'
import { dayOf, type FieldValues } from '../domain/field-value.ts'
import { refuseCommand } from '../domain/messages.ts'
import { orderHeaderOf, orderLineOf } from '../domain/quotations/order-of-quotation.ts'
import { SALES_LINE, SALES_TABLE } from '../entities/sales-orders.ts'
import { ChangeSetFailure, writeChangeSet } from '../store/write-change-set.ts'
import type { WriteOperation, WriteOutcome } from '../store/write-operation.ts'
import { copyCharges } from './copy-charges.ts'
import { type LockedQuotation, lockQuotation, storeStatus } from './lock-quotation.ts'
import { QUOTATION_SERVICE, salesQuotationNumber } from './quotation-service.ts'
import { removeQuotationStock } from './quotation-stock.ts'

/** The customer said yes: the quotation becomes an order. */
export const CONFIRM_SALES_QUOTATION = command({
  name: 'confirm-sales-quotation',
  summary: 'Confirms a quotation: creates the sales order with its lines, prices, discounts and charges.',
  operation: { ...QUOTATION_SERVICE, name: 'ConfirmSalesQuotation' },
  parameters: z.object({ dataAreaId: company, salesQuotationNumber }),
  async run(context, parameters) {
    const { sql, now } = context
    const quotation = await lockQuotation(sql, parameters, 'confirm')
    const { header, lines } = quotation
    const number = header.values.SalesQuotationNumber ?? ''
    if ((header.values.RequestingCustomerAccountNumber ?? '') === '') throw new CommandRefusal(refuseCommand('L70', number))
    if (lines.length === 0) throw new CommandRefusal(refuseCommand('L71', number))
    const { salesOrderNumber, lots } = await createOrder(context, quotation)
    await copyCharges(sql, { dataAreaId: header.values.dataAreaId ?? '', salesQuotationNumber: number, salesOrderNumber, lots })
    // After the order: customers are locked before stock.
    await removeQuotationStock(sql, lines, now)
    await storeStatus(sql, quotation, {
      GeneratedSalesOrderNumber: salesOrderNumber,
      SalesQuotationConfirmationDate: dayOf(now),
    })
    return { ok: true, value: { salesQuotationNumber: number, salesQuotationStatus: quotation.next, salesOrderNumber } }
  },
})

/** An order that was just created, with the lots of its lines by those of the quotation. */
interface CreatedOrder {
  readonly salesOrderNumber: string
  readonly lots: ReadonlyMap<string, string>
}

/** Writes the order through the rules and effects of orders: defaults, holds, credit, stock, statuses. */
async function createOrder(context: CommandContext, { header, lines }: LockedQuotation): Promise<CreatedOrder> {
  const [headerOutcome] = await write(context, [{ kind: 'create', entity: SALES_TABLE, values: orderHeaderOf(header.values) }])
  const salesOrderNumber = writtenValues(headerOutcome).SalesOrderNumber ?? ''
  const outcomes = await write(
    context,
    lines.map(({ values }) => ({ kind: 'create', entity: SALES_LINE, values: orderLineOf(values, salesOrderNumber) })),
  )
  const lots = lines.map(
    ({ values }, index) => [(values.InventoryLotId ?? '').toLowerCase(), writtenValues(outcomes[index]).InventoryLotId ?? ''] as const,
  )
  return { salesOrderNumber, lots: new Map(lots) }
}

async function write({ sql, now, effects }: CommandContext, operations: readonly WriteOperation[]): Promise<WriteOutcome[]> {
  const defaultCompany = operations.map((each) => each.values.dataAreaId ?? '')[0] ?? ''
  try {
    return await writeChangeSet(sql, operations, { scope: { defaultCompany, mayAccess: () => true }, onFailure: 'stop', now, effects })
  } catch (error) {
    if (error instanceof ChangeSetFailure && 'infolog' in error.failure) throw new CommandRefusal(...error.failure.infolog)
    throw error
  }
}

const writtenValues = (outcome: WriteOutcome | undefined): FieldValues => {
  if (outcome?.ok !== true) throw new TypeError('a change set that stops at its first failure has written every row')
  return outcome.values
}
