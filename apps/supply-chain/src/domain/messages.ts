/**
 * Infolog texts by stable code; `%1` and so on are filled by position. Source: Supply Chain specification, section 8.
 * A better wording replaces a text here and nowhere else. Codes `L..` are of this application and have no counterpart there.
 */
export const MESSAGES = {
  E01: "The value '%1' in field '%2' is not found in the related table '%3'.",
  E02: "Field '%1' must be filled in.",
  E03: 'Cannot create a record in %1 (%2). %3. The record already exists.',
  E04: 'Inventory dimension Site is mandatory and must consequently be specified.',
  E05: 'Inventory dimension Warehouse is mandatory and must consequently be specified.',
  E06: 'Inventory dimension %1 is inactive and may consequently not be specified.',
  E07: '%1 cannot be picked because only %2 is/are available from the inventory for item: %3.',
  E08: 'Overdelivery of line is %1 percent, but the allowed overdelivery is only %2 percent.',
  E09: 'Customer account %1 is on hold for all transactions.',
  E10: 'Customer account %1 is on hold for invoicing and delivery.',
  E11: 'Item %1 is stopped for sales orders.',
  E12: 'Fiscal period for %1 is not open.',
  E13: 'Item %1 must be physically updated by a packing slip before it can be invoiced.',
  E14: 'The quantity to invoice (%1) exceeds the delivered, not invoiced quantity (%2) for line %3.',
  E15: 'No conversion exists between unit %1 and unit %2 for product %3.',
  E16: '%2 must be specified for item %1.',
  E17: 'The product %1 is not released in legal entity %2.',
  E18: 'The product %1 does not have the information required for a sales order.',
  E19: 'Customer %1 has exceeded the credit limit by %2 %3.',
  E20: 'Sales order %1 is on hold and cannot be processed.',
  E21: 'Sales order %1 has status %2 and cannot be updated.',
  E22: 'There are no quantities to post for sales order %1.',
  E23: 'Sales order %1 cannot be deleted because documents have been posted.',
  E24: 'The quantity cannot be less than the delivered quantity %1.',
  E25: 'Quotation %1 has status %2 and cannot be %3.',
  E26: 'Journal %1 has already been posted.',
  E27: 'The credited quantity %1 exceeds the invoiced quantity %2.',
  E28: "The value '%1' in field '%2' exceeds the maximum length %3.",
  E29: 'No exchange rate exists between %1 and %2 on %3.',
  E30: 'Sales tax cannot be calculated: more than one sales tax code is based on the gross amount.',
  E31: 'A line discount requires a quantity on line %1 of %2.',
  L01: 'Warehouse %1 belongs to site %2 and cannot be used with site %3.',
  L02: "Party type '%1' is not supported. Use Person or Organization.",
  L03: "Country/region '%1' has the ISO code %2, not %3.",
  L04: "Field '%1' must not be negative.",
  L05: "The record cannot be deleted because records in '%1' refer to it.",
  L06: "Field '%1' cannot be changed.",
  L07: 'The company %1 does not exist or is not accessible.',
  L08: "The number sequence for '%1' is not set up. Give a value or set up a number sequence.",
  L09: "The number sequence '%1' has no numbers left.",
  L10: "'%1' is not a date: day %2 does not exist in month %3.",
  L11: "Only customers can be associated with a contact person; '%1' is not supported.",
  L12: 'A master product has no unit cost or sales price of its own dimensions: dimension %1 must be filled in.',
  L13: 'Product %1 is not a product master and has no variants.',
  L14: "Field '%1' accepts only numbers greater than zero.",
  L15: "The value '%1' in field '%2' contains a character that cannot be stored.",
  L16: 'Update has been canceled.',
  L17: 'Product dimension %1 is inactive for item %2 and may consequently not be specified.',
  L18: "'%1' is not an address of HTTP or HTTPS without a user in it.",
  L19: "'%1' is not a header that an event can carry.",
  L20: 'The secret contains a character that a header cannot carry.',
  L21: "There are no data events of the entity '%1'.",
  L22: 'Business event %1 has %2 endpoints in a legal entity already. No more can be added.',
  L23: "A batch job cannot be given the status '%1'.",
  L24: 'Batch job %1 is executing and cannot be changed.',
  L25: "There is no batch job class '%1'.",
  L26: 'The parameters of a batch job are one JSON object.',
  L27: "'%1' is not a GUID.",
  L28: "The value '%1' is not one of %2.",
  L29: "Field '%1' must not be zero.",
  L30: 'Inventory dimension %1 is mandatory for item %2 when goods move and must consequently be specified.',
  L31: 'Inventory status %1 is blocking: goods of item %2 in it cannot be reserved or issued.',
  L32: 'The quantity %1 exceeds the quantity %2 that is open in lot %3.',
  L33: '%1 cannot be invoiced because only %2 is/are financially updated in the inventory for item: %3.',
  L34: '%1 of lot %2 is picked or registered: take it back before the item or a dimension of the line changes.',
  L35: 'Journal %1 has no lines to post.',
  L36: 'Journal %1 is of another type.',
  L37: 'Line %1 of journal %2 has been received in part and cannot be changed.',
  L38: 'Item %1 is not stocked.',
  L39: 'Item %1 must be %2 before it can be %3.',
  L41: 'The quantity %1 exceeds the open quantity %2 of line %3.',
  L42: 'Item %1 is not stocked and cannot be reserved or picked.',
  L43: 'Picking route %1 has status %2 and cannot be updated.',
  L44: 'Line %1 has picked quantities or an active picking list. Unpick it or end the list before the remainder is canceled.',
  L45: 'Packing slip %1 is canceled already.',
  L46: 'Packing slip %1 is invoiced: its quantity cannot be less than the invoiced quantity %2.',
  L47: 'Item %1 must be picked before it is delivered: %2 of %3 is picked.',
  L48: 'Warehouse %1 does not use advanced warehouse processes: nothing can be released to it.',
  L49: 'Line %1 of sales order %2 is not fully reserved, which warehouse %3 requires.',
  L50: 'Sales order %1 is not on hold.',
  L51: 'The quantity %1 of line %2 has the wrong sign.',
  L52: 'The quantity %1 of line %2 cannot be counted in unit %3.',
  L60: 'Nothing of invoice %1 is left to be credited.',
  L61: 'Line %1 is named more than once.',
  L70: 'Quotation %1 is for a prospect and cannot be confirmed. Enter a customer account first.',
  L71: 'Quotation %1 has no lines and cannot be confirmed.',
  L80: 'The amount must be greater than zero.',
  L81: 'A payment has either a debit or a credit amount, not both.',
  L82: 'Account type %1 is not supported in field %2 of a customer payment journal.',
  L83: 'Invoice %1 of customer %2 is not open in currency %3.',
  L84: 'The marked amount %1 exceeds the open amount %2 of invoice %3.',
  L85: 'The marked amount %1 exceeds the payment with its cash discounts, %2.',
  L86: 'Journal %1 has no lines to post.',
  L87: 'Settlement %1 does not exist.',
  L88: 'Settlement %1 has already been undone.',
  L89: 'Transaction %1 is not open.',
  L90: "Sales origin '%1' already has the type %2: each type belongs to one sales origin only.",
  L91: 'The quantity cannot be less than the quantity %1 that is delivered, picked or on picking lists.',
  L92: 'The quantity %1 is below the minimum order quantity %2 of item %3.',
  L93: 'The quantity %1 is above the maximum order quantity %2 of item %3.',
  L94: 'The quantity %1 is not a multiple of %2, as item %3 is sold.',
  L95: 'Only the lines of a credit note have a negative quantity.',
  L100: 'Transactions %1 and %2 cannot be settled against each other: customer, currency and sign must fit.',
  L101: 'Journal %1 does not exist.',
  L102: 'The end of a fiscal period cannot be before its start.',
  L103: 'Fiscal period %1 overlaps with period %2.',
  L104: 'The settlement of %1 cannot be undone on %2.',
  L105: 'Aging period definition %1 does not exist.',
  L120: "Charges category '%1' is not supported for %2. Use %3.",
  L121: 'The charge %1 has been invoiced and cannot be changed.',
  L122: 'Line %1 does not belong to %2.',
  L123: 'A %1 cannot be agreed for the items in this field.',
  L124: "There is no business event '%1'.",
} as const
/** The stable code of a text. */
export type MessageCode = keyof typeof MESSAGES

/** The text of a message with its values filled in. */
export const messageText = (code: MessageCode, ...values: readonly string[]): string =>
  MESSAGES[code].replace(/%(\d)/g, (_, index: string) => values[Number(index) - 1] ?? '')

/** One line of an Infolog. `field` names the refused property; without it the whole row is refused. */
export interface InfologEntry {
  readonly severity: 'Info' | 'Warning' | 'Error'
  readonly code: MessageCode
  readonly text: string
  readonly field?: string
}

/** A value of one property is refused. */
export const refuseField = (field: string, code: MessageCode, ...values: readonly string[]): InfologEntry => ({
  severity: 'Warning',
  code,
  text: messageText(code, ...values),
  field,
})

/** The row as a whole is refused. */
export const refuseRow = (code: MessageCode, ...values: readonly string[]): InfologEntry => ({
  severity: 'Warning',
  code,
  text: messageText(code, ...values),
})

/** Entries without a table: `Infolog: Error: <text>; Warning: <text>`. Source: protocol specification, section 12. */
export const infologText = (entries: readonly InfologEntry[]): string =>
  `Infolog: ${entries.map(({ severity, text }) => `${severity}: ${text}`).join('; ')}`

/** A command is refused: nothing of it happened. */
export const refuseCommand = (code: MessageCode, ...values: readonly string[]): InfologEntry => ({
  severity: 'Error',
  code,
  text: messageText(code, ...values),
})

/** Where the refusal arose: the entity and its table, by their names in the application. */
export interface InfologPlace {
  readonly aotName: string
  readonly tableName: string
}

/**
 * The inner message of a failed write: each refused field carries its own tail, a refused row one for all.
 * An `Error` (a duplicate) has no tail. Source: protocol specification, section 12.
 */
export function writeFailure(place: InfologPlace, entries: readonly InfologEntry[]): string {
  const lines = entries.flatMap((entry) => {
    const line = `${entry.severity}: ${entry.text}`
    return entry.field === undefined ? [line] : [line, `Warning: validateField failed on field '${place.aotName}.${entry.field}'.`]
  })
  if (entries.some((entry) => entry.field === undefined && entry.severity !== 'Error'))
    lines.push(`Warning: validateWrite failed on data source '${place.tableName} (${place.tableName})'.`)
  return `Write failed for table row of type '${place.aotName}'. Infolog: ${lines.join('; ')}`
}
