import { type Decimal, parseDecimal } from '@p2c/base'
import { z } from 'zod'

/** The company of a command, in lower case. The registry fills in the default company of the user where it is absent. */
export const company = z
  .string()
  .trim()
  .min(1)
  .max(4)
  .transform((value) => value.toLowerCase())
  .meta({ description: 'Company; default: the company of the user' })

/** A number or code of at most `length` characters; compared in any case. */
export const identifier = (length: number, description: string) => z.string().trim().min(1).max(length).meta({ description })

/** A sales order by its number. */
export const salesOrderNumber = identifier(20, 'Sales order')

const manyOrders = z.array(salesOrderNumber).min(1).max(1000).meta({ description: 'Several sales orders, in one transaction' })

/** Parameters of a command that takes one order or several: give either. */
export const ordersToPost = { salesOrderNumber: salesOrderNumber.optional(), salesOrderNumbers: manyOrders.optional() }

/** Orders as a caller names them: one of the two. */
export interface NamedOrders {
  readonly salesOrderNumber?: string | undefined
  readonly salesOrderNumbers?: readonly string[] | undefined
}

/** Exactly one of the two ways to name orders; the check of a schema with `ordersToPost`. */
export const namesOrders = [
  ({ salesOrderNumber: one, salesOrderNumbers: many }: NamedOrders) => (one === undefined) !== (many === undefined),
  { path: ['salesOrderNumber'], message: 'expected either salesOrderNumber or salesOrderNumbers' },
] as const satisfies readonly [unknown, { path: string[]; message: string }]

/** The orders that are named, each once. */
export function ordersOf({ salesOrderNumber: one, salesOrderNumbers: many }: NamedOrders): string[] {
  const named = many ?? (one === undefined ? [] : [one])
  return [...new Map(named.map((number) => [number.toLowerCase(), number])).values()]
}

/** Digits that a quantity is stored with. Source: Supply Chain specification, 0.3. */
const QUANTITY_DIGITS = /^-?\d{1,10}(?:\.\d{1,6})?$/

/** A decimal as a JSON number or a text without exponent: ten digits before the point, six behind it. */
export const quantity = z
  .union([z.number(), z.string()])
  .transform((value, context): Decimal => {
    const parsed = parseDecimal(value)
    if (parsed !== undefined && QUANTITY_DIGITS.test(parsed.toFixed())) return parsed
    context.addIssue({ code: 'custom', message: 'expected a decimal number with at most 10 digits before the point and 6 behind it' })
    return z.NEVER
  })
  .meta({ description: 'Quantity in the sales unit', format: 'decimal' })

/** A quantity above nought. */
export const positiveQuantity = quantity.refine((value) => value.isPositive() && !value.isZero(), 'expected a quantity above 0')

/** An amount, price or rate: sixteen digits before the point, sixteen behind it. */
export const amount = z
  .union([z.number(), z.string()])
  .transform((value, context): Decimal => {
    const parsed = parseDecimal(value)
    if (parsed !== undefined && /^-?\d{1,16}(?:\.\d{1,16})?$/.test(parsed.toFixed())) return parsed
    context.addIssue({ code: 'custom', message: 'expected a decimal number with at most 16 digits before the point and 16 behind it' })
    return z.NEVER
  })
  .meta({ description: 'Amount', format: 'decimal' })

/** A day: `2025-02-11`, or a time of which the day counts. Gives `2025-02-11`. */
export const day = z
  .union([z.iso.date(), z.iso.datetime()])
  .transform((value) => value.slice(0, 10))
  .meta({ description: 'Date; default: today', format: 'date' })

const lineReference = {
  inventoryLotId: identifier(20, 'Lot of the order line').optional(),
  lineCreationSequenceNumber: z.int().min(1).optional().meta({ description: 'Line creation sequence number of the order line' }),
}

/** How a caller names a line of an order: by its lot or by its number within the order. */
export interface LineReference {
  readonly inventoryLotId?: string | undefined
  readonly lineCreationSequenceNumber?: number | undefined
}

/** A line of an order by its lot or by its number within the order, exactly one of the two, with further members. */
const orderLine = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z
    .object({ ...lineReference, ...shape })
    .strict()
    .refine((line) => {
      const { inventoryLotId: lot, lineCreationSequenceNumber: number } = line as LineReference
      return (lot === undefined) !== (number === undefined)
    }, 'expected either inventoryLotId or lineCreationSequenceNumber')

/** Lines that a command may name at once. */
const MOST_LINES = 1000

/** The lines that a command is about: a thousand at most; `shape` is what each says beside its name. */
export const orderLines = <Shape extends z.ZodRawShape>(shape: Shape, description: string) =>
  z.array(orderLine(shape)).min(1).max(MOST_LINES).optional().meta({ description })

/** Lines are those of one order: the check of a schema with `ordersToPost` and `lines`. */
export const linesOfOneOrder = [
  ({ lines, salesOrderNumber: one }: NamedOrders & { readonly lines?: readonly unknown[] | undefined }) =>
    lines === undefined || one !== undefined,
  { path: ['lines'], message: 'expected lines of one order, named by salesOrderNumber' },
] as const satisfies readonly [unknown, { path: string[]; message: string }]
