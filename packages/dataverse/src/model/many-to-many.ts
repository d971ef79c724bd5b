import type { ColumnDefinition, TableDefinition } from './table.ts'

/** One of the two tables of a many-to-many relationship. */
export interface ManyToManySide {
  /** Logical name. */
  readonly table: string
  /** Collection-valued navigation property on this table; it leads to the other one. */
  readonly navigation: string
  /** Column of the intersect table with the id of a row of this table: `systemuserid`. */
  readonly column: string
}

/**
 * A relationship whose pairs stand in a table of their own, the intersect table. Clients read that table like any other and write it by
 * associating rows (`$ref`, binds on create). Source: wire specification 10.
 */
export interface ManyToManyDefinition {
  /** `systemuserroles_association` */
  readonly schemaName: string
  /** `systemuserroles` */
  readonly intersectTable: string
  /** `systemuserrolescollection` */
  readonly entitySetName: string
  /** `systemuserroleid` */
  readonly primaryId: string
  readonly objectTypeCode: number
  readonly label: string
  readonly sides: readonly [ManyToManySide, ManyToManySide]
  /** Further columns of the intersect table. */
  readonly columns?: readonly ColumnDefinition[]
  /** Pairs are written by actions alone: `$ref` and binds are refused. */
  readonly closed?: boolean
}

/** A relationship seen from one of its tables. */
export interface TableRelation {
  readonly relation: ManyToManyDefinition
  readonly own: ManyToManySide
  readonly other: ManyToManySide
}

/** The intersect table of a relationship. */
export const intersectTable = (relation: ManyToManyDefinition): TableDefinition => ({
  logicalName: relation.intersectTable,
  entitySetName: relation.entitySetName,
  primaryId: relation.primaryId,
  objectTypeCode: relation.objectTypeCode,
  ownership: 'none',
  label: relation.label,
  pluralLabel: relation.label,
  changeTracking: false,
  optimisticConcurrency: false,
  alternateKeys: [],
  isIntersect: true,
  columns: [
    ...relation.sides.map((side): ColumnDefinition => ({ name: side.column, label: side.column, type: 'guid', readOnly: true })),
    ...(relation.columns ?? []),
  ],
})

/** The relationships of a table, once for each side that it is. */
export const relationsOf = (relations: readonly ManyToManyDefinition[], table: string): readonly TableRelation[] =>
  relations.flatMap((relation) =>
    relation.sides.flatMap((own, index) => {
      const other = relation.sides[1 - index]
      return own.table === table && other !== undefined ? [{ relation, own, other }] : []
    }),
  )
