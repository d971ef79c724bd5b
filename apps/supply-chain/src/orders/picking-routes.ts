import type { Decimal, SqlRunner } from '@p2c/base'
import { decimal, formatDecimal, ZERO } from '@p2c/base'
import type { CommandContext } from '../commands/command.ts'
import { requireNumbers } from '../commands/require-numbers.ts'
import { timeOf } from '../domain/field-value.ts'
import { documentGroup, documentValues } from '../domain/fulfilment/document-groups.ts'
import { isDone, type RouteLine, routeStatus } from '../domain/fulfilment/picking.ts'
import { tableByRelation } from '../entities/catalogue.ts'
import { findRows, type RowUpdate, updateRows } from '../store/rows.ts'
import { joinKey, type StoredRow } from '../store/tracked-row.ts'
import { insertPosted, type LineToPost, pickValues } from './open-orders.ts'

/** How routes are made. */
export interface RouteOptions {
  readonly dataAreaId: string
  readonly date: string
  /** Picking is registered already. */
  readonly isComplete: boolean
  readonly isReleased: boolean
}

/** A route that was made. */
export interface MadeRoute {
  readonly pickingRouteNumber: string
  readonly shipmentNumber: string
  readonly salesOrderNumber: string
  readonly status: 'Activated' | 'Complete'
}

/** One route per order, site, warehouse and delivery address, each a shipment of its own. Source: Supply Chain specification, 3.4. */
export async function makeRoutes(
  { sql, now }: Pick<CommandContext, 'sql' | 'now'>,
  lines: readonly LineToPost[],
  options: RouteOptions,
): Promise<MadeRoute[]> {
  const { dataAreaId } = options
  const groups = [...Map.groupBy(lines, ({ target }) => documentGroup(target.row.values, ROUTE_PLACE)).values()]
  const numbers = await requireNumbers(sql, { dataAreaId, dataTypeName: 'WMSPickingRouteId', count: groups.length })
  const shipments = await requireNumbers(sql, { dataAreaId, dataTypeName: 'WMSShipmentId', count: groups.length })
  const status = options.isComplete ? 'Complete' : 'Activated'
  const routes = groups.map(
    (group, index) => ({ group, number: numbers[index] ?? '', shipment: shipments[index] ?? '', status, now }) as const,
  )
  await insertPosted(
    sql,
    'picking_route',
    routes.map((route) => routeHeader(route, options)),
  )
  await insertPosted(
    sql,
    'picking_route_line',
    routes.flatMap(({ group, number }) => group.map((line, place) => routeLine(line, { ...options, number, place, status }))),
  )
  return routes.map(({ group, number, shipment }) => ({
    pickingRouteNumber: number,
    shipmentNumber: shipment,
    salesOrderNumber: group[0]?.order.key.salesOrderNumber ?? '',
    status,
  }))
}

/** Fields of a line that give it a route of its own, beside its address. */
const ROUTE_PLACE = ['ShippingSiteId', 'ShippingWarehouseId']

interface NewRoute {
  readonly group: readonly LineToPost[]
  readonly number: string
  readonly shipment: string
  readonly status: 'Activated' | 'Complete'
  readonly now: Date
}

function routeHeader({ group: [first], number, shipment, status, now }: NewRoute, { dataAreaId, date, isReleased }: RouteOptions) {
  const names = tableByRelation('picking_route').properties.keys()
  const moment = timeOf(now)
  return {
    ...documentValues(names, first?.order.header.values ?? {}, first?.target.row.values ?? {}),
    dataAreaId,
    PickingRouteNumber: number,
    ShipmentNumber: shipment,
    PickingRouteStatus: status,
    PickingListDate: date,
    IsReleasedToWarehouse: isReleased ? 'Yes' : 'No',
    ActivatedDateTime: moment,
    ...(status === 'Complete' && { CompletedDateTime: moment }),
  }
}

interface LinePlace extends RouteOptions {
  readonly number: string
  readonly place: number
  readonly status: string
}

const routeLine = ({ target, quantity }: LineToPost, { dataAreaId, number, place, isComplete, status }: LinePlace) => ({
  ...pickValues(target.row.values, tableByRelation('picking_route_line').properties.keys()),
  dataAreaId,
  PickingRouteNumber: number,
  LineNumber: String(place + 1),
  PickingLineStatus: status,
  PickingListQuantity: formatDecimal(quantity),
  PickedQuantity: isComplete ? formatDecimal(quantity) : '0',
  EndedQuantity: '0',
})

/** A stored route with its lines. */
export interface OpenRoute {
  readonly header: StoredRow
  readonly lines: readonly StoredRow[]
}

const routeKey = ({ values }: StoredRow): string => joinKey([values.PickingRouteNumber ?? ''])

/** Reads routes with their lines by a field of the header; the lock of the orders protects them. */
export async function readRoutes(
  sql: SqlRunner,
  { field, keys }: { readonly field: 'PickingRouteNumber' | 'SalesOrderNumber'; readonly keys: readonly (readonly string[])[] },
): Promise<OpenRoute[]> {
  const headers = await findRows(sql, { table: tableByRelation('picking_route'), fields: ['dataAreaId', field], keys, isMany: true })
  const lines = await findRows(sql, {
    table: tableByRelation('picking_route_line'),
    fields: ['dataAreaId', 'PickingRouteNumber'],
    keys: headers.map(({ values }) => [values.dataAreaId ?? '', values.PickingRouteNumber ?? '']),
    isMany: true,
  })
  const byRoute = Map.groupBy(lines, routeKey)
  return headers.map((header) => ({
    header,
    lines: (byRoute.get(routeKey(header)) ?? []).toSorted((a, b) => Number(a.values.LineNumber) - Number(b.values.LineNumber)),
  }))
}

/** A stored route line as the rules look at it. */
export const toRouteLine = ({ values }: StoredRow): RouteLine => ({
  listed: decimal(values.PickingListQuantity || '0'),
  picked: decimal(values.PickedQuantity || '0'),
  ended: decimal(values.EndedQuantity || '0'),
})

/** Stores what was picked and ended of routes: lines, and the status that follows for each route. */
export async function storeRoutes(
  sql: SqlRunner,
  routes: readonly OpenRoute[],
  { changed, now }: { readonly changed: ReadonlyMap<StoredRow, RouteLine>; readonly now: Date },
): Promise<void> {
  const lineOf = (row: StoredRow): RouteLine => changed.get(row) ?? toRouteLine(row)
  const lineUpdates = [...changed].map(
    ([stored, line]): RowUpdate => ({
      stored,
      after: {
        ...stored.values,
        PickedQuantity: formatDecimal(line.picked),
        EndedQuantity: formatDecimal(line.ended),
        PickingLineStatus: isDone(line) ? 'Complete' : line.picked.isZero() && line.ended.isZero() ? 'Activated' : 'Started',
      },
    }),
  )
  await updateRows(sql, tableByRelation('picking_route_line'), lineUpdates)
  const moment = timeOf(now)
  const headerUpdates = routes.flatMap(({ header, lines }): RowUpdate[] => {
    const status = routeStatus(lines.map(lineOf))
    if (status === header.values.PickingRouteStatus) return []
    const done = status === 'Complete' ? { CompletedDateTime: moment } : {}
    return [{ stored: header, after: { ...header.values, PickingRouteStatus: status, ...done } }]
  })
  await updateRows(sql, tableByRelation('picking_route'), headerUpdates)
}

/** Quantities of route lines that wait to be picked, added up. */
export const openQuantity = (lines: readonly RouteLine[]): Decimal =>
  lines.reduce((total, { listed, picked, ended }) => total.plus(listed).minus(picked).minus(ended), ZERO)
