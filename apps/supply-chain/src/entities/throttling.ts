import { choice, entity, key } from './entity.ts'

/** Who is throttled last: an application by its client id, or a user. Whoever is not listed is low. Source: protocol specification, 21. */
export const THROTTLING_PRIORITY_MAPPINGS = entity({
  name: 'ThrottlingPriorityMapping',
  collection: 'ThrottlingPriorityMappings',
  aotName: 'SysThrottlingPriorityMappingEntity',
  label: 'Throttling priority mapping',
  category: 'Configuration',
  storage: ['throttling_priority_mapping', 'SysThrottlingPriorityMapping', 'Throttling priority mapping'],
  isShared: true,
  properties: [
    choice('MappingType', 'ThrottlingMappingType', { isKey: true }),
    key('MappedId', 80, { label: 'Application or user' }),
    choice('Priority', 'ThrottlingPriority'),
  ],
})
