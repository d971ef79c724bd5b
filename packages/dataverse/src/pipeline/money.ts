import { type Decimal, decimal, formatDecimal, parseDecimal, roundTo } from '@p2c/base'
import { refuse } from '../errors/platform-error.ts'
import type { ColumnValue, Row } from '../model/plugin.ts'
import type { Column, Table } from '../model/resolved-model.ts'
import { isReference } from '../storage/column-sql.ts'
import type { CurrencyFacts, MoneyFacts, WriteContext } from './write-context.ts'

const BASE_DECIMALS = 4

/** Organisation precision and all currencies, read once per transaction. */
export async function readMoneyFacts(context: WriteContext): Promise<MoneyFacts> {
  if (context.money.facts !== undefined) return context.money.facts
  const found = await context.sql.query<{
    id: string
    rate: string
    precision: number
    symbol: string
    base: string | null
    pricing: number | null
  }>(
    `select c.transactioncurrencyid as id, c.exchangerate as rate, c.currencyprecision as precision, c.currencysymbol as symbol,
       o.basecurrencyid as base, o.pricingdecimalprecision as pricing
     from transactioncurrency c left join organization o on o.organizationid = $1`,
    [context.core.organizationId],
  )
  const facts: MoneyFacts = {
    baseCurrencyId: found.rows[0]?.base ?? '',
    pricingPrecision: found.rows[0]?.pricing ?? 2,
    currencies: new Map(
      found.rows.map((row) => [
        row.id,
        { id: row.id, exchangeRate: decimal(row.rate ?? '1'), precision: row.precision ?? 2, symbol: row.symbol ?? '' },
      ]),
    ),
  }
  context.money.facts = facts
  return facts
}

/** Money columns whose values a change sets, and the currency column: what decides whether the rate is taken again. */
export const touchesMoney = (table: Table, values: Row): boolean =>
  values.transactioncurrencyid !== undefined || table.moneyColumns.some((column) => values[column.name] !== undefined)

/**
 * Rounds money to its precision source, takes the rate of the currency and fills the `_base` twins. Changes `values`; `before` is the
 * stored row of an update. Source: wire specification 6, Sales specification 4.2 and 4.7, DV-027, DV-028.
 */
export function settleMoney(
  table: Table,
  row: { readonly values: Row; readonly before?: Readonly<Row> | undefined },
  facts: MoneyFacts,
): void {
  const { values, before } = row
  if (table.moneyColumns.length === 0 || (before !== undefined && !touchesMoney(table, values))) return
  const currency = currencyOf(values.transactioncurrencyid ?? before?.transactioncurrencyid, facts)
  if (currency === undefined) return
  values.transactioncurrencyid = { table: 'transactioncurrency', id: currency.id }
  values.exchangerate = formatDecimal(currency.exchangeRate)
  const newRate = before !== undefined && parseDecimal(String(before.exchangerate ?? ''))?.equals(currency.exchangeRate) !== true
  for (const column of table.moneyColumns) {
    const given = values[column.name]
    if (given !== undefined && given !== null) values[column.name] = rounded(column, String(given), { currency, facts })
    const amount = values[column.name] ?? (given === undefined && newRate ? before?.[column.name] : undefined)
    if (given !== undefined || amount !== undefined) values[`${column.name}_base`] = baseAmount(amount, currency.exchangeRate)
  }
}

function currencyOf(value: ColumnValue | undefined, facts: MoneyFacts): CurrencyFacts | undefined {
  const id = isReference(value) ? value.id : facts.baseCurrencyId
  const currency = facts.currencies.get(id)
  if (currency === undefined && isReference(value)) refuse({ code: '0x80048cfc', message: `The currency ${id} is not valid.` })
  return currency
}

function rounded(column: Column, text: string, scope: { currency: CurrencyFacts; facts: MoneyFacts }): string {
  const definition = column.definition
  if (definition.type !== 'money') return text
  const precision =
    [definition.precision, scope.facts.pricingPrecision, scope.currency.precision][definition.precisionSource] ?? definition.precision
  return formatDecimal(roundTo(decimal(text), precision))
}

const baseAmount = (amount: ColumnValue | undefined, rate: Decimal): string | null =>
  amount === null || amount === undefined ? null : formatDecimal(roundTo(decimal(String(amount)).dividedBy(rate), BASE_DECIMALS))
