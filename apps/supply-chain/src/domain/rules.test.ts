import { expect, test } from 'vitest'
import { findEntityByName } from '../entities/catalogue.ts'
import { propertyOf } from '../entities/entity.ts'
import { formatSequenceNumber } from '../store/number-sequences.ts'
import { alignCountry } from './address.ts'
import { type GivenValue, readFieldValue } from './field-value.ts'
import { refuseField, refuseRow, writeFailure } from './messages.ts'
import { type ProductFacts, SELLABLE_RULES, validateReleasedProduct } from './sellable-product.ts'
import { alignSite } from './site-and-warehouse.ts'

function customerProperty(name: string) {
  const entity = findEntityByName('CustomerV3')
  const property = entity === undefined ? undefined : propertyOf(entity, name)
  if (property === undefined) throw new Error(name)
  return property
}

const text = (value: string): GivenValue => ({ kind: 'text', value })
const number = (value: string): GivenValue => ({ kind: 'number', value })

/** Property, what is given, and its canonical text; undefined: refused. Source: protocol specification, section 7. */
const VALUES: readonly (readonly [property: string, given: GivenValue, value: string | undefined])[] = [
  ['OrganizationName', text('Skerry  '), 'Skerry'],
  ['OrganizationName', { kind: 'null' }, ''],
  ['OrganizationName', text('x'.repeat(160)), 'x'.repeat(160)],
  ['OrganizationName', text('x'.repeat(161)), undefined],
  ['OrganizationName', text('\u{1f6a2}'.repeat(160)), '\u{1f6a2}'.repeat(160)],
  ['OrganizationName', text('\ud800'), undefined],
  ['OrganizationName', number('5'), undefined],
  ['OrganizationName', { kind: 'other' }, undefined],
  ['OnHoldStatus', text('all'), 'All'],
  ['OnHoldStatus', text("Microsoft.Dynamics.DataEntities.CustVendorBlocked'Invoice'"), 'Invoice'],
  ['OnHoldStatus', text(''), undefined],
  ['OnHoldStatus', { kind: 'null' }, 'No'],
  ['CreditLimit', number('12.50'), '12.5'],
  ['CreditLimit', number('1e3'), '1000'],
  ['CreditLimit', number('-0'), '0'],
  ['CreditLimit', number('0.0000005'), '0.000001'],
  ['CreditLimit', text('100.00'), '100'],
  ['CreditLimit', number('1e30'), undefined],
  ['CreditLimit', text('NaN'), undefined],
  ['CreditLimit', text(''), undefined],
  ['OrganizationNumberOfEmployees', number('2147483647'), '2147483647'],
  ['OrganizationNumberOfEmployees', number('2147483648'), undefined],
  ['OrganizationNumberOfEmployees', number('1.0'), undefined],
]

test('FO-026 FO-027 FO-028 FO-035 values of every type are read into one canonical form or refused', () => {
  for (const [name, given, value] of VALUES) {
    const reading = readFieldValue(customerProperty(name), given)
    expect([name, given, reading.ok ? reading.value : undefined]).toEqual([name, given, value])
  }
})

const DATES: readonly (readonly [given: string, day: string | undefined])[] = [
  ['2025-03-03T12:00:00Z', '2025-03-03'],
  ['2025-03-03', '2025-03-03'],
  ['2025-03-03T23:30:00-05:00', '2025-03-03'],
  ['1900-01-01T12:00:00Z', '1900-01-01'],
  ['2024-02-29', '2024-02-29'],
  ['2025-02-29', undefined],
  ['2025-13-01', undefined],
  ['0000-01-01', undefined],
  ['2025-03-03T25:00:00Z', undefined],
  ['03/03/2025', undefined],
]

test('FO-029 dates keep the day that was written', () => {
  const property = { ...customerProperty('OrganizationName'), type: 'Date' as const }
  for (const [given, day] of DATES) {
    const reading = readFieldValue(property, text(given))
    expect([given, reading.ok ? reading.value : undefined]).toEqual([given, day])
  }
})

test('FO-120 the tail of an Infolog names the refused field, or the data source of a refused row', () => {
  const place = { aotName: 'CustCustomerV3Entity', tableName: 'CustTable' }
  expect(writeFailure(place, [refuseField('SiteId', 'E02', 'Site'), refuseRow('E02', 'Name')])).toBe(
    "Write failed for table row of type 'CustCustomerV3Entity'. Infolog: Warning: Field 'Site' must be filled in.; Warning: validateField failed on field 'CustCustomerV3Entity.SiteId'.; Warning: Field 'Name' must be filled in.; Warning: validateWrite failed on data source 'CustTable (CustTable)'.",
  )
})

test('numbers follow the format of their sequence', () => {
  expect(formatSequenceNumber('C-####', 42n)).toBe('C-0042')
  expect(formatSequenceNumber('###-X', 12345n)).toBe('12345-X')
  expect(formatSequenceNumber('N', 1n)).toBe('N1')
})

const COUNTRIES = [
  { CountryRegionId: 'NOR', ISOCode: 'NO' },
  { CountryRegionId: 'SWE', ISOCode: 'SE' },
]
const facts = {
  findAll: () => [],
  find: (entity: string, field: string, value: string) =>
    entity === 'Warehouse'
      ? { WarehouseId: '13', OperationalSiteId: '1' }
      : COUNTRIES.find((country) => country[field as 'ISOCode']?.toLowerCase() === value.toLowerCase()),
}

test('region id and ISO code of an address follow each other', () => {
  const fields = { region: 'R', iso: 'I' }
  const align = (row: Record<string, string>) =>
    alignCountry({ row: { R: '', I: '', ...row }, given: new Set(Object.keys(row)), fields, facts })
  expect(align({ I: 'no' })).toEqual({ values: { R: 'NOR', I: 'NO' } })
  expect(align({ R: 'swe' })).toEqual({ values: { R: 'SWE', I: 'SE' } })
  expect(align({ I: '' })).toEqual({ values: { R: '', I: '' } })
  expect(align({ R: 'NOR', I: 'NO' })).toEqual({ values: { R: 'NOR', I: 'NO' } })
  expect(align({})).toEqual({ values: {} })
  expect(align({ I: 'QQ' })).toMatchObject({ entry: { code: 'E01' } })
  expect(align({ R: 'NOR', I: 'SE' })).toMatchObject({ entry: { code: 'L03' } })
})

test('a warehouse belongs to one site', () => {
  const fields = { site: 'S', warehouse: 'W' }
  const align = (row: Record<string, string>) =>
    alignSite({ row: { S: '', W: '', ...row }, given: new Set(Object.keys(row)), fields, facts })
  expect(align({ W: '13' })).toEqual({ values: { S: '1' } })
  expect(align({ W: '13', S: '1' })).toEqual({ values: {} })
  expect(align({ W: '13', S: '2' })).toMatchObject({ entry: { code: 'L01', field: 'W' } })
})

const SELLABLE: ProductFacts = {
  release: { ItemNumber: 'A', ProductNumber: 'A', ProductSubType: 'Product', SalesUnitSymbol: 'ea', InventoryUnitSymbol: 'EA' },
  itemModelGroup: {},
  itemGroup: {},
  storageGroup: { IsSiteActive: 'Yes' },
  trackingGroup: {},
  inventoryUnit: {},
  salesUnit: {},
  purchaseUnit: {},
  hasUnitConversion: false,
  isInDistinctProductTable: true,
}

test('the sellable rules hold for a complete product and are numbered 1 to 11', () => {
  expect(validateReleasedProduct(SELLABLE)).toEqual([])
  expect(SELLABLE_RULES.map((rule) => rule.number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
  const master = { ...SELLABLE, release: { ...SELLABLE.release, ProductSubType: 'ProductMaster' } }
  expect(validateReleasedProduct(master).map((message) => message.rule)).toEqual(['released-and-distinct', 'product-dimensions'])
})
