import { type Database, type Migration, migrate } from '@p2c/base'
import type { SalesSettings } from './settings.ts'

/** What Sales stores beside its tables: indexes of its own look-ups, the uniqueness of quotes, revisions of products, and the solution. */
const SALES_MIGRATIONS: readonly Migration[] = [
  {
    name: '0001-sales-lookups',
    sql: `
      create index if not exists product__by_number on product (lower(productnumber));
      create index if not exists contact__by_accountid on contact (accountid) where accountid is not null;
      create index if not exists contact__by_parentcontactid on contact (parentcontactid) where parentcontactid is not null;
      create table product_revision (
        productid uuid primary key references product on delete cascade,
        published jsonb not null
      );`,
  },
  {
    // A number names one quote with all its revisions. Orders and invoices may share numbers: two companies may count alike.
    name: '0002-document-numbers',
    sql: `
      create unique index if not exists quote__by_number on quote (lower(quotenumber), revisionnumber);
      create index if not exists salesorder__by_number on salesorder (lower(ordernumber));
      create index if not exists invoice__by_number on invoice (lower(invoicenumber));
      create index if not exists invoicedetail__by_number on invoicedetail (lower(msdynce_invoicenumber))
        where msdynce_invoicenumber is not null;`,
  },
  {
    // Beside the row that clients see: which projects use the solution, what is left to do for old rows, and what was done when.
    name: '0003-solution',
    sql: `
      create table solution_use (key text primary key, name text not null, registered_at timestamptz not null);
      create table solution_script (script text primary key, requested_at timestamptz not null);
      create table solution_event (
        id bigint generated always as identity primary key, event text not null, version text not null, happened_at timestamptz not null
      );`,
  },
]

/** Brings what Sales stores beside its tables to the newest shape. The tables exist already. */
export async function migrateSales(database: Database, settings: SalesSettings): Promise<void> {
  await migrate(database, SALES_MIGRATIONS)
  if (settings.p2cUniqueAccountNumber) return
  // The platform drops nothing: an installation that had the key keeps its unique index until here.
  await database.query(`drop index if exists account__key__msdynce_accountnumber;
    create index if not exists account__by_number on account (lower(accountnumber))`)
}
