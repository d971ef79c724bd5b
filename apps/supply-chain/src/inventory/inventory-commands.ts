import { formatDecimal } from '@p2c/base'
import { z } from 'zod'
import { type Command, command } from '../commands/command.ts'
import { company, day, identifier, positiveQuantity } from '../commands/parameters.ts'
import { dayOf } from '../domain/field-value.ts'
import { RECEIPT_STEPS } from '../domain/inventory/post-journal-line.ts'
import { closeInventory } from './close-inventory.ts'
import { postInventoryJournal } from './post-journal.ts'
import { promiseDeliveryDate } from './promise-delivery-date.ts'
import { recalculateOnHand } from './recalculate-on-hand.ts'

const service = (name: string) => ({ group: 'InventoryServices', service: 'InventoryService', name })

const POST_INVENTORY_JOURNAL = command({
  name: 'post-inventory-journal',
  summary: 'Posts an inventory journal: adjustments, counting differences, or expected goods that come in.',
  operation: service('PostInventoryJournal'),
  parameters: z.object({
    dataAreaId: company,
    journalNumber: identifier(20, 'Journal'),
    date: day.optional(),
    receiptStatus: z.enum(RECEIPT_STEPS).default('Purchased').meta({ description: 'Expected receipts: how far the goods come' }),
    packingSlipNumber: identifier(20, 'Product receipt').optional(),
    invoiceNumber: identifier(20, 'Invoice').optional(),
    lines: z
      .array(z.object({ lineNumber: z.int().min(1), quantity: positiveQuantity.optional() }))
      .min(1)
      .refine((lines) => new Set(lines.map(({ lineNumber }) => lineNumber)).size === lines.length, 'expected each line once')
      .optional()
      .meta({ description: 'Expected receipts: the lines that come in; default: all of them' }),
  }),
  run: async ({ sql, now }, { receiptStatus, ...request }) => {
    const posted = await postInventoryJournal(sql, { ...request, receiptStep: receiptStatus }, now)
    return { ok: true, value: { ...posted, journalNumber: request.journalNumber, value: formatDecimal(posted.value) } }
  },
})

const RECALCULATE_ON_HAND = command({
  name: 'recalculate-on-hand',
  summary: 'Rebuilds on-hand inventory from its transactions.',
  operation: service('RecalculateOnHand'),
  parameters: z.object({ dataAreaId: company, itemNumber: identifier(20, 'Item; default: all').optional() }),
  run: async ({ sql }, request) => ({ ok: true, value: { correctedRows: await recalculateOnHand(sql, request) } }),
})

const CLOSE_INVENTORY = command({
  name: 'close-inventory',
  summary: 'Settles issues with receipts as the inventory model of each item says, and posts the difference.',
  operation: service('CloseInventory'),
  parameters: z.object({ dataAreaId: company, date: day.optional(), itemNumber: identifier(20, 'Item; default: all').optional() }),
  run: async ({ sql, now }, { date, ...request }) => {
    const closed = await closeInventory(sql, { ...request, date: date ?? dayOf(now) })
    return { ok: true, value: { ...closed, adjustment: formatDecimal(closed.adjustment) } }
  },
})

const METHODS = ['None', 'SalesLeadTime', 'ATP', 'ATPPlusIssueMargin', 'CTP', 'FullRunCTP'] as const

const PROMISE_DELIVERY_DATE = command({
  name: 'promise-delivery-date',
  summary: 'Gives the earliest day on which an order line or a quantity of a product can ship. Changes nothing.',
  operation: service('PromiseDeliveryDate'),
  parameters: z
    .object({
      dataAreaId: company,
      inventoryLotId: identifier(20, 'Lot of the order line').optional(),
      productNumber: identifier(70, 'Product, where nobody has ordered it yet').optional(),
      quantity: positiveQuantity.optional().meta({ description: 'With productNumber: quantity in the inventory unit' }),
      siteId: identifier(10, 'Site; default: all').optional(),
      warehouseId: identifier(10, 'Warehouse; default: all').optional(),
      requestedShipDate: day.optional(),
      method: z.enum(METHODS).optional().meta({ description: 'Default: that of the line, else that of the item' }),
    })
    .refine(
      ({ inventoryLotId: lot, productNumber: product, quantity }) =>
        (lot === undefined) === (product !== undefined && quantity !== undefined),
      {
        path: ['inventoryLotId'],
        message: 'expected either inventoryLotId or productNumber and quantity',
      },
    ),
  run: async ({ sql, now }, { inventoryLotId, productNumber, quantity, ...request }) => {
    const wanted =
      inventoryLotId === undefined && productNumber !== undefined && quantity !== undefined
        ? { ...request, productNumber, quantity }
        : { ...request, inventoryLotId: inventoryLotId ?? '' }
    const { days, ...promise } = await promiseDeliveryDate(sql, wanted, now)
    return {
      ok: true,
      value: {
        ...promise,
        days: days.map(({ date, atp, projectedOnHand, receipts, issues }) => ({
          date,
          atpQuantity: formatDecimal(atp),
          projectedOnHandQuantity: formatDecimal(projectedOnHand),
          projectedReceiptQuantity: formatDecimal(receipts),
          projectedIssueQuantity: formatDecimal(issues),
        })),
      },
    }
  },
})

/** What the application does with stock beyond orders. */
export const INVENTORY_COMMANDS: readonly Command[] = [POST_INVENTORY_JOURNAL, RECALCULATE_ON_HAND, CLOSE_INVENTORY, PROMISE_DELIVERY_DATE]
