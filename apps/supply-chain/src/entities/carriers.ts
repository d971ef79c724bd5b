import { entity, key, long, text } from './entity.ts'

/**
 * Entities that carry actions. They hold no rows that anyone writes: `DataManagementEntities` and the definition groups are read
 * from what the data package part stores, `BatchJobs` lists the jobs of the application.
 */
export const DATA_MANAGEMENT_ENTITIES = entity({
  name: 'DataManagementEntity',
  collection: 'DataManagementEntities',
  aotName: 'DMFEntityEntity',
  label: 'Data management entities',
  category: 'Configuration',
  storage: ['data_management_entity', 'DMFEntity', 'Data management entities'],
  isShared: true,
  isView: true,
  properties: [key('EntityName', 128), text('TargetEntity', 128), text('EntityCategory', 20)],
})

export const DATA_MANAGEMENT_DEFINITION_GROUPS = entity({
  name: 'DataManagementDefinitionGroup',
  collection: 'DataManagementDefinitionGroups',
  aotName: 'DMFDefinitionGroupEntity',
  label: 'Data management definition groups',
  category: 'Configuration',
  storage: ['data_management_definition_group', 'DMFDefinitionGroup', 'Data management definition groups'],
  isShared: true,
  properties: [key('Name', 60), text('Description', 250), text('OperationType', 10, { defaultValue: 'Export' })],
})

export const BATCH_JOBS = entity({
  name: 'BatchJob',
  collection: 'BatchJobs',
  aotName: 'BatchJobEntity',
  label: 'Batch jobs',
  category: 'Transaction',
  storage: ['batch_job', 'BatchJob', 'Batch jobs'],
  isShared: true,
  refusesDelete: true,
  properties: [
    long('BatchJobRecId', { isKey: true }),
    text('JobDescription', 250),
    text('Status', 20, { defaultValue: 'Waiting' }),
    text('CompanyId', 4),
    text('Messages', 1000),
  ],
})

export const CARRIER_ENTITIES = [DATA_MANAGEMENT_ENTITIES, DATA_MANAGEMENT_DEFINITION_GROUPS, BATCH_JOBS]
