/** How an action of `p2c order` becomes a command of Supply Chain. */
export interface OrderAction {
  /** Name of the command: `POST /api/commands/<name>`. */
  readonly command: string
  /** Parameter that takes the number which stands on the command line. */
  readonly number: string
}

/** What can be done with an order, in the order in which it is usually done. */
export const ORDER_ACTIONS = {
  confirm: { command: 'confirm-sales-order', number: 'salesOrderNumber' },
  reserve: { command: 'reserve-sales-order-line', number: 'salesOrderNumber' },
  unreserve: { command: 'unreserve-sales-order-line', number: 'salesOrderNumber' },
  release: { command: 'release-to-warehouse', number: 'salesOrderNumber' },
  'pick-list': { command: 'post-picking-list', number: 'salesOrderNumber' },
  pick: { command: 'register-picking', number: 'salesOrderNumber' },
  unpick: { command: 'unpick', number: 'salesOrderNumber' },
  pack: { command: 'post-packing-slip', number: 'salesOrderNumber' },
  'cancel-pack': { command: 'cancel-packing-slip', number: 'packingSlipNumber' },
  'cancel-remainder': { command: 'cancel-deliver-remainder', number: 'salesOrderNumber' },
  hold: { command: 'hold-sales-order', number: 'salesOrderNumber' },
  'clear-hold': { command: 'clear-sales-order-hold', number: 'salesOrderNumber' },
  invoice: { command: 'post-sales-invoice', number: 'salesOrderNumber' },
  credit: { command: 'create-credit-note', number: 'invoiceNumber' },
} as const satisfies Record<string, OrderAction>
export type OrderActionName = keyof typeof ORDER_ACTIONS
export const ORDER_ACTION_NAMES = Object.keys(ORDER_ACTIONS) as readonly OrderActionName[]

/** One line of an order with the quantity that is meant. */
export interface LineQuantity {
  readonly inventoryLotId?: string
  readonly lineCreationSequenceNumber?: number
  readonly quantity?: string
}

/** `2=5` is line 2, `LOT-000017=5` the line with that lot; without `=5` the whole line. Undefined for any other text. */
export function parseLine(text: string): LineQuantity | undefined {
  const match = /^([^=\s]+)(?:=(-?\d{1,10}(?:\.\d{1,6})?))?$/.exec(text)
  const [, line = '', quantity] = match ?? []
  if (line === '') return undefined
  const reference = /^\d{1,9}$/.test(line) ? { lineCreationSequenceNumber: Number(line) } : { inventoryLotId: line }
  return { ...reference, ...(quantity !== undefined && { quantity }) }
}

/** A value of `--set name=value`. */
export interface Assignment {
  readonly name: string
  readonly value: string
}

/** `comment=waits for credit`; undefined for a text without a name. */
export function parseAssignment(text: string): Assignment | undefined {
  const at = text.indexOf('=')
  const name = text.slice(0, at)
  return at > 0 && /^[A-Za-z][A-Za-z0-9]*$/.test(name) ? { name, value: text.slice(at + 1) } : undefined
}

/** The part of JSON Schema that tells how a typed value is meant. */
export interface ValueSchema {
  readonly type?: string | readonly string[] | undefined
  readonly anyOf?: readonly ValueSchema[] | undefined
}

/** A typed value as the parameter takes it: numbers, yes or no and lists by its schema; everything else is text, so that `000123` stays a number of a document. */
export function readValue(value: string, schema: ValueSchema | undefined): unknown {
  const types = [schema?.type, ...(schema?.anyOf ?? []).map(({ type }) => type)].flat()
  if (types.includes('string') || schema === undefined) return value
  if (types.includes('array') && !value.trimStart().startsWith('[')) return value.split(',').map((part) => part.trim())
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}
