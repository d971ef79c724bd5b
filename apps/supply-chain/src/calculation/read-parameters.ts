import type { SqlRunner } from '@p2c/base'
import { type SalesParameters, salesParametersOf } from '../domain/sales-parameters.ts'
import { tableByRelation } from '../entities/catalogue.ts'
import { findRows } from '../store/rows.ts'

/** The parameters of sales and receivables of one company; the defaults where it has set none. */
export async function readSalesParameters(sql: SqlRunner, dataAreaId: string): Promise<SalesParameters> {
  const parameters = await readParametersOf(sql, [dataAreaId])
  return parameters.get(dataAreaId.toLowerCase()) ?? salesParametersOf(undefined)
}

/** The parameters of each company, by its id in lower case; one statement. */
export async function readParametersOf(sql: SqlRunner, dataAreaIds: readonly string[]): Promise<ReadonlyMap<string, SalesParameters>> {
  const companies = [...new Set(dataAreaIds.map((each) => each.toLowerCase()))]
  const rows = await findRows(sql, {
    table: tableByRelation('sales_parameter'),
    fields: ['dataAreaId'],
    keys: companies.map((each) => [each]),
  })
  const byCompany = new Map(rows.map(({ values }) => [(values.dataAreaId ?? '').toLowerCase(), values]))
  return new Map(companies.map((each) => [each, salesParametersOf(byCompany.get(each))]))
}
