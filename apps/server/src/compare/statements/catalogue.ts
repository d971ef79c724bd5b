import { CONTACTS_DIRECT, CONTACTS_TWO_HOP } from './contacts.ts'
import { INVOICES_DIRECT, INVOICES_TWO_HOP } from './invoices.ts'
import { ACCOUNTS_DIRECT, ACCOUNTS_TWO_HOP, CONTACTS_TO_CUSTOMER_DIRECT, CONTACTS_TO_CUSTOMER_TWO_HOP } from './master-data.ts'
import { ORDERS_TO_SALES_DIRECT, ORDERS_TO_SALES_TWO_HOP } from './orders-to-sales.ts'
import { ORDERS_TO_SUPPLY_CHAIN_DIRECT, ORDERS_TO_SUPPLY_CHAIN_TWO_HOP } from './orders-to-supply-chain.ts'
import { PRODUCTS_DIRECT, PRODUCTS_TWO_HOP } from './products.ts'
import { QUOTES_DIRECT, QUOTES_TWO_HOP } from './quotes.ts'
import type { Statement } from './statement.ts'

/** One statement for each template of the catalogue (templates specification 1). */
export const STATEMENTS: readonly Statement[] = [
  ACCOUNTS_DIRECT,
  CONTACTS_DIRECT,
  CONTACTS_TO_CUSTOMER_DIRECT,
  PRODUCTS_DIRECT,
  QUOTES_DIRECT,
  ORDERS_TO_SUPPLY_CHAIN_DIRECT,
  ORDERS_TO_SALES_DIRECT,
  INVOICES_DIRECT,
  ACCOUNTS_TWO_HOP,
  CONTACTS_TWO_HOP,
  CONTACTS_TO_CUSTOMER_TWO_HOP,
  PRODUCTS_TWO_HOP,
  QUOTES_TWO_HOP,
  ORDERS_TO_SALES_TWO_HOP,
  INVOICES_TWO_HOP,
  ORDERS_TO_SUPPLY_CHAIN_TWO_HOP,
]

/** The statement of a template by its canonical name; undefined for a template that is not of the catalogue. */
export const findStatement = (templateName: string): Statement | undefined =>
  STATEMENTS.find((statement) => statement.templateName.toLowerCase() === templateName.trim().toLowerCase())
