import type { Logger } from '@p2c/base'
import type { ConnectionSetInput, Engine, EnvironmentType, IntegrationKey } from '@p2c/engine'
import { withLocalPriceLists } from './local-price-lists.ts'
import { readTemplates } from './read-templates.ts'

export interface LocalSystem {
  readonly url: string
  readonly clientId: string
  readonly clientSecret: string
}

export interface LocalSetUp {
  readonly templatesFolder: string
  readonly sales: LocalSystem
  readonly supplyChain: LocalSystem
  readonly organisation: { readonly businessUnit: string; readonly legalEntity: string }
}

/** The token end point of a local application; `local` stands where the cloud has the directory's id. */
export const tokenUrlOf = (system: Pick<LocalSystem, 'url'>): string => `${system.url}/local/oauth2/v2.0/token`

export const LOCAL_CONNECTION_SET = 'local'

/** A project of a new installation, the template it is made from, and which projects bring what its rows refer to. */
export interface LocalProject {
  readonly name: string
  readonly templateName: string
  readonly dependsOn: readonly string[]
}

/** Everything that documents refer to: a contact may be a customer as well as an account. */
const MASTER_DATA = ['products', 'accounts', 'contacts-to-customer']

/** Projects of a new installation (templates specification, sections 1 and 3). Orders go out before their status is read back, in each round. */
export const LOCAL_PROJECTS: readonly LocalProject[] = [
  { name: 'products', templateName: 'Products (Supply Chain Management to Sales) - Direct', dependsOn: [] },
  { name: 'accounts', templateName: 'Accounts (Sales to Supply Chain Management) - Direct', dependsOn: [] },
  { name: 'contacts', templateName: 'Contacts (Sales to Supply Chain Management) - Direct', dependsOn: ['accounts'] },
  {
    name: 'contacts-to-customer',
    templateName: 'Contacts to Customer (Sales to Supply Chain Management) - Direct',
    dependsOn: ['accounts'],
  },
  { name: 'quotes', templateName: 'Sales Quotes (Sales to Supply Chain Management) - Direct', dependsOn: MASTER_DATA },
  { name: 'orders-to-supply-chain', templateName: 'Sales Orders (Sales to Supply Chain Management) - Direct', dependsOn: MASTER_DATA },
  {
    name: 'orders-to-sales',
    templateName: 'Sales Orders (Supply Chain Management to Sales) - Direct',
    dependsOn: [...MASTER_DATA, 'orders-to-supply-chain'],
  },
  {
    name: 'invoices',
    templateName: 'Sales Invoices (Supply Chain Management to Sales) - Direct',
    dependsOn: [...MASTER_DATA, 'orders-to-sales'],
  },
]

/** The canonical keys of the templates specification, section 2.1; the company is not part of them. */
export const INTEGRATION_KEYS: readonly IntegrationKey[] = [
  { environmentType: 'CRM', entity: 'accounts', fields: ['accountnumber'] },
  { environmentType: 'CRM', entity: 'contacts', fields: ['msdynce_contactnumber'] },
  { environmentType: 'CRM', entity: 'products', fields: ['productnumber'] },
  { environmentType: 'CRM', entity: 'quotes', fields: ['quotenumber'] },
  { environmentType: 'CRM', entity: 'quotedetails', fields: ['quoteid.quotenumber', 'sequencenumber'] },
  { environmentType: 'CRM', entity: 'salesorders', fields: ['ordernumber'] },
  { environmentType: 'CRM', entity: 'salesorderdetails', fields: ['salesorderid.ordernumber', 'sequencenumber'] },
  { environmentType: 'CRM', entity: 'invoices', fields: ['invoicenumber'] },
  { environmentType: 'CRM', entity: 'invoicedetails', fields: ['msdynce_invoicenumber', 'sequencenumber'] },
  { environmentType: 'CRM', entity: 'pricelevels', fields: ['name'] },
  { environmentType: 'CRM', entity: 'uoms', fields: ['name'] },
  { environmentType: 'CRM', entity: 'uomschedules', fields: ['name'] },
  { environmentType: 'CRM', entity: 'transactioncurrencies', fields: ['isocurrencycode'] },
  { environmentType: 'AX', entity: 'CustomersV2', fields: ['CustomerAccount'] },
  { environmentType: 'AX', entity: 'CDSContactPersons', fields: ['ContactPersonPartyNumber', 'AssociatedPartyNumber'] },
  { environmentType: 'AX', entity: 'SellableReleasedProducts', fields: ['ProductNumber'] },
  { environmentType: 'AX', entity: 'CDSSalesQuotationHeaders', fields: ['SalesQuotationNumber'] },
  { environmentType: 'AX', entity: 'CDSSalesQuotationLines', fields: ['SalesQuotationNumber', 'LineCreationSequenceNumber'] },
  { environmentType: 'AX', entity: 'CDSSalesOrderHeaders', fields: ['SalesOrderNumber'] },
  { environmentType: 'AX', entity: 'CDSSalesOrderLines', fields: ['SalesOrderNumber', 'LineCreationSequenceNumber'] },
]

/**
 * Makes a new installation usable at once: installs the shipped templates, keeps the connection set of the two local applications
 * pointing at where they listen now, and makes the projects that are missing. A project that exists is left as its owner made it.
 */
export async function setUpLocally(engine: Engine, setUp: LocalSetUp, log: Logger): Promise<void> {
  for (const document of await readTemplates(setUp.templatesFolder)) await engine.saveTemplate(document)
  await engine.saveConnectionSet(localConnectionSet(setUp))
  await makeMissingProjects(
    engine,
    { projects: LOCAL_PROJECTS, connectionSetName: LOCAL_CONNECTION_SET, organisation: setUp.organisation },
    log,
  )
}

/** Projects to make of templates that are installed. */
export interface MissingProjects {
  readonly projects: readonly LocalProject[]
  readonly connectionSetName: string
  readonly organisation: LocalSetUp['organisation']
}

/** Makes those of the projects that do not exist yet. */
export async function makeMissingProjects(engine: Engine, missing: MissingProjects, log: Logger): Promise<void> {
  for (const { name, templateName, dependsOn } of missing.projects) {
    if ((await engine.findProject(name)) !== undefined) continue
    const template = await engine.findTemplate(templateName)
    if (template === undefined) {
      log.warn({ project: name, template: templateName }, 'the template of a project is not installed; the project was not made')
      continue
    }
    await engine.saveProject({
      name,
      version: '1.0.0',
      templateIdentifier: { name: template.name, version: template.version },
      connectionSetName: missing.connectionSetName,
      organisations: [missing.organisation],
      dependsOn,
      entityMappingTasks: withLocalPriceLists(template.entityMappingTasks),
    })
    log.info({ project: name, template: templateName }, 'project made from its template')
  }
}

const localConnectionSet = (setUp: LocalSetUp): ConnectionSetInput => ({
  name: LOCAL_CONNECTION_SET,
  connections: localConnections(setUp),
  organisations: [setUp.organisation],
  integrationKeys: [...INTEGRATION_KEYS],
})

/** Sales and Supply Chain as they listen now. */
export const localConnections = ({ sales, supplyChain }: Pick<LocalSetUp, 'sales' | 'supplyChain'>): ConnectionSetInput['connections'] => [
  localConnection('Local Sales', 'CRM', sales),
  localConnection('Local Supply Chain', 'AX', supplyChain),
]

/** A connection to a local application as a connection set takes it. */
export const localConnection = (
  name: string,
  environmentType: EnvironmentType,
  system: LocalSystem,
): ConnectionSetInput['connections'][number] => ({
  name,
  environmentType,
  baseUrl: system.url,
  settings: { tokenUrl: tokenUrlOf(system), clientId: system.clientId },
  secrets: { clientSecret: system.clientSecret },
})
