import { evaluateFilter, type FieldValues, type Filter } from '@p2c/engine'
import { type Expression, finOpsProfile, parseFilter } from '@p2c/odata'
import { expect, test } from 'vitest'
import { readFilter } from '../fields/filter.ts'
import type { FinOpsEntity, FinOpsField } from './entity.ts'
import { fromWire } from './field-value.ts'
import { pushedFilter, tupleFilters } from './query.ts'

const field = (name: string, more: Partial<FinOpsField>): [string, FinOpsField] => [
  name.toLowerCase(),
  { name, type: 'text', dataType: 'String', isMandatory: false, allowEdit: true, allowEditOnCreate: true, ...more },
]

const enumeration = (name: string, type: string, members: readonly string[]) =>
  field(name, { type: 'enumeration', dataType: 'Enum', enumType: `Microsoft.Dynamics.DataEntities.${type}`, members })

const NO_YES = ['No', 'Yes']
const STATUSES = ['Active', 'Confirmed', 'Picked', 'Invoiced', 'Canceled']
const ORIGINS = ['NotSpecified', 'SalesOrderIntegration', 'WorkOrderIntegration']

const ORDERS: FinOpsEntity = {
  name: 'CDSSalesOrderHeader',
  entitySetName: 'CDSSalesOrderHeaders',
  label: 'CDS sales order headers',
  isReadOnly: false,
  fields: new Map([
    field('SalesOrderNumber', {}),
    field('LineNumber', { type: 'integer', dataType: 'Int64' }),
    enumeration('OrderingCustomerIsExternallyMaintained', 'NoYes', NO_YES),
    enumeration('InvoiceCustomerIsExternallyMaintained', 'NoYes', NO_YES),
    enumeration('AreTotalsUpdated', 'NoYes', NO_YES),
    enumeration('SalesOrderProcessingStatus', 'SalesOrderProcessingStatus', STATUSES),
    enumeration('SalesOrderOriginType', 'SalesOriginType', ORIGINS),
  ]),
  keyFields: ['SalesOrderNumber'],
  hasCompany: true,
}

const D7 =
  'OrderingCustomerIsExternallyMaintained eq Yes and InvoiceCustomerIsExternallyMaintained eq Yes and SalesOrderProcessingStatus ne Active and AreTotalsUpdated eq Yes and SalesOrderOriginType ne WorkOrderIntegration'
const D8 = "SalesOrderNumber ne ''"

const filterOf = (text: string): Filter => readFilter(text, { profile: finOpsProfile, bareMembers: true })

test('FO-054 templates 7.7 and 7.8: the filters go out whole, enumerations qualified', () => {
  const name = 'Microsoft.Dynamics.DataEntities'
  expect(pushedFilter(ORDERS, filterOf(D7))).toBe(
    `(OrderingCustomerIsExternallyMaintained eq ${name}.NoYes'Yes' and InvoiceCustomerIsExternallyMaintained eq ${name}.NoYes'Yes' and SalesOrderProcessingStatus ne ${name}.SalesOrderProcessingStatus'Active' and AreTotalsUpdated eq ${name}.NoYes'Yes' and SalesOrderOriginType ne ${name}.SalesOriginType'WorkOrderIntegration')`,
  )
  expect(pushedFilter(ORDERS, filterOf(D8))).toBe("SalesOrderNumber ne ''")
})

/** What this service does with a filter: text without case, a blank is the empty text, an enumeration always has a member. */
function isSent(expression: Expression, row: Readonly<Record<string, string>>): boolean {
  if (expression.kind !== 'binary') throw new Error(`not expected here: ${expression.kind}`)
  const { operator, left, right } = expression
  if (operator === 'and') return isSent(left, row) && isSent(right, row)
  if (operator === 'or') return isSent(left, row) || isSent(right, row)
  if (left.kind !== 'path' || right.kind !== 'literal') throw new Error('not expected here')
  const same = (row[left.segments[0] ?? ''] ?? '').toLowerCase() === right.value.toLowerCase()
  return operator === 'eq' ? same : !same
}

test.each([
  ['D7', D7],
  ['D8', D8],
  ['an alternative', "SalesOrderProcessingStatus eq Invoiced or SalesOrderNumber ne 'a'"],
  ['a blank', 'SalesOrderNumber ne null and SalesOrderOriginType ne SalesOrderIntegration'],
  ['a member that is none', 'SalesOrderProcessingStatus ne Nothing and AreTotalsUpdated eq Yes'],
])('integrator 11: what the source drops the engine would drop, so the outcome is the same wherever %s is evaluated', (_name, text) => {
  const filter = filterOf(text)
  const sent = pushedFilter(ORDERS, filter)
  const expression = sent === undefined ? undefined : parseFilter(sent, finOpsProfile)
  const seen = { kept: 0, dropped: 0 }
  for (const SalesOrderNumber of ['', 'A', 'a', 'SO-1'])
    for (const ordering of NO_YES)
      for (const invoice of NO_YES)
        for (const totals of NO_YES)
          for (const SalesOrderProcessingStatus of STATUSES)
            for (const SalesOrderOriginType of ORIGINS) {
              const row = {
                SalesOrderNumber,
                OrderingCustomerIsExternallyMaintained: ordering,
                InvoiceCustomerIsExternallyMaintained: invoice,
                AreTotalsUpdated: totals,
                SalesOrderProcessingStatus,
                SalesOrderOriginType,
              }
              const values: FieldValues = Object.fromEntries(
                Object.entries(row).map(([name, value]) => [name, fromWire(ORDERS.fields.get(name.toLowerCase()) as FinOpsField, value)]),
              )
              const isKept = evaluateFilter(filter, values)
              const comes = expression === undefined || isSent(expression, row)
              expect(isKept && !comes, JSON.stringify(row)).toBe(false)
              seen[isKept ? 'kept' : 'dropped']++
            }
  expect(seen.kept * seen.dropped, 'both outcomes were met').toBeGreaterThan(0)
})

test('the lines of some headers are selected in filters that fit an address', () => {
  const tuples = Array.from({ length: 400 }, (_, index) => [`SO-${String(index).padStart(18, '0')}`])
  const filters = tupleFilters(ORDERS, 'usmf', { fields: ['SalesOrderNumber'], tuples })
  expect(filters.length).toBeGreaterThan(1)
  expect(filters.every((filter) => encodeURIComponent(filter).length < 16_000 && filter.startsWith("dataAreaId eq 'usmf' and ("))).toBe(
    true,
  )
  expect(filters.join().match(/SalesOrderNumber eq/g)).toHaveLength(400)
  expect(
    tupleFilters(ORDERS, 'usmf', {
      fields: ['SalesOrderNumber', 'LineNumber'],
      tuples: [
        ['SO-1', '7'],
        ['SO-2', 'x'],
      ],
    }),
  ).toEqual(["dataAreaId eq 'usmf' and ((SalesOrderNumber eq 'SO-1' and LineNumber eq 7))"])
})
