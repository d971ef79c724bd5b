import { type Database, type Migration, migrate } from '@p2c/base'
import type { SalesSettings } from './settings.ts'

/** What Sales stores beside its tables: indexes of its own look-ups, and revisions of products. */
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
]

/** Brings what Sales stores beside its tables to the newest shape. The tables exist already. */
export async function migrateSales(database: Database, settings: SalesSettings): Promise<void> {
  await migrate(database, SALES_MIGRATIONS)
  if (settings.p2cUniqueAccountNumber) return
  // The platform drops nothing: an installation that had the key keeps its unique index until here.
  await database.query(`drop index if exists account__key__msdynce_accountnumber;
    create index if not exists account__by_number on account (lower(accountnumber))`)
}
