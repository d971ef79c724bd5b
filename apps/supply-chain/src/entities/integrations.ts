import { dateTime, entity, int, key, READ_ONLY, refersTo, text } from './entity.ts'

/**
 * Recurring data jobs: single files or packages that come in one by one, or exports that somebody fetches. An import without a data
 * management label takes what each file names; an export needs its data project.
 */
export const RECURRING_DATA_JOBS = entity({
  name: 'RecurringDataJob',
  collection: 'RecurringDataJobs',
  aotName: 'DMFRecurringDataJobEntity',
  label: 'Recurring data jobs',
  category: 'Configuration',
  storage: ['recurring_data_job', 'DMFRecurringDataJob', 'Recurring data jobs'],
  isShared: true,
  properties: [
    key('ActivityId', 38, { label: 'Activity' }),
    text('Description', 250),
    text('OperationType', 10, { defaultValue: 'Import' }),
    text('DataProjectName', 60, { label: 'Data project', isMandatory: true }),
    text('EntityName', 128, { label: 'Data entity' }),
    // Format of single files; blank: known by their first bytes.
    text('SourceFormat', 20),
    text('CompanyId', 4, { label: 'Company', ...refersTo('LegalEntity', 'LegalEntityId') }),
    // Between two exports; 0: only when somebody asks for one.
    int('RecurrenceMinutes'),
    dateTime('NextExportDateTime'),
  ],
})

/** Files that came in and packages that wait to be fetched. */
export const RECURRING_DATA_MESSAGES = entity({
  name: 'RecurringDataMessage',
  collection: 'RecurringDataMessages',
  aotName: 'DMFRecurringDataMessageEntity',
  label: 'Recurring data messages',
  category: 'Transaction',
  storage: ['recurring_data_message', 'DMFMessageStatus', 'Recurring data messages'],
  isShared: true,
  isPosted: true,
  properties: [
    key('MessageId', 38),
    text('ActivityId', 38),
    text('DataProjectName', 60),
    text('ExternalIdentifier', 255),
    text('ExecutionId', 250),
    text('CompanyId', 4),
    // How far an exported package was fetched: blank, Dequeued, Downloaded, Acked.
    text('DequeueState', 20),
    text('PopReceipt', 60),
    dateTime('EnqueuedDateTime', READ_ONLY),
    dateTime('NextOfferDateTime', READ_ONLY),
  ],
})

/** Recurring integrations. Source: protocol specification, 17. */
export const INTEGRATION_ENTITIES = [RECURRING_DATA_JOBS, RECURRING_DATA_MESSAGES]
