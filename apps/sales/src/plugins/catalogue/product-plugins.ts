import type { Plugin, PluginContext, TableEvent } from '@p2c/dataverse'
import {
  FAMILY_LOOP,
  hierarchyPath,
  PRODUCT_NUMBER_MISSING,
  PRODUCT_NUMBER_TAKEN,
  refuseParent,
} from '../../domain/catalogue/product-rules.ts'
import { PRODUCT_STRUCTURES } from '../../domain/catalogue/product-state.ts'
import { refuseDefaultUnit } from '../../domain/catalogue/unit-rules.ts'
import { findCircle } from '../customers/parent-links.ts'
import { byId, changes, enforce, idOf, nextIds, nextValue, textOf } from '../row-values.ts'
import { enforceUnique, type UniqueText } from '../unique-values.ts'

const nameOf = (event: TableEvent): string => textOf(nextValue(event, 'name')) ?? textOf(nextValue(event, 'productnumber')) ?? event.id

const UNIQUE_NUMBER: UniqueText = { table: 'product', column: 'productnumber', key: 'productid', taken: PRODUCT_NUMBER_TAKEN }

/** Every product has a number that no other has. Source: Sales 1.7. */
async function checkNumbers(events: readonly TableEvent[], context: PluginContext): Promise<void> {
  for (const event of events) if (textOf(nextValue(event, 'productnumber')) === null) enforce(PRODUCT_NUMBER_MISSING)
  const numbered = events.filter((event) => changes(event, 'productnumber'))
  await enforceUnique(
    context.sql,
    UNIQUE_NUMBER,
    numbered.map((event) => ({ id: event.id, text: textOf(event.target.productnumber) ?? '' })),
  )
}

/** A parent is a family, families have no circles, and the path shows the families above. Source: Sales 1.7. */
async function checkFamilies(events: readonly TableEvent[], context: PluginContext): Promise<void> {
  const ids = nextIds(events, 'parentproductid')
  const found =
    ids.length === 0
      ? []
      : await context.service.find({ table: 'product', columns: ['name', 'productstructure', 'hierarchypath'], where: { productid: ids } })
  const parents = byId(found, 'productid')
  const circle = await findCircle(context.sql, { table: 'product', key: 'productid', column: 'parentproductid' }, events)
  if (circle !== undefined) enforce(FAMILY_LOOP(nameOf(circle)))
  for (const event of events) {
    const parent = parents.get(idOf(nextValue(event, 'parentproductid')) ?? '')
    if (parent === undefined) {
      event.target.hierarchypath = null
      continue
    }
    const name = String(parent.name)
    enforce(refuseParent(nameOf(event), { name, isFamily: parent.productstructure === PRODUCT_STRUCTURES.family }))
    event.target.hierarchypath = hierarchyPath({ name, path: textOf(parent.hierarchypath) })
  }
}

/** The default unit belongs to the unit group. Source: Sales 1.7. */
async function checkUnits(events: readonly TableEvent[], context: PluginContext): Promise<void> {
  const ids = nextIds(events, 'defaultuomid')
  if (ids.length === 0) return
  const units = byId(await context.service.find({ table: 'uom', columns: ['name', 'uomscheduleid'], where: { uomid: ids } }), 'uomid')
  for (const event of events) {
    const unit = units.get(idOf(nextValue(event, 'defaultuomid')) ?? '')
    enforce(
      refuseDefaultUnit({
        product: nameOf(event),
        schedule: idOf(nextValue(event, 'defaultuomscheduleid')),
        unit: unit === undefined ? undefined : { name: String(unit.name), schedule: idOf(unit.uomscheduleid) ?? '' },
      }),
    )
  }
}

/** Copies on price list items follow the product's number. */
async function copyNumbers(events: readonly TableEvent[], context: PluginContext): Promise<void> {
  const renamed = new Map(
    events.filter((event) => changes(event, 'productnumber')).map((event) => [event.id, textOf(event.target.productnumber)]),
  )
  if (renamed.size === 0) return
  const items = await context.service.find({
    table: 'productpricelevel',
    columns: ['productid'],
    where: { productid: [...renamed.keys()] },
  })
  await context.service.update(
    'productpricelevel',
    items.map((item) => ({
      id: String(item.productpricelevelid),
      values: { productnumber: renamed.get(idOf(item.productid) ?? '') ?? null },
    })),
  )
}

const before = { table: 'product', stage: 'pre-operation' } as const
const PARENT_COLUMNS = ['parentproductid'] as const
const UNIT_COLUMNS = ['defaultuomid', 'defaultuomscheduleid'] as const

/** Number, family and unit of products. */
export const productPlugins: readonly Plugin[] = [
  { ...before, name: 'product number', message: 'create', run: checkNumbers },
  { ...before, name: 'product number', message: 'update', columns: ['productnumber'], run: checkNumbers },
  { ...before, name: 'product family', message: 'create', run: checkFamilies },
  { ...before, name: 'product family', message: 'update', columns: PARENT_COLUMNS, run: checkFamilies },
  { ...before, name: 'product unit', message: 'create', run: checkUnits },
  { ...before, name: 'product unit', message: 'update', columns: UNIT_COLUMNS, run: checkUnits },
  {
    table: 'product',
    stage: 'post-operation',
    name: 'product number copies',
    message: 'update',
    columns: ['productnumber'],
    run: copyNumbers,
  },
]
