import type { SqlRunner } from '@p2c/base'
import { type SalesParameters, salesParametersOf } from '../domain/sales-parameters.ts'
import { tableByRelation } from '../entities/catalogue.ts'
import { oncePerTransaction } from '../store/once-per-transaction.ts'
import { findRows } from '../store/rows.ts'

/** The parameters of sales and receivables of one company; the defaults where it has set none. */
export async function readSalesParameters(sql: SqlRunner, dataAreaId: string): Promise<SalesParameters> {
  const parameters = await readParametersOf(sql, [dataAreaId])
  return parameters.get(dataAreaId.toLowerCase()) ?? salesParametersOf(undefined)
}

/** The parameters of each company, by its id in lower case; one statement, once per transaction. */
export function readParametersOf(sql: SqlRunner, dataAreaIds: readonly string[]): Promise<ReadonlyMap<string, SalesParameters>> {
  const companies = [...new Set(dataAreaIds.map((each) => each.toLowerCase()))].sort()
  return oncePerTransaction(sql, `sales parameters of ${companies.join()}`, () => loadParameters(sql, companies))
}

async function loadParameters(sql: SqlRunner, companies: readonly string[]): Promise<ReadonlyMap<string, SalesParameters>> {
  const rows = await findRows(sql, {
    table: tableByRelation('sales_parameter'),
    fields: ['dataAreaId'],
    keys: companies.map((each) => [each]),
  })
  const byCompany = new Map(rows.map(({ values }) => [(values.dataAreaId ?? '').toLowerCase(), values]))
  return new Map(companies.map((each) => [each, salesParametersOf(byCompany.get(each))]))
}
