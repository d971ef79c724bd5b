/**
 * A value on its way through the engine. Money, quantities and other decimals are plain decimal text (`"12480.5"`),
 * dates `YYYY-MM-DD`, times ISO 8601 UTC with `Z`; choices of Dataverse are integers as numbers, enumeration members of
 * Supply Chain their names; blank is null (a connector turns the empty string, the empty date and the like into null).
 */
export type FieldValue = string | number | boolean | null

/** Values by field path, spelt as the mapping spells it: `accountnumber`, `transactioncurrencyid.isocurrencycode`. */
export type FieldValues = Readonly<Record<string, FieldValue>>
