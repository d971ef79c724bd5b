import { rawNumber } from '@p2c/odata'
import type { Column, Table } from '../model/resolved-model.ts'
import type { ColumnType } from '../model/table.ts'
import { stableId } from '../system/stable-id.ts'
import { labelOf, type MetadataNode, managed, NO_LABEL } from './metadata-node.ts'
import { optionSetOf, sharedSetOf } from './option-nodes.ts'

/** Metadata type and `AttributeType` of each column type. */
const KINDS: Record<ColumnType, readonly [type: string, attributeType: string, typeName: string]> = {
  string: ['StringAttributeMetadata', 'String', 'StringType'],
  memo: ['MemoAttributeMetadata', 'Memo', 'MemoType'],
  integer: ['IntegerAttributeMetadata', 'Integer', 'IntegerType'],
  bigint: ['BigIntAttributeMetadata', 'BigInt', 'BigIntType'],
  decimal: ['DecimalAttributeMetadata', 'Decimal', 'DecimalType'],
  double: ['DoubleAttributeMetadata', 'Double', 'DoubleType'],
  money: ['MoneyAttributeMetadata', 'Money', 'MoneyType'],
  boolean: ['BooleanAttributeMetadata', 'Boolean', 'BooleanType'],
  choice: ['PicklistAttributeMetadata', 'Picklist', 'PicklistType'],
  state: ['StateAttributeMetadata', 'State', 'StateType'],
  status: ['StatusAttributeMetadata', 'Status', 'StatusType'],
  lookup: ['LookupAttributeMetadata', 'Lookup', 'LookupType'],
  datetime: ['DateTimeAttributeMetadata', 'DateTime', 'DateTimeType'],
  guid: ['UniqueIdentifierAttributeMetadata', 'Uniqueidentifier', 'UniqueidentifierType'],
}

const LEVELS = { none: 'None', recommended: 'Recommended', application: 'ApplicationRequired', system: 'SystemRequired' } as const
const BEHAVIORS = { 'user-local': 'UserLocal', 'date-only': 'DateOnly', 'time-zone-independent': 'TimeZoneIndependent' } as const

/** A column as `Attributes` shows it. Source: wire specification 18. */
export function attributeNode(table: Table, column: Column): MetadataNode {
  const [type, plainType, plainName] = KINDS[column.type]
  const special =
    column.name === 'ownerid' ? 'Owner' : column.name === 'customerid' || column.name === 'parentcustomerid' ? 'Customer' : undefined
  const id = stableId('attribute', table.logicalName, column.name)
  const { definition } = column
  return {
    type,
    values: {
      LogicalName: column.name,
      SchemaName: column.name,
      EntityLogicalName: table.logicalName,
      AttributeType: special ?? plainType,
      AttributeTypeName: { Value: special === undefined ? plainName : `${special}Type` },
      DisplayName: labelOf(definition.label, stableId('label', id)),
      Description: NO_LABEL,
      RequiredLevel: managed(LEVELS[definition.required ?? 'none'], 'canmodifyrequirementlevelsettings'),
      AttributeOf: null,
      IsPrimaryId: column === table.primaryId,
      IsPrimaryName: column === table.primaryName,
      IsValidForCreate: !column.readOnly,
      IsValidForUpdate: !column.readOnly && column !== table.primaryId,
      IsValidForRead: true,
      IsValidForForm: !column.readOnly,
      IsValidForGrid: true,
      IsValidODataAttribute: true,
      IsCustomAttribute: isCustom(column),
      ColumnNumber: table.columns.indexOf(column) + 1,
      ...unused(),
      ...typeValues(column),
      MetadataId: id,
    },
    navigations: optionNavigations(table, column),
  }
}

/** `msdynce_…`, and no part of an address or a money twin. */
const isCustom = (column: Column): boolean => /^(msdyn|new_|cr\d)/.test(column.name) && column.baseOf === undefined

/** Members that clients read and that say here that the server has no such feature. */
const unused = (): MetadataNode['values'] => ({
  SourceType: 0,
  SourceTypeMask: 0,
  IsLogical: false,
  IsManaged: true,
  IsSecured: false,
  CanBeSecuredForRead: false,
  CanBeSecuredForCreate: false,
  CanBeSecuredForUpdate: false,
  IsFilterable: true,
  IsSearchable: false,
  IsRetrievable: true,
  IsDataSourceSecret: false,
  LinkedAttributeId: null,
  InheritsFrom: null,
  InheritsOf: null,
  ExternalName: null,
  DeprecatedVersion: null,
  IntroducedVersion: null,
  HasChanged: null,
  IsAuditEnabled: managed(false, 'canmodifyauditsettings'),
  IsGlobalFilterEnabled: managed(false, 'canmodifyglobalfiltersettings'),
  IsSortableEnabled: managed(false, 'canmodifyissortablesettings'),
  IsValidForAdvancedFind: managed(true, 'canmodifysearchsettings'),
  IsCustomizable: managed(false, 'iscustomizable'),
  IsRenameable: managed(false, 'isrenameable'),
  CanModifyAdditionalSettings: managed(false, 'canmodifyadditionalsettings'),
})

function typeValues(column: Column): Record<string, unknown> {
  const { definition } = column
  switch (definition.type) {
    case 'string':
      return {
        MaxLength: definition.maxLength,
        DatabaseLength: definition.maxLength * 2,
        Format: 'Text',
        FormatName: { Value: 'Text' },
        ImeMode: 'Auto',
        YomiOf: null,
        AutoNumberFormat: '',
      }
    case 'memo':
      return { MaxLength: definition.maxLength, Format: 'TextArea', FormatName: { Value: 'TextArea' }, ImeMode: 'Auto' }
    case 'bigint':
      return { MinValue: rawNumber('-9223372036854775808'), MaxValue: rawNumber('9223372036854775807') }
    case 'integer':
      return { MinValue: definition.min, MaxValue: definition.max, Format: 'None' }
    case 'decimal':
    case 'double':
      return { Precision: definition.precision, MinValue: Number(definition.min), MaxValue: Number(definition.max), ImeMode: 'Disabled' }
    case 'money':
      return {
        Precision: definition.precision,
        PrecisionSource: definition.precisionSource,
        MinValue: Number(definition.min),
        MaxValue: Number(definition.max),
        CalculationOf: column.baseOf ?? null,
        IsBaseCurrency: column.baseOf !== undefined,
        ImeMode: 'Disabled',
      }
    case 'boolean':
      return { DefaultValue: definition.default ?? false }
    case 'choice':
      return { DefaultFormValue: definition.default ?? -1 }
    case 'state':
      return { DefaultFormValue: definition.default }
    case 'lookup':
      return { Targets: definition.targets.map((target) => target.table), Format: 'None' }
    case 'datetime':
      return {
        Format: definition.behavior === 'date-only' ? 'DateOnly' : 'DateAndTime',
        DateTimeBehavior: { Value: BEHAVIORS[definition.behavior] },
        CanChangeDateTimeBehavior: managed(false, 'canchangedatetimebehavior'),
        MinSupportedValue: '1753-01-01T00:00:00Z',
        MaxSupportedValue: '9999-12-30T23:59:59Z',
      }
    default:
      return {}
  }
}

function optionNavigations(table: Table, column: Column): MetadataNode['navigations'] {
  const set = optionSetOf(table, column)
  return set === undefined ? {} : { OptionSet: () => set, GlobalOptionSet: () => sharedSetOf(column) }
}
