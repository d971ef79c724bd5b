import { expect, test } from 'vitest'
import { describeConnector } from '../../packages/connectors/src/connector.case.ts'
import { startSupplyChain } from '../support/connected-applications.ts'

const organisation = { businessUnit: 'Contoso', legalEntity: 'USMF' }
const signal = new AbortController().signal

const customer = (CustomerAccount: string, more: Record<string, string | null> = {}) => ({
  CustomerAccount,
  PartyNumber: CustomerAccount,
  OrganizationName: `Name of ${CustomerAccount}`,
  PartyType: 'Organization',
  CustomerGroupId: '10',
  SalesCurrencyCode: 'USD',
  CreditLimit: '10.5',
  ...more,
})

describeConnector('the Supply Chain connector against the local application', async (scope) => ({
  connector: await startSupplyChain(scope),
  organisation,
  entity: 'CustomersV2',
  keyFields: ['CustomerAccount'],
  textField: 'OrganizationName',
  decimalField: 'CreditLimit',
  row: (key, more) => ({ ...customer(key), ...more }),
  badRow: (key) => customer(key, { CustomerGroupId: '99' }),
  isIncremental: true,
}))

test('a refused reference is told with field, value and table', async (t) => {
  const connector = await startSupplyChain(t)
  const rows = [{ key: 'K-1', values: customer('K-1', { CustomerGroupId: '99' }), known: false }]
  const outcomes = await connector.upsert({ entity: 'CustomersV2', keyFields: ['CustomerAccount'], organisation, rows }, signal)
  expect(outcomes).toMatchObject([
    {
      outcome: 'failed',
      failure: {
        category: 'reference',
        code: 'reference-not-found',
        details: { value: '99', field: expect.any(String), table: expect.any(String) },
      },
    },
  ])
})
