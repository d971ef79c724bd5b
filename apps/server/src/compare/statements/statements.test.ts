import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { TextOfField } from '../expected-value.ts'
import { holds, statedFields, statedValue } from '../stated-value.ts'
import { findStatement, STATEMENTS } from './catalogue.ts'
import type { TaskStatement } from './statement.ts'

const statementOf = (id: string) => STATEMENTS.find((statement) => statement.id === id)

function taskOf(id: string, index: number): TaskStatement {
  const task = statementOf(id)?.tasks[index]
  if (task === undefined) throw new Error(`no task ${index} of ${id}`)
  return task
}

const reading =
  (row: Readonly<Record<string, string>>): TextOfField =>
  (field) =>
    row[field] ?? ''

const CUSTOMER = 'customerid.Account(accountnumber).Contact(msdynce_contactnumber)'

/** Statement, task, destination field, the source row, and the value that must be there; undefined: the statement is silent, null: nothing can come of it. */
const VALUES: readonly [
  id: string,
  task: number,
  field: string,
  row: Readonly<Record<string, string>>,
  expected: string | undefined | null,
][] = [
  ['D1', 0, 'PartyNumber', { accountnumber: 'A-1' }, 'A-1'],
  ['D1', 0, 'CustomerGroupId', {}, '10'],
  ['D1', 0, 'AddressCountryRegionISOCode', { address1_country: 'Norway' }, 'NO'],
  ['D1', 0, 'AddressCountryRegionISOCode', { address1_country: 'deu' }, 'DE'],
  ['D1', 0, 'AddressCountryRegionISOCode', {}, 'US'],
  ['D1', 0, 'AddressCountryRegionISOCode', { address1_country: 'Atlantis' }, undefined],
  ['D1', 0, 'DeliveryAddressCountryRegionISOCode', {}, undefined],
  ['D1', 0, 'DeliveryAddressCountryRegionISOCode', { address2_city: 'Bremen' }, 'US'],
  ['D2', 0, 'Gender', {}, 'Unknown'],
  ['D2', 0, 'Gender', { gendercode: '2' }, 'Female'],
  ['D2', 0, 'Gender', { gendercode: '7' }, null],
  ['D2', 0, 'BirthMonth', { birthdate: '1980-02-03' }, 'February'],
  ['D2', 0, 'IsReceivingDirectMail', { donotpostalmail: 'true' }, 'No'],
  ['D3', 0, 'OrganizationName', { fullname: 'Ingrid Lind' }, 'Ingrid Lind'],
  ['D4', 0, 'name', { ProductNumber: 'P-1' }, 'P-1'],
  ['D4', 0, 'defaultuomid.name', { SalesUnitSymbol: 'EA' }, 'Each'],
  ['D4', 0, 'defaultuomid.name', { SalesUnitSymbol: 'furlong' }, null],
  ['D4', 0, 'isstockitem', { IsStockedProduct: 'Yes' }, 'true'],
  ['D5', 0, 'RequestingCustomerAccountNumber', { [CUSTOMER]: 'ACC-1' }, 'ACC-1'],
  ['D5', 0, 'RequestedShippingDate', {}, undefined],
  ['D5', 0, 'RequestedShippingDate', { requestdeliveryby: '2025-03-01' }, '2025-03-01'],
  ['D5', 0, 'SalesQuotationName', { name: 'x'.repeat(150) }, 'x'.repeat(100)],
  ['D5', 1, 'TotalDiscountAmount', { manualdiscountamount: '10' }, '10'],
  ['D5', 1, 'DeliveryAddressCountryRegionISOCode', {}, undefined],
  ['D5', 1, 'DeliveryAddressCountryRegionISOCode', { shipto_city: 'Bergen' }, 'US'],
  ['D6', 0, 'DeliveryAddressStreet', { shipto_line1: 'one', shipto_line2: 'two' }, 'one'],
  ['D6', 1, 'SalesUnitSymbol', { 'uomid.name': 'Primary Unit' }, 'ea'],
  ['D6', 1, 'ProductName', { 'productid.name': `${'x'.repeat(59)}\u{1f6a2}` }, 'x'.repeat(59)],
  ['D7', 0, 'msdynce_processingstatus', { SalesOrderProcessingStatus: 'DeliveredPartiallyInvoiced' }, '647390009'],
  ['D7', 0, 'name', { SalesOrderNumber: 'SO-1' }, 'SO-1'],
  ['D7', 0, 'shipto_country', { DeliveryAddressCountryRegionISOCode: 'USA' }, 'US'],
  ['D7', 0, 'shipto_country', {}, ''],
  ['D7', 0, 'pricelevelid.name', { CurrencyCode: 'USD' }, 'CRM Service USA (sample)'],
  ['D7', 0, 'pricelevelid.name', { CurrencyCode: 'NOK' }, null],
  ['D7', 1, 'quantity', { OrderedSalesQuantity: '5', SalesOrderLineStatus: 'Canceled' }, '0'],
  ['D7', 1, 'tax', { TotalTaxAmount: '8', SalesOrderLineStatus: 'Backorder' }, '8'],
  ['D7', 1, 'priceperunit', { SalesPrice: '25', SalesPriceQuantity: '10' }, '2.5'],
  ['D7', 1, 'priceperunit', { SalesPrice: '25', SalesPriceQuantity: '0' }, '25'],
  ['D8', 0, 'discountamount', { TotalDiscountCustomerGroupCode: '5', TotalDiscountAmount: '9' }, '5'],
  ['D8', 1, 'productdescription', { ProductNumber: 'P-1', ProductName: 'Winch' }, undefined],
  ['D8', 1, 'productdescription', { ProductName: 'Freight' }, 'Freight'],
  ['D8', 1, 'uomid.name', { SalesUnitSymbol: 'ea' }, undefined],
  ['H1', 0, 'Name', { name: 'Halvorsen' }, 'Halvorsen'],
  ['H5', 1, 'LineDiscountAmount', { manualdiscountamount: '2' }, '2'],
  ['H5', 0, 'DeliveryAddressStreet', { shipto_line1: 'one', shipto_line2: 'two' }, 'two'],
  ['H8', 0, 'RequestedShippingDate', {}, '2020-01-01'],
  ['H8', 1, 'ShippingWarehouseId', {}, '13'],
]

test.each(VALUES)('%s task %i: %s of %o is %o', (id, index, field, row, expected) => {
  const stated = taskOf(id, index).fields.find((one) => one.field === field)
  if (stated === undefined) throw new Error(`${id} says nothing of ${field}`)
  const value = statedValue(stated, reading(row))
  expect(value.kind === 'value' ? value.value : value.kind === 'refused' ? null : undefined).toBe(expected)
})

const ACTIVE = { msdynce_processingstatus: '647390000', msdynce_hasexternallymaintainedproductsonly: 'true', ordernumber: 'O-1' }
const CONFIRMED = {
  OrderingCustomerIsExternallyMaintained: 'Yes',
  InvoiceCustomerIsExternallyMaintained: 'Yes',
  SalesOrderProcessingStatus: 'Confirmed',
  AreTotalsUpdated: 'Yes',
}

test.each([
  ['D1', { accountnumber: 'A-1' }, true],
  ['D1', {}, false],
  ['D2', { msdynce_contactnumber: 'C-1', msdynce_isactivecustomer: 'false', msdynce_iscompanyanaccount: 'true' }, true],
  ['D2', { msdynce_contactnumber: 'C-1', msdynce_isactivecustomer: 'true', msdynce_iscompanyanaccount: 'true' }, false],
  ['D3', { msdynce_contactnumber: 'C-1', msdynce_isactivecustomer: 'true' }, true],
  ['D5', { quotenumber: 'Q-1', statecode: '1', msdynce_hasexternallymaintainedproductsonly: 'true' }, true],
  ['D5', { quotenumber: 'Q-1', statecode: '0', msdynce_hasexternallymaintainedproductsonly: 'true' }, false],
  ['D6', ACTIVE, true],
  ['D6', { ...ACTIVE, msdynce_ismaintainedexternally: 'true' }, false],
  ['D6', { ...ACTIVE, msdynce_processingstatus: '647390011' }, false],
  ['D7', CONFIRMED, true],
  ['D7', { ...CONFIRMED, SalesOrderProcessingStatus: 'Active' }, false],
  ['D7', { ...CONFIRMED, AreTotalsUpdated: 'No' }, false],
  ['D7', { ...CONFIRMED, SalesOrderOriginType: 'WorkOrderIntegration' }, false],
  ['D8', { SalesOrderNumber: 'SO-1' }, true],
  ['D8', {}, false],
] as const)('%s: whether the header %o is to be carried is %s', (id, row, expected) => {
  expect(taskOf(id, 0).qualifies.every((condition) => holds(condition, reading(row as Readonly<Record<string, string>>)))).toBe(expected)
})

test('every template that is shipped has a statement, and every statement says each field once', () => {
  const folder = new URL('../../../../../templates/', import.meta.url)
  const names = readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => (JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as { name: string }).name)
  expect(names.filter((name) => findStatement(name) === undefined)).toEqual([])
  for (const { id, tasks } of STATEMENTS)
    for (const { fields, destination } of tasks) {
      const said = fields.map(({ field }) => field.toLowerCase())
      expect(
        said.filter((field, index) => said.indexOf(field) !== index),
        `${id} ${destination}`,
      ).toEqual([])
      expect(
        fields.some((field) => statedFields(field).includes('')),
        `${id} ${destination}`,
      ).toBe(false)
    }
})
