import { expect, test } from 'vitest'
import { parseFieldPath } from './field-path.ts'
import { salesQuery, supplyChainQuery } from './side-query.ts'

test('looked-up keys of Sales come by $expand, one for each table that a lookup may point to', () => {
  const fields = ['name', 'transactioncurrencyid.isocurrencycode', 'customerid.Account(accountnumber).Contact(msdynce_contactnumber)']
  const query = salesQuery({ entity: 'quotes', fields, legalEntity: 'usmf', filter: "name eq 'A&B'" })
  expect(decodeURIComponent(query.path)).toBe(
    '/api/data/v9.2/quotes?$select=name&$expand=transactioncurrencyid($select=isocurrencycode),customerid_account($select=accountnumber),customerid_contact($select=msdynce_contactnumber)' +
      "&$filter=name eq 'A&B'",
  )
  const row = {
    name: null,
    transactioncurrencyid: { isocurrencycode: 'EUR' },
    customerid_account: null,
    customerid_contact: { msdynce_contactnumber: 'CON-1' },
  }
  expect(fields.map((field) => query.valueOf(row, field))).toEqual(['', 'EUR', 'CON-1'])
})

test('a read of Supply Chain stays in one company, and its empty date is blank', () => {
  const query = supplyChainQuery({ entity: 'CustomersV2', fields: ['CustomerAccount'], legalEntity: "o'k" })
  expect(decodeURIComponent(query.path)).toBe("/data/CustomersV2?cross-company=true&$select=CustomerAccount&$filter=dataAreaId eq 'o''k'")
  expect(query.valueOf({ SalesPriceDate: '1900-01-01T12:00:00Z' }, 'SalesPriceDate')).toBe('')
})

test.each([
  ['name', { property: 'name', branches: [] }],
  ['defaultuomid.name', { property: 'defaultuomid', branches: [{ field: 'name' }] }],
  ['parentcustomerid.Account(accountnumber)', { property: 'parentcustomerid', branches: [{ table: 'account', field: 'accountnumber' }] }],
])('the field path %s', (text, expected) => {
  expect(parseFieldPath(text)).toEqual({ text, ...expected })
})
