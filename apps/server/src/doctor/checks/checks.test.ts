import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { known, unknown } from '../fact.ts'
import type { CompanyFacts } from '../facts/company-facts.ts'
import type { Facts } from '../facts/facts.ts'
import type { SalesFacts } from '../facts/sales-facts.ts'
import { unreadableSales } from '../facts/sales-facts.ts'
import { type SupplyChainFacts, unreadableSupplyChain } from '../facts/supply-chain-facts.ts'
import { directNeeds, HEALTHY_COMPANY, HEALTHY_SALES, HEALTHY_SUPPLY_CHAIN, healthyFacts, keysWith, twoHopNeeds } from '../facts.fixture.ts'
import { needsOf } from '../needs.ts'
import type { Verdict } from '../verdict.ts'
import { CHECKS } from './check-list.ts'

const sales = (change: Partial<SalesFacts>, base = healthyFacts()): Facts => ({ ...base, sales: { ...base.sales, ...change } })
const supplyChain = (change: Partial<SupplyChainFacts>, base = healthyFacts()): Facts => ({
  ...base,
  supplyChain: { ...base.supplyChain, ...change },
})
const company = (change: Partial<CompanyFacts>, base = healthyFacts()): Facts =>
  supplyChain({ companies: [{ ...HEALTHY_COMPANY, ...change }] }, base)
const organization = (change: Record<string, unknown>, base = healthyFacts()): Facts =>
  sales({ organization: known({ ...(HEALTHY_SALES.organization.known ? HEALTHY_SALES.organization.value : {}), ...change }) }, base)
const release = (application: string, platform: string, hotfixes: readonly string[] = []): Facts =>
  supplyChain({ application: known(application), platform: known(platform), hotfixes: known(hotfixes) })
const twoHop = () => healthyFacts(twoHopNeeds())
const JULY = ['7.2.11792.56024', '7.0.4565.16212'] as const
const NOVEMBER = ['7.1.1541.3036', '7.0.4565.16212'] as const

interface Case {
  readonly status: Verdict['status']
  readonly facts: Facts
  readonly found?: string
  readonly items?: readonly string[]
  /** Paths of the writes that would mend it; none where a person has to. */
  readonly fix?: readonly string[]
}

const bad = (facts: Facts, found: string, more: Partial<Case> = {}): Case => ({ status: 'failed', facts, found, ...more })
const doubtful = (facts: Facts, found: string, more: Partial<Case> = {}): Case => ({ status: 'warning', facts, found, ...more })
const good = (facts: Facts, found?: string): Case => ({ status: 'passed', facts, ...(found !== undefined && { found }) })
const untold = (facts: Facts, found: string): Case => ({ status: 'unknown', facts, found })

const ORGANIZATION = '/api/data/v9.2/organizations(o-1)'
const PRICE_LISTS = '/api/data/v9.2/pricelevels'

/** Every check with what it says of facts that are and are not as they should be. */
const CASES: Readonly<Record<string, readonly Case[]>> = {
  'sales-connection': [good(healthyFacts(), 'signed in as user u-1'), bad(sales(unreadableSales('sign-in refused')), 'sign-in refused')],
  'supply-chain-connection': [
    good(healthyFacts(), 'application version 10.0.41.12'),
    bad(supplyChain(unreadableSupplyChain('no answer')), 'no answer'),
  ],
  'hub-connection': [
    good(twoHop()),
    bad({ ...twoHop(), hub: { identity: unknown('no answer'), organisations: unknown('no answer') } }, 'no answer'),
  ],
  'business-units': [
    good(healthyFacts()),
    bad(sales({ businessUnits: known([{ name: 'Nordics' }]) }), 'not found: Prospect to Cash; there are Nordics'),
    untold(sales({ businessUnits: unknown('403') }), '403'),
  ],
  'legal-entities': [good(healthyFacts()), bad(supplyChain({ legalEntities: known(['demf']) }), 'not found: usmf; there are demf')],
  'hub-organisation': [
    good(twoHop()),
    bad({ ...twoHop(), hub: { identity: known('u-1'), organisations: known([]) } }, 'not found: ORG001'),
  ],
  mappings: [
    good(healthyFacts()),
    bad(
      {
        ...healthyFacts(),
        projects: [{ project: 'quotes', issues: known([{ code: 'DIPV1022', severity: 'error', pointer: '', message: 'no field x' }]) }],
      },
      '1 errors',
      { items: ['quotes: DIPV1022 no field x'] },
    ),
    good({
      ...healthyFacts(),
      projects: [{ project: 'quotes', issues: known([{ code: 'DIPV1031', severity: 'warning', pointer: '', message: 'm' }]) }],
    }),
    untold({ ...healthyFacts(), projects: [{ project: 'quotes', issues: unknown('no answer') }] }, 'quotes: no answer'),
  ],
  projects: [good(healthyFacts()), bad(healthyFacts(directNeeds([])), 'none')],
  'supply-chain-application': [
    good(healthyFacts()),
    good(release('7.3.11971.56116', '7.0.4709.41129')),
    good(release('7.3.11971.56116.2', '7.0.4709.41129')),
    good(release(...NOVEMBER)),
    bad(release('7.3.11971.56115', '7.0.4709.41129'), '7.3.11971.56115'),
    good(release(...JULY)),
    bad(release('7.2.11700.1', '7.0.4565.16212'), '7.2.11700.1'),
    bad(release('7.0.1265.3015', '7.0.4030.16079'), '7.0.1265.3015, older than 1611'),
    untold(release('unknown', '1'), 'unknown, which is no version'),
  ],
  'supply-chain-platform': [
    good(healthyFacts()),
    good(release('7.3.11971.56116', '7.0.4709.41129')),
    bad(release('7.3.11971.56116', '7.0.4708.1'), '7.0.4708.1'),
    good(release(...JULY)),
    bad(release(JULY[0], '7.0.4500.1'), '7.0.4500.1'),
    bad(release(NOVEMBER[0], '7.0.4307.16141'), '7.0.4307.16141'),
    good(release(...NOVEMBER)),
  ],
  'supply-chain-hotfixes': [
    good(healthyFacts()),
    good(release('7.3.11971.56116', '7.0.4709.41129')),
    bad(release(...JULY), 'none', {
      items: ['KB4045570: sales orders from Sales to Supply Chain', 'KB4036524: order lines to Sales', 'KB4036461: orders to Sales'],
    }),
    good(release(...JULY, ['KB4045570']), 'KB4045570'),
    bad(release(...JULY, ['KB4036524']), 'KB4036524', { items: ['KB4045570: sales orders from Sales to Supply Chain'] }),
    bad(release(...JULY, ['KB4036461']), 'KB4036461', {
      items: ['KB4045570: sales orders from Sales to Supply Chain', 'KB4036524: order lines to Sales'],
    }),
    // Only orders to Sales: the older hotfix was enough by itself, as it contains the oldest.
    good({ ...release(...JULY, ['KB4036524']), needs: directNeeds(['orders-to-sales']) }),
    bad({ ...release(...JULY, ['KB4036461']), needs: directNeeds(['orders-to-sales']) }, 'KB4036461', {
      items: ['KB4036524: order lines to Sales'],
    }),
    good({ ...release(...JULY), needs: directNeeds(['accounts']) }),
    bad(release(...NOVEMBER, ['KB4051266']), 'KB4051266', {
      items: ['KB4033093: data entities of prospect to cash', 'KB4037542: order headers and lines to Sales'],
    }),
    good(release(...NOVEMBER, ['KB4051266', 'KB4037542', 'KB4033093'])),
    bad({ ...release(...NOVEMBER), needs: directNeeds(['accounts']) }, 'none', { items: ['KB4033093: data entities of prospect to cash'] }),
    untold(supplyChain({ application: known(JULY[0]), hotfixes: unknown('not told') }), 'not told'),
  ],
  'sales-version': [
    good(sales({ version: known('8.2.1.207') })),
    bad(sales({ version: known('8.2.1.206') }), '8.2.1.206'),
    good(sales({ version: known('8.10.0.0') })),
    untold(sales({ version: known('unversioned') }), 'unversioned, which is no version'),
  ],
  'solution-version': [
    good(healthyFacts(), '1.15.0.0'),
    good(sales({ solution: known('15.0.0.1') })),
    bad(sales({ solution: known('1.14.1.0') }), '1.14.1.0', { fix: ['/local/solution'] }),
    bad(sales({ solution: known(undefined) }), 'not installed', { fix: ['/local/solution'] }),
    bad(sales({ solution: known('1.14.1.0'), isLocal: false }), '1.14.1.0'),
    good(sales({ solution: known('1.14.1.0') }, twoHop())),
    doubtful(sales({ solution: known('1.14.0.0') }, twoHop()), '1.14.0.0'),
    bad(sales({ solution: known('1.13.0.0') }, twoHop()), '1.13.0.0', { fix: ['/local/solution'] }),
  ],
  'sales-privileges': [
    good(healthyFacts()),
    bad(sales({ privileges: known(without('prvreadaccount')) }), 'missing: prvReadAccount', { items: ['prvReadAccount'] }),
    bad(
      sales({ privileges: known(new Map([...without('prvwriteinvoice'), ['prvwriteinvoice', 'Local']])) }),
      'missing: prvWriteInvoice (Local only)',
    ),
    untold(sales({ privileges: unknown('refused') }), 'refused'),
  ],
  'owning-team': [
    good(healthyFacts()),
    bad(
      sales({ businessUnits: known([{ name: 'Prospect to Cash', team: { id: 't-1', privileges: known(new Map()) } }]) }),
      'the team of Prospect to Cash holds no role',
      {
        fix: ['/api/data/v9.2/teams(t-1)/teamroles_association/$ref'],
      },
    ),
    bad(
      sales({
        businessUnits: known([{ name: 'Prospect to Cash', team: { id: 't-1', privileges: known(without('prvreadinvoice')) } }]),
        roles: known([]),
      }),
      'the team of Prospect to Cash lacks prvReadInvoice',
    ),
    bad(sales({ businessUnits: known([{ name: 'Prospect to Cash' }]) }), 'Prospect to Cash has no default team'),
  ],
  'supply-chain-rights': [
    good(healthyFacts()),
    bad(company({ refusals: known(['write CustomersV2 (403: no)']) }), 'refused: usmf: write CustomersV2 (403: no)'),
    untold(company({ refusals: unknown('no answer') }), 'no answer'),
  ],
  'sales-change-tracking': [
    good(healthyFacts()),
    bad(sales({ tables: known([{ logicalName: 'account', entitySet: 'accounts', changeTracking: false }]) }), 'off: accounts, contacts'),
  ],
  'supply-chain-change-tracking': [
    good(healthyFacts()),
    bad(supplyChain({ changeTracking: known(new Map([['sellable released products', 'None']])) }), 'off: SellableReleasedProducts', {
      fix: [`/data/EntityChangeTrackings(EntityName='Sellable%20released%20products')`],
    }),
    doubtful(
      supplyChain({ changeTracking: known(new Map([['cds sales order lines', 'PrimaryTable']])) }),
      'primary table only: CDSSalesOrderLines',
    ),
    untold(supplyChain({ changeTracking: unknown('404') }), '404'),
  ],
  'alternate-keys': [
    good(healthyFacts()),
    bad(sales({ alternateKeys: known({ account: [['accountnumber']], contact: [] }) }), 'no active key on msdynce_contactnumber'),
    doubtful(sales({ alternateKeys: known({ account: [], contact: [['msdynce_contactnumber']] }) }), 'no active key on accountnumber'),
  ],
  'populate-prospect-to-cash': [
    good(release(...NOVEMBER)),
    bad(company({ unnumberedLines: known(['CDSSalesOrderLines']) }), 'lines without a number: CDSSalesOrderLines in usmf', {
      fix: ['/data/BatchJobs/Microsoft.Dynamics.DataEntities.SalesPopulateProspectToCash'],
    }),
    bad(supplyChain({ isLocal: false }, company({ unnumberedLines: known(['CDSSalesOrderLines']) })), 'lines without a number'),
  ],
  'distinct-products': [
    good(healthyFacts()),
    bad(company({ undistinctProducts: known(['P-1', 'P-2']) }), '2 products are not: P-1 in usmf, P-2 in usmf', {
      fix: ['/data/BatchJobs/Microsoft.Dynamics.DataEntities.PopulateDistinctProductTable'],
    }),
  ],
  'sales-totals-job': [
    good(healthyFacts(), 'recurs every 5 minutes'),
    bad(jobs({ status: 'Hold' }), 'a job with status Hold', { fix: ['/data/BatchJobs(BatchJobRecId=1)'] }),
    bad(jobs({ recurrence: 0 }), 'a job with status Waiting and no recurrence', { fix: ['/data/BatchJobs(BatchJobRecId=1)'] }),
    bad(supplyChain({ batchJobs: known([]) }), 'no such job', { fix: ['/data/BatchJobs'] }),
    doubtful(jobs({ jobClass: '', recurrence: undefined }), 'a job waits; the system does not tell its recurrence'),
    untold(supplyChain({ batchJobs: unknown('404') }), '404'),
  ],
  'system-pricing': [
    good(healthyFacts()),
    bad(organization({ oobpricecalculationenabled: false }), 'No', { fix: [ORGANIZATION] }),
    untold(sales({ organization: unknown('403') }), '403'),
  ],
  'discount-method': [
    good(healthyFacts(), 'Line item'),
    bad(organization({ discountcalculationmethod: 1 }), 'Per unit', { fix: [ORGANIZATION] }),
    good(organization({ discountcalculationmethod: 1 }, twoHop()), 'Per unit'),
    bad(twoHop(), 'Line item', { fix: [ORGANIZATION] }),
    doubtful(healthyFacts(twoHopNeeds({ besideDirect: true })), 'Line item, which the direct projects of local need'),
  ],
  'upgrade-script': [
    good(healthyFacts()),
    bad(sales({ numberGenerators: known(['contact']) }), 'no active number generator for accounts', { fix: ['/local/solution'] }),
    bad(sales({ unfinishedUpgrade: known(['accounts without an account number']), isLocal: false }), 'accounts without an account number'),
  ],
  'draft-products': [good(healthyFacts()), doubtful(sales({ draftProducts: known(['P-9']) }), '1 drafts: P-9')],
  'requested-delivery-dates': [good(twoHop()), doubtful(sales({ undatedDocuments: known(['QUO-1']) }, twoHop()), 'none on QUO-1')],
  'currencies-in-sales': [
    good(healthyFacts()),
    bad(company({ productCurrencies: known(['USD', 'EUR']) }), 'not active in Sales: EUR'),
    bad(sales({ currencies: known([{ id: 'c-usd', code: 'USD', isActive: false }]) }), 'not active in Sales: USD'),
  ],
  'currencies-in-supply-chain': [good(healthyFacts()), doubtful(supplyChain({ currencies: known(['EUR']) }), 'not in Supply Chain: USD')],
  'product-price-lists': [
    good(healthyFacts()),
    bad(sales({ priceLists: known([{ name: 'CRM Service USA (sample)', isActive: false, currencyId: 'c-usd' }]) }), 'none in USD', {
      fix: [PRICE_LISTS],
    }),
    // Without the currency there is nothing to make a list in.
    bad(company({ productCurrencies: known(['EUR']) }), 'none in EUR'),
  ],
  'mapped-price-lists': [
    good(healthyFacts()),
    bad(sales({ priceLists: known([]) }), `'CRM Service USA (sample)' does not exist`, { fix: [PRICE_LISTS] }),
    bad(
      sales({ priceLists: known([{ name: 'crm service usa (SAMPLE)', isActive: true, currencyId: 'c-eur' }]) }),
      'is in another currency than USD',
    ),
    bad(sales({ priceLists: known([{ name: 'CRM Service USA (sample)', isActive: false, currencyId: 'c-usd' }]) }), 'is not active'),
    bad(company({ documentCurrencies: known(['CHF']) }), 'CHF has no entry in the value map'),
  ],
  'unit-group': [
    good(healthyFacts()),
    bad(sales({ unitGroups: known([{ id: 'g-2', name: 'Lengths' }]) }), 'not found: Default unit; there are Lengths', {
      fix: ['/api/data/v9.2/uomschedules'],
    }),
  ],
  units: [
    good(healthyFacts()),
    good(twoHop()),
    bad(company({ sellingUnits: known(['ea', 'pal']) }), 'pal has no entry in the unit map'),
    bad(sales({ units: known([{ name: 'Box', groupId: 'g-1' }]) }), `Sales has no unit 'Each' in Default unit`, {
      fix: ['/api/data/v9.2/uoms'],
    }),
    bad(sales({ units: known([{ name: 'Each', groupId: 'g-2' }]) }), `Sales has no unit 'Each'`, {
      fix: ['/api/data/v9.2/uoms', '/api/data/v9.2/uoms'],
    }),
    bad(supplyChain({ units: known(['ea']) }), `'Box' does not lead back to a unit of Supply Chain`),
  ],
  'customer-groups': [good(healthyFacts()), bad(company({ customerGroups: known(['20']) }), 'not found: 10 in usmf')],
  sites: [good(healthyFacts()), bad(company({ sites: known([]) }), 'not found: 1 in usmf')],
  warehouses: [
    good(healthyFacts()),
    bad(company({ warehouses: known(['11']) }), 'not found: 13 in usmf'),
    untold(company({ warehouses: unknown('403') }), 'usmf: 403'),
  ],
  languages: [
    good(healthyFacts()),
    bad(supplyChain({ languages: known(['de']) }), 'not found: en-us in usmf'),
    untold(supplyChain({ languages: unknown('404') }), 'usmf: 404'),
  ],
  'decision-roles': [
    good(healthyFacts()),
    good(twoHop()),
    bad(company({ decisionRoles: known(['Employee', 'influencer']) }), 'not found: Decision Maker in usmf', {
      fix: ['/data/ContactPersonDecisionRoles?cross-company=true'],
    }),
  ],
  'number-sequences-manual': [
    good(twoHop()),
    bad(company({ numberSequences: known([sequence({ isManual: false })]) }, twoHop()), 'automatic: SalesOrder of sales orders in usmf', {
      fix: [`/data/NumberSequencesV2(ScopeValue='usmf',NumberSequenceCode='SalesOrder')`],
    }),
    doubtful(
      company({ numberSequences: known([sequence({ isManual: false })]) }, healthyFacts(twoHopNeeds({ besideDirect: true }))),
      'automatic: SalesOrder',
    ),
    untold(company({ numberSequences: unknown('404') }, twoHop()), 'usmf: 404'),
  ],
  'number-ranges': [
    good(company({ numberSequences: known([sequence({ isManual: false })]) })),
    bad(
      company({ numberSequences: known([sequence({ isManual: false, format: 'ORD-#####-&&&###' })]) }),
      'one number may be made on both sides',
    ),
    bad(
      organization({ orderprefix: 'so' }, company({ numberSequences: known([sequence({ isManual: false, format: 'SO-######-######' })]) })),
      'sales orders of usmf',
    ),
    // Nothing is drawn from a sequence that is manual.
    good(company({ numberSequences: known([sequence({ format: 'ORD-#####-&&&###' })]) })),
  ],
  'delivery-date-control': [good(twoHop()), bad(company({ controlledItems: known(['P-1']) }, twoHop()), 'another method for P-1 in usmf')],
  'sales-origin': [
    good(healthyFacts()),
    good(company({ originTypes: known([]) })),
    doubtful(company({ originTypes: known(['WorkOrderIntegration']) }), 'missing in usmf'),
  ],
  'account-numbers': keyCases('accounts', 'accountnumber'),
  'contact-numbers': keyCases('contacts', 'msdynce_contactnumber'),
  'quote-numbers': keyCases('quotes', 'quotenumber'),
  'order-numbers': keyCases('salesorders', 'ordernumber'),
  'product-numbers': keyCases('SellableReleasedProducts', 'ProductNumber', 'usmf'),
  'supply-chain-order-numbers': keyCases('CDSSalesOrderHeaders', 'SalesOrderNumber', 'usmf'),
  'invoice-numbers': keyCases('ExternallyMaintainedCustomerSalesInvoiceHeaders', 'InvoiceNumber', 'usmf'),
  'account-and-contact-numbers': [
    good(healthyFacts()),
    bad(
      sales({ keys: [keysWith('accounts', 'accountnumber', ['X-1']), keysWith('contacts', 'msdynce_contactnumber', ['x-1'])] }),
      'on both: x-1',
    ),
  ],
  'number-collisions-of-companies': [
    good(severalCompanies(['SO-1'], ['SO-2'])),
    bad(severalCompanies(['SO-1'], ['so-1']), 'so-1 of CDSSalesOrderHeaders in usmf and demf'),
  ],
  'country-texts': [
    good(healthyFacts()),
    doubtful(countries(['Norway', 'Atlantis']), '"Atlantis" in address1_country of accounts'),
    untold(
      sales({ countryTexts: HEALTHY_SALES.countryTexts.map((text) => ({ ...text, values: unknown('too many rows') })) }),
      'too many rows',
    ),
  ],
}

function without(name: string): ReadonlyMap<string, string> {
  const held = HEALTHY_SALES.privileges.known ? HEALTHY_SALES.privileges.value : new Map<string, string>()
  return new Map([...held].filter(([privilege]) => privilege !== name))
}

function jobs(change: Partial<{ status: string; recurrence: number | undefined; jobClass: string }>): Facts {
  const waiting = HEALTHY_SUPPLY_CHAIN.batchJobs.known ? HEALTHY_SUPPLY_CHAIN.batchJobs.value : []
  return supplyChain({ batchJobs: known(waiting.map((job) => ({ ...job, ...change }))) })
}

function sequence(change: Partial<{ isManual: boolean; format: string }>) {
  return { dataType: 'SalesId', scope: 'usmf', code: 'SalesOrder', format: 'SO-######', isManual: true, ...change }
}

function keyCases(entity: string, field: string, companyName = ''): readonly Case[] {
  const withValues = (texts: readonly string[]): Facts => {
    const keys = [keysWith(entity, field, texts, companyName)]
    return companyName === '' ? sales({ keys }) : supplyChain({ keys })
  }
  const at = companyName === '' ? '' : ' in usmf'
  return [
    good(withValues(['A-1', 'A-2']), '2 rows, longest 3 characters'),
    bad(withValues(['A-1', 'A-1']), `several rows${at}: A-1`),
    bad(withValues(['A-1', 'a-1']), `differs in case alone${at}: A-1 / a-1`),
    bad(withValues(['A-1 ']), `blanks around${at}: "A-1 "`),
    bad(withValues(['A'.repeat(21)]), `too long${at}: ${'A'.repeat(21)}`),
    doubtful(withValues(['A-1', '', ' ']), '3 rows, longest 3 characters, 2 without a key'),
  ]
}

function severalCompanies(first: readonly string[], second: readonly string[]): Facts {
  const { set, projects } = directNeeds()
  const pairs = [...set.organisations, { businessUnit: 'Nordics', legalEntity: 'demf' }]
  const all = projects.map((project) => ({ ...project, organisations: pairs }))
  const needs = needsOf({ set, projects: all, allSets: [set], allProjects: all })
  const keys = [
    keysWith('CDSSalesOrderHeaders', 'SalesOrderNumber', first, 'usmf'),
    keysWith('CDSSalesOrderHeaders', 'SalesOrderNumber', second, 'demf'),
  ]
  return supplyChain({ keys }, healthyFacts(needs))
}

function countries(texts: readonly string[]): Facts {
  return sales({ countryTexts: HEALTHY_SALES.countryTexts.map((text) => ({ ...text, values: known(texts) })) })
}

test('every check has a case that passes and one that does not', () => {
  expect(Object.keys(CASES).sort()).toEqual(CHECKS.map(({ id }) => id).sort())
  for (const [id, cases] of Object.entries(CASES)) {
    expect(
      cases.some(({ status }) => status === 'passed'),
      `${id} passes`,
    ).toBe(true)
    expect(
      cases.some(({ status }) => status === 'failed' || status === 'warning'),
      `${id} fails`,
    ).toBe(true)
  }
})

const ALL = Object.entries(CASES).flatMap(([id, cases]) =>
  cases.map((one, at) => [`${id} no. ${at + 1}: ${one.status}`, { id, ...one }] as const),
)

test.each(ALL)('%s', (_name, { id, facts, status, found, items, fix = [] }) => {
  const check = CHECKS.find((one) => one.id === id)
  expect(check?.applies?.(facts) ?? true).toBe(true)
  const verdict = check?.judge(facts)
  expect(verdict).toMatchObject({
    status,
    ...(found !== undefined && { found: expect.stringContaining(found) }),
    ...(items !== undefined && { items }),
  })
  expect((verdict?.fix ?? []).map((step) => step.path)).toEqual(fix)
  if (status === 'failed' || status === 'warning') expect(verdict?.remedy).toMatch(/\w{3}/)
})

test('checks that concern no project of the set are not listed', () => {
  const listed = (needs: Facts['needs']) => CHECKS.filter((check) => check.applies?.(healthyFacts(needs)) ?? true).map(({ id }) => id)
  expect(listed(directNeeds())).not.toContain('hub-connection')
  expect(listed(directNeeds(['accounts']))).not.toContain('sales-totals-job')
  expect(listed(twoHopNeeds())).toEqual(expect.arrayContaining(['hub-connection', 'number-sequences-manual', 'sales-totals-job']))
})

test('a side that cannot be reached makes its checks unknown, and only its connection fails', () => {
  const facts = supplyChain(unreadableSupplyChain('no answer'), sales(unreadableSales('no answer')))
  const verdicts = CHECKS.filter((check) => check.applies?.(facts) ?? true).map((check) => [check.id, check.judge(facts).status] as const)
  expect(verdicts.filter(([, status]) => status === 'failed').map(([id]) => id)).toEqual(['sales-connection', 'supply-chain-connection'])
  expect(verdicts.filter(([, status]) => status === 'passed').map(([id]) => id)).toEqual(['mappings', 'projects'])
})

test('the page of readiness has a row for every check, in the order of the report', () => {
  const page = readFileSync(new URL('../../../../../docs/reference/readiness.md', import.meta.url), 'utf8')
  const rows = [...page.matchAll(/^\| `([a-z-]+)` \| ([^|]+) \| ([a-z-]+) \|/gm)].map(([, id, title, side]) => ({ id, title, side }))
  expect(rows).toEqual(CHECKS.map(({ id, title, side }) => ({ id, title, side })))
})
