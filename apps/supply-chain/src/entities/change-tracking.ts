import { choice, entity, key, text } from './entity.ts'

/**
 * How the changes of a data entity are found by incremental exports; an entity without a row is tracked as a whole. Of a custom query the
 * sources are navigations of the entity, separated by commas: a row counts as changed with each row that they lead to.
 */
export const CHANGE_TRACKINGS = entity({
  name: 'EntityChangeTracking',
  collection: 'EntityChangeTrackings',
  aotName: 'DMFEntityChangeTrackingEntity',
  label: 'Entity change tracking',
  category: 'Configuration',
  storage: ['entity_change_tracking', 'DMFEntityChangeTracking', 'Entity change tracking'],
  isShared: true,
  properties: [
    // Data management label.
    key('EntityName', 128, { label: 'Data entity' }),
    choice('TrackingMode', 'ChangeTrackingMode', { defaultValue: 'EntireEntity' }),
    text('CustomQuerySources', 500),
  ],
})
