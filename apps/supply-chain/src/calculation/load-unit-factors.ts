import type { Decimal, SqlRunner } from '@p2c/base'
import { toConversion, toUnit } from '../domain/documents/line-quantity.ts'
import type { FieldValues } from '../domain/field-value.ts'
import { conversionFactor, type UnitConversion } from '../domain/unit-conversion.ts'
import { tableByRelation } from '../entities/catalogue.ts'
import { findRows } from '../store/rows.ts'

/** How many of each unit one unit of a line is; units that nothing converts to are missing. */
export type FindUnitFactors = (line: FieldValues) => ReadonlyMap<string, Decimal>

const low = (value: string | undefined): string => (value ?? '').toLowerCase()
const NONE: ReadonlyMap<string, Decimal> = new Map()

/**
 * Conversions from the sales units of lines to the units of tax codes (in lower case): four statements, none where no code has a unit.
 * A product-specific conversion comes first. Source: Supply Chain specification, 1.2 no. 5 and 5.7 (AmountByUnit).
 */
export async function loadUnitFactors(sql: SqlRunner, lines: readonly FieldValues[], units: ReadonlySet<string>): Promise<FindUnitFactors> {
  if (units.size === 0) return () => NONE
  const symbols = [...new Set([...units, ...lines.map((line) => low(line.SalesUnitSymbol))])]
  const find = (relation: string, fields: readonly string[], keys: readonly (readonly string[])[], isMany: boolean) =>
    findRows(sql, { table: tableByRelation(relation), fields, keys, isMany }).then((rows) => rows.map(({ values }) => values))
  const bySymbol = new Map(
    (
      await find(
        'unit_of_measure',
        ['UnitSymbol'],
        symbols.map((each) => [each]),
        false,
      )
    ).map((row) => [low(row.UnitSymbol), row]),
  )
  const general = (
    await find(
      'unit_of_measure_conversion',
      ['FromUnitSymbol'],
      symbols.map((each) => [each]),
      true,
    )
  ).map((row) => toConversion(row))
  const items = [...new Map(lines.map((line) => [itemKey(line), [line.dataAreaId ?? '', line.ItemNumber ?? '']])).values()]
  const products = new Map(
    (await find('released_product', ['dataAreaId', 'ItemNumber'], items, false)).map((row) => [itemKey(row), row.ProductNumber ?? '']),
  )
  const own = (
    await find(
      'product_unit_of_measure_conversion',
      ['ProductNumber'],
      [...new Set(products.values())].map((each) => [each]),
      true,
    )
  ).map((row) => toConversion(row, row.ProductNumber ?? ''))
  const conversions: readonly UnitConversion[] = [...own, ...general]
  const unit = (symbol: string) => toUnit(symbol, bySymbol.get(low(symbol)))
  return (line) =>
    new Map(
      [...units].flatMap((symbol) => {
        const change = { from: unit(line.SalesUnitSymbol ?? ''), to: unit(symbol), productNumber: products.get(itemKey(line)) ?? '' }
        const factor = conversionFactor(change, conversions)
        return factor === undefined ? [] : [[symbol, factor] as const]
      }),
    )
}

const itemKey = (row: FieldValues): string => `${low(row.dataAreaId)} ${low(row.ItemNumber)}`
