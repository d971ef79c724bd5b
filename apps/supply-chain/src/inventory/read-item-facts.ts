import { decimal, type SqlRunner } from '@p2c/base'
import type { ItemFacts, PlaceFacts } from '../domain/inventory/item-facts.ts'
import { DEFAULT_ROUNDING } from '../domain/pricing/rounding.ts'

type Raw = Readonly<Record<string, string>>

const isYes = (value: string | undefined): boolean => value === 'Yes'

/** What stock must know of the items, by item number in lower case; unknown items are absent. One statement. */
export async function readItemFacts(
  sql: SqlRunner,
  dataAreaId: string,
  itemNumbers: readonly string[],
): Promise<ReadonlyMap<string, ItemFacts>> {
  const wanted = [...new Set(itemNumbers.map((each) => each.toLowerCase()))]
  if (wanted.length === 0) return new Map()
  const { rows } = await sql.query<Raw>(
    `select r.item_number,
       case when r.product_type = 'Item' and m.is_stocked_product = 'Yes' then 'Yes' else 'No' end as is_stocked,
       m.is_negative_physical_inventory_allowed as negative_physical, m.is_negative_financial_inventory_allowed as negative_financial,
       m.is_picking_required as picking, m.is_deduction_required as deduction, m.is_registration_required as registration,
       m.is_receiving_required as receiving, m.is_physical_value_included as physical_value, m.costing_method,
       coalesce(s.is_warehouse_active, 'Yes') as warehouse, t.is_batch_number_active as batch, t.is_serial_number_active as serial, t.is_blank_issue_allowed_for_batch_number as blank_batch,
       (r.unit_cost / coalesce(nullif(r.unit_cost_quantity, 0), 1))::text as unit_cost, coalesce(c.general_rounding_rule, 0)::text as rounding
     from released_product r
     left join inventory_policy m on lower(m.data_area_id) = lower(r.data_area_id) and lower(m.policy_id) = lower(r.item_model_group_id)
     left join storage_dimension_group s on lower(s.group_name) = lower(r.storage_dimension_group_name)
     left join tracking_dimension_group t on lower(t.group_name) = lower(r.tracking_dimension_group_name)
     left join legal_entity e on lower(e.legal_entity_id) = lower(r.data_area_id)
     left join currency c on lower(c.currency_code) = lower(e.accounting_currency)
     where lower(r.data_area_id) = lower($1) and lower(r.item_number) in (select lower(i) from unnest($2::text[]) i)`,
    [dataAreaId, wanted],
  )
  return new Map(rows.map((row) => [(row.item_number ?? '').toLowerCase(), itemFacts(row)]))
}

const itemFacts = (row: Raw): ItemFacts => ({
  itemNumber: row.item_number ?? '',
  isStocked: isYes(row.is_stocked),
  isNegativePhysicalAllowed: isYes(row.negative_physical),
  isNegativeFinancialAllowed: isYes(row.negative_financial),
  isPickingRequired: isYes(row.picking),
  isDeductionRequired: isYes(row.deduction),
  isRegistrationRequired: isYes(row.registration),
  isReceivingRequired: isYes(row.receiving),
  isPhysicalValueIncluded: isYes(row.physical_value),
  costingMethod: row.costing_method ?? 'FIFO',
  isWarehouseActive: isYes(row.warehouse),
  isBatchActive: isYes(row.batch),
  isSerialActive: isYes(row.serial),
  isBlankBatchIssueAllowed: isYes(row.blank_batch),
  unitCost: decimal(row.unit_cost ?? '0'),
  costRounding: { rule: decimal(row.rounding ?? '0'), type: DEFAULT_ROUNDING.type },
})

/** Blocking statuses of the company and the default status of its sites; one statement. */
export async function readPlaceFacts(sql: SqlRunner, dataAreaId: string): Promise<PlaceFacts> {
  const { rows } = await sql.query<{ site: string; status: string }>(
    `select '' as site, inventory_status_id as status from inventory_status where lower(data_area_id) = lower($1) and is_blocking = 'Yes'
     union all
     select site_id, default_inventory_status_id from operational_site where lower(data_area_id) = lower($1) and default_inventory_status_id <> ''`,
    [dataAreaId],
  )
  return {
    blockingStatuses: new Set(rows.filter(({ site }) => site === '').map(({ status }) => status.toLowerCase())),
    defaultStatuses: new Map(rows.filter(({ site }) => site !== '').map(({ site, status }) => [site.toLowerCase(), status])),
  }
}
