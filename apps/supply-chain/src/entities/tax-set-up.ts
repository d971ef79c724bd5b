import { choice, date, entity, key, real, refersTo, text, yesNo } from './entity.ts'

const taxCode = (name: string) => key(name, 10, { label: 'Sales tax code', ...refersTo('TaxCode', 'TaxCode') })

export const TAX_CODES = entity({
  name: 'TaxCode',
  collection: 'TaxCodes',
  aotName: 'TaxCodeEntity',
  label: 'Sales tax codes',
  category: 'Reference',
  storage: ['tax_code', 'TaxTable', 'Sales tax codes'],
  properties: [
    key('TaxCode', 10, { label: 'Sales tax code' }),
    text('TaxName', 60),
    choice('TaxBase', 'TaxBaseType', { label: 'Origin' }),
    choice('TaxLimitBase', 'TaxLimitBase', { label: 'Marginal base' }),
    choice('TaxCalculationMethod', 'TaxCalcMode', { label: 'Calculation method' }),
    text('TaxOnTax', 10, { label: 'Sales tax on sales tax', ...refersTo('TaxCode', 'TaxCode') }),
    real('TaxRoundOff', { defaultValue: '0.01' }),
    choice('TaxRoundOffType', 'RoundOffType'),
    text('TaxCurrencyCodeId', 3, { label: 'Currency', ...refersTo('Currency', 'CurrencyCode') }),
    text('TaxUnitId', 10, { label: 'Unit', ...refersTo('UnitOfMeasure', 'UnitSymbol') }),
    yesNo('CalculateUnitTaxBeforeSalesTax'),
  ],
})

export const TAX_CODE_VALUES = entity({
  name: 'TaxCodeValueV2',
  collection: 'TaxCodeValuesV2',
  aotName: 'TaxCodeValueV2Entity',
  label: 'Sales tax code values V2',
  category: 'Reference',
  storage: ['tax_code_value', 'TaxData', 'Sales tax code values'],
  properties: [
    taxCode('TaxCodeId'),
    date('FromDate', { isKey: true, isMandatory: false }),
    date('ToDate', { isKey: true, isMandatory: false }),
    real('MinimumLimit', { isKey: true, isMandatory: false }),
    real('MaximumLimit', { isKey: true, isMandatory: false }),
    real('Value'),
  ],
})

export const TAX_GROUPS = entity({
  name: 'TaxGroup',
  collection: 'TaxGroups',
  aotName: 'TaxGroupEntity',
  label: 'Sales tax groups',
  category: 'Reference',
  storage: ['tax_group', 'TaxGroupHeading', 'Sales tax groups'],
  properties: [key('TaxGroupCode', 10, { label: 'Sales tax group' }), text('Description', 60), choice('RoundingBy', 'TaxGroupRounding')],
})

export const TAX_GROUP_DATAS = entity({
  name: 'TaxGroupData',
  collection: 'TaxGroupDatas',
  aotName: 'TaxGroupDataEntity',
  label: 'Sales tax group setup',
  category: 'Reference',
  storage: ['tax_group_data', 'TaxGroupData', 'Sales tax group setup'],
  properties: [
    key('TaxGroupId', 10, { label: 'Sales tax group', ...refersTo('TaxGroup', 'TaxGroupCode') }),
    taxCode('TaxCodeId'),
    yesNo('ExemptTax'),
    yesNo('UseTax'),
    text('TaxExemptCodeId', 10),
    yesNo('ReverseCharge'),
  ],
})

export const TAX_ITEM_GROUP_HEADINGS = entity({
  name: 'TaxItemGroupHeading',
  collection: 'TaxItemGroupHeadings',
  aotName: 'TaxItemGroupHeadingEntity',
  label: 'Item sales tax groups',
  category: 'Reference',
  storage: ['tax_item_group_heading', 'TaxItemGroupHeading', 'Item sales tax groups'],
  properties: [key('TaxItemGroup', 10, { label: 'Item sales tax group' }), text('Name', 60)],
})

export const TAX_ITEM_GROUPS = entity({
  name: 'TaxItemGroup',
  collection: 'TaxItemGroups',
  aotName: 'TaxItemGroupEntity',
  label: 'Item sales tax group setup',
  category: 'Reference',
  storage: ['tax_item_group', 'TaxOnItem', 'Item sales tax group setup'],
  properties: [
    key('TaxItemGroupCode', 10, { label: 'Item sales tax group', ...refersTo('TaxItemGroupHeading', 'TaxItemGroup') }),
    taxCode('TaxCodeId'),
    yesNo('ExemptTax'),
    text('TaxExemptCode', 10),
  ],
})

/** Sales tax, in the order in which it can be filled. Source: Supply Chain specification, 1.1. */
export const TAX_SET_UP_ENTITIES = [TAX_CODES, TAX_CODE_VALUES, TAX_GROUPS, TAX_GROUP_DATAS, TAX_ITEM_GROUP_HEADINGS, TAX_ITEM_GROUPS]
