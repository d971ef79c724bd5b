/**
 * What must be equal, said by hand and not derived from the template documents: the second opinion that a comparison needs (ADR 0006). Field
 * paths are those of template files (`customerid.Account(accountnumber)`). Source: templates specification 7 to 10.
 */

/** How two spellings of one value are told apart: text exactly, codes without case, numbers by value, dates by day; `loose` where nothing is known. */
export const VALUE_KINDS = ['text', 'code', 'number', 'date', 'yes-no', 'loose', 'loose-code'] as const
export type ValueKind = (typeof VALUE_KINDS)[number]

/** Holds where the field of the row has one of the values, or none of them; compared as codes. */
export interface Condition {
  readonly field: string
  readonly is?: readonly string[]
  readonly isNot?: readonly string[]
}

/** What the destination must hold, in terms of the source row. */
export type StatedValue =
  /** The value of the first of these fields that is filled, else `blank`. */
  | { readonly is: 'copy'; readonly of: readonly string[]; readonly blank?: string; readonly cutTo?: number; readonly dividedBy?: string }
  | { readonly is: 'constant'; readonly value: string }
  /** The entry of a closed list; a value without one cannot be carried. */
  | { readonly is: 'entry'; readonly of: string; readonly entries: Readonly<Record<string, string>> }
  /** Two letters of a country, whatever its spelling. */
  | { readonly is: 'country'; readonly of: string; readonly blank: string }
  | { readonly is: 'date-part'; readonly of: string; readonly part: 'day' | 'month' | 'year' }

export interface FieldStatement {
  /** Path in the destination. */
  readonly field: string
  readonly kind: ValueKind
  readonly value: StatedValue
  /** Judged only where one of these source fields is filled; else the field is not written. */
  readonly onlyWith?: readonly string[]
  /** Judged only where all of these source fields are blank. */
  readonly onlyWithout?: readonly string[]
  /** Nought where this holds of the source row. */
  readonly zeroWhen?: Condition
  /** Names the document: still equal when the destination has become its master. */
  readonly isIdentity?: true
}

/** Sum of fields, some with the opposite sign. */
export interface Amount {
  readonly plus: readonly string[]
  readonly minus?: readonly string[]
  readonly currency: string
}

export interface TaskStatement {
  /** Entity sets; the aliases of a set that carry the same fields. */
  readonly source: string
  readonly destination: string
  readonly aliases?: readonly string[]
  /** The rows that must be there: all of these hold. */
  readonly qualifies: readonly Condition[]
  /** Pairs that find a row on the other side; the first pair names the document. */
  readonly key: readonly { readonly source: string; readonly destination: string }[]
  readonly fields: readonly FieldStatement[]
  /** Rows of a document qualify only with their header. */
  readonly withHeader?: true
  /** A destination row of which all of these hold says that it came from the source. */
  readonly claims?: readonly Condition[]
  /** A destination row of a document that is compared must have a source row. */
  readonly closed?: true
  /** Where it holds of the destination row, the destination is the master of the document: only its identity must still be equal. */
  readonly movedOn?: Condition
  /** Added up on both sides, by currency. */
  readonly amounts?: { readonly source: Amount; readonly destination: Amount }
  /** The total of the source that the destination must reach by its own arithmetic (templates specification 9.8). */
  readonly total?: {
    readonly source: string
    readonly destination: string
    readonly unless: Condition
    readonly reachedBy: readonly string[]
  }
  /** `holdsFreightTax` of the lines, `freightTax` of their headers: the amount that must show as the one Freight Tax line of the document (templates specification 9.1). */
  readonly holdsFreightTax?: true
  readonly freightTax?: { readonly amount: string; readonly carriedBy: string }
}

export interface Statement {
  /** Of the catalogue, templates specification 1. */
  readonly id: string
  readonly templateName: string
  /** Headers before lines. */
  readonly tasks: readonly TaskStatement[]
}

type Extra = Omit<FieldStatement, 'field' | 'kind' | 'value'>

const copied =
  (kind: ValueKind) =>
  (field: string, of: string | readonly string[], extra: Extra = {}): FieldStatement => ({
    field,
    kind,
    value: { is: 'copy', of: typeof of === 'string' ? [of] : of },
    ...extra,
  })

export const text = copied('text')
export const code = copied('code')
export const number = copied('number')
export const day = copied('date')

/** Text that is cut to the length of the destination's field. */
export const cutText = (field: string, of: string, cutTo: number): FieldStatement => ({
  field,
  kind: 'text',
  value: { is: 'copy', of: [of], cutTo },
})

export const constant = (field: string, value: string, kind: ValueKind = 'code', extra: Extra = {}): FieldStatement => ({
  field,
  kind,
  value: { is: 'constant', value },
  ...extra,
})

export const yes = (field: string): FieldStatement => constant(field, 'yes', 'yes-no')
export const no = (field: string): FieldStatement => constant(field, 'no', 'yes-no')

export const entry = (
  field: string,
  of: string,
  entries: Readonly<Record<string, string>>,
  { kind = 'code', ...extra }: Extra & { readonly kind?: ValueKind } = {},
): FieldStatement => ({ field, kind, value: { is: 'entry', of, entries }, ...extra })

export const country = (field: string, of: string, { blank = '', ...extra }: Extra & { readonly blank?: string } = {}): FieldStatement => ({
  field,
  kind: 'code',
  value: { is: 'country', of, blank },
  ...extra,
})

/** Map U of the templates specification, 10; `ea` is Each on the way back. */
export const UNIT_SYMBOLS = { 'primary unit': 'ea', each: 'ea', piece: 'pcs', box: 'box', kilogram: 'kg', pound: 'lb', hour: 'hr', '': '' }
export const UNIT_NAMES = { ea: 'Each', pcs: 'Piece', box: 'Box', kg: 'Kilogram', lb: 'Pound', hr: 'Hour', '': '' }
/** Map L. */
export const PRICE_LISTS = { usd: 'CRM Service USA (sample)' }
/** Map P, 10.4, by member name of Supply Chain. */
export const PROCESSING_STATUSES = {
  active: '647390000',
  confirmed: '647390001',
  packingslip: '647390002',
  invoiced: '647390003',
  picked: '647390004',
  partiallypicked: '647390005',
  partiallypacked: '647390006',
  delivered: '647390007',
  partiallydelivered: '647390008',
  partiallyinvoiced: '647390009',
  deliveredpartiallyinvoiced: '647390009',
  canceled: '647390010',
}

/** The customer of a document, whichever of both it is. */
export const CUSTOMER = 'customerid.Account(accountnumber).Contact(msdynce_contactnumber)'
export const CURRENCY = 'transactioncurrencyid.isocurrencycode'
