import { HIDDEN_SECRET } from '../../domain/event-endpoint.ts'
import { PUBLIC_ENTITIES } from '../../entities/catalogue.ts'
import { nextNumberSql } from '../number-sequences.ts'
import type { View } from './view.ts'

const COMPANY_VIEW = `
  select rec_id, rec_version, change_xid, created_at, modified_at, lower(legal_entity_id) as data_area, name, 'No'::text as is_virtual
  from legal_entity`

const quoted = (value: string): string => `'${value.replaceAll("'", "''")}'`

/** The list of entities as rows: data management reads it like any other set. */
const DATA_MANAGEMENT_ENTITY = `
  select (row_number() over ())::bigint as rec_id, 1::bigint as rec_version, '3'::xid8 as change_xid, e.entity_name, e.target_entity, e.entity_category
  from (values ${PUBLIC_ENTITIES.filter((each) => each.isDataManagementEnabled)
    .map((each) => `(${quoted(each.label)}, ${quoted(each.aotName)}, ${quoted(each.category)})`)
    .join(', ')}) as e(entity_name, target_entity, entity_category)`

const NUMBER_SEQUENCE_VIEW = `
  select t.rec_id, t.rec_version, t.change_xid, t.created_at, t.modified_at, t.scope_value, t.number_sequence_code, t.name, t.format,
    t.smallest, t.largest, ${nextNumberSql('t')} as next, t.is_manual, t.is_continuous
  from number_sequence t`

const BUSINESS_EVENT_ENDPOINT_VIEW = `
  select t.rec_id, t.rec_version, t.change_xid, t.created_at, t.modified_at, t.endpoint_id, t.description, t.endpoint_url, t.secret_header_name,
    case when t.secret_value = '' then '' else '${HIDDEN_SECRET}' end as secret_value, t.is_active
  from business_event_endpoint t`

/** Views of set-up. */
export const SET_UP_VIEWS: readonly View[] = [
  { name: 'company_view', sql: COMPANY_VIEW },
  { name: 'number_sequence_view', sql: NUMBER_SEQUENCE_VIEW },
  { name: 'business_event_endpoint_view', sql: BUSINESS_EVENT_ENDPOINT_VIEW },
  { name: 'data_management_entity', sql: DATA_MANAGEMENT_ENTITY },
]
