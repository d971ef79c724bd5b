import { CARRIER_ENTITIES } from './carriers.ts'
import { CHANGE_TRACKINGS } from './change-tracking.ts'
import { CHARGE_ENTITIES } from './charges.ts'
import { COMMAND_REQUESTS } from './command-requests.ts'
import { CONTACT_PERSON_ENTITIES } from './contact-persons.ts'
import { CUSTOMER_SETUP_ENTITIES } from './customer-setup.ts'
import { CUSTOMERS, CUSTOMERS_V2, CUSTOMERS_V3 } from './customers.ts'
import { DOCUMENT_PRODUCTS } from './document-products.ts'
import type { Entity, EntityProperty } from './entity.ts'
import { EVENT_ENTITIES } from './events.ts'
import { FULFILMENT_ENTITIES } from './fulfilment.ts'
import { INTEGRATION_ENTITIES } from './integrations.ts'
import { INVENTORY_ENTITIES } from './inventory.ts'
import { INVENTORY_JOURNAL_ENTITIES } from './inventory-journals.ts'
import { LEDGER_ENTITIES } from './ledger.ts'
import { ORGANISATION_ENTITIES, UNIT_ENTITIES } from './organisation.ts'
import { PRODUCT_SETUP_ENTITIES } from './product-setup.ts'
import { PRODUCT_ENTITIES } from './products.ts'
import { RECEIVABLES_ENTITIES } from './receivables.ts'
import { SALES_INVOICE_ENTITIES } from './sales-invoices.ts'
import { SALES_ORDER_ENTITIES } from './sales-orders.ts'
import { SALES_PARAMETERS } from './sales-parameters.ts'
import { SALES_QUOTATION_ENTITIES } from './sales-quotations.ts'
import { SALES_SET_UP_ENTITIES } from './sales-set-up.ts'
import { TAX_SET_UP_ENTITIES } from './tax-set-up.ts'
import { THROTTLING_PRIORITY_MAPPINGS } from './throttling.ts'
import { TOTALS_ENTITIES } from './totals.ts'

/** Every data entity of the application; a new document adds its entities here and nowhere else. */
export const ENTITIES: readonly Entity[] = [
  ...ORGANISATION_ENTITIES,
  ...UNIT_ENTITIES,
  ...CUSTOMER_SETUP_ENTITIES,
  CUSTOMERS_V2,
  CUSTOMERS_V3,
  CUSTOMERS,
  ...CONTACT_PERSON_ENTITIES,
  ...PRODUCT_SETUP_ENTITIES,
  ...PRODUCT_ENTITIES,
  DOCUMENT_PRODUCTS,
  ...TAX_SET_UP_ENTITIES,
  ...SALES_SET_UP_ENTITIES,
  SALES_PARAMETERS,
  ...INVENTORY_ENTITIES,
  ...INVENTORY_JOURNAL_ENTITIES,
  ...SALES_QUOTATION_ENTITIES,
  ...SALES_ORDER_ENTITIES,
  ...CHARGE_ENTITIES,
  ...TOTALS_ENTITIES,
  ...SALES_INVOICE_ENTITIES,
  ...LEDGER_ENTITIES,
  ...RECEIVABLES_ENTITIES,
  ...EVENT_ENTITIES,
  ...CARRIER_ENTITIES,
  ...INTEGRATION_ENTITIES,
  CHANGE_TRACKINGS,
  THROTTLING_PRIORITY_MAPPINGS,
  ...FULFILMENT_ENTITIES,
  COMMAND_REQUESTS,
]

/** What `/data` offers. */
export const PUBLIC_ENTITIES = ENTITIES.filter((entity) => entity.isPublic)

const byCollection = new Map(PUBLIC_ENTITIES.map((entity) => [entity.collection, entity]))
const byName = new Map(ENTITIES.map((entity) => [entity.name, entity]))
const byLabel = new Map(ENTITIES.map((entity) => [entity.label.toLowerCase(), entity]))

/** The public entity behind a set name, which is case-sensitive. */
export const findEntityByCollection = (collection: string): Entity | undefined => byCollection.get(collection)

/** The entity with a public entity name. */
export const findEntityByName = (name: string): Entity | undefined => byName.get(name)

/** The entity with a data management label, in any case. */
export const findEntityByLabel = (label: string): Entity | undefined => byLabel.get(label.toLowerCase())

/** A table and all that is stored in it: the union of the properties of the entities that show it. */
export interface Table {
  readonly relation: string
  readonly tableName: string
  readonly tableLabel: string
  readonly isCompanySpecific: boolean
  readonly properties: ReadonlyMap<string, EntityProperty>
  /** The entities over it; the key of each one is unique. */
  readonly entities: readonly Entity[]
}

/** Columns that every table has; a property may show one of them. */
export const SYSTEM_COLUMNS: ReadonlySet<string> = new Set(['rec_id', 'rec_version'])

function tableOf(entities: readonly Entity[]): Table {
  const [first] = entities
  if (first === undefined) throw new TypeError('a table needs an entity')
  const properties = entities
    .flatMap((entity) => entity.properties)
    .filter((property) => !property.isComputed && !SYSTEM_COLUMNS.has(property.column))
  return {
    ...first.storage,
    isCompanySpecific: first.isCompanySpecific,
    properties: new Map(properties.map((property) => [property.name, property])),
    entities,
  }
}

/** A view described like a table, for reading its rows by field. */
export const tableOfView = (entity: Entity): Table => tableOf([entity])

/** Every table, in the order in which it can be filled. */
export const TABLES: readonly Table[] = [
  ...Map.groupBy(
    ENTITIES.filter((entity) => !entity.storage.isView),
    (entity) => entity.storage.relation,
  ).values(),
].map(tableOf)

const tablesByRelation = new Map(TABLES.map((table) => [table.relation, table]))

/** The table with this name in PostgreSQL; throws where none is described. */
export function tableByRelation(relation: string): Table {
  const table = tablesByRelation.get(relation)
  if (table === undefined) throw new TypeError(`no table ${relation} is described`)
  return table
}

/** The table of an entity that can be written; throws for a view, which has none. */
export const tableOfEntity = (entity: Entity): Table => tableByRelation(entity.storage.relation)
