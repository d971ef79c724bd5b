import { readdirSync, readFileSync } from 'node:fs'
import { type ConnectionSet, type Project, parseTemplate } from '@p2c/engine'
import { LOCAL_PROJECTS, type LocalProject } from '../setup/local-set-up.ts'
import { TWO_HOP_CONNECTION_SET, TWO_HOP_INTEGRATION_KEYS, TWO_HOP_PROJECTS } from '../setup/two-hop-set-up.ts'
import { known } from './fact.ts'
import type { CompanyFacts } from './facts/company-facts.ts'
import type { Facts } from './facts/facts.ts'
import type { SubjectKeys } from './facts/key-values.ts'
import type { SalesFacts } from './facts/sales-facts.ts'
import type { SupplyChainFacts } from './facts/supply-chain-facts.ts'
import { profileKeys } from './key-profile.ts'
import { type Needs, needsOf } from './needs.ts'

const FOLDER = new URL('../../../../templates/', import.meta.url)
const TEMPLATES = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.json'))
  .map((file) => parseTemplate(JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8'))))

const ORGANISATION = { businessUnit: 'Prospect to Cash', legalEntity: 'usmf' }

const projectsOf = (locals: readonly LocalProject[], connectionSetName: string): readonly Project[] =>
  locals.flatMap(({ name, templateName }) => {
    const template = TEMPLATES.find((one) => one.name === templateName)
    return template === undefined
      ? []
      : [{ name, version: '1.0.0', connectionSetName, organisations: [ORGANISATION], entityMappingTasks: template.entityMappingTasks }]
  })

const setOf = (name: string, types: readonly ('CRM' | 'AX' | 'CDS')[]): ConnectionSet => ({
  name,
  connections: types.map((environmentType) => ({
    name: `Local ${environmentType}`,
    environmentType,
    baseUrl: `http://${environmentType.toLowerCase()}.test`,
    settings: {},
    secrets: {},
  })),
  organisations: [ORGANISATION],
  integrationKeys: TWO_HOP_INTEGRATION_KEYS,
})

const DIRECT_SET = setOf('local', ['CRM', 'AX'])
const TWO_HOP_SET = setOf(TWO_HOP_CONNECTION_SET, ['CRM', 'AX', 'CDS'])
const DIRECT_PROJECTS = projectsOf(LOCAL_PROJECTS, DIRECT_SET.name)
const HUB_PROJECTS = projectsOf(TWO_HOP_PROJECTS, TWO_HOP_SET.name)

/** The shipped direct projects; `projects` only these of them. */
export const directNeeds = (names: readonly string[] = DIRECT_PROJECTS.map(({ name }) => name)): Needs =>
  needsOf({
    set: DIRECT_SET,
    projects: DIRECT_PROJECTS.filter(({ name }) => names.includes(name)),
    allSets: [DIRECT_SET],
    allProjects: DIRECT_PROJECTS,
  })

/** The shipped two-hop projects, alone or beside the direct ones. */
export const twoHopNeeds = ({ besideDirect = false } = {}): Needs =>
  needsOf({
    set: TWO_HOP_SET,
    projects: HUB_PROJECTS,
    allSets: besideDirect ? [DIRECT_SET, TWO_HOP_SET] : [TWO_HOP_SET],
    allProjects: besideDirect ? [...DIRECT_PROJECTS, ...HUB_PROJECTS] : HUB_PROJECTS,
  })

/** The keys of an entity with these values. */
export const keysWith = (entity: string, field: string, texts: readonly string[], company = ''): SubjectKeys => ({
  entity,
  field,
  maxLength: 20,
  company,
  profile: known(profileKeys(texts, { maxLength: 20 })),
  values: new Set(texts.map((text) => text.toLowerCase())),
})

const RIGHTS = ['Create', 'Read', 'Write', 'Append', 'AppendTo', 'Assign']
const NOUNS = ['Account', 'Contact', 'Product', 'Quote', 'SalesOrder', 'Invoice', 'UoM', 'UoMSchedule', 'TransactionCurrency']
export const ALL_PRIVILEGES = new Map(
  NOUNS.flatMap((noun) => RIGHTS.map((right) => [`prv${right}${noun}`.toLowerCase(), 'Global'] as const)),
)

export const HEALTHY_SALES: SalesFacts = {
  identity: known({ userId: 'u-1' }),
  version: known('9.2.25011.0'),
  isLocal: true,
  organization: known({
    organizationid: 'o-1',
    oobpricecalculationenabled: true,
    discountcalculationmethod: 0,
    quoteprefix: 'QUO',
    orderprefix: 'ORD',
    uniquespecifierlength: 6,
  }),
  solution: known('1.15.0.0'),
  tables: known(
    ['accounts', 'contacts', 'quotes', 'quotedetails', 'salesorders', 'salesorderdetails'].map((entitySet) => ({
      logicalName: entitySet.slice(0, -1),
      entitySet,
      changeTracking: true,
    })),
  ),
  alternateKeys: known({ account: [['accountnumber']], contact: [['msdynce_contactnumber']] }),
  businessUnits: known([{ name: 'Prospect to Cash', team: { id: 't-1', privileges: known(ALL_PRIVILEGES) } }]),
  privileges: known(ALL_PRIVILEGES),
  roles: known([{ id: 'r-1', name: 'Integration Team' }]),
  currencies: known([{ id: 'c-usd', code: 'USD', isActive: true }]),
  priceLists: known([{ name: 'CRM Service USA (sample)', isActive: true, currencyId: 'c-usd' }]),
  unitGroups: known([{ id: 'g-1', name: 'Default Unit' }]),
  units: known(['Primary Unit', 'Each', 'Piece', 'Box', 'Kilogram', 'Pound', 'Hour'].map((name) => ({ name, groupId: 'g-1' }))),
  numberGenerators: known(['account', 'contact']),
  unfinishedUpgrade: known([]),
  draftProducts: known([]),
  undatedDocuments: known([]),
  keys: [
    keysWith('accounts', 'accountnumber', ['ACC-1', 'ACC-2']),
    keysWith('contacts', 'msdynce_contactnumber', ['CON-1']),
    keysWith('quotes', 'quotenumber', ['QUO-1']),
    keysWith('salesorders', 'ordernumber', ['ORD-1']),
  ],
  countryTexts: directNeeds(['accounts'])
    .legs.slice(0, 1)
    .flatMap((use) =>
      use.leg.fieldMappings
        .filter((mapping) => mapping.sourceField === 'address1_country')
        .map((mapping) => ({ use, mapping, values: known(['Norway', 'NO', '']) })),
    ),
}

export const HEALTHY_COMPANY: CompanyFacts = {
  company: 'usmf',
  customerGroups: known(['10', '20']),
  sites: known(['1', '2']),
  warehouses: known(['11', '13']),
  decisionRoles: known(['Decision Maker', 'Employee', 'Influencer']),
  originTypes: known(['SalesOrderIntegration']),
  sellingUnits: known(['ea', 'box']),
  productCurrencies: known(['USD']),
  documentCurrencies: known(['USD']),
  undistinctProducts: known([]),
  unnumberedLines: known([]),
  numberSequences: known([
    { dataType: 'SalesQuotationId', scope: 'usmf', code: 'SalesQuot', format: 'SQ-######', isManual: true },
    { dataType: 'SalesId', scope: 'usmf', code: 'SalesOrder', format: 'SO-######', isManual: true },
  ]),
  controlledItems: known([]),
  refusals: known([]),
}

export const HEALTHY_SUPPLY_CHAIN: SupplyChainFacts = {
  application: known('10.0.41.12'),
  platform: known('7.0.7367'),
  hotfixes: known([]),
  isLocal: true,
  legalEntities: known(['usmf', 'demf']),
  currencies: known(['USD', 'EUR']),
  languages: known(['en-us', 'de']),
  units: known(['ea', 'pcs', 'box', 'kg', 'lb', 'hr']),
  batchJobs: known([
    { id: '1', description: 'Calculate sales totals', jobClass: 'CalculateSalesTotals', status: 'Waiting', recurrence: 5 },
  ]),
  changeTracking: known(new Map()),
  companies: [HEALTHY_COMPANY],
  keys: [
    keysWith('SellableReleasedProducts', 'ProductNumber', ['P-1'], 'usmf'),
    keysWith('CDSSalesOrderHeaders', 'SalesOrderNumber', ['SO-1'], 'usmf'),
  ],
}

/** What a ready installation looks like to the projects given. */
export const healthyFacts = (needs: Needs = directNeeds()): Facts => ({
  needs,
  sales: HEALTHY_SALES,
  supplyChain: HEALTHY_SUPPLY_CHAIN,
  hub: { identity: known('u-1'), organisations: known(['ORG001']) },
  projects: needs.projects.map(({ name }) => ({ project: name, issues: known([]) })),
})
