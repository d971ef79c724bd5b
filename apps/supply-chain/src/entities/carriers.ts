import { dateTime, entity, int, key, long, READ_ONLY, refersTo, text } from './entity.ts'

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

/** Jobs of the application with when they run next; `Status` is set to run a job, to hold it back or to cancel it. */
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
    long('BatchJobRecId', { isKey: true, isMandatory: false }),
    text('JobDescription', 250),
    // What runs; a job without it only carries its status.
    text('JobClass', 60),
    // JSON with the parameters of the job.
    text('JobParameters', 1000),
    text('Status', 20, { defaultValue: 'Waiting' }),
    text('CompanyId', 4, { label: 'Company', ...refersTo('LegalEntity', 'LegalEntityId') }),
    text('Messages', 1000),
    // 0: once.
    int('RecurrenceMinutes'),
    dateTime('ScheduledStartDateTime'),
    dateTime('StartDateTime', READ_ONLY),
    dateTime('EndDateTime', READ_ONLY),
  ],
})

/** What each run of a job came to. */
export const BATCH_JOB_HISTORIES = entity({
  name: 'BatchJobHistory',
  collection: 'BatchJobHistories',
  aotName: 'BatchJobHistoryEntity',
  label: 'Batch job history',
  category: 'Transaction',
  storage: ['batch_job_history', 'BatchJobHistory', 'Batch job history'],
  isShared: true,
  isPosted: true,
  properties: [
    long('BatchJobHistoryRecId', { isKey: true }),
    long('BatchJobRecId'),
    text('JobDescription', 250),
    text('Status', 20),
    text('CompanyId', 4),
    text('Messages', 1000),
    dateTime('StartDateTime'),
    dateTime('EndDateTime'),
  ],
})

export const CARRIER_ENTITIES = [DATA_MANAGEMENT_ENTITIES, DATA_MANAGEMENT_DEFINITION_GROUPS, BATCH_JOBS, BATCH_JOB_HISTORIES]
