import type { Decimal, SqlRunner } from '@p2c/base'
import { findExchangeRate } from '../domain/exchange.ts'
import type { FieldValues } from '../domain/field-value.ts'
import { type InfologEntry, refuseRow } from '../domain/messages.ts'
import { type TaxSetUp, type TaxSetUpRows, taxSetUpOf } from '../domain/tax/tax-set-up.ts'
import { tableByRelation } from '../entities/catalogue.ts'
import { findValues } from '../store/rows.ts'
import { readRates } from './exchange.ts'

/** Groups that documents of one company use. */
export interface TaxGroupsUsed {
  readonly dataAreaId: string
  readonly taxGroups: ReadonlySet<string>
  readonly taxItemGroups: ReadonlySet<string>
}

/** The set-up for documents of one currency; `missing` holds what stands against a code whose rate does not exist, by its name in lower case. */
export interface ExchangedTax {
  readonly setUp: TaxSetUp
  readonly missing: ReadonlyMap<string, InfologEntry>
}

/** The set-up of one company. */
export interface LoadedTax {
  /** Amounts per unit and limits are in the currency of their code: they are exchanged by the rate of the day. */
  forCurrency(currencyCode: string, on: string): ExchangedTax
  /** Units that amounts per unit or limits are counted in, in lower case. */
  readonly units: ReadonlySet<string>
}

const low = (value: string | undefined): string => (value ?? '').toLowerCase()

/** Sales tax of several companies as far as their documents use it; five statements, and one per foreign currency of tax codes. */
export async function loadTax(
  sql: SqlRunner,
  used: readonly TaxGroupsUsed[],
  currencyCodes: readonly string[],
): Promise<ReadonlyMap<string, LoadedTax>> {
  const groupKeys = used.flatMap(({ dataAreaId, taxGroups }) => [...taxGroups].map((each) => [dataAreaId, each]))
  const itemKeys = used.flatMap(({ dataAreaId, taxItemGroups }) => [...taxItemGroups].map((each) => [dataAreaId, each]))
  const find = (relation: string, field: string, keys: readonly (readonly string[])[]) =>
    findValues(sql, { table: tableByRelation(relation), fields: ['dataAreaId', field], keys, isMany: true })
  const groupCodes = await find('tax_group_data', 'TaxGroupId', groupKeys)
  const itemGroupCodes = await find('tax_item_group', 'TaxItemGroupCode', itemKeys)
  const groups = await find('tax_group', 'TaxGroupCode', groupKeys)
  const codeKeys = [
    ...new Map(
      groupCodes.map((row) => [`${low(row.dataAreaId)} ${low(row.TaxCodeId)}`, [row.dataAreaId ?? '', row.TaxCodeId ?? '']]),
    ).values(),
  ]
  const codes = await find('tax_code', 'TaxCode', codeKeys)
  const values = await find('tax_code_value', 'TaxCodeId', codeKeys)
  const rows: TaxSetUpRows = { codes, values, groups, groupCodes, itemGroupCodes }
  const exchanges = await loadExchanges(sql, codes, currencyCodes)
  return new Map(used.map(({ dataAreaId }) => [low(dataAreaId), loadedTax(ofCompany(rows, dataAreaId), exchanges)]))
}

const ofCompany = (rows: TaxSetUpRows, dataAreaId: string): TaxSetUpRows => {
  const own = (list: readonly FieldValues[]): FieldValues[] => list.filter((row) => low(row.dataAreaId) === low(dataAreaId))
  return {
    codes: own(rows.codes),
    values: own(rows.values),
    groups: own(rows.groups),
    groupCodes: own(rows.groupCodes),
    itemGroupCodes: own(rows.itemGroupCodes),
  }
}

/** One unit of a currency in another on a day; undefined where no rate is valid. */
type FindRate = (from: string, to: string, on: string) => Decimal | undefined

/** Rates between the currencies of tax codes and those of documents. */
async function loadExchanges(sql: SqlRunner, codes: readonly FieldValues[], currencyCodes: readonly string[]): Promise<FindRate> {
  const ofCodes = [...new Set(codes.map((row) => low(row.TaxCurrencyCodeId)).filter((each) => each !== ''))]
  return loadRates(
    sql,
    currencyCodes.map((to) => ({ to, from: ofCodes.filter((each) => each !== low(to)) })),
  )
}

/** Rates into each currency from the others; a statement per target that has any. */
export async function loadRates(
  sql: SqlRunner,
  wanted: readonly { readonly to: string; readonly from: readonly string[] }[],
): Promise<FindRate> {
  const byTarget = new Map<string, Awaited<ReturnType<typeof readRates>>>()
  for (const { to, from } of wanted) if (from.length > 0) byTarget.set(low(to), await readRates(sql, to, from))
  return (from, to, on) => findExchangeRate({ from, to, on }, byTarget.get(low(to)) ?? [])
}

function loadedTax(rows: TaxSetUpRows, rate: FindRate): LoadedTax {
  const made = new Map<string, ExchangedTax>()
  return {
    units: new Set(rows.codes.map((row) => low(row.TaxUnitId)).filter((each) => each !== '')),
    forCurrency(currencyCode, on) {
      const key = `${low(currencyCode)} ${on}`
      const known = made.get(key) ?? exchangedTax(rows, (from) => rate(from, currencyCode, on), { currencyCode, on })
      made.set(key, known)
      return known
    },
  }
}

/** A percentage without limits is the same in every currency. */
const dependsOnCurrency = (code: FieldValues, values: readonly FieldValues[]): boolean =>
  code.TaxBase === 'AmountByUnit' ||
  values.some((value) => low(value.TaxCodeId) === low(code.TaxCode) && (value.MinimumLimit !== '0' || value.MaximumLimit !== '0'))

function exchangedTax(
  rows: TaxSetUpRows,
  rateFrom: (currencyCode: string) => Decimal | undefined,
  { currencyCode, on }: { readonly currencyCode: string; readonly on: string },
): ExchangedTax {
  const foreign = rows.codes.filter(
    (row) => !['', low(currencyCode)].includes(low(row.TaxCurrencyCodeId)) && dependsOnCurrency(row, rows.values),
  )
  const rates = foreign.map((row) => ({ row, rate: rateFrom(row.TaxCurrencyCodeId ?? '') }))
  return {
    setUp: taxSetUpOf(rows, new Map(rates.flatMap(({ row, rate }) => (isUsable(rate) ? [[low(row.TaxCode), rate] as const] : [])))),
    missing: new Map(
      rates
        .filter(({ rate }) => !isUsable(rate))
        .map(({ row }) => [low(row.TaxCode), refuseRow('E29', row.TaxCurrencyCodeId ?? '', currencyCode, on)]),
    ),
  }
}

const isUsable = (rate: Decimal | undefined): rate is Decimal => rate !== undefined && !rate.isZero()
