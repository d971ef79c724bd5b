import type { Plugin, PluginContext, Row, TableEvent } from '@p2c/dataverse'
import {
  BASE_UNIT_DELETE,
  BASE_UNIT_NAME_MISSING,
  refuseBaseUnit,
  UNIT_LOOP,
  UNIT_NAME_TAKEN,
  UNIT_STAYS,
  type Unit,
} from '../../domain/catalogue/unit-rules.ts'
import { findCircle } from '../customers/parent-links.ts'
import { byId, changes, enforce, idOf, nextIds, nextValue, textOf } from '../row-values.ts'
import { enforceUnique, type UniqueText } from '../unique-values.ts'

async function checkGroups(events: readonly TableEvent[]): Promise<void> {
  for (const event of events) if (textOf(event.target.baseuomname) === null) enforce(BASE_UNIT_NAME_MISSING)
}

/** A unit group comes with its base unit. Source: Sales 1.7. */
async function createBaseUnits(events: readonly TableEvent[], context: PluginContext): Promise<void> {
  await context.service.create(
    'uom',
    events.map(
      (event): Row => ({
        name: event.after?.baseuomname ?? null,
        uomscheduleid: { table: 'uomschedule', id: event.id },
        quantity: '1',
        isschedulebaseuom: true,
      }),
    ),
  )
}

const UNIQUE_NAME: UniqueText = { table: 'uom', column: 'name', key: 'uomid', within: 'uomscheduleid', taken: UNIT_NAME_TAKEN }

const nameOf = (event: TableEvent): string => textOf(nextValue(event, 'name')) ?? event.id

async function checkUnits(events: readonly TableEvent[], context: PluginContext): Promise<void> {
  await fillBaseUnits(events, context)
  await checkBaseUnits(events, context)
  for (const event of events) if (event.before !== undefined && changes(event, 'uomscheduleid')) enforce(UNIT_STAYS(nameOf(event)))
  const named = events.filter(
    (event) => textOf(nextValue(event, 'name')) !== null && (changes(event, 'name') || changes(event, 'uomscheduleid')),
  )
  await enforceUnique(
    context.sql,
    UNIQUE_NAME,
    named.map((event) => ({ id: event.id, text: String(nextValue(event, 'name')), within: idOf(nextValue(event, 'uomscheduleid')) ?? '' })),
  )
}

/** A unit that names no other is a multiple of the base unit of its group. */
async function fillBaseUnits(events: readonly TableEvent[], context: PluginContext): Promise<void> {
  const without = events.filter((event) => nextValue(event, 'isschedulebaseuom') !== true && idOf(nextValue(event, 'baseuom')) === null)
  const schedules = nextIds(without, 'uomscheduleid')
  if (schedules.length === 0) return
  const found = await context.service.find({
    table: 'uom',
    columns: ['uomscheduleid'],
    where: { uomscheduleid: schedules, isschedulebaseuom: true },
  })
  const bases = new Map(found.map((row) => [idOf(row.uomscheduleid), String(row.uomid)]))
  for (const event of without) {
    const base = bases.get(idOf(nextValue(event, 'uomscheduleid')))
    if (base !== undefined) event.target.baseuom = { table: 'uom', id: base }
  }
}

async function checkBaseUnits(events: readonly TableEvent[], context: PluginContext): Promise<void> {
  const ids = nextIds(events, 'baseuom')
  const columns = ['name', 'uomscheduleid', 'isschedulebaseuom']
  const found = ids.length === 0 ? [] : await context.service.find({ table: 'uom', columns, where: { uomid: ids } })
  const units = byId(found, 'uomid')
  for (const event of events) {
    const base = units.get(idOf(nextValue(event, 'baseuom')) ?? '')
    const unit = {
      name: nameOf(event),
      schedule: idOf(nextValue(event, 'uomscheduleid')) ?? '',
      isBase: nextValue(event, 'isschedulebaseuom') === true,
    }
    enforce(refuseBaseUnit(unit, base === undefined ? undefined : toUnit(base)))
  }
  const circle = await findCircle(context.sql, { table: 'uom', key: 'uomid', column: 'baseuom' }, events)
  if (circle !== undefined) enforce(UNIT_LOOP(nameOf(circle)))
}

const toUnit = (row: Row): Unit => ({
  id: String(row.uomid),
  name: String(row.name),
  schedule: idOf(row.uomscheduleid) ?? '',
  isBase: row.isschedulebaseuom === true,
})

/** The base unit goes with its group only: then the delete is a cascade of the platform, deeper than a client's own. */
async function checkUnitDeletes(events: readonly TableEvent[], context: PluginContext): Promise<void> {
  if (context.depth > 1) return
  for (const { before } of events) if (before?.isschedulebaseuom === true) enforce(BASE_UNIT_DELETE(String(before.name)))
}

/** Unit groups and units. Source: Sales 1.7. */
export const unitPlugins: readonly Plugin[] = [
  { name: 'unit group', table: 'uomschedule', message: 'create', stage: 'pre-operation', run: checkGroups },
  { name: 'unit group base unit', table: 'uomschedule', message: 'create', stage: 'post-operation', run: createBaseUnits },
  { name: 'unit', table: 'uom', message: 'create', stage: 'pre-operation', run: checkUnits },
  { name: 'unit', table: 'uom', message: 'update', stage: 'pre-operation', columns: ['name', 'baseuom', 'uomscheduleid'], run: checkUnits },
  { name: 'unit delete', table: 'uom', message: 'delete', stage: 'pre-operation', run: checkUnitDeletes },
]
