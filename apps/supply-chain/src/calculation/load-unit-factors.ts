import type { Decimal, SqlRunner } from '@p2c/base'
import { toConversion, toUnit } from '../domain/documents/line-quantity.ts'
import type { FieldValues } from '../domain/field-value.ts'
import { conversionFactor, type UnitConversion } from '../domain/unit-conversion.ts'
import { tableByRelation } from '../entities/catalogue.ts'
import { findValues } from '../store/rows.ts'

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
  const products = await readProducts(sql, lines)
  const { bySymbol, conversions } = await readConversions(sql, {
    symbols: [...new Set([...units, ...lines.map((line) => low(line.SalesUnitSymbol))])],
    products: [...new Set(products.values())],
  })
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

/** Products of the items of lines, by company and item. */
async function readProducts(sql: SqlRunner, lines: readonly FieldValues[]): Promise<ReadonlyMap<string, string>> {
  const keys = [...new Map(lines.map((line) => [itemKey(line), [line.dataAreaId ?? '', line.ItemNumber ?? '']])).values()]
  const rows = await findValues(sql, { table: tableByRelation('released_product'), fields: ['dataAreaId', 'ItemNumber'], keys })
  return new Map(rows.map((row) => [itemKey(row), row.ProductNumber ?? '']))
}

/** Units by symbol in lower case, and what converts them: conversions of the products before those of all. */
async function readConversions(
  sql: SqlRunner,
  { symbols, products }: { readonly symbols: readonly string[]; readonly products: readonly string[] },
) {
  const find = (relation: string, field: string, values: readonly string[]) =>
    findValues(sql, { table: tableByRelation(relation), fields: [field], keys: values.map((each) => [each]), isMany: true })
  const units = await find('unit_of_measure', 'UnitSymbol', symbols)
  const general = await find('unit_of_measure_conversion', 'FromUnitSymbol', symbols)
  const own = await find('product_unit_of_measure_conversion', 'ProductNumber', products)
  const conversions: readonly UnitConversion[] = [
    ...own.map((row) => toConversion(row, row.ProductNumber ?? '')),
    ...general.map((row) => toConversion(row)),
  ]
  return { bySymbol: new Map(units.map((row) => [low(row.UnitSymbol), row])), conversions }
}

const itemKey = (row: FieldValues): string => `${low(row.dataAreaId)} ${low(row.ItemNumber)}`
