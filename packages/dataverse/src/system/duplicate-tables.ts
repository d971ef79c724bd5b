import type { StateOption, StatusOption, TableDefinition } from '../model/table.ts'
import { flag, text } from './columns.ts'

const STATES: readonly StateOption[] = [
  { value: 0, label: 'Inactive', invariantName: 'Inactive', defaultStatus: 0 },
  { value: 1, label: 'Active', invariantName: 'Active', defaultStatus: 2 },
]
const REASONS: readonly StatusOption[] = [
  { value: 0, label: 'Unpublished', state: 0 },
  { value: 1, label: 'Publishing', state: 0 },
  { value: 2, label: 'Published', state: 1 },
]

const duplicaterule: TableDefinition = {
  logicalName: 'duplicaterule',
  privilegeName: 'DuplicateRule',
  entitySetName: 'duplicaterules',
  primaryId: 'duplicateruleid',
  primaryName: 'name',
  objectTypeCode: 4414,
  ownership: 'user',
  label: 'Duplicate Detection Rule',
  pluralLabel: 'Duplicate Detection Rules',
  changeTracking: false,
  optimisticConcurrency: true,
  alternateKeys: [],
  columns: [
    text('name', 'Rule Name', 160),
    text('description', 'Description', 2_000),
    { ...text('baseentityname', 'Base Record Type', 100), required: 'system' },
    { ...text('matchingentityname', 'Matching Record Type', 100), required: 'system' },
    flag('iscasesensitive', 'Case Sensitive'),
    flag('excludeinactiverecords', 'Exclude Inactive Records'),
    { name: 'statecode', label: 'Status', type: 'state', options: STATES, default: 0 },
    { name: 'statuscode', label: 'Status Reason', type: 'status', options: REASONS },
  ],
}

const OPERATORS = [
  'Exact Match',
  'Same First Characters',
  'Same Last Characters',
  'Same Date',
  'Same Date and Time',
  'Exact Match (Pick List Label)',
  'Exact Match (Pick List Value)',
]

const duplicaterulecondition: TableDefinition = {
  logicalName: 'duplicaterulecondition',
  privilegeName: 'DuplicateRule',
  entitySetName: 'duplicateruleconditions',
  primaryId: 'duplicateruleconditionid',
  objectTypeCode: 4416,
  ownership: 'none',
  label: 'Duplicate Rule Condition',
  pluralLabel: 'Duplicate Rule Conditions',
  changeTracking: false,
  optimisticConcurrency: true,
  alternateKeys: [],
  columns: [
    { ...text('baseattributename', 'Base Field', 100), required: 'system' },
    { ...text('matchingattributename', 'Matching Field', 100), required: 'system' },
    {
      name: 'operatorcode',
      label: 'Criteria',
      type: 'choice',
      default: 0,
      options: OPERATORS.map((label, value) => ({ value, label })),
    },
    { name: 'operatorparam', label: 'No. of Characters', type: 'integer', min: 1, max: 10_000 },
    { name: 'ignoreblankvalues', label: 'Ignore Blank Values', type: 'boolean', default: true },
    {
      name: 'regardingobjectid',
      label: 'Duplicate Detection Rule',
      type: 'lookup',
      required: 'system',
      targets: [
        {
          table: 'duplicaterule',
          navigation: 'regardingobjectid',
          collection: 'DuplicateRule_DuplicateRuleConditions',
          onDelete: 'cascade',
        },
      ],
    },
  ],
}

/** Rules of duplicate detection. Source: wire specification 3.1 and 16; choices of `operatorcode` as the product documents them. */
export const DUPLICATE_TABLES: readonly TableDefinition[] = [duplicaterule, duplicaterulecondition]
