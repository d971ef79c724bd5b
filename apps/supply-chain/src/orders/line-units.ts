import type { Decimal, SqlRunner } from '@p2c/base'
import { assertNoProblems } from '../commands/command.ts'
import { isCountable, type UnitDecimals } from '../domain/fulfilment/order-line.ts'
import { refuseCommand } from '../domain/messages.ts'
import type { OpenLine } from './open-orders.ts'

/** Decimals that nothing says: quantities are stored with six. Source: Supply Chain specification, 0.3. */
const UNKNOWN_DECIMALS = 6

/** Decimals of the units of lines, by record id of the line. */
export type LineDecimals = ReadonlyMap<string, UnitDecimals>

async function readUnitDecimals(sql: SqlRunner, lines: readonly OpenLine[]): Promise<LineDecimals> {
  if (lines.length === 0) return new Map()
  const { rows } = await sql.query<{ rec_id: string; sales: number | null; inventory: number | null }>(
    `select l.rec_id::text, s.decimal_precision as sales, i.decimal_precision as inventory
     from sales_order_line l
     left join unit_of_measure s on lower(s.unit_symbol) = lower(l.sales_unit_symbol)
     left join released_product r on lower(r.data_area_id) = lower(l.data_area_id) and lower(r.item_number) = lower(l.item_number)
     left join unit_of_measure i on lower(i.unit_symbol) = lower(r.inventory_unit_symbol)
     where l.rec_id = any($1::bigint[])`,
    [lines.map(({ row }) => row.recId)],
  )
  return new Map(
    rows.map(({ rec_id, sales, inventory }) => [rec_id, { sales: sales ?? UNKNOWN_DECIMALS, inventory: inventory ?? UNKNOWN_DECIMALS }]),
  )
}

/** Quantities of lines in the sales unit, as a caller typed them. */
export interface LineQuantity {
  readonly target: OpenLine
  readonly quantity: Decimal
}

/** Refuses quantities that the units of their line cannot count (L52): half a piece, a fifth of a box of twelve. Gives the decimals of the lines. */
export async function assertCountable(sql: SqlRunner, quantities: readonly LineQuantity[]): Promise<LineDecimals> {
  const decimals = await readUnitDecimals(
    sql,
    quantities.map(({ target }) => target),
  )
  const problems = quantities.flatMap(({ target: { row, line }, quantity }) => {
    const own = decimals.get(row.recId)
    if (own === undefined || isCountable(line, quantity, own)) return []
    return [refuseCommand('L52', quantity.toFixed(), line.lineNumber, row.values.SalesUnitSymbol ?? '')]
  })
  assertNoProblems(problems)
  return decimals
}
