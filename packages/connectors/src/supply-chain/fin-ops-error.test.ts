import { expect, test } from 'vitest'
import type { FinOpsField } from './entity.ts'
import { fromWire, isStored, toWire } from './field-value.ts'
import { readFault, readInfolog } from './fin-ops-error.ts'
import { fromCell } from './package-file.ts'

const body = (message: string, type = 'Microsoft.Dynamics.Platform.Integration.Services.OData.AxODataWriteException') =>
  JSON.stringify({ error: { code: '', message: 'An error has occurred.', innererror: { message, type, stacktrace: '' } } })

const G_FO_10 =
  "Write failed for table row of type 'CustCustomerV3Entity'. Infolog: Error: Cannot create a record in Customers (CustTable). Customer account: C-0002. The record already exists."
const G_FO_11 =
  "Write failed for table row of type 'SalesOrderHeaderV2Entity'. Infolog: Warning: The value 'C-9999' in field 'Customer account' is not found in the related table 'Customers'.; Warning: validateField failed on field 'SalesOrderHeaderV2Entity.OrderingCustomerAccountNumber'."

test.each([
  [400, body('No resources were found when selecting for update.', ''), 'not-found', 'not-found'],
  [400, body(G_FO_10), 'duplicate', 'key-violated'],
  [500, body(G_FO_11), 'refused', 'reference-not-found'],
  [
    400,
    body(
      "Write failed for table row of type 'X'. Infolog: Warning: The value 'SO-1' in field 'Sales order' is not found in the related table 'Sales orders'.",
    ),
    'refused',
    'header-missing',
  ],
  [
    400,
    body(
      "Write failed for table row of type 'X'. Infolog: Warning: Field 'Customer group' must be filled in.; Warning: validateWrite failed on data source 'CustTable (CustTable)'.",
    ),
    'refused',
    'validation-failed',
  ],
  [
    400,
    body("Write failed for table row of type 'X'. Infolog: Warning: A line discount requires a quantity on line 1 of ORD-1."),
    'refused',
    'discount-without-quantity',
  ],
  [
    400,
    body("Could not find a property named 'Nmae' on type 'Microsoft.Dynamics.DataEntities.CustomerV3'.", ''),
    'refused',
    'field-unknown',
  ],
  [
    404,
    JSON.stringify({ Message: "No HTTP resource was found that matches the request URI 'x'. No route data was found for this request." }),
    'no-route',
    'entity-unknown',
  ],
  [404, '', 'not-found', 'not-found'],
  [429, '<html>', 'transient', 'throttled'],
  [503, '', 'transient', 'service-unavailable'],
  [500, body('Object reference not set.', 'System.NullReferenceException'), 'transient', 'service-unavailable'],
  [412, body('stale', ''), 'conflict', 'row-changed-meanwhile'],
  [403, '', 'forbidden', 'privilege-missing'],
])('FO-075 FO-076 a failed answer is told by status and deepest message: %s %s', (status, text, kind, code) => {
  expect(readFault(status, text)).toMatchObject({ kind, failure: { code } })
})

test('G-FO-11 a refused reference gives field, value and table, and a message without the tail', () => {
  expect(readFault(400, body(G_FO_11)).failure).toMatchObject({
    category: 'reference',
    message: "The value 'C-9999' in field 'Customer account' is not found in the related table 'Customers'.",
    details: {
      field: 'Customer account',
      value: 'C-9999',
      table: 'Customers',
      refusedField: 'SalesOrderHeaderV2Entity.OrderingCustomerAccountNumber.'.slice(0, -1),
    },
  })
})

test('the infolog is split by severity; texts keep their colons, semicolons and line ends', () => {
  expect(readInfolog('Write failed. Infolog: Info: a: b; c;\nd; Warning: e; Error: f')).toEqual([
    { severity: 'Info', text: 'a: b; c;\nd' },
    { severity: 'Warning', text: 'e' },
    { severity: 'Error', text: 'f' },
  ])
})

test('the deepest of nested messages counts', () => {
  const text = JSON.stringify({
    error: {
      message: 'a',
      innererror: { message: 'b', internalexception: { message: 'c', internalexception: { message: 'The record already exists.' } } },
    },
  })
  expect(readFault(400, text)).toMatchObject({ kind: 'duplicate' })
})

const field = (dataType: FinOpsField['dataType'], type: FinOpsField['type'], members?: readonly string[]): FinOpsField => ({
  name: 'F',
  dataType,
  type,
  ...(members !== undefined && { members, enumType: 'N.E' }),
  isMandatory: false,
  allowEdit: true,
  allowEditOnCreate: true,
})
const DATE = field('Date', 'date')
const TIME = field('UtcDateTime', 'date-time')
const REAL = field('Real', 'decimal')
const TEXT = field('String', 'text')
const GUID = field('Guid', 'guid')
const INT = field('Int32', 'integer')
const YES = field('Enum', 'enumeration', ['No', 'Yes'])

test.each([
  [TEXT, '', null],
  [DATE, '1900-01-01T12:00:00Z', null],
  [DATE, '1900-01-01T00:00:00Z', null],
  [DATE, '2025-03-03T12:00:00Z', '2025-03-03'],
  [TIME, '1900-01-01T00:00:00Z', null],
  [TIME, '2025-03-03T08:15:00Z', '2025-03-03T08:15:00Z'],
  [GUID, '00000000-0000-0000-0000-000000000000', null],
  [REAL, 3120.5, '3120.5'],
  [REAL, 0, '0'],
  [INT, 7, 7],
  [YES, 'Yes', 'Yes'],
])('FO-028 FO-029 FO-030 empty values are blank, dates are days: %# %s', (one, wire, expected) => {
  expect(fromWire(one, wire)).toBe(expected)
})

test.each([
  [TEXT, null, ''],
  [TEXT, 'a  ', 'a'],
  [DATE, null, '1900-01-01T12:00:00Z'],
  [DATE, '2025-03-03', '2025-03-03T12:00:00Z'],
  [REAL, null, 0],
  [INT, '12', 12],
  [YES, 'yes', 'Yes'],
  [YES, true, 'Yes'],
  [YES, null, 'No'],
])('FO-026 FO-031 values go out in wire form: %# %s', (one, value, expected) => {
  expect(toWire(one, value)).toEqual({ ok: true, value: expected })
})

test.each([
  [REAL, 'much'],
  [INT, '1.5'],
  [DATE, 'tomorrow'],
  [YES, 'Perhaps'],
])('a value that is none of its type is refused: %# %s', (one, value) => {
  expect(toWire(one, value)).toMatchObject({ ok: false, expected: expect.any(String) })
})

test('FO-032 a cell of a package is the same value as the property over OData', () => {
  expect(fromCell(REAL, '3120.500000')).toBe('3120.5')
  expect(fromCell(INT, '7')).toBe(7)
  expect(fromCell(DATE, '2025-03-03')).toBe('2025-03-03')
  expect(fromCell(TIME, '2025-03-03 08:15:00')).toBe('2025-03-03T08:15:00Z')
  expect(fromCell(DATE, '1900-01-01')).toBeNull()
  expect(fromCell(TEXT, '')).toBeNull()
  expect(isStored(REAL, 12480.5, toWire(REAL, '12480.50').ok ? 12480.5 : 0)).toBe(true)
})

test('integrator 9.1 a missing header or customer is named by the entities that bring it', () => {
  const missing = (table: string) =>
    readFault(400, body(`Write failed. Infolog: Warning: The value 'X-1' in field 'F' is not found in the related table '${table}'.`))
      .failure
  expect(missing('Sales orders')).toMatchObject({
    code: 'header-missing',
    details: { entity: 'CDSSalesOrderHeaders or SalesOrderHeadersV2' },
  })
  expect(missing('Sales quotations')).toMatchObject({
    code: 'header-missing',
    details: { entity: 'CDSSalesQuotationHeaders or SalesQuotationHeaders', value: 'X-1' },
  })
  expect(missing('Customers').details?.entity).toMatch(/CustomersV2/)
  expect(missing('Languages').details).not.toHaveProperty('entity')
})
