import type { Logger } from '@p2c/base'
import type { ConnectionSetInput, Engine, IntegrationKey } from '@p2c/engine'
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

/** Projects of a new installation and the templates they are made from (templates specification, section 1). */
export const LOCAL_PROJECTS: readonly { readonly name: string; readonly templateName: string }[] = [
  { name: 'products', templateName: 'Products (Supply Chain Management to Sales) - Direct' },
  { name: 'accounts', templateName: 'Accounts (Sales to Supply Chain Management) - Direct' },
  { name: 'contacts', templateName: 'Contacts (Sales to Supply Chain Management) - Direct' },
  { name: 'contacts-to-customer', templateName: 'Contacts to Customer (Sales to Supply Chain Management) - Direct' },
]

/** The canonical keys of the templates specification, section 2.1; the company is not part of them. */
const INTEGRATION_KEYS: readonly IntegrationKey[] = [
  { environmentType: 'CRM', entity: 'accounts', fields: ['accountnumber'] },
  { environmentType: 'CRM', entity: 'contacts', fields: ['msdynce_contactnumber'] },
  { environmentType: 'CRM', entity: 'products', fields: ['productnumber'] },
  { environmentType: 'CRM', entity: 'pricelevels', fields: ['name'] },
  { environmentType: 'CRM', entity: 'uoms', fields: ['name'] },
  { environmentType: 'CRM', entity: 'uomschedules', fields: ['name'] },
  { environmentType: 'CRM', entity: 'transactioncurrencies', fields: ['isocurrencycode'] },
  { environmentType: 'AX', entity: 'CustomersV2', fields: ['CustomerAccount'] },
  { environmentType: 'AX', entity: 'CDSContactPersons', fields: ['ContactPersonPartyNumber', 'AssociatedPartyNumber'] },
  { environmentType: 'AX', entity: 'SellableReleasedProducts', fields: ['ProductNumber'] },
]

/**
 * Makes a new installation usable at once: installs the shipped templates, keeps the connection set of the two local applications
 * pointing at where they listen now, and makes the projects that are missing. A project that exists is left as its owner made it.
 */
export async function setUpLocally(engine: Engine, setUp: LocalSetUp, log: Logger): Promise<void> {
  for (const document of await readTemplates(setUp.templatesFolder)) await engine.saveTemplate(document)
  await engine.saveConnectionSet(localConnectionSet(setUp))
  for (const { name, templateName } of LOCAL_PROJECTS) {
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
      connectionSetName: LOCAL_CONNECTION_SET,
      organisations: [setUp.organisation],
      entityMappingTasks: template.entityMappingTasks,
    })
    log.info({ project: name, template: templateName }, 'project made from its template')
  }
}

const localConnectionSet = ({ sales, supplyChain, organisation }: LocalSetUp): ConnectionSetInput => ({
  name: LOCAL_CONNECTION_SET,
  connections: [connection('Local Sales', 'CRM', sales), connection('Local Supply Chain', 'AX', supplyChain)],
  organisations: [organisation],
  integrationKeys: [...INTEGRATION_KEYS],
})

const connection = (name: string, environmentType: 'CRM' | 'AX', system: LocalSystem) => ({
  name,
  environmentType,
  baseUrl: system.url,
  settings: { tokenUrl: tokenUrlOf(system), clientId: system.clientId },
  secrets: { clientSecret: system.clientSecret },
})
