/**
 * Infolog texts by stable code; `%1` and so on are filled by position. Source: Supply Chain specification, section 8.
 * A better wording replaces a text here and nowhere else. Codes `L..` are of this application and have no counterpart there.
 */
export const MESSAGES = {
  E01: "The value '%1' in field '%2' is not found in the related table '%3'.",
  E02: "Field '%1' must be filled in.",
  E03: 'Cannot create a record in %1 (%2). %3. The record already exists.',
  E15: 'No conversion exists between unit %1 and unit %2 for product %3.',
  E16: '%2 must be specified for item %1.',
  E17: 'The product %1 is not released in legal entity %2.',
  E18: 'The product %1 does not have the information required for a sales order.',
  E28: "The value '%1' in field '%2' exceeds the maximum length %3.",
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
} as const
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
