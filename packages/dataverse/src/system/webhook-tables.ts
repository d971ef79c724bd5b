import type { ColumnDefinition, LookupTarget, OptionDefinition, StateOption, StatusOption, TableDefinition } from '../model/table.ts'
import { flag, kept, text } from './columns.ts'

const choice = (name: string, label: string, options: readonly OptionDefinition[], initial?: number): ColumnDefinition => ({
  name,
  label,
  type: 'choice',
  options,
  ...(initial !== undefined && { default: initial }),
})
const lookup = (name: string, label: string, target: LookupTarget): ColumnDefinition => ({ name, label, type: 'lookup', targets: [target] })
const moment = (name: string, label: string): ColumnDefinition => kept({ name, label, type: 'datetime', behavior: 'user-local' })
const options = (labels: Readonly<Record<number, string>>): readonly OptionDefinition[] =>
  Object.entries(labels).map(([value, label]) => ({ value: Number(value), label }))

const common = { changeTracking: false, optimisticConcurrency: false, alternateKeys: [] } as const

const serviceendpoint: TableDefinition = {
  ...common,
  logicalName: 'serviceendpoint',
  privilegeName: 'ServiceEndpoint',
  entitySetName: 'serviceendpoints',
  primaryId: 'serviceendpointid',
  primaryName: 'name',
  objectTypeCode: 4618,
  ownership: 'organization',
  label: 'Service Endpoint',
  pluralLabel: 'Service Endpoints',
  columns: [
    text('name', 'Name', 160),
    text('description', 'Description', 2_000),
    choice('contract', 'Contract', options({ 1: 'OneWay', 2: 'Queue', 7: 'EventHub', 8: 'Webhook', 12: 'Managed Data Lake' }), 8),
    text('url', 'Service Endpoint URL', 2_000),
    choice('authtype', 'Authentication Type', options({ 4: 'Webhook Key', 5: 'Http Header', 6: 'Http Query String' })),
    // Always empty where it is stored: what is written goes to a table that nothing reads out (`keepSecret`).
    text('authvalue', 'Authentication Value', 2_048),
    choice('connectionmode', 'Connection Mode', options({ 1: 'Normal', 2: 'Federated' }), 1),
    choice('messageformat', 'Message Format', options({ 1: 'Binary XML', 2: 'Json', 3: 'Text XML' }), 2),
    choice('userclaim', 'User Claim', options({ 1: 'None', 2: 'UserId', 3: 'UserInfo' }), 1),
  ],
}

const STEP_STATES: readonly StateOption[] = [
  { value: 0, label: 'Enabled', invariantName: 'Enabled', defaultStatus: 1 },
  { value: 1, label: 'Disabled', invariantName: 'Disabled', defaultStatus: 2 },
]
const STEP_REASONS: readonly StatusOption[] = [
  { value: 1, label: 'Enabled', state: 0 },
  { value: 2, label: 'Disabled', state: 1 },
]

const sdkmessageprocessingstep: TableDefinition = {
  ...common,
  logicalName: 'sdkmessageprocessingstep',
  privilegeName: 'SdkMessageProcessingStep',
  entitySetName: 'sdkmessageprocessingsteps',
  primaryId: 'sdkmessageprocessingstepid',
  primaryName: 'name',
  objectTypeCode: 4608,
  ownership: 'organization',
  label: 'Sdk Message Processing Step',
  pluralLabel: 'Sdk Message Processing Steps',
  columns: [
    text('name', 'Name', 256),
    text('description', 'Description', 256),
    lookup('sdkmessageid', 'SDK Message', {
      table: 'sdkmessage',
      navigation: 'sdkmessageid',
      collection: 'sdkmessageid_sdkmessageprocessingstep',
      onDelete: 'restrict',
    }),
    lookup('sdkmessagefilterid', 'SdkMessage Filter', {
      table: 'sdkmessagefilter',
      navigation: 'sdkmessagefilterid',
      collection: 'sdkmessagefilterid_sdkmessageprocessingstep',
      onDelete: 'restrict',
    }),
    lookup('eventhandler', 'Event Handler', {
      table: 'serviceendpoint',
      navigation: 'eventhandler_serviceendpoint',
      collection: 'serviceendpoint_sdkmessageprocessingstep',
      onDelete: 'cascade',
    }),
    lookup('impersonatinguserid', 'Impersonating User', {
      table: 'systemuser',
      navigation: 'impersonatinguserid',
      onDelete: 'remove-link',
    }),
    { name: 'filteringattributes', label: 'Filtering Attributes', type: 'memo', maxLength: 100_000 },
    choice('stage', 'Execution Stage', options({ 10: 'Pre-validation', 20: 'Pre-operation', 40: 'Post-operation' }), 40),
    choice('mode', 'Execution Mode', options({ 0: 'Synchronous', 1: 'Asynchronous' }), 0),
    { name: 'rank', label: 'Execution Order', type: 'integer', min: 0, max: 2_147_483_647, default: 1 },
    flag('asyncautodelete', 'Asynchronous Automatic Delete'),
    choice('supporteddeployment', 'Deployment', options({ 0: 'Server Only', 1: 'Client Only', 2: 'Both' }), 0),
    choice('invocationsource', 'Invocation Source', options({ [-1]: 'Internal', 0: 'Parent', 1: 'Child' }), 0),
    text('configuration', 'Configuration', 4_000),
    { name: 'statecode', label: 'Status', type: 'state', options: STEP_STATES, default: 0 },
    { name: 'statuscode', label: 'Status Reason', type: 'status', options: STEP_REASONS },
  ],
}

const sdkmessageprocessingstepimage: TableDefinition = {
  ...common,
  logicalName: 'sdkmessageprocessingstepimage',
  privilegeName: 'SdkMessageProcessingStepImage',
  entitySetName: 'sdkmessageprocessingstepimages',
  primaryId: 'sdkmessageprocessingstepimageid',
  primaryName: 'name',
  objectTypeCode: 4615,
  ownership: 'organization',
  label: 'Sdk Message Processing Step Image',
  pluralLabel: 'Sdk Message Processing Step Images',
  columns: [
    text('name', 'Name', 256),
    text('entityalias', 'Entity Alias', 256),
    text('description', 'Description', 256),
    choice('imagetype', 'Image Type', options({ 0: 'PreImage', 1: 'PostImage', 2: 'Both' }), 0),
    { name: 'attributes', label: 'Attributes', type: 'memo', maxLength: 100_000 },
    text('messagepropertyname', 'Message Property Name', 256),
    lookup('sdkmessageprocessingstepid', 'SDK Message Processing Step', {
      table: 'sdkmessageprocessingstep',
      navigation: 'sdkmessageprocessingstepid',
      collection: 'sdkmessageprocessingstepid_sdkmessageprocessingstepimage',
      onDelete: 'cascade',
    }),
  ],
}

const OPERATION_STATES: readonly StateOption[] = [
  { value: 0, label: 'Ready', invariantName: 'Ready', defaultStatus: 0 },
  { value: 1, label: 'Suspended', invariantName: 'Suspended', defaultStatus: 10 },
  { value: 2, label: 'Locked', invariantName: 'Locked', defaultStatus: 20 },
  { value: 3, label: 'Completed', invariantName: 'Completed', defaultStatus: 30 },
]
const OPERATION_REASONS: readonly StatusOption[] = [
  { value: 0, label: 'Waiting For Resources', state: 0 },
  { value: 10, label: 'Waiting', state: 1 },
  { value: 20, label: 'In Progress', state: 2 },
  { value: 21, label: 'Pausing', state: 2 },
  { value: 22, label: 'Canceling', state: 2 },
  { value: 30, label: 'Succeeded', state: 3 },
  { value: 31, label: 'Failed', state: 3 },
  { value: 32, label: 'Canceled', state: 3 },
]

/**
 * `regardingobjectid` and `owningextensionid` are plain ids and no lookups: a lookup to every table would make each delete of any row look
 * for operations about it.
 */
const asyncoperation: TableDefinition = {
  ...common,
  logicalName: 'asyncoperation',
  privilegeName: 'AsyncOperation',
  entitySetName: 'asyncoperations',
  primaryId: 'asyncoperationid',
  primaryName: 'name',
  objectTypeCode: 4700,
  ownership: 'user',
  label: 'System Job',
  pluralLabel: 'System Jobs',
  columns: [
    kept(text('name', 'System Job Name', 256)),
    kept(choice('operationtype', 'System Job Type', options({ 1: 'System Event', 7: 'Duplicate Detection Rule Publish' }))),
    kept({ name: 'message', label: 'Message', type: 'memo', maxLength: 1_048_576 }),
    kept({ name: 'friendlymessage', label: 'Friendly Message', type: 'memo', maxLength: 1_048_576 }),
    kept(text('messagename', 'Message Name', 160)),
    kept(text('primaryentitytype', 'Primary Entity Type', 100)),
    kept({ name: 'regardingobjectid', label: 'Regarding', type: 'guid' }),
    kept({ name: 'owningextensionid', label: 'Owning Extension', type: 'guid' }),
    kept({ name: 'correlationid', label: 'Correlation Id', type: 'guid' }),
    kept({ name: 'requestid', label: 'Request', type: 'guid' }),
    kept({ name: 'depth', label: 'Depth', type: 'integer', min: 0, max: 2_147_483_647 }),
    kept({ name: 'errorcode', label: 'Error Code', type: 'integer', min: -2_147_483_648, max: 2_147_483_647 }),
    kept({ name: 'retrycount', label: 'Retry Count', type: 'integer', min: 0, max: 2_147_483_647 }),
    moment('startedon', 'Started On'),
    moment('completedon', 'Completed On'),
    { name: 'statecode', label: 'Status', type: 'state', options: OPERATION_STATES, default: 0 },
    { name: 'statuscode', label: 'Status Reason', type: 'status', options: OPERATION_REASONS },
  ],
}

/** Webhooks and what their deliveries came to. Source: wire specification 19. */
export const WEBHOOK_TABLES: readonly TableDefinition[] = [
  serviceendpoint,
  sdkmessageprocessingstep,
  sdkmessageprocessingstepimage,
  asyncoperation,
]
