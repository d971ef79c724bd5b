import type { TableDefinition } from '@p2c/dataverse'
import { activeOrInactive, flag, lookup, memo, number, text } from './columns.ts'

/** A group of units that convert into each other. Source: Sales 1.7. */
export const uomschedule: TableDefinition = {
  logicalName: 'uomschedule',
  privilegeName: 'UoMSchedule',
  entitySetName: 'uomschedules',
  primaryId: 'uomscheduleid',
  primaryName: 'name',
  objectTypeCode: 1056,
  ownership: 'organization',
  label: 'Unit Group',
  pluralLabel: 'Unit Groups',
  changeTracking: true,
  optimisticConcurrency: true,
  alternateKeys: [],
  columns: [
    text('name', 'Name', 200, { required: 'system' }),
    // The rule of the unit group refuses a blank one on create with its own code (0x80043810).
    text('baseuomname', 'Base Unit Name', 100),
    memo('description', 'Description'),
    ...activeOrInactive(1, 2),
  ],
}

/** A unit of a group; every one but the base unit is a multiple of another. Source: Sales 1.7. */
export const uom: TableDefinition = {
  logicalName: 'uom',
  privilegeName: 'UoM',
  entitySetName: 'uoms',
  primaryId: 'uomid',
  primaryName: 'name',
  objectTypeCode: 1055,
  ownership: 'organization',
  label: 'Unit',
  pluralLabel: 'Units',
  changeTracking: true,
  optimisticConcurrency: true,
  alternateKeys: [],
  columns: [
    text('name', 'Name', 100, { required: 'system' }),
    lookup('uomscheduleid', 'Unit Group', {
      table: 'uomschedule',
      required: 'system',
      collection: 'unit_of_measurement_schedule_conversions',
      onDelete: 'cascade',
    }),
    number('quantity', 'Quantity', { precision: 10, range: ['0', '10000000000'], required: 'application' }),
    lookup('baseuom', 'Base Unit', {
      table: 'uom',
      required: 'application',
      collection: 'unit_of_measurement_base_unit',
      onDelete: 'restrict',
    }),
    flag('isschedulebaseuom', 'Is Base Unit', { readOnly: true }),
  ],
}
