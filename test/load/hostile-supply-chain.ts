import { expect } from 'vitest'
import type { Scope } from '../support/command-line.ts'
import { type OutsideClient, outsideClients } from '../support/outside-client.ts'
import { openTestInstallation } from '../support/test-installation.ts'
import { sendHostilePackages } from './hostile-packages.ts'
import { hostileSupplyChainRequests, readSupplyChainGround } from './hostile-supply-chain-requests.ts'
import { sendHostile } from './send-hostile.ts'

/** Starts an installation with documents in every state, sends hostile requests and packages to Supply Chain and demands that it stands them. */
export async function expectSupplyChainToStand(
  scope: Scope,
  options: { readonly seed: number; readonly requests: number; readonly packages: number },
): Promise<void> {
  const prepared = await openTestInstallation(scope)
  const { supplyChain, tokens } = await outsideClients(await prepared.start())
  const database = prepared.database('supply_chain')
  const packages = await sendHostilePackages(supplyChain, { database, seed: options.seed, count: options.packages })
  expect(packages.problems).toEqual([])
  expect([...packages.byStatus.keys()].sort(), 'packages end in different ways').toContain('PartiallySucceeded')
  await plantDocuments(supplyChain)
  const { byStatus, problems } = await sendHostile(supplyChain, {
    token: tokens.supplyChain,
    database,
    next: hostileSupplyChainRequests(await readSupplyChainGround(supplyChain), options.seed),
    count: options.requests,
  })
  expect(problems).toEqual([])
  expect([...byStatus.values()].reduce((sum, count) => sum + count, 0)).toBe(options.requests)
  expect((await supplyChain.call('GET', '/CustomersV3?$top=1')).status).toBe(200)
  expect(byStatus.size, 'answers of many kinds').toBeGreaterThan(4)
  expect((byStatus.get(201) ?? 0) + (byStatus.get(204) ?? 0), 'some requests do write').toBeGreaterThan(0)
}

/** An open order, a confirmed one, a quotation, and stock: what hostile requests can be about. */
async function plantDocuments(client: OutsideClient): Promise<void> {
  const post = async (path: string, body: object): Promise<void> => {
    const reply = await client.call('POST', path, { body })
    if (reply.status >= 300) throw new Error(`POST ${path}: ${reply.status} ${reply.text}`)
  }
  const dataAreaId = 'usmf'
  await post('/CustomersV3', {
    dataAreaId,
    CustomerAccount: 'H-1',
    OrganizationName: 'Halvorsen',
    CustomerGroupId: '10',
    SalesCurrencyCode: 'USD',
    SiteId: '1',
    WarehouseId: '13',
  })
  await post('/ReleasedProductCreationsV2', {
    ...{
      dataAreaId,
      ItemNumber: 'H-ITEM',
      ProductNumber: 'H-ITEM',
      ProductName: 'Anchor',
      ProductType: 'Item',
      ProductSubType: 'Product',
      SalesPrice: 12,
    },
    ...{ ItemModelGroupId: 'FIFO', ProductGroupId: 'Goods', StorageDimensionGroupName: 'SiteWH', TrackingDimensionGroupName: 'None' },
    ...{ InventoryUnitSymbol: 'ea', SalesUnitSymbol: 'ea', PurchaseUnitSymbol: 'ea' },
  })
  for (const SalesOrderNumber of ['SO-000001', 'SO-000002']) {
    await post('/CDSSalesOrderHeaders', { dataAreaId, SalesOrderNumber, OrderingCustomerAccountNumber: 'H-1' })
    await post('/CDSSalesOrderLines', {
      dataAreaId,
      SalesOrderNumber,
      LineCreationSequenceNumber: 1,
      ProductNumber: 'H-ITEM',
      OrderedSalesQuantity: 5,
    })
  }
  await post('/CDSSalesQuotationHeaders', { dataAreaId, SalesQuotationNumber: 'QUO-000001', RequestingCustomerAccountNumber: 'H-1' })
  await post('/CDSSalesQuotationLines', {
    dataAreaId,
    SalesQuotationNumber: 'QUO-000001',
    LineCreationSequenceNumber: 1,
    ProductNumber: 'H-ITEM',
    RequestedSalesQuantity: 2,
  })
}
