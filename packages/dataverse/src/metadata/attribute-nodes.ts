import type { Column, Table } from '../model/resolved-model.ts'
import type { ColumnDefinition, ColumnType } from '../model/table.ts'
import { stableId } from '../system/stable-id.ts'
import { labelOf, type MetadataNode, managed } from './metadata-node.ts'

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
  guid: ['AttributeMetadata', 'Uniqueidentifier', 'UniqueidentifierType'],
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
      Description: { LocalizedLabels: [], UserLocalizedLabel: null },
      RequiredLevel: managed(LEVELS[definition.required ?? 'none'], 'canmodifyrequirementlevelsettings'),
      AttributeOf: null,
      IsPrimaryId: column === table.primaryId,
      IsPrimaryName: column === table.primaryName,
      IsValidForCreate: !column.readOnly,
      IsValidForUpdate: !column.readOnly && column !== table.primaryId,
      IsValidForRead: true,
      IsValidODataAttribute: true,
      IsCustomAttribute: column.name.includes('_') && column.baseOf === undefined,
      ColumnNumber: table.columns.indexOf(column) + 1,
      ...typeValues(column),
      MetadataId: id,
    },
    navigations: optionNavigations(table, column),
  }
}

function typeValues(column: Column): Record<string, unknown> {
  const { definition } = column
  switch (definition.type) {
    case 'string':
      return { MaxLength: definition.maxLength, Format: 'Text' }
    case 'memo':
      return { MaxLength: definition.maxLength, Format: 'TextArea' }
    case 'integer':
      return { MinValue: definition.min, MaxValue: definition.max, Format: 'None' }
    case 'decimal':
    case 'double':
      return { Precision: definition.precision, MinValue: Number(definition.min), MaxValue: Number(definition.max) }
    case 'money':
      return {
        Precision: definition.precision,
        PrecisionSource: definition.precisionSource,
        MinValue: Number(definition.min),
        MaxValue: Number(definition.max),
        CalculationOf: column.baseOf ?? null,
        IsBaseCurrency: column.baseOf !== undefined,
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
      }
    default:
      return {}
  }
}

function optionNavigations(table: Table, column: Column): MetadataNode['navigations'] {
  const set = optionSet(table, column)
  return set === undefined ? {} : { OptionSet: () => set, GlobalOptionSet: () => null }
}

function optionSet(table: Table, column: Column): MetadataNode | undefined {
  const name = `${table.logicalName}_${column.name}`
  const id = stableId('optionset', name)
  const common = {
    Name: name,
    IsGlobal: false,
    IsCustomOptionSet: false,
    DisplayName: labelOf(column.definition.label, stableId('label', id)),
    MetadataId: id,
  }
  const { definition } = column
  if (definition.type === 'boolean') {
    const [no, yes] = definition.labels ?? ['No', 'Yes']
    const option = (value: number, label: string): unknown => ({
      Value: value,
      Label: labelOf(label, stableId('option', name, String(value))),
    })
    return {
      type: 'BooleanOptionSetMetadata',
      values: { ...common, OptionSetType: 'Boolean', TrueOption: option(1, yes), FalseOption: option(0, no) },
      navigations: {},
    }
  }
  if (definition.type !== 'choice' && definition.type !== 'state' && definition.type !== 'status') return undefined
  const kind = { choice: 'Picklist', state: 'State', status: 'Status' }[definition.type]
  return { type: 'OptionSetMetadata', values: { ...common, OptionSetType: kind, Options: optionsOf(definition, name) }, navigations: {} }
}

type WithOptions = Extract<ColumnDefinition, { type: 'choice' | 'state' | 'status' }>

const optionsOf = (definition: WithOptions, name: string): readonly unknown[] =>
  definition.options.map((option) => ({
    Value: option.value,
    Label: labelOf(option.label, stableId('option', name, String(option.value))),
    ...('state' in option && { State: option.state }),
    ...('defaultStatus' in option && { DefaultStatus: option.defaultStatus, InvariantName: option.invariantName }),
  }))
