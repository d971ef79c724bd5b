import type { Readiness, ReadinessCheck } from '@p2c/api'
import { type Database, systemClock } from '@p2c/base'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkReadiness } from '../../apps/server/src/doctor/check-readiness.ts'
import { INTEGRATION_KEYS, LOCAL_CONNECTION_SET, localConnection } from '../../apps/server/src/setup/local-set-up.ts'
import { TWO_HOP_CONNECTION_SET } from '../../apps/server/src/setup/two-hop-set-up.ts'
import { fileScope } from '../support/command-line.ts'
import { type RunningApplication, startSalesApplication, startSupplyChainApplication } from '../support/connected-applications.ts'
import { createClerk } from './kit/clerk.ts'
import type { Integrator } from './kit/integrator.ts'
import { type ProspectToCash, startProspectToCash } from './kit/prospect-to-cash.ts'
import { createWire, type Row, signIn, type Wire } from './kit/wire.ts'

/** The whole of readiness over the wire: real applications, as they come and started as the named releases. */
const scope = fileScope(afterAll)

interface Looking {
  readonly fix?: boolean
  /** Paths that the systems behave as if they had never heard of. */
  readonly without?: RegExp
  /** Id of a user of Sales on whose behalf every call is made. */
  readonly as?: string
}

function look({ engine }: Pick<Integrator, 'engine'>, set: string, { fix = false, without, as }: Looking = {}): Promise<Readiness> {
  const asked = (async (url: string, init?: RequestInit) => {
    if (without?.test(url)) return Response.json({ error: { message: 'No route.' } }, { status: 404 })
    return fetch(url, as === undefined ? init : { ...init, headers: { ...init?.headers, mscrmcallerid: as } })
  }) as typeof fetch
  return checkReadiness(set, { fix, signal: AbortSignal.timeout(60_000) }, { engine, clock: systemClock, fetch: asked })
}

/** Checks that did not pass, by id. */
const standing = ({ checks }: Readiness): Readonly<Record<string, ReadinessCheck['status']>> =>
  Object.fromEntries(checks.filter(({ status }) => status !== 'passed').map(({ id, status }) => [id, status]))

const foundBy = ({ checks }: Readiness, id: string): string => checks.find((check) => check.id === id)?.found ?? 'no such check'

let p2c: ProspectToCash

beforeAll(async () => {
  p2c = await startProspectToCash(scope, { withHub: true })
}, 120_000)

/** A row that is there already, changed. */
async function change(wire: Wire, set: string, filter: string, values: Row): Promise<void> {
  const row = await wire.row(set, filter)
  const id = Object.entries(row).find(([name]) => name === `${SINGULAR[set]}id`)?.[1]
  await wire.send('PATCH', `/${set}(${id})`, values)
}

const SINGULAR: Readonly<Record<string, string>> = { organizations: 'organization', pricelevels: 'pricelevel', uomschedules: 'uomschedule' }

test('a new installation is ready for both generations, and looking changes nothing', async () => {
  const direct = await look(p2c, LOCAL_CONNECTION_SET)
  expect(standing(direct)).toEqual({})
  expect(direct).toMatchObject({ ready: true, connectionSetName: LOCAL_CONNECTION_SET })
  expect(direct.checks.length).toBeGreaterThan(40)
  // What the older templates ask of Sales and Supply Chain would break the direct ones beside them: that is told, not mended.
  const older = await look(p2c, TWO_HOP_CONNECTION_SET, { fix: true })
  expect(standing(older)).toEqual({ 'discount-method': 'warning', 'number-sequences-manual': 'warning' })
  expect(older.ready).toBe(true)
  expect(standing(await look(p2c, LOCAL_CONNECTION_SET))).toEqual({})
})

/** What the local applications offer beyond the data services that are public. */
const LOCAL_ONLY = /\/health$|\/local\/solution|GetInstalledHotfixes|EntityChangeTrackings|BatchJobs|NumberSequencesV2|Languages/

test('what a system does not tell is unknown with the reason and where a person finds it; the rest is told all the same', async () => {
  const readiness = await look(p2c, LOCAL_CONNECTION_SET, { without: LOCAL_ONLY })
  expect(standing(readiness)).toEqual({
    'supply-chain-change-tracking': 'unknown',
    'sales-totals-job': 'unknown',
    languages: 'unknown',
    'number-ranges': 'unknown',
  })
  const tracking = readiness.checks.find(({ id }) => id === 'supply-chain-change-tracking')
  expect(tracking).toMatchObject({
    found: '/data/EntityChangeTrackings was refused (404): No route.',
    remedy: expect.stringContaining('Data management, Data entities, Change tracking'),
  })
})

test('R24 an identity with the rights of a seller is told each privilege that it lacks', async () => {
  const { UserId: as } = await p2c.seller.wire.get('/WhoAmI')
  const { checks } = await look(p2c, LOCAL_CONNECTION_SET, { as })
  const privileges = checks.find(({ id }) => id === 'sales-privileges')
  expect(privileges).toMatchObject({ status: 'failed', remedy: expect.stringContaining('give the application user a role') })
  expect(privileges?.items).toEqual(
    expect.arrayContaining(['prvReadAccount (Local only)', 'prvCreateProduct', 'prvWriteSalesOrder (Basic only)']),
  )
})

test('what is broken on both sides is found, what can be set is set by one call, and the rest is told', async () => {
  const { clerk, seller } = p2c
  const { wire } = p2c.sales
  await p2c.offer({ 'D-PASTE': 12 })
  await seller.account({ name: 'Lost', accountnumber: 'SHARED-1', address1_country: 'Atlantis' })
  await seller.account({ name: 'Padded', accountnumber: 'PAD-1 ' })
  await seller.contact({ lastname: 'Shared', msdynce_contactnumber: 'shared-1' })
  await clerk.product('D-PALLET', { SalesUnitSymbol: 'pal', InventoryUnitSymbol: 'pal', PurchaseUnitSymbol: 'pal' })
  await change(wire, 'organizations', 'name ne null', {
    oobpricecalculationenabled: false,
    discountcalculationmethod: 1,
    orderprefix: 'SO',
  })
  await change(wire, 'pricelevels', `name eq 'CRM Service USA (sample)'`, { name: 'Renamed' })
  await change(wire, 'uomschedules', `name eq 'Default Unit'`, { name: 'Old units' })
  await clerk.wire.send('PATCH', `/data/NumberSequencesV2(ScopeValue='usmf',NumberSequenceCode='SalesOrder')`, {
    Format: 'SO-#####-######',
  })
  await clerk.wire.send('POST', '/data/EntityChangeTrackings', { EntityName: 'CDS sales order headers', TrackingMode: 'None' })
  await clerk.wire.send('PATCH', '/data/BatchJobs(BatchJobRecId=5637144601)', { Status: 'Hold' })
  await clerk.wire.send('DELETE', `/data/ContactPersonDecisionRoles(dataAreaId='usmf',DecisionMakingRoleCode='Employee')`)
  const team = await wire.row('teams', 'isdefault eq true and _businessunitid_value ne null', '$top=1')
  const role = await wire.row('roles', `name eq 'Integration Team'`)
  await wire.send('DELETE', `/teams(${team.teamid})/teamroles_association(${role.roleid})/$ref`)

  const before = await look(p2c, LOCAL_CONNECTION_SET)
  const PEOPLE = {
    'account-numbers': 'failed',
    'account-and-contact-numbers': 'failed',
    'country-texts': 'warning',
    'number-ranges': 'failed',
    units: 'failed',
  } as const
  expect(standing(before)).toEqual({
    ...PEOPLE,
    'owning-team': 'failed',
    'supply-chain-change-tracking': 'failed',
    'sales-totals-job': 'failed',
    'system-pricing': 'failed',
    'discount-method': 'failed',
    'mapped-price-lists': 'failed',
    'unit-group': 'failed',
    'decision-roles': 'failed',
  })
  expect(foundBy(before, 'account-numbers')).toContain('"PAD-1 "')
  expect(foundBy(before, 'account-and-contact-numbers')).toBe('on both: shared-1')
  expect(foundBy(before, 'country-texts')).toContain('"Atlantis"')
  expect(foundBy(before, 'units')).toContain('pal has no entry in the unit map')

  const after = await look(p2c, LOCAL_CONNECTION_SET, { fix: true })
  expect(standing(after)).toEqual({
    ...PEOPLE,
    'owning-team': 'fixed',
    'supply-chain-change-tracking': 'fixed',
    'sales-totals-job': 'fixed',
    'system-pricing': 'fixed',
    'discount-method': 'fixed',
    'mapped-price-lists': 'fixed',
    'unit-group': 'fixed',
    'decision-roles': 'fixed',
  })
  // The unit stands in the group that the same call had to make first.
  expect(foundBy(after, 'units')).toBe('pal has no entry in the unit map')
  expect(after.ready).toBe(false)
  expect(after.checks.filter((check) => check.canFix)).toEqual([])
  expect(standing(await look(p2c, LOCAL_CONNECTION_SET))).toEqual(PEOPLE)
}, 60_000)

test('an unknown connection set is refused by name', async () => {
  await expect(look(p2c, 'nowhere')).rejects.toMatchObject({
    code: 'connection-set-unknown',
    message: expect.stringContaining(`There is no connection set 'nowhere'. There are: local, local-two-hop.`),
  })
})

/** Projects that ask most of the releases; fewer of them are looked at faster. */
const OLDER_SET = 'older'
const OLDER_PROJECTS = ['products', 'orders-to-supply-chain', 'orders-to-sales'] as const
const ORGANISATION = { businessUnit: 'Prospect to Cash', legalEntity: 'usmf' }

/** Points the connection set `older` at two systems; `hotfixes` is the setting of the connection to Supply Chain. */
async function connectOlder(sales: Reached, supplyChain: Reached, hotfixes?: string): Promise<void> {
  const toSupplyChain = localConnection('Older Supply Chain', 'AX', supplyChain)
  const settings = { ...toSupplyChain.settings, ...(hotfixes !== undefined && { hotfixes }) }
  await p2c.engine.saveConnectionSet({
    name: OLDER_SET,
    connections: [localConnection('Older Sales', 'CRM', sales), { ...toSupplyChain, settings }],
    organisations: [ORGANISATION],
    integrationKeys: [...INTEGRATION_KEYS],
  })
}

type Reached = Pick<RunningApplication, 'url' | 'clientId' | 'clientSecret'>

/** Applications of their own, which are started again and again on the same databases, each time as another release. */
interface Older {
  readonly sales: RunningApplication
  readonly supplyChain: Database
  /** The check of the projects against Supply Chain started like this; `hotfixes`: the setting of its connection. */
  lookAs(as: Parameters<typeof startSupplyChainApplication>[2], looking?: Looking & { readonly hotfixes?: string }): Promise<Readiness>
}

async function startOlder(): Promise<Older> {
  const sales = await startSalesApplication(scope, systemClock, { settings: { version: '8.2.1.206', solutionVersion: '1.14.1.0' } })
  const first = await startSupplyChainApplication(scope)
  const clerk = createClerk(createWire(first.url, await signIn(first)), 'usmf')
  await clerk.product('OLD-1')
  await clerk.stock({ 'OLD-1': 10 })
  await clerk.customer('US-001')
  await clerk.order({ number: 'OLD-ORDER', customer: 'US-001', lines: [{ ProductNumber: 'OLD-1', OrderedSalesQuantity: 2 }] })
  await connectOlder(sales, first)
  for (const name of OLDER_PROJECTS) {
    const model = (await p2c.engine.findProject(name)) ?? expect.unreachable(`there is no project ${name}`)
    await p2c.engine.saveProject({ ...model, name: `older-${name}`, connectionSetName: OLDER_SET, dependsOn: [] })
  }
  return {
    sales,
    supplyChain: first.database,
    lookAs: async (as, looking = {}) => {
      await connectOlder(
        sales,
        await startSupplyChainApplication(scope, systemClock, { ...as, database: first.database }),
        looking.hotfixes,
      )
      return look(p2c, OLDER_SET, looking)
    },
  }
}

let older: Older

test('the named releases pass and fail by their versions, hotfixes and one-time jobs', async () => {
  older = await startOlder()
  const versions = (readiness: Readiness) =>
    ['supply-chain-application', 'supply-chain-platform', 'supply-chain-hotfixes'].map((id) => standing(readiness)[id] ?? 'passed')
  const early = { release: '7.3', applicationVersion: '7.3.11971.1', platformVersion: '7.0.4700.1' } as const
  expect(versions(await older.lookAs({ settings: early }))).toEqual(['failed', 'failed', 'passed'])
  const july = (hotfixes: readonly string[]) => older.lookAs({ settings: { release: 'july-2017', hotfixes } })
  expect(versions(await july(['KB4036524']))).toEqual(['passed', 'passed', 'failed'])
  expect(versions(await july(['KB4045570']))).toEqual(['passed', 'passed', 'passed'])
  // Where the system does not tell its hotfixes, nobody knows them until a person has said what its page of versions shows.
  const as = { settings: { release: 'july-2017' } } as const
  const without = /GetInstalledHotfixes/
  expect(versions(await older.lookAs(as, { without }))).toEqual(['passed', 'passed', 'unknown'])
  expect(versions(await older.lookAs(as, { without, hotfixes: 'KB4036461; kb4045570' }))).toEqual(['passed', 'passed', 'passed'])

  const settings = { release: '1611', hotfixes: ['KB4051266', 'KB4037542', 'KB4033093'] } as const
  const november = await older.lookAs({ settings })
  expect(standing(november)).toEqual({
    'sales-version': 'failed',
    'solution-version': 'failed',
    'populate-prospect-to-cash': 'failed',
    'distinct-products': 'failed',
  })
  expect(foundBy(november, 'sales-version')).toBe('8.2.1.206')
  expect(foundBy(november, 'solution-version')).toBe('1.14.1.0')
  expect(foundBy(november, 'populate-prospect-to-cash')).toContain('CDSSalesOrderLines in usmf')
  expect(foundBy(november, 'distinct-products')).toContain('OLD-1 in usmf')
  // Nobody can set the version of Sales from here; everything else is done.
  const mended = await older.lookAs({ settings }, { fix: true })
  expect(standing(mended)).toEqual({
    'sales-version': 'failed',
    'solution-version': 'fixed',
    'populate-prospect-to-cash': 'fixed',
    'distinct-products': 'fixed',
  })
  const { rows } = await older.supplyChain.query<{ number: number }>('select line_creation_sequence_number as number from sales_order_line')
  expect(rows).toEqual([{ number: 1 }])
}, 120_000)

test('a system that does not answer fails its connection, and the rest of it is unknown', async () => {
  await connectOlder(older.sales, { url: 'http://127.0.0.1:9', clientId: 'nobody', clientSecret: 'nothing' })
  const readiness = await look(p2c, OLDER_SET)
  expect(standing(readiness)).toMatchObject({
    'supply-chain-connection': 'failed',
    'supply-chain-hotfixes': 'unknown',
    'distinct-products': 'unknown',
    mappings: 'unknown',
  })
  expect(foundBy(readiness, 'supply-chain-connection')).toBe(
    'http://127.0.0.1:9 does not answer. See whether the system runs and whether the address of the connection is right.',
  )
  // Sales is looked at all the same.
  expect(foundBy(readiness, 'sales-version')).toBe('8.2.1.206')
})
