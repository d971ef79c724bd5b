import { productDimensions } from '../../entities/product-dimensions.ts'
import type { View } from './view.ts'

const DIMENSIONS = `d.product_configuration_id, d.product_color_id, d.product_size_id, d.product_style_id, d.product_version_id, d.inventory_site_id,
    d.inventory_warehouse_id, d.item_batch_number, d.item_serial_number, d.inventory_status_id`

const INVENTORY_TRANSACTION_VIEW = `
  select t.rec_id, t.rec_version, greatest(t.change_xid, o.change_xid, d.change_xid) as change_xid, t.created_at, t.modified_at, t.data_area_id,
    o.rec_id as invent_trans_origin, t.invent_dim_id, t.rec_id as record_id, t.item_number, t.invent_trans_id, o.reference_category, o.reference_id,
    ${DIMENSIONS}, t.status_issue, t.status_receipt, t.qty, t.date_expected, t.date_physical, t.date_financial, t.voucher_physical, t.voucher,
    t.packing_slip_id, t.invoice_id, t.cost_amount_physical, t.cost_amount_posted, t.cost_amount_adjustment, t.value_open
  from inventory_transaction t
  join inventory_transaction_origin o on lower(o.data_area_id) = lower(t.data_area_id) and lower(o.invent_trans_id) = lower(t.invent_trans_id)
  join inventory_dimension d on lower(d.data_area_id) = lower(t.data_area_id) and lower(d.invent_dim_id) = lower(t.invent_dim_id)`

/** Goods that are there: a picked quantity has left. Source: Supply Chain specification, 4.1. */
const ON_HAND = 's.posted_qty + s.received - s.deducted + s.registered - s.picked'

const PRODUCT_DIMENSIONS = productDimensions().map(({ column }) => column)

/**
 * On-hand of each item by the columns of a place: one row per item, product dimensions and place, whatever batches and statuses it has.
 * Grouped by plain columns, so that the key of a read reaches the index of the sums.
 */
function onHandView(place: readonly string[]): string {
  const key = ['data_area_id', 'item_number', ...PRODUCT_DIMENSIONS, 'inventory_site_id', ...place]
  const sameVariant = PRODUCT_DIMENSIONS.map((column) => `lower(v.${column}) = lower(q.${column})`).join(' and ')
  return `
  select q.rec_id, q.rec_version, greatest(q.change_xid, r.change_xid, p.change_xid, v.change_xid) as change_xid, q.created_at,
    greatest(q.modified_at, r.modified_at, p.modified_at, v.modified_at) as modified_at, ${key.map((column) => `q.${column}`).join(', ')},
    q.on_hand_quantity, q.reserved_on_hand_quantity, q.available_on_hand_quantity, q.ordered_quantity, q.reserved_ordered_quantity,
    q.available_ordered_quantity, q.on_order_quantity, q.total_available_quantity, q.are_warehouse_management_processes_used,
    coalesce(nullif(v.product_name, ''), nullif(p.product_name, ''), nullif(r.search_name, ''), q.item_number) as product_name
  from (
    select min(s.rec_id) as rec_id, max(s.rec_version) as rec_version, greatest(max(s.change_xid), max(w.change_xid)) as change_xid,
      min(s.created_at) as created_at, max(s.modified_at) as modified_at, ${key.map((column) => `s.${column}`).join(', ')},
      sum(${ON_HAND}) as on_hand_quantity, sum(s.reserv_physical) as reserved_on_hand_quantity,
      sum(${ON_HAND} - s.reserv_physical) as available_on_hand_quantity, sum(s.ordered + s.arrived) as ordered_quantity,
      sum(s.reserv_ordered) as reserved_ordered_quantity, sum(s.ordered + s.arrived - s.reserv_ordered) as available_ordered_quantity,
      sum(s.on_order) as on_order_quantity, sum(${ON_HAND} - s.reserv_physical + s.ordered - s.on_order) as total_available_quantity,
      case when bool_or(w.are_advanced_warehouse_management_processes_enabled = 'Yes') then 'Yes' else 'No' end
        as are_warehouse_management_processes_used
    from inventory_sum s
    left join warehouse w on lower(w.data_area_id) = lower(s.data_area_id) and lower(w.warehouse_id) = lower(s.inventory_warehouse_id)
    group by ${key.map((column) => `s.${column}`).join(', ')}
  ) q
  left join released_product r on lower(r.data_area_id) = lower(q.data_area_id) and lower(r.item_number) = lower(q.item_number)
  left join product p on lower(p.product_number) = lower(r.product_number)
  left join released_product_variant v on lower(v.data_area_id) = lower(q.data_area_id) and lower(v.item_number) = lower(q.item_number)
    and ${sameVariant}`
}

/** The journals of one type, with those of the others in the same table. */
const journalViews = (name: string, type: string): readonly View[] =>
  ['', '_line'].map((suffix) => ({
    name: `${name}_journal${suffix}_view`,
    sql: `select t.* from inventory_journal${suffix} t where t.journal_type = '${type}'`,
  }))

/** Views of stock. */
export const INVENTORY_VIEWS: readonly View[] = [
  { name: 'inventory_transaction_view', sql: INVENTORY_TRANSACTION_VIEW },
  { name: 'warehouse_on_hand_view', sql: onHandView(['inventory_warehouse_id']) },
  { name: 'site_on_hand_view', sql: onHandView([]) },
  ...journalViews('counting', 'Counting'),
  ...journalViews('adjustment', 'Adjustment'),
  ...journalViews('receipt', 'Receipt'),
]
