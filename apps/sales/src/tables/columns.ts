import type { ColumnDefinition, LookupTarget, OptionDefinition, Requirement, StateOption, StatusOption } from '@p2c/dataverse'

/** What a column may say beyond its type. */
export interface ColumnFacts {
  readonly required?: Requirement
  readonly readOnly?: boolean
}

export const text = (name: string, label: string, maxLength: number, facts: ColumnFacts = {}): ColumnDefinition => ({
  name,
  label,
  type: 'string',
  maxLength,
  ...facts,
})

export const memo = (name: string, label: string, maxLength = 2000, facts: ColumnFacts = {}): ColumnDefinition => ({
  name,
  label,
  type: 'memo',
  maxLength,
  ...facts,
})

/** Columns `first`1 to `first`3 of one width, as telephones and e-mail addresses come. */
export const threeTexts = (name: string, labels: readonly [string, string, string], maxLength: number): readonly ColumnDefinition[] =>
  labels.map((label, at) => text(`${name}${at + 1}`, label, maxLength))

export interface IntegerFacts extends ColumnFacts {
  readonly range: readonly [min: number, max: number]
  readonly default?: number
}

export const integer = (name: string, label: string, { range: [min, max], ...facts }: IntegerFacts): ColumnDefinition => ({
  name,
  label,
  type: 'integer',
  min,
  max,
  ...facts,
})

export interface NumberFacts extends ColumnFacts {
  readonly precision: number
  /** Inclusive, as decimal text. */
  readonly range: readonly [min: string, max: string]
  readonly default?: string
}

export const number = (name: string, label: string, { range: [min, max], ...facts }: NumberFacts): ColumnDefinition => ({
  name,
  label,
  type: 'decimal',
  min,
  max,
  ...facts,
})

export interface MoneyFacts extends ColumnFacts {
  /** Where the decimals come from: 0 the column, 1 the organisation's pricing precision, 2 the currency; 2 unless told. Source: Sales 4.2. */
  readonly source?: 0 | 1 | 2
  readonly range: readonly [min: string, max: string]
}

export const money = (name: string, label: string, { range: [min, max], source = 2, ...facts }: MoneyFacts): ColumnDefinition => ({
  name,
  label,
  type: 'money',
  precision: 2,
  precisionSource: source,
  min,
  max,
  ...facts,
})

export interface FlagFacts extends ColumnFacts {
  readonly default?: boolean
  readonly labels?: readonly [no: string, yes: string]
}

/** A yes/no column; No unless told. */
export const flag = (name: string, label: string, facts: FlagFacts = {}): ColumnDefinition => ({
  name,
  label,
  type: 'boolean',
  default: false,
  ...facts,
})

export interface ChoiceFacts extends ColumnFacts {
  readonly options: readonly OptionDefinition[]
  readonly default?: number
  /** Name of the choice in the metadata, where other columns have it too. */
  readonly shared?: string
}

export const choice = (name: string, label: string, facts: ChoiceFacts): ColumnDefinition => ({ name, label, type: 'choice', ...facts })

export const dateOnly = (name: string, label: string): ColumnDefinition => ({ name, label, type: 'datetime', behavior: 'date-only' })
export const moment = (name: string, label: string, facts: ColumnFacts = {}): ColumnDefinition => ({
  name,
  label,
  type: 'datetime',
  behavior: 'user-local',
  ...facts,
})
export const guid = (name: string, label: string): ColumnDefinition => ({ name, label, type: 'guid' })

/** Where a lookup leads; deleting the target clears the lookup, and assigning it leaves the owner, unless told. */
export const toward = (
  table: string,
  navigation: string,
  facts: Partial<Pick<LookupTarget, 'collection' | 'onDelete' | 'onAssign'>> = {},
): LookupTarget => ({
  table,
  navigation,
  onDelete: 'remove-link',
  ...facts,
})

export interface LookupFacts extends ColumnFacts, Partial<Pick<LookupTarget, 'collection' | 'onDelete'>> {
  readonly table: string
}

/** A lookup with one target; its navigation property has the column's name. */
export const lookup = (name: string, label: string, { table, collection, onDelete, ...facts }: LookupFacts): ColumnDefinition => ({
  name,
  label,
  type: 'lookup',
  targets: [toward(table, name, { ...(collection !== undefined && { collection }), ...(onDelete !== undefined && { onDelete }) })],
  ...facts,
})

/** The currency lookup of a table; a currency in use cannot be deleted. Source: Sales 0.3. */
export const currency = (facts: ColumnFacts = {}): ColumnDefinition =>
  lookup('transactioncurrencyid', 'Currency', { table: 'transactioncurrency', onDelete: 'restrict', ...facts })

/** State and reason of a table with one reason for each state. */
export function stateColumns(
  states: readonly (StateOption & { readonly reason: string })[],
  initial: number,
): readonly [state: ColumnDefinition, status: ColumnDefinition] {
  const options: readonly StateOption[] = states.map(({ reason: _reason, ...state }) => state)
  const reasons: readonly StatusOption[] = states.map((state) => ({ value: state.defaultStatus, label: state.reason, state: state.value }))
  return [
    { name: 'statecode', label: 'Status', type: 'state', required: 'system', options, default: initial },
    { name: 'statuscode', label: 'Status Reason', type: 'status', options: reasons },
  ]
}

/** A state with its reasons; the first reason is what the state alone takes unless `defaultReason` names another. */
export interface ReasonedState {
  readonly value: number
  readonly label: string
  /** As messages write it, where it is not the label without blanks. */
  readonly invariantName?: string
  readonly reasons: readonly (readonly [value: number, label: string])[]
  readonly defaultReason?: number
}

/**
 * State and reason of a table whose states have several reasons; rows begin in the first state. With `fixedOnCreate` they do so whatever
 * a create says. Source: Sales 2.
 */
export function reasonedStateColumns(
  states: readonly ReasonedState[],
  facts: { readonly fixedOnCreate?: boolean } = {},
): readonly ColumnDefinition[] {
  const options = states.map(
    ({ value, label, invariantName, reasons, defaultReason }): StateOption => ({
      value,
      label,
      invariantName: invariantName ?? label.replaceAll(' ', ''),
      defaultStatus: defaultReason ?? reasons[0]?.[0] ?? 0,
    }),
  )
  const reasons = states.flatMap((state) => state.reasons.map(([value, label]): StatusOption => ({ value, label, state: state.value })))
  return [
    { name: 'statecode', label: 'Status', type: 'state', required: 'system', options, default: states[0]?.value ?? 0, ...facts },
    { name: 'statuscode', label: 'Status Reason', type: 'status', options: reasons },
  ]
}

/** 0 Active and 1 Inactive with the given reasons, for instance 1 and 2. Source: Sales 2.7. */
export const activeOrInactive = (active: number, inactive: number): readonly ColumnDefinition[] =>
  stateColumns(
    [
      { value: 0, label: 'Active', invariantName: 'Active', defaultStatus: active, reason: 'Active' },
      { value: 1, label: 'Inactive', invariantName: 'Inactive', defaultStatus: inactive, reason: 'Inactive' },
    ],
    0,
  )
