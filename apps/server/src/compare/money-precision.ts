import { formatDecimal, parseDecimal, roundTo } from '@p2c/base'
import { readFeed, type Side } from './feed.ts'

/** Rounds what is expected of a money column as Sales does when it stores it (Sales specification 4.2, Dataverse specification 6); by currency code. */
export type RoundExpected = (field: string, expected: string, currency: string) => string

const ROOT = '/api/data/v9.2'

interface MoneyColumn {
  readonly LogicalName: string
  readonly Precision: number
  /** 0 the column's own precision, 1 the organisation's pricing precision, 2 the currency's. */
  readonly PrecisionSource: number
}

/** What the destination says of its money columns; a destination that is not Sales rounds nothing. */
export async function readMoneyRounding(side: Side, entitySet: string, signal: AbortSignal): Promise<RoundExpected> {
  if (side.environmentType !== 'CRM') return (_field, expected) => expected
  const table = await logicalName(side, entitySet, signal)
  const attributes = `${ROOT}/EntityDefinitions(LogicalName='${table}')/Attributes/Microsoft.Dynamics.CRM.MoneyAttributeMetadata?$select=LogicalName,Precision,PrecisionSource`
  const columns = new Map((await readAll<MoneyColumn>(side, attributes, signal)).map((column) => [column.LogicalName, column]))
  const currencies = await readAll<{ isocurrencycode: string; currencyprecision: number }>(
    side,
    `${ROOT}/transactioncurrencies?$select=isocurrencycode,currencyprecision`,
    signal,
  )
  const [organisation] = await readAll<{ pricingdecimalprecision: number }>(
    side,
    `${ROOT}/organizations?$select=pricingdecimalprecision`,
    signal,
  )
  const precisionOf = new Map(currencies.map((currency) => [currency.isocurrencycode.toLowerCase(), currency.currencyprecision]))
  return (field, expected, currency) => {
    const column = columns.get(field)
    if (column === undefined) return expected
    const ofCurrency = precisionOf.get(currency.trim().toLowerCase()) ?? column.Precision
    return rounded(
      expected,
      [column.Precision, organisation?.pricingdecimalprecision ?? column.Precision, ofCurrency][column.PrecisionSource],
    )
  }
}

function rounded(expected: string, decimals: number | undefined): string {
  const value = parseDecimal(expected)
  return value === undefined || decimals === undefined ? expected : formatDecimal(roundTo(value, decimals))
}

async function logicalName(side: Side, entitySet: string, signal: AbortSignal): Promise<string> {
  const tables = await readAll<{ LogicalName: string; EntitySetName: string }>(
    side,
    `${ROOT}/EntityDefinitions?$select=LogicalName,EntitySetName`,
    signal,
  )
  return tables.find((table) => table.EntitySetName === entitySet)?.LogicalName ?? ''
}

async function readAll<Row>(side: Side, path: string, signal: AbortSignal): Promise<Row[]> {
  const rows: Row[] = []
  for await (const page of readFeed(side, path, signal)) rows.push(...(page as readonly Row[]))
  return rows
}
