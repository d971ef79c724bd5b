import type { SqlRunner } from '@p2c/base'
import type { FieldValues } from '../domain/field-value.ts'
import { tableByRelation } from '../entities/catalogue.ts'
import { insertPosted } from '../orders/open-orders.ts'
import { findRows } from '../store/rows.ts'

/** What a charge of an order keeps of the one that was quoted. */
const CHARGE = [
  'dataAreaId',
  'ChargeLineNumber',
  'ChargeCode',
  'ChargeCategory',
  'ChargeValue',
  'ChargeText',
  'CurrencyCode',
  'SalesTaxGroupCode',
  'SalesTaxItemGroupCode',
  'IsKept',
  'AutoChargeNumber',
  'FromOrderAmount',
  'ToOrderAmount',
]

const kept = (row: FieldValues): FieldValues =>
  Object.fromEntries(CHARGE.filter((name) => row[name] !== undefined).map((name) => [name, row[name] ?? '']))

/** A quotation and the order it became. */
export interface ChargeCopy {
  readonly dataAreaId: string
  readonly salesQuotationNumber: string
  readonly salesOrderNumber: string
  /** The lot of the order line by that of the quotation line, in lower case. */
  readonly lots: ReadonlyMap<string, string>
}

/** Copies the charges of a quotation and its lines to the order that it became; four statements at most. Source: 3.1. */
export async function copyCharges(sql: SqlRunner, { dataAreaId, salesQuotationNumber, salesOrderNumber, lots }: ChargeCopy): Promise<void> {
  const of = (relation: string) =>
    findRows(sql, {
      table: tableByRelation(relation),
      fields: ['dataAreaId', 'SalesQuotationNumber'],
      keys: [[dataAreaId, salesQuotationNumber]],
      isMany: true,
    })
  const ofHeader = await of('sales_quotation_charge')
  const ofLines = await of('sales_quotation_line_charge')
  const headerCharges = ofHeader.map(({ values }) => ({ ...kept(values), SalesOrderNumber: salesOrderNumber }))
  const lineCharges = ofLines.flatMap(({ values }) => {
    const InventoryLotId = lots.get((values.InventoryLotId ?? '').toLowerCase())
    return InventoryLotId === undefined ? [] : [{ ...kept(values), SalesOrderNumber: salesOrderNumber, InventoryLotId }]
  })
  await insertPosted(sql, 'sales_order_charge', headerCharges)
  await insertPosted(sql, 'sales_order_line_charge', lineCharges)
}
