import type { Database } from '@p2c/base'

/** Never changes: a database is set back once in its life. */
const PART = 'release-1611'

/**
 * Makes a database what one of release 1611 is when the hotfixes of the integration have just been installed: the lines that are there carry no
 * creation sequence number, the list of distinct products is empty, and neither of the two one-time jobs has run. Done once for a database; what
 * the jobs fill afterwards stays. Source: templates specification, 4, one-time jobs; that the list starts empty is derived.
 */
export async function setBackBeforeProspectToCash(database: Database): Promise<void> {
  await database.transaction(async (sql) => {
    const { rowCount } = await sql.query('insert into applied_seed (name) values ($1) on conflict do nothing', [PART])
    if (rowCount === 0) return
    for (const lines of ['sales_order_line', 'sales_quotation_line', 'sales_invoice_line'])
      await sql.query(
        `update ${lines} set line_creation_sequence_number = 0, change_xid = pg_current_xact_id(), modified_at = now(), rec_version = rec_version + 1
         where line_creation_sequence_number <> 0`,
      )
    await sql.query('delete from distinct_product')
    await sql.query(
      `update batch_job set status = 'Hold', change_xid = pg_current_xact_id(), modified_at = now(), rec_version = rec_version + 1
       where job_class = any($1::text[]) and status = 'Finished'`,
      [['PopulateDistinctProductTable', 'SalesPopulateProspectToCash']],
    )
  })
}
