import { type Decimal, decimal, formatDecimal } from '@p2c/base'
import type { Facts, Question } from '../decision.ts'
import { at, type FieldValues } from '../field-value.ts'
import { type InfologEntry, refuseRow } from '../messages.ts'
import {
  conversionFactor,
  convertQuantity,
  convertsBack,
  type UnitConversion,
  type UnitOfMeasure,
  type UnitRounding,
} from '../unit-conversion.ts'

const isSame = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase()

const UNIT = 'UnitOfMeasure'
const GENERAL = 'UnitOfMeasureConversion'
const OF_PRODUCT = 'ProductUnitOfMeasureConversion'

/** Units and conversions between a sales unit and the inventory unit of a product; none where they are the same. */
export function unitQuestions(salesUnit: string, product: FieldValues): readonly Question[] {
  const inventoryUnit = at(product, 'InventoryUnitSymbol')
  if (salesUnit === '' || isSame(salesUnit, inventoryUnit)) return []
  const units = [salesUnit, inventoryUnit]
  return [
    ...units.map((value) => ({ entityName: UNIT, field: 'UnitSymbol', value })),
    ...units.map((value) => ({ entityName: GENERAL, field: 'FromUnitSymbol', value, isMany: true })),
    { entityName: OF_PRODUCT, field: 'ProductNumber', value: at(product, 'SharedProductNumber'), isMany: true },
  ]
}

function conversionsOf(product: FieldValues, units: readonly string[], facts: Facts): UnitConversion[] {
  const general = units.flatMap((unit) => facts.findAll(GENERAL, 'FromUnitSymbol', unit).map((row) => toConversion(row)))
  const own = facts.findAll(OF_PRODUCT, 'ProductNumber', at(product, 'SharedProductNumber'))
  return [...own.map((row) => toConversion(row, at(row, 'ProductNumber'))), ...general]
}

/** A row of either table of conversions. */
export const toConversion = (row: FieldValues, productNumber?: string): UnitConversion => ({
  fromUnit: at(row, 'FromUnitSymbol'),
  toUnit: at(row, 'ToUnitSymbol'),
  ...(productNumber !== undefined && { productNumber }),
  factor: decimal(at(row, 'Factor') || '0'),
  numerator: decimal(at(row, 'Numerator') || '0'),
  denominator: decimal(at(row, 'Denominator') || '0'),
  innerOffset: decimal(at(row, 'InnerOffset') || '0'),
  outerOffset: decimal(at(row, 'OuterOffset') || '0'),
  rounding: (at(row, 'Rounding') || 'Nearest') as UnitRounding,
})

/** A unit with what its row says of it; without a row it has no class and no decimals. */
export const toUnit = (symbol: string, row: FieldValues | undefined): UnitOfMeasure => ({
  symbol,
  unitClass: at(row, 'UnitClass'),
  decimalPrecision: Number(at(row, 'DecimalPrecision') || '0'),
})

/** The quantity in the inventory unit, or why it has none. */
export type QuantityOutcome =
  | { readonly ok: true; readonly inventoryQuantity: Decimal }
  | { readonly ok: false; readonly entry: InfologEntry }

/**
 * A quantity of the sales unit in the inventory unit of the product; E15 where no conversion exists or where the rounded quantity does not
 * convert back to the same one. Source: Supply Chain specification, 2.15 no. 6 and EX-13.
 */
export function toInventoryQuantity(
  { quantity, unit: salesUnit }: { readonly quantity: Decimal; readonly unit: string },
  product: FieldValues,
  facts: Facts,
): QuantityOutcome {
  const inventoryUnit = at(product, 'InventoryUnitSymbol')
  if (isSame(salesUnit, inventoryUnit)) return { ok: true, inventoryQuantity: quantity }
  const unit = (symbol: string) => toUnit(symbol, facts.find(UNIT, 'UnitSymbol', symbol))
  const change = { from: unit(salesUnit), to: unit(inventoryUnit), productNumber: at(product, 'SharedProductNumber') }
  const conversions = conversionsOf(product, [salesUnit, inventoryUnit], facts)
  const inventoryQuantity = convertQuantity(quantity, change, conversions)
  if (inventoryQuantity === undefined || !convertsBack(quantity, change, conversions))
    return { ok: false, entry: refuseRow('E15', salesUnit, inventoryUnit, at(product, 'ProductNumber')) }
  return { ok: true, inventoryQuantity }
}

/**
 * How many sales units of the product one of `unit` is: 12 for a box of what is sold by the piece. For a price per sales unit that a line
 * takes in another unit; 1 where no conversion leads there, which refuses the line by its quantity.
 */
export function salesUnitsIn(unit: string, product: FieldValues, facts: Facts): Decimal {
  const inventoryUnit = at(product, 'InventoryUnitSymbol')
  const unitOf = (symbol: string) => toUnit(symbol, facts.find(UNIT, 'UnitSymbol', symbol))
  const inStock = (symbol: string): Decimal | undefined =>
    conversionFactor(
      { from: unitOf(symbol), to: unitOf(inventoryUnit), productNumber: at(product, 'SharedProductNumber') },
      conversionsOf(product, [symbol, inventoryUnit], facts),
    )
  const salesUnit = at(product, 'SalesUnitSymbol')
  if (salesUnit === '' || isSame(unit, salesUnit)) return decimal(1)
  const [one, sold] = [inStock(unit), inStock(salesUnit)]
  return one === undefined || sold === undefined || sold.isZero() ? decimal(1) : one.dividedBy(sold)
}

/** The quantity in both units, as a line keeps it. */
export const quantityValues = (inventoryQuantity: Decimal): FieldValues => ({ QtyOrdered: formatDecimal(inventoryQuantity) })
