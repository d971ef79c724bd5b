import { createManualClock, type ManualClock, type TestScope } from '@p2c/base'
import {
  startCommonDataServiceApplication,
  startSalesApplication,
  startSupplyChainApplication,
} from '../../support/connected-applications.ts'
import { type Clerk, createClerk } from './clerk.ts'
import { type Integrator, startIntegrator, type WrapConnector } from './integrator.ts'
import { createSales, type Sales } from './sales.ts'
import { createSeller, type Seller } from './seller.ts'
import { createWire, quoted, signIn, type Wire } from './wire.ts'

/** Both applications with the integrator between them, and the people who work in them. */
export interface ProspectToCash extends Integrator {
  /** Of both applications: it stands still, so that no batch job of Supply Chain starts by itself. */
  readonly clock: ManualClock
  readonly seller: Seller
  readonly clerk: Clerk
  /** Reads Sales, whoever owns the rows. */
  readonly sales: Sales
  /** The hub, where the installation has one. */
  readonly hub?: Wire
  /** Items that can be sold and are in stock, and are products of Sales; a price of each. */
  offer(prices: Readonly<Record<string, number>>): Promise<void>
  /** A seller of another business unit, which is made with it and may own what the integration brings. */
  sellerOf(businessUnit: string): Promise<Seller>
}

/** More than any scenario ships. */
const PIECES = 10_000

const START = '2025-02-11T09:30:00Z'

/**
 * Starts the applications on databases of their own and sets the integrator up as a new installation does, with a hub and the two-hop
 * projects where told; all of it ends with `scope`.
 */
export async function startProspectToCash(
  scope: TestScope,
  { withHub = false, wrap }: { readonly withHub?: boolean; readonly wrap?: WrapConnector } = {},
): Promise<ProspectToCash> {
  const clock = createManualClock(START)
  const [sales, supplyChain, commonDataService] = await Promise.all([
    startSalesApplication(scope, clock),
    startSupplyChainApplication(scope, clock),
    withHub ? startCommonDataServiceApplication(scope, clock) : undefined,
  ])
  const [salesToken, supplyChainToken, hub, integrator] = await Promise.all([
    signIn(sales),
    signIn(supplyChain),
    commonDataService && signIn(commonDataService).then((token) => createWire(`${commonDataService.url}/api/data/v9.2`, token)),
    startIntegrator(scope, { sales, supplyChain, ...(commonDataService !== undefined && { commonDataService }) }, wrap),
  ])
  const root = `${sales.url}/api/data/v9.2`
  const administration = createWire(root, salesToken)
  const sellerIn = async (unit: string): Promise<Seller> => {
    const user = await addSeller(administration, unit)
    return createSeller(createWire(root, salesToken, { mscrmcallerid: user }))
  }
  // Products can be sold as they arrive (templates specification, 7.4).
  const { organizationid } = await administration.row('organizations', 'name ne null')
  await administration.send('PATCH', `/organizations(${organizationid})`, { createproductswithoutparentinactivestate: true })
  const clerk = createClerk(createWire(supplyChain.url, supplyChainToken), 'usmf')
  const { businessunitid } = await administration.row('businessunits', '_parentbusinessunitid_value eq null')
  return {
    ...integrator,
    ...(hub !== undefined && { hub }),
    clock,
    seller: await sellerIn(businessunitid),
    clerk,
    offer: async (prices) => {
      for (const [number, SalesPrice] of Object.entries(prices)) await clerk.product(number, { SalesPrice })
      await clerk.stock(Object.fromEntries(Object.keys(prices).map((number) => [number, PIECES])))
      await integrator.run('products')
    },
    sales: createSales(administration),
    sellerOf: async (name) => {
      const parent = { 'parentbusinessunitid@odata.bind': `/businessunits(${businessunitid})` }
      const unit = (await administration.send('POST', '/businessunits', { name, ...parent })).businessunitid
      // Owns what the integration brings to the unit, and cannot without a role (Sales specification, 7).
      const { teamid } = await administration.row('teams', `_businessunitid_value eq ${unit} and isdefault eq true`)
      await addRole(administration, `teams(${teamid})/teamroles_association`, 'Integration Team')
      return sellerIn(unit)
    },
  }
}

let sellers = 0

/** A user with the role *Salesperson* alone; gives the id. */
async function addSeller(administration: Wire, unit: string): Promise<string> {
  sellers += 1
  const { systemuserid } = await administration.send('POST', '/systemusers', {
    domainname: `seller-${sellers}@sales.test`,
    firstname: 'Solveig',
    lastname: `Seller ${sellers}`,
    'businessunitid@odata.bind': `/businessunits(${unit})`,
  })
  await addRole(administration, `systemusers(${systemuserid})/systemuserroles_association`, 'Salesperson')
  return systemuserid
}

async function addRole(administration: Wire, association: string, name: string): Promise<void> {
  const { roleid } = await administration.row('roles', `name eq ${quoted(name)}`)
  await administration.send('POST', `/${association}/$ref`, { '@odata.id': `${administration.client.root}/roles(${roleid})` })
}
