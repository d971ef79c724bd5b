import type { Database } from '@p2c/base'

/**
 * Fills the table of distinct products: one row for each released product of subtype Product and for each released variant that has
 * none yet. Releases made through the application bring their row themselves; this finds those that came another way.
 * Gives the number of rows added; a second run adds none. `dataAreaId` limits it to one company.
 */
export async function populateDistinctProducts(database: Database, dataAreaId?: string): Promise<number> {
  const company = dataAreaId?.toLowerCase() ?? null
  return database.transaction(async (sql) => {
    const products = await sql.query(
      `insert into distinct_product (data_area_id, product_number, item_number)
       select r.data_area_id, r.product_number, r.item_number from released_product r
       where r.product_sub_type = 'Product' and ($1::text is null or lower(r.data_area_id) = $1)
       on conflict do nothing`,
      [company],
    )
    const variants = await sql.query(
      `insert into distinct_product (data_area_id, product_number, item_number,
         product_configuration_id, product_color_id, product_size_id, product_style_id, product_version_id)
       select v.data_area_id, v.product_variant_number, v.item_number,
         v.product_configuration_id, v.product_color_id, v.product_size_id, v.product_style_id, v.product_version_id
       from released_product_variant v where v.product_variant_number <> '' and ($1::text is null or lower(v.data_area_id) = $1)
       on conflict do nothing`,
      [company],
    )
    return (products.rowCount ?? 0) + (variants.rowCount ?? 0)
  })
}
