import type { TableDefinition } from '@p2c/dataverse'
import { account, contact } from './customers.ts'
import { quotation, quotationLine, salesInvoice, salesInvoiceLine, salesOrder, salesOrderLine } from './documents.ts'
import { keyText, text } from './fields.ts'
import { definitionOf, type HubTable, ORGANIZATION } from './hub-table.ts'
import { product } from './product.ts'

/** Tables whose rows live in an organisation. Source: templates 8. */
export const HUB_TABLES: readonly HubTable[] = [
  account,
  contact,
  product,
  quotation,
  quotationLine,
  salesOrder,
  salesOrderLine,
  salesInvoice,
  salesInvoiceLine,
]

/** The organisations that share the hub; not the environment's own `organization`. Source: templates 8, organisation rows. */
export const organization: TableDefinition = definitionOf(
  {
    entity: 'Organization',
    label: 'Organization (Common Data Service)',
    pluralLabel: 'Organizations (Common Data Service)',
    objectTypeCode: 10_000,
  },
  { key: [ORGANIZATION.keyColumn], primaryName: 'name', fields: [keyText('OrganizationId'), text('Name', 160)], lookups: [] },
)

/** Every table that the hub adds to those of the platform. */
export const hubTableDefinitions: readonly TableDefinition[] = [organization, ...HUB_TABLES.map((table) => table.definition)]
