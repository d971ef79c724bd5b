import type { Entity } from './entity.ts'
import { SALES_ORDER_HEADERS_V2, SALES_ORDER_LINES } from './sales-orders.ts'

/** Several entities that travel as one document in a package: a header with its lines. Source: protocol specification, 15, 16 and FO-099. */
export interface CompositeEntity {
  /** Data management label. */
  readonly label: string
  readonly header: Entity
  readonly lines: Entity
  /** Fields of a line that take their value from the header where the file does not give one. */
  readonly inherited: readonly (readonly [lineField: string, headerField: string])[]
}

export const COMPOSITE_ENTITIES: readonly CompositeEntity[] = [
  {
    label: 'Sales orders composite V4',
    header: SALES_ORDER_HEADERS_V2,
    lines: SALES_ORDER_LINES,
    inherited: [['SalesOrderNumber', 'SalesOrderNumber']],
  },
]

/** The composite entity with a data management label, in any case. */
export const findComposite = (label: string): CompositeEntity | undefined =>
  COMPOSITE_ENTITIES.find((each) => each.label.toLowerCase() === label.toLowerCase())
