import type { EntitySchema } from './model/entity-schema.ts'
import type { FieldValues } from './model/field-value.ts'

const text = (name: string, options: Partial<EntitySchema['fields'][number]> = {}): EntitySchema['fields'][number] => ({
  name,
  type: 'text',
  required: false,
  readOnly: false,
  maxLength: 100,
  ...options,
})

export const ORDERS: EntitySchema = {
  name: 'salesorders',
  fields: [text('ordernumber'), text('name'), text('status')],
  keys: [{ name: 'ordernumber', fields: ['ordernumber'] }],
}

export const ORDER_LINES: EntitySchema = {
  name: 'salesorderdetails',
  fields: [text('salesorderid.ordernumber'), text('sequencenumber'), text('quantity')],
  keys: [{ name: 'line', fields: ['salesorderid.ordernumber', 'sequencenumber'] }],
}

export const HUB_ORDERS: EntitySchema = {
  name: 'SalesOrder',
  fields: [text('salesorderid', { required: true }), text('name'), text('organization_organizationid')],
  keys: [{ name: 'salesorder', fields: ['salesorderid'] }],
}

export const HUB_ORDER_LINES: EntitySchema = {
  name: 'SalesOrderLine',
  fields: [text('salesorder_salesorderid', { required: true, relatedEntities: ['SalesOrder'] }), text('sequence'), text('quantity')],
  keys: [{ name: 'line', fields: ['salesorder_salesorderid', 'sequence'] }],
}

export const ORDER_HEADERS_AX: EntitySchema = {
  name: 'CDSSalesOrderHeaders',
  fields: [text('SalesOrderNumber', { required: true }), text('SalesOrderName')],
  keys: [{ name: 'EntityKey', fields: ['SalesOrderNumber'] }],
}

export const ORDER_LINES_AX: EntitySchema = {
  name: 'CDSSalesOrderLines',
  fields: [text('SalesOrderNumber', { required: true }), text('LineCreationSequenceNumber'), text('OrderedSalesQuantity')],
  keys: [{ name: 'EntityKey', fields: ['SalesOrderNumber', 'LineCreationSequenceNumber'] }],
}

/** A leg with plain copies, `source > destination` by line. */
const leg = (
  id: string,
  places: readonly [string, string, string, string],
  copies: Readonly<Record<string, string>>,
  sourceFilter?: string,
) => ({
  id,
  sourceEnvironmentType: places[0],
  sourceSchema: places[1],
  destinationEnvironmentType: places[2],
  destinationSchema: places[3],
  ...(sourceFilter !== undefined && { sourceFilter }),
  fieldMappings: Object.entries(copies).map(([destinationField, sourceField]) => ({ sourceField, destinationField })),
})

const ACTIVE = 'status eq "active"'

const HEADERS_DIRECT = leg(
  '001',
  ['CRM', 'salesorders', 'AX', 'CDSSalesOrderHeaders'],
  { SalesOrderNumber: 'ordernumber', SalesOrderName: 'name' },
  ACTIVE,
)
const LINES_DIRECT = leg('001', ['CRM', 'salesorderdetails', 'AX', 'CDSSalesOrderLines'], {
  SalesOrderNumber: 'salesorderid.ordernumber',
  LineCreationSequenceNumber: 'sequencenumber',
  OrderedSalesQuantity: 'quantity',
})

/** Orders and their lines in one leg; lines follow their header. */
export const ORDER_TASKS = [
  { name: 'OrderHeader', order: 1, legs: [HEADERS_DIRECT] },
  { name: 'OrderLine', order: 2, headerTask: 'OrderHeader', legs: [LINES_DIRECT] },
]

const HEADERS_TO_HUB = leg('001', ['CRM', 'salesorders', 'CDS', 'SalesOrder'], { salesorderid: 'ordernumber', name: 'name' }, ACTIVE)
const HEADERS_FROM_HUB = leg('002', ['CDS', 'SalesOrder', 'AX', 'CDSSalesOrderHeaders'], {
  SalesOrderNumber: 'salesorderid',
  SalesOrderName: 'name',
})
const LINES_TO_HUB = leg('001', ['CRM', 'salesorderdetails', 'CDS', 'SalesOrderLine'], {
  salesorder_salesorderid: 'salesorderid.ordernumber',
  sequence: 'sequencenumber',
  quantity: 'quantity',
})
const LINES_FROM_HUB = leg('002', ['CDS', 'SalesOrderLine', 'AX', 'CDSSalesOrderLines'], {
  SalesOrderNumber: 'salesorder_salesorderid',
  LineCreationSequenceNumber: 'sequence',
  OrderedSalesQuantity: 'quantity',
})

/** The same through the hub: two legs a task. */
export const HUB_ORDER_TASKS = [
  { name: 'OrderHeader', order: 1, legs: [HEADERS_TO_HUB, HEADERS_FROM_HUB] },
  { name: 'OrderLine', order: 2, headerTask: 'OrderHeader', legs: [LINES_TO_HUB, LINES_FROM_HUB] },
]

export const anOrder = (number: number, changes: FieldValues = {}): FieldValues => ({
  ordernumber: `SO-${number}`,
  name: `Order ${number}`,
  status: 'active',
  ...changes,
})

export const aLine = (order: number, sequence: number, changes: FieldValues = {}): FieldValues => ({
  'salesorderid.ordernumber': `SO-${order}`,
  sequencenumber: String(sequence),
  quantity: '1',
  ...changes,
})
