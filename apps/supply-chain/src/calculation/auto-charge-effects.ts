import type { SqlRunner } from '@p2c/base'
import { at, type FieldValues } from '../domain/field-value.ts'
import { autoChargesFor } from '../domain/pricing/auto-charges.ts'
import type { DocumentKind } from '../domain/pricing/calculation-document.ts'
import { chargeDefaults } from '../domain/pricing/charge-rules.ts'
import { tableByRelation } from '../entities/catalogue.ts'
import { initialValues } from '../store/decide-write.ts'
import { findValues, insertRows } from '../store/rows.ts'
import type { RowChange, WriteEffect } from '../store/write-effects.ts'
import { DOCUMENT_TABLES, type DocumentTables } from './document-tables.ts'

const low = (value: string): string => value.toLowerCase()

/** New rows that want auto charges. Source: Supply Chain specification, 5.6 (trigger R). */
const newRows = (changes: readonly RowChange[]): FieldValues[] =>
  changes.flatMap(({ before, after }) =>
    before === undefined && after !== undefined && at(after, 'SkipCreateAutoCharges') !== 'Yes' ? [after] : [],
  )

const keysOf = (rows: readonly FieldValues[], ...names: readonly string[]): string[][] => [
  ...new Map(rows.map((row) => names.map((name) => at(row, name))).map((key) => [low(key.join('\u0001')), key])).values(),
]

/** Every row of a table that has the company and `field` of one of the rows. */
const findByKey = (sql: SqlRunner, relation: string, { rows, field }: { readonly rows: readonly FieldValues[]; readonly field: string }) =>
  findValues(sql, {
    table: tableByRelation(relation),
    fields: ['dataAreaId', field],
    keys: keysOf(rows, 'dataAreaId', field),
    isMany: true,
  })

/** A row by several of its values. */
const indexed = (rows: readonly FieldValues[], ...names: readonly string[]): ReadonlyMap<string, FieldValues> =>
  new Map(rows.map((row) => [low(names.map((name) => at(row, name)).join('\u0001')), row]))

/** The auto charges of one level of the companies that rows belong to. */
async function readAutoCharges(
  sql: SqlRunner,
  rows: readonly FieldValues[],
  level: 'Yes' | 'No',
): Promise<ReadonlyMap<string, FieldValues[]>> {
  const all = await findValues(sql, {
    table: tableByRelation('sales_auto_charge'),
    fields: ['dataAreaId'],
    keys: keysOf(rows, 'dataAreaId'),
    isMany: true,
  })
  return Map.groupBy(
    all.filter((row) => at(row, 'IsLineLevel') === level),
    (row) => low(at(row, 'dataAreaId')),
  )
}

/** A new header or line with the header it belongs to and the auto charges that it gets. */
interface ChargedRow {
  readonly row: FieldValues
  readonly header: FieldValues
  readonly charges: readonly FieldValues[]
}

/** Adds the auto charges of new headers; two statements where the company has none. */
export const addHeaderCharges =
  (kind: DocumentKind): WriteEffect =>
  async (sql, changes) => {
    const tables = DOCUMENT_TABLES[kind]
    const rows = newRows(changes)
    if (rows.length === 0) return
    const autoCharges = await readAutoCharges(sql, rows, 'No')
    const charged = rows.map((row): ChargedRow => ({ row, header: row, charges: chargesOf(row, row, { tables, autoCharges }) }))
    await insertCharges(sql, { relation: tables.charge, parent: tables.number, fields: [tables.number], charged })
  }

/** Adds the auto charges of new lines; one statement where the company has none. */
export const addLineCharges =
  (kind: DocumentKind): WriteEffect =>
  async (sql, changes) => {
    const tables = DOCUMENT_TABLES[kind]
    const rows = newRows(changes)
    if (rows.length === 0) return
    const autoCharges = await readAutoCharges(sql, rows, 'Yes')
    if (autoCharges.size === 0) return
    const headers = indexed(await findByKey(sql, tables.header, { rows, field: tables.number }), 'dataAreaId', tables.number)
    const items = indexed(await findByKey(sql, 'released_product', { rows, field: 'ItemNumber' }), 'dataAreaId', 'ItemNumber')
    const charged = rows.flatMap((row): ChargedRow[] => {
      const header = headers.get(low(`${at(row, 'dataAreaId')}\u0001${at(row, tables.number)}`))
      if (header === undefined) return []
      const itemChargeGroup = at(items.get(low(`${at(row, 'dataAreaId')}\u0001${at(row, 'ItemNumber')}`)), 'SalesChargeProductGroupId')
      return [{ row, header, charges: chargesOf(row, header, { tables, autoCharges, itemChargeGroup }) }]
    })
    await insertCharges(sql, { relation: tables.lineCharge, parent: 'InventoryLotId', fields: ['InventoryLotId', tables.number], charged })
  }

interface ChargeSearch {
  readonly tables: DocumentTables
  readonly autoCharges: ReadonlyMap<string, readonly FieldValues[]>
  readonly itemChargeGroup?: string
}

const chargesOf = (row: FieldValues, header: FieldValues, { tables, autoCharges, itemChargeGroup }: ChargeSearch): readonly FieldValues[] =>
  autoChargesFor(autoCharges.get(low(at(row, 'dataAreaId'))) ?? [], {
    isLineLevel: itemChargeGroup !== undefined,
    customerAccount: at(header, tables.customer),
    customerChargeGroup: at(header, tables.chargeGroup),
    deliveryMode: at(row, 'DeliveryModeCode'),
    itemNumber: at(row, 'ItemNumber'),
    itemChargeGroup: itemChargeGroup ?? '',
  })

interface ChargeInsert {
  readonly relation: string
  /** Property that charge lines are numbered within. */
  readonly parent: string
  /** Properties of the row that the charge carries. */
  readonly fields: readonly string[]
  readonly charged: readonly ChargedRow[]
}

async function insertCharges(sql: SqlRunner, { relation, parent, fields, charged }: ChargeInsert): Promise<void> {
  const wanted = charged.filter(({ charges }) => charges.length > 0)
  if (wanted.length === 0) return
  const rows = wanted.map(({ row }) => row)
  // A client may have brought charges of its own with the document.
  const stored = await findByKey(sql, relation, { rows, field: parent })
  const codes = indexed(
    await findByKey(sql, 'sales_charge_code', { rows: wanted.flatMap(({ charges }) => charges), field: 'ChargeCode' }),
    'dataAreaId',
    'ChargeCode',
  )
  const table = tableByRelation(relation)
  const blank = initialValues(table)
  const keyOf = (row: FieldValues): string => low(`${at(row, 'dataAreaId')}\u0001${at(row, parent)}`)
  const numbers = new Map<string, number>()
  for (const row of stored) {
    const key = keyOf(row)
    numbers.set(key, Math.max(numbers.get(key) ?? 0, Number(at(row, 'ChargeLineNumber'))))
  }
  const inserted = wanted.flatMap(({ row, header, charges }) =>
    charges.map((charge) => {
      const key = keyOf(row)
      const number = (numbers.get(key) ?? 0) + 1
      numbers.set(key, number)
      const own = Object.fromEntries([...fields, 'dataAreaId'].map((name) => [name, at(row, name)]))
      const code = codes.get(low(`${at(charge, 'dataAreaId')}\u0001${at(charge, 'ChargeCode')}`))
      return { ...blank, ...own, ...chargeDefaults(header, code), ...copied(charge, header), ChargeLineNumber: String(number) }
    }),
  )
  await insertRows(sql, table, inserted)
}

/** What a charge takes of the auto charge; one without a currency is in that of the document. A tier means something on a header only. */
const copied = (charge: FieldValues, header: FieldValues): FieldValues => ({
  ChargeCode: at(charge, 'ChargeCode'),
  ChargeCategory: at(charge, 'ChargeCategory'),
  ChargeValue: at(charge, 'ChargeValue'),
  CurrencyCode: at(charge, 'CurrencyCode') || at(header, 'CurrencyCode'),
  IsKept: at(charge, 'IsKept'),
  AutoChargeNumber: at(charge, 'AutoChargeNumber'),
  ...(at(charge, 'IsLineLevel') === 'Yes'
    ? {}
    : { FromOrderAmount: at(charge, 'FromOrderAmount'), ToOrderAmount: at(charge, 'ToOrderAmount') }),
})
