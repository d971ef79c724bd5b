import type { ColumnDefinition, LookupTarget, TableDefinition } from '../model/table.ts'
import { ACTIVE_OR_INACTIVE, ACTIVE_OR_INACTIVE_REASONS, flag, text } from './columns.ts'
import { DUPLICATE_TABLES } from './duplicate-tables.ts'
import { QUERY_TABLES } from './query-tables.ts'
import { SECURITY_TABLES } from './security-tables.ts'
import { WEBHOOK_TABLES } from './webhook-tables.ts'

const lookup = (name: string, label: string, targets: readonly LookupTarget[]): ColumnDefinition => ({
  name,
  label,
  type: 'lookup',
  targets,
})
const restrict = (table: string, navigation: string, collection?: string): LookupTarget => ({
  table,
  navigation,
  onDelete: 'restrict',
  ...(collection !== undefined && { collection }),
})
const loose = (table: string, navigation: string): LookupTarget => ({ table, navigation, onDelete: 'remove-link' })

const organization = (extra: readonly ColumnDefinition[]): TableDefinition => ({
  logicalName: 'organization',
  entitySetName: 'organizations',
  primaryId: 'organizationid',
  primaryName: 'name',
  objectTypeCode: 1019,
  ownership: 'none',
  label: 'Organization',
  pluralLabel: 'Organizations',
  changeTracking: false,
  optimisticConcurrency: true,
  alternateKeys: [],
  columns: [
    text('name', 'Organization Name', 160, 'system'),
    lookup('basecurrencyid', 'Base Currency', [restrict('transactioncurrency', 'basecurrencyid')]),
    { name: 'basecurrencyprecision', label: 'Base Currency Precision', type: 'integer', min: 0, max: 4, readOnly: true },
    { name: 'basecurrencysymbol', label: 'Base Currency Symbol', type: 'string', maxLength: 5, readOnly: true },
    { name: 'pricingdecimalprecision', label: 'Pricing Decimal Precision', type: 'integer', min: 0, max: 4, default: 2 },
    { name: 'currencydecimalprecision', label: 'Currency Decimal Precision', type: 'integer', min: 0, max: 4, default: 2 },
    { name: 'expirechangetrackingindays', label: 'Days to Expire Change Tracking Deltas', type: 'integer', min: 0, max: 365, default: 7 },
    ...extra,
  ],
})

const businessunit: TableDefinition = {
  logicalName: 'businessunit',
  privilegeName: 'BusinessUnit',
  entitySetName: 'businessunits',
  primaryId: 'businessunitid',
  primaryName: 'name',
  objectTypeCode: 10,
  ownership: 'business-unit',
  label: 'Business Unit',
  pluralLabel: 'Business Units',
  changeTracking: true,
  optimisticConcurrency: true,
  alternateKeys: [],
  columns: [
    text('name', 'Name', 160, 'system'),
    lookup('parentbusinessunitid', 'Parent Business', [
      restrict('businessunit', 'parentbusinessunitid', 'business_unit_parent_business_unit'),
    ]),
    lookup('organizationid', 'Organization', [restrict('organization', 'organizationid')]),
    text('divisionname', 'Division', 100),
    text('costcenter', 'Cost Center', 100),
    text('emailaddress', 'Email', 100),
    text('websiteurl', 'Website', 200),
    flag('isdisabled', 'Is Disabled'),
    lookup('transactioncurrencyid', 'Currency', [restrict('transactioncurrency', 'transactioncurrencyid')]),
  ],
}

const ACCESS_MODES = ['Read-Write', 'Administrative', 'Read', 'Support User', 'Non-interactive', 'Delegated Admin']

const systemuser: TableDefinition = {
  logicalName: 'systemuser',
  privilegeName: 'User',
  entitySetName: 'systemusers',
  primaryId: 'systemuserid',
  primaryName: 'fullname',
  objectTypeCode: 8,
  ownership: 'business-unit',
  label: 'User',
  pluralLabel: 'Users',
  changeTracking: true,
  optimisticConcurrency: true,
  alternateKeys: [],
  columns: [
    text('fullname', 'Full Name', 200),
    text('domainname', 'User Name', 1024, 'system'),
    text('firstname', 'First Name', 64, 'application'),
    text('lastname', 'Last Name', 64, 'application'),
    text('internalemailaddress', 'Primary Email', 100),
    lookup('businessunitid', 'Business Unit', [restrict('businessunit', 'businessunitid', 'business_unit_system_users')]),
    lookup('parentsystemuserid', 'Manager', [loose('systemuser', 'parentsystemuserid')]),
    flag('isdisabled', 'Status'),
    flag('isintegrationuser', 'Integration user mode'),
    {
      name: 'accessmode',
      label: 'Access Mode',
      type: 'choice',
      default: 0,
      options: ACCESS_MODES.map((label, value) => ({ value, label })),
    },
    { name: 'applicationid', label: 'Application ID', type: 'guid' },
    { name: 'azureactivedirectoryobjectid', label: 'Azure AD Object ID', type: 'guid' },
    lookup('transactioncurrencyid', 'Currency', [restrict('transactioncurrency', 'transactioncurrencyid')]),
  ],
}

const team: TableDefinition = {
  logicalName: 'team',
  entitySetName: 'teams',
  primaryId: 'teamid',
  primaryName: 'name',
  objectTypeCode: 9,
  ownership: 'business-unit',
  label: 'Team',
  pluralLabel: 'Teams',
  changeTracking: true,
  optimisticConcurrency: true,
  alternateKeys: [],
  columns: [
    text('name', 'Team Name', 160, 'system'),
    text('emailaddress', 'Email', 100),
    lookup('businessunitid', 'Business Unit', [restrict('businessunit', 'businessunitid', 'business_unit_teams')]),
    lookup('administratorid', 'Administrator', [restrict('systemuser', 'administratorid')]),
    { ...flag('isdefault', 'Is Default'), readOnly: true },
    {
      name: 'teamtype',
      label: 'Team Type',
      type: 'choice',
      default: 0,
      options: ['Owner', 'Access', 'Security Group', 'Office Group'].map((label, value) => ({ value, label })),
    },
    { ...flag('systemmanaged', 'Is System Managed'), readOnly: true },
    lookup('transactioncurrencyid', 'Currency', [restrict('transactioncurrency', 'transactioncurrencyid')]),
  ],
}

const transactioncurrency: TableDefinition = {
  logicalName: 'transactioncurrency',
  privilegeName: 'TransactionCurrency',
  entitySetName: 'transactioncurrencies',
  primaryId: 'transactioncurrencyid',
  primaryName: 'currencyname',
  objectTypeCode: 9105,
  ownership: 'organization',
  label: 'Currency',
  pluralLabel: 'Currencies',
  changeTracking: true,
  optimisticConcurrency: true,
  alternateKeys: [],
  columns: [
    text('currencyname', 'Currency Name', 100, 'system'),
    text('isocurrencycode', 'Currency Code', 5, 'system'),
    text('currencysymbol', 'Currency Symbol', 10, 'system'),
    { name: 'currencyprecision', label: 'Currency Precision', type: 'integer', min: 0, max: 4, required: 'system', default: 2 },
    {
      name: 'exchangerate',
      label: 'Exchange Rate',
      type: 'decimal',
      precision: 12,
      min: '0.000000000001',
      max: '100000000000',
      required: 'system',
    },
    { name: 'statecode', label: 'Status', type: 'state', options: ACTIVE_OR_INACTIVE, default: 0 },
    { name: 'statuscode', label: 'Status Reason', type: 'status', options: ACTIVE_OR_INACTIVE_REASONS },
  ],
}

const sdkmessage: TableDefinition = {
  logicalName: 'sdkmessage',
  privilegeName: 'SdkMessage',
  entitySetName: 'sdkmessages',
  primaryId: 'sdkmessageid',
  primaryName: 'name',
  objectTypeCode: 4606,
  ownership: 'organization',
  label: 'Sdk Message',
  pluralLabel: 'Sdk Messages',
  changeTracking: false,
  optimisticConcurrency: false,
  alternateKeys: [],
  columns: [text('name', 'Name', 256)],
}

const sdkmessagefilter: TableDefinition = {
  logicalName: 'sdkmessagefilter',
  privilegeName: 'SdkMessageFilter',
  entitySetName: 'sdkmessagefilters',
  primaryId: 'sdkmessagefilterid',
  objectTypeCode: 4607,
  ownership: 'organization',
  label: 'Sdk Message Filter',
  pluralLabel: 'Sdk Message Filters',
  changeTracking: false,
  optimisticConcurrency: false,
  alternateKeys: [],
  columns: [
    text('primaryobjecttypecode', 'Primary Object Type Code', 100),
    lookup('sdkmessageid', 'SDK Message', [restrict('sdkmessage', 'sdkmessageid', 'sdkmessageid_sdkmessagefilter')]),
  ],
}

/** Tables that every platform has and serves. The app adds columns to the organisation and may replace any of the others by a fuller description. */
export function systemTables(options: { readonly organizationColumns?: readonly ColumnDefinition[] }): readonly TableDefinition[] {
  const extra = options.organizationColumns ?? []
  const names = new Set(extra.map((column) => column.name))
  const own = organization(extra)
  const added = [...QUERY_TABLES, ...WEBHOOK_TABLES, ...DUPLICATE_TABLES]
  // An organisation column described by the app replaces the platform's.
  const columns = [...organization([]).columns.filter((column) => !names.has(column.name)), ...extra]
  return [
    { ...own, columns },
    businessunit,
    systemuser,
    team,
    ...SECURITY_TABLES,
    transactioncurrency,
    sdkmessage,
    sdkmessagefilter,
    ...added,
  ]
}
