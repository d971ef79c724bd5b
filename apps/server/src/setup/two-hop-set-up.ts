import type { Logger } from '@p2c/base'
import type { Engine, IntegrationKey } from '@p2c/engine'
import {
  INTEGRATION_KEYS,
  type LocalProject,
  type LocalSetUp,
  type LocalSystem,
  localConnection,
  localConnections,
  makeMissingProjects,
} from './local-set-up.ts'

export interface TwoHopSetUp extends Pick<LocalSetUp, 'sales' | 'supplyChain' | 'organisation'> {
  /** Undefined where the installation runs without a hub. */
  readonly commonDataService?: LocalSystem | undefined
}

export const TWO_HOP_CONNECTION_SET = 'local-two-hop'

const MASTER_DATA = ['products-two-hop', 'accounts-two-hop', 'contacts-to-customer-two-hop']

/**
 * The older generation beside the direct projects: each is named like its direct twin and depends on the twins of what that depends on
 * (templates specification, sections 1 and 3).
 */
export const TWO_HOP_PROJECTS: readonly LocalProject[] = [
  { name: 'products-two-hop', templateName: 'Products (Fin and Ops to Sales)', dependsOn: [] },
  { name: 'accounts-two-hop', templateName: 'Accounts (Sales to Fin and Ops)', dependsOn: [] },
  { name: 'contacts-two-hop', templateName: 'Contacts (Sales to Fin and Ops)', dependsOn: ['accounts-two-hop'] },
  { name: 'contacts-to-customer-two-hop', templateName: 'Contacts to Customer (Sales to Fin and Ops)', dependsOn: ['accounts-two-hop'] },
  { name: 'quotes-two-hop', templateName: 'Sales Quotes (Sales to Fin and Ops)', dependsOn: MASTER_DATA },
  { name: 'orders-to-supply-chain-two-hop', templateName: 'Sales Orders (Sales to Fin and Ops)', dependsOn: MASTER_DATA },
  {
    name: 'orders-to-sales-two-hop',
    templateName: 'Sales Orders (Fin and Ops to Sales)',
    dependsOn: [...MASTER_DATA, 'orders-to-supply-chain-two-hop'],
  },
  {
    name: 'invoices-two-hop',
    templateName: 'Sales Invoices (Fin and Ops to Sales)',
    dependsOn: [...MASTER_DATA, 'orders-to-sales-two-hop'],
  },
]

/** Keys of the hub lead with the organisation, since several may share it; those of a line are the document's and its own number. */
const HUB_KEYS: readonly IntegrationKey[] = [
  ...['Account', 'Contact', 'Product', 'Quotation', 'SalesOrder', 'SalesInvoice'].map((entity) => ({
    environmentType: 'CDS' as const,
    entity,
    fields: ['organization_organizationid', `${entity.toLowerCase()}id`],
  })),
  ...['Quotation', 'SalesOrder', 'SalesInvoice'].map((entity) => ({
    environmentType: 'CDS' as const,
    entity: `${entity}Line`,
    fields: [`${entity.toLowerCase()}_organization_organizationid`, `${entity.toLowerCase()}_${entity.toLowerCase()}id`, 'sequence'],
  })),
]

/** Entities of Supply Chain that only the older templates write. */
const OLDER_KEYS: readonly IntegrationKey[] = [
  { environmentType: 'AX', entity: 'Customers', fields: ['CustomerAccount'] },
  { environmentType: 'AX', entity: 'SalesQuotationHeaders', fields: ['SalesQuotationNumber'] },
  { environmentType: 'AX', entity: 'SalesOrderHeadersV2', fields: ['SalesOrderNumber'] },
]

/** Keys of all three sides. */
export const TWO_HOP_INTEGRATION_KEYS: readonly IntegrationKey[] = [...INTEGRATION_KEYS, ...OLDER_KEYS, ...HUB_KEYS]

/**
 * Keeps the connection set of the two applications and the hub pointing at where they listen now, and makes the two-hop projects that are
 * missing. Does nothing where there is no hub. The templates must be installed: `setUpLocally` goes before it.
 */
export async function setUpTwoHop(engine: Engine, { commonDataService, ...setUp }: TwoHopSetUp, log: Logger): Promise<void> {
  if (commonDataService === undefined) return
  await engine.saveConnectionSet({
    name: TWO_HOP_CONNECTION_SET,
    connections: [...localConnections(setUp), localConnection('Local Common Data Service', 'CDS', commonDataService)],
    organisations: [setUp.organisation],
    integrationKeys: [...TWO_HOP_INTEGRATION_KEYS],
  })
  await makeMissingProjects(
    engine,
    { projects: TWO_HOP_PROJECTS, connectionSetName: TWO_HOP_CONNECTION_SET, organisation: setUp.organisation },
    log,
  )
}
