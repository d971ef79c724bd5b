import type { TestScope } from '@p2c/base'
import { addCustomer, addItem, addOrder, adjust, COMPANY, done, run } from '../inventory/stock.fixture.ts'
import { type Answer, type AppOptions, D, type Json, startTestApp, type TestApp } from '../supply-chain-app.fixture.ts'

/** Item of the order of EX-14. */
export const ITEM = 'WINCH'

/** An application with a customer and eight pieces of a product in warehouse 13. */
export async function startWithStock(scope: TestScope, quantity = 8, options: AppOptions = {}): Promise<TestApp> {
  const app = await startTestApp(scope, options)
  await addCustomer(app)
  await addItem(app, ITEM)
  if (quantity > 0) await adjust(app, ITEM, quantity)
  return app
}

/** An order of one line: EX-14 is ten pieces at 12.00. Gives the order number. */
export const addOneLine = async (app: TestApp, values: Json = {}, header: Json = {}): Promise<string> =>
  (await addOrder(app, { ItemNumber: ITEM, OrderedSalesQuantity: 10, SalesPrice: 12, ...values }, header)).SalesOrderNumber

/** Runs a command for one order that must succeed; gives its result. */
export const act = (app: TestApp, name: string, salesOrderNumber: string, values: Json = {}): Promise<Json> =>
  done(app, name, { salesOrderNumber, ...values })

/** Runs a command for one order. */
export const attempt = (app: TestApp, name: string, salesOrderNumber: string, values: Json = {}): Promise<Answer> =>
  run(app, name, { salesOrderNumber, ...values })

/** Code and text of a refusal. */
export const refusal = ({ status, json }: Answer): Json => ({ status, code: json.error?.code, text: json.error?.infolog?.[0]?.text })

/** A quantity of line 1. */
export const line = (quantity: number | string): Json => ({ lines: [{ lineCreationSequenceNumber: 1, quantity }] })

/** The columns of EX-14 and EX-15 for the only line of an order. */
export async function stateOf(app: TestApp, order: string): Promise<Json> {
  const { rows } = await app.database.query<Record<string, string>>(
    `select l.inventory_lot_id as lot, l.remain_sales_physical, l.remain_sales_financial, l.sales_order_line_status, o.sales_order_status,
       o.document_status, o.sales_order_processing_status, l.sales_order_processing_status as line_processing, l.picked_quantity, l.picking_list_quantity
     from sales_order_line l join sales_order o using (data_area_id, sales_order_number)
     where o.data_area_id = $1 and o.sales_order_number = $2`,
    [COMPANY, order],
  )
  const [found = {}] = rows
  const stock = await app.database.query<{ status: string; quantity: string }>(
    `select status_issue as status, sum(abs(qty)) as quantity from inventory_transaction where data_area_id = $1 and invent_trans_id = $2 group by 1`,
    [COMPANY, found.lot],
  )
  const quantity = (status: string): number => Number(stock.rows.find((row) => row.status === status)?.quantity ?? 0)
  const onHand = await app.get(
    `${D}/WarehousesOnHandV2?$filter=dataAreaId eq '${COMPANY}' and ItemNumber eq '${ITEM}' and InventoryWarehouseId eq '13'`,
  )
  const [place] = onHand.json.value
  return {
    OnOrder: quantity('OnOrder'),
    ReservPhys: quantity('ReservPhysical'),
    Picked: quantity('Picked'),
    Deducted: quantity('Deducted'),
    PhysicalInvent: place?.OnHandQuantity ?? 0,
    AvailPhysical: place?.AvailableOnHandQuantity ?? 0,
    RemainPhys: Number(found.remain_sales_physical),
    RemainFin: Number(found.remain_sales_financial),
    line: found.sales_order_line_status,
    header: found.sales_order_status,
    document: found.document_status,
    processing: found.sales_order_processing_status,
    picked: Number(found.picked_quantity),
    listed: Number(found.picking_list_quantity),
  }
}
