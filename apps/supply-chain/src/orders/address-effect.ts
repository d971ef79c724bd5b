import type { SqlRunner } from '@p2c/base'
import { INHERITED_ADDRESS } from '../domain/documents/delivery-address.ts'
import { tableByRelation } from '../entities/catalogue.ts'
import type { RowChange, WriteEffect } from '../store/write-effects.ts'

/** A document whose lines inherit its delivery address. */
export interface AddressedDocument {
  readonly header: string
  readonly line: string
  /** Property of both that holds the number of the document. */
  readonly number: string
  /** Condition over the line `l` under which goods are still to go there. */
  readonly isOpen: string
}

const hasMoved = ({ before, after }: RowChange): boolean =>
  before !== undefined && after !== undefined && INHERITED_ADDRESS.some((name) => before[name] !== after[name])

/**
 * A new delivery address of a header goes on to the lines that have none of their own: they were entered with the address that the header had
 * then. One statement, none where no address changed. Source: Supply Chain specification, 2.15 no. 3.
 */
export function passDeliveryAddressOn({ header, line, number, isOpen }: AddressedDocument): WriteEffect {
  const columns = INHERITED_ADDRESS.map((name) => tableByRelation(line).properties.get(name)?.column).filter((each) => each !== undefined)
  const document = tableByRelation(line).properties.get(number)?.column ?? ''
  const statement = `update ${line} l set ${columns.map((column) => `${column} = h.${column}`).join(', ')},
      rec_version = 1 + (l.rec_version + floor(random() * 2000000000)::bigint) % 2147483646, change_xid = pg_current_xact_id(), modified_at = now()
    from ${header} h
    where h.rec_id = any($1::bigint[]) and lower(l.data_area_id) = lower(h.data_area_id) and lower(l.${document}) = lower(h.${document})
      and l.is_delivery_address_order_specific <> 'Yes' and ${isOpen}
      and (${columns.map((column) => `l.${column}`).join(', ')}) is distinct from (${columns.map((column) => `h.${column}`).join(', ')})`
  return async (sql: SqlRunner, changes) => {
    const moved = changes.filter(hasMoved)
    if (moved.length > 0) await sql.query(statement, [moved.map(({ recId }) => recId)])
  }
}
