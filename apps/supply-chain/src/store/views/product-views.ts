import { SELLABLE_RULES, type SellableRule } from '../../domain/sellable-product.ts'
import { documentProductView, IS_STOCKED } from './document-product-view.ts'
import type { View } from './view.ts'

const sameUnits = (row: string): string =>
  `((lower(c.from_unit_symbol) = lower(${row}.sales_unit_symbol) and lower(c.to_unit_symbol) = lower(${row}.inventory_unit_symbol))
    or (lower(c.to_unit_symbol) = lower(${row}.sales_unit_symbol) and lower(c.from_unit_symbol) = lower(${row}.inventory_unit_symbol)))`

/** The last change of a conversion that lets the product be sold; most products need none, and then none is looked for. */
const CONVERSION_CHANGE = `case when lower(r.sales_unit_symbol) <> lower(r.inventory_unit_symbol) then greatest(
      (select max(c.change_xid) from unit_of_measure_conversion c where ${sameUnits('r')}),
      (select max(c.change_xid) from product_unit_of_measure_conversion c where ${sameUnits('r')} and lower(c.product_number) = lower(p.product_number))) end`

/**
 * Every table of the facts: a change of any of them can alter a row or make it appear, so each counts as a change of the row.
 * An increment that names a product too often costs little; one that leaves a product out loses it for good.
 */
const CHANGE_SOURCES = ['d', 'r', 'p', 'v', 'o', 'm', 'g', 's', 't', 'pd', 'iu', 'su', 'pu', 'h', 'l', 'le']

/** A distinct product with everything that the sellable rules look at: release, groups, units, setup, variant. */
const DISTINCT_PRODUCT_FACTS = `
  select d.rec_id, greatest(d.rec_version, r.rec_version) as rec_version,
    greatest(${CHANGE_SOURCES.map((alias) => `${alias}.change_xid`).join(', ')}, ${CONVERSION_CHANGE}) as change_xid,
    d.created_at, greatest(d.modified_at, r.modified_at, p.modified_at, v.modified_at, o.modified_at) as modified_at,
    d.data_area_id, d.product_number, d.item_number,
    coalesce(nullif(v.product_name, ''), nullif(p.product_name, ''), nullif(r.search_name, ''), d.product_number) as product_name,
    coalesce(nullif(v.product_description, ''), p.product_description, '') as product_description,
    r.product_type, ${IS_STOCKED} as is_stocked_product,
    coalesce(o.is_sales_processing_stopped, 'No') as is_sales_stopped,
    r.sales_unit_symbol, coalesce(su.decimal_precision, 0) as sales_unit_decimal_precision,
    r.inventory_unit_symbol, coalesce(iu.decimal_precision, 0) as inventory_unit_decimal_precision,
    round(coalesce(nullif(v.sales_price, 0), r.sales_price) / coalesce(nullif(r.sales_price_quantity, 0), 1), 6) as sales_price,
    round(coalesce(nullif(v.unit_cost, 0), r.unit_cost) / coalesce(nullif(r.unit_cost_quantity, 0), 1), 6) as unit_cost,
    coalesce(le.accounting_currency, '') as currency_code,
    case when r.product_type = 'Service' then 'Service' when m.is_stocked_product = 'Yes' then 'Inventory'
      when m.is_stocked_product = 'No' then 'NonInventory' else 'NotAvailable' end as field_service_product_type,
    d.product_configuration_id, d.product_color_id, d.product_size_id, d.product_style_id, d.product_version_id,
    coalesce(p.is_catch_weight_product, 'No') as is_catch_weight_product,
    r.product_sub_type, r.purchase_unit_symbol, r.inventory_reservation_hierarchy_name, r.product_lifecycle_state_id, v.rec_id as variant_rec_id,
    m.rec_id as policy_rec_id, g.rec_id as group_rec_id, s.rec_id as storage_rec_id, s.is_site_active, s.are_advanced_warehouse_management_processes_enabled as is_advanced,
    t.rec_id as tracking_rec_id, iu.rec_id as inventory_unit_rec_id, su.rec_id as sales_unit_rec_id, pu.rec_id as purchase_unit_rec_id,
    h.rec_id as hierarchy_rec_id, pd.rec_id as dimension_group_rec_id, pd.is_product_configuration_active, pd.is_product_color_active, pd.is_product_size_active,
    pd.is_product_style_active, pd.is_product_version_active, l.is_active_for_sales_order, p.product_number as shared_product_number
  from distinct_product d
  join released_product r on lower(r.data_area_id) = lower(d.data_area_id) and lower(r.item_number) = lower(d.item_number)
  left join product p on lower(p.product_number) = lower(r.product_number)
  left join released_product_variant v on lower(v.data_area_id) = lower(d.data_area_id) and lower(v.product_variant_number) = lower(d.product_number)
  left join product_default_order_setting o on lower(o.data_area_id) = lower(d.data_area_id) and lower(o.item_number) = lower(d.item_number)
  left join inventory_policy m on lower(m.data_area_id) = lower(d.data_area_id) and lower(m.policy_id) = lower(r.item_model_group_id)
  left join product_group g on lower(g.data_area_id) = lower(d.data_area_id) and lower(g.group_id) = lower(r.product_group_id)
  left join storage_dimension_group s on lower(s.group_name) = lower(r.storage_dimension_group_name)
  left join tracking_dimension_group t on lower(t.group_name) = lower(r.tracking_dimension_group_name)
  left join product_dimension_group pd on lower(pd.group_name) = lower(r.product_dimension_group_name)
  left join unit_of_measure iu on lower(iu.unit_symbol) = lower(r.inventory_unit_symbol)
  left join unit_of_measure su on lower(su.unit_symbol) = lower(r.sales_unit_symbol)
  left join unit_of_measure pu on lower(pu.unit_symbol) = lower(r.purchase_unit_symbol)
  left join inventory_reservation_hierarchy h on lower(h.hierarchy_name) = lower(r.inventory_reservation_hierarchy_name)
  left join product_lifecycle_state l on lower(l.product_lifecycle_state_id) = lower(r.product_lifecycle_state_id)
  left join legal_entity le on lower(le.legal_entity_id) = d.data_area_id`

/** Each sellable rule as a condition over the facts: the same rules as `SELLABLE_RULES`, for a whole company at once. */
const RULE_CONDITIONS: Record<SellableRule, string> = {
  'released-and-distinct': "(f.product_sub_type = 'Product' or f.variant_rec_id is not null)",
  'item-model-group': 'f.policy_rec_id is not null',
  'item-group': 'f.group_rec_id is not null',
  'storage-dimension-group': "f.storage_rec_id is not null and f.is_site_active = 'Yes'",
  'tracking-dimension-group': 'f.tracking_rec_id is not null',
  units: 'f.inventory_unit_rec_id is not null and f.sales_unit_rec_id is not null and f.purchase_unit_rec_id is not null',
  'unit-conversion': `(lower(f.sales_unit_symbol) = lower(f.inventory_unit_symbol)
    or exists (select 1 from unit_of_measure_conversion c where ${sameUnits('f')})
    or exists (select 1 from product_unit_of_measure_conversion c where ${sameUnits('f')} and lower(c.product_number) = lower(f.shared_product_number)))`,
  'product-dimensions': `(f.product_sub_type <> 'ProductMaster' or (f.dimension_group_rec_id is not null
    and (f.is_product_configuration_active <> 'Yes' or f.product_configuration_id <> '') and (f.is_product_color_active <> 'Yes' or f.product_color_id <> '')
    and (f.is_product_size_active <> 'Yes' or f.product_size_id <> '') and (f.is_product_style_active <> 'Yes' or f.product_style_id <> '')
    and (f.is_product_version_active <> 'Yes' or f.product_version_id <> '')))`,
  'reservation-hierarchy': "(f.is_advanced is distinct from 'Yes' or f.hierarchy_rec_id is not null)",
  'distinct-product': 'true', // the facts begin with the rows of the distinct product table
  'lifecycle-state': "(f.is_active_for_sales_order is null or f.is_active_for_sales_order = 'Yes')",
}

/** The rules together, over the facts `f`. */
const IS_SELLABLE = SELLABLE_RULES.map(({ rule }) => `(${RULE_CONDITIONS[rule]})`).join(' and ')

const SELLABLE = `select f.* from released_distinct_product f where ${IS_SELLABLE}`

/** Views of products. */
export const PRODUCT_VIEWS: readonly View[] = [
  { name: 'released_distinct_product', sql: DISTINCT_PRODUCT_FACTS },
  { name: 'sellable_released_product', sql: SELLABLE },
  documentProductView(IS_SELLABLE),
]
