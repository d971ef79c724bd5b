import type { View } from './view.ts'

/** One row of a table as a lateral join: planned for itself, and found by its index whatever statistics there are. */
const one = (alias: string, relation: string, condition: string): string =>
  `left join lateral (select x.* from ${relation} x where ${condition} limit 1) ${alias} on true`

/** The record of a row that must exist, as a column; a row that nothing refers to is null. */
const found = (relation: string, column: string, value: string): string =>
  `(select x.rec_id from ${relation} x where lower(x.${column}) = lower(${value}) limit 1)`

/**
 * Whether goods of a product are kept in stock: an item, of a model group that keeps stock. A service never is, whatever its group says.
 * Source: Supply Chain specification, 4.6.
 */
export const IS_STOCKED = "case when r.product_type = 'Item' then coalesce(m.is_stocked_product, 'No') else 'No' end"

const sameCompany = 'lower(x.data_area_id) = lower(d.data_area_id)'

/**
 * A distinct product with the facts that the sellable rules look at and all that a line takes from it. The view of released distinct products
 * shows the same facts of every product at once: for one product, seventeen tables joined take longer to plan than to read.
 */
const FACTS = `
  select d.rec_id, d.rec_version, d.change_xid, d.created_at, d.modified_at, d.data_area_id, d.product_number, d.item_number,
    d.product_configuration_id, d.product_color_id, d.product_size_id, d.product_style_id, d.product_version_id,
    r.product_number as shared_product_number, r.product_sub_type,
    coalesce(nullif(v.product_name, ''), (select nullif(x.product_name, '') from product x where lower(x.product_number) = lower(r.product_number) limit 1),
      nullif(r.search_name, ''), d.product_number) as product_name,
    ${IS_STOCKED} as is_stocked_product, coalesce(o.is_sales_processing_stopped, 'No') as is_sales_stopped,
    r.sales_unit_symbol, r.inventory_unit_symbol,
    coalesce(nullif(v.sales_price, 0), r.sales_price) as base_sales_price, r.sales_price_quantity as base_sales_price_quantity,
    r.fixed_sales_price_charges, coalesce(nullif(r.sales_sales_tax_item_group_code, ''), g.default_sales_sales_tax_item_group_code, '') as sales_tax_item_group_code,
    r.sales_line_discount_product_group_code, r.sales_multiline_discount_product_group_code, r.sales_charge_product_group_id,
    r.will_total_sales_discount_calculation_include_product, r.sales_overdelivery_percentage, r.sales_underdelivery_percentage,
    coalesce(o.sales_site_id, '') as sales_site_id, coalesce(o.sales_warehouse_id, '') as sales_warehouse_id,
    coalesce(s.is_warehouse_active, 'No') as is_warehouse_active, coalesce(s.is_warehouse_mandatory, 'No') as is_warehouse_mandatory,
    coalesce(s.is_location_active, 'No') as is_location_active, coalesce(t.is_batch_number_active, 'No') as is_batch_number_active,
    coalesce(t.is_serial_number_active, 'No') as is_serial_number_active, coalesce(m.default_sales_reservation_mode, '') as default_sales_reservation_mode,
    coalesce(o.sales_order_promising_method, '') as order_promising_method, coalesce(o.sales_lead_time_days, 0) as sales_lead_time_days,
    v.rec_id as variant_rec_id, m.rec_id as policy_rec_id, g.rec_id as group_rec_id, s.rec_id as storage_rec_id, s.is_site_active,
    s.are_advanced_warehouse_management_processes_enabled as is_advanced, t.rec_id as tracking_rec_id,
    ${found('unit_of_measure', 'unit_symbol', 'r.inventory_unit_symbol')} as inventory_unit_rec_id,
    ${found('unit_of_measure', 'unit_symbol', 'r.sales_unit_symbol')} as sales_unit_rec_id,
    ${found('unit_of_measure', 'unit_symbol', 'r.purchase_unit_symbol')} as purchase_unit_rec_id,
    ${found('inventory_reservation_hierarchy', 'hierarchy_name', 'r.inventory_reservation_hierarchy_name')} as hierarchy_rec_id,
    (select x.is_active_for_sales_order from product_lifecycle_state x
      where lower(x.product_lifecycle_state_id) = lower(r.product_lifecycle_state_id) limit 1) as is_active_for_sales_order,
    pd.rec_id as dimension_group_rec_id, pd.is_product_configuration_active, pd.is_product_color_active, pd.is_product_size_active,
    pd.is_product_style_active, pd.is_product_version_active
  from distinct_product d
  join lateral (select x.* from released_product x where ${sameCompany} and lower(x.item_number) = lower(d.item_number) limit 1) r on true
  ${one('v', 'released_product_variant', `${sameCompany} and lower(x.product_variant_number) = lower(d.product_number)`)}
  ${one('o', 'product_default_order_setting', `${sameCompany} and lower(x.item_number) = lower(d.item_number)`)}
  ${one('m', 'inventory_policy', `${sameCompany} and lower(x.policy_id) = lower(r.item_model_group_id)`)}
  ${one('g', 'product_group', `${sameCompany} and lower(x.group_id) = lower(r.product_group_id)`)}
  ${one('s', 'storage_dimension_group', 'lower(x.group_name) = lower(r.storage_dimension_group_name)')}
  ${one('t', 'tracking_dimension_group', 'lower(x.group_name) = lower(r.tracking_dimension_group_name)')}
  ${one('pd', 'product_dimension_group', 'lower(x.group_name) = lower(r.product_dimension_group_name)')}`

/** Products as lines of documents see them; `isSellable` is the sellable rules as a condition over the facts `f`. */
export const documentProductView = (isSellable: string): View => ({
  name: 'document_product',
  sql: `select f.*, case when ${isSellable} then 'Yes' else 'No' end as is_sellable from (${FACTS}) f`,
})
