import type { SqlRunner } from '@p2c/base'
import type { TableService } from '@p2c/dataverse'
import { type P2cDocument, SOLUTION_DOCUMENTS } from '../domain/p2c/p2c-documents.ts'
import type { UpgradeScript } from '../domain/p2c/p2c-solution.ts'
import { drawNumbers, type NumberContext } from '../plugins/draw-numbers.ts'
import { refreshFlags } from '../plugins/p2c/p2c-line-flags.ts'
import { NUMBERED_TABLES } from '../plugins/record-numbers.ts'

/** What a script works with: one transaction. */
export interface ScriptContext extends NumberContext {
  readonly service: TableService
  readonly sql: SqlRunner
}

/**
 * One chunk of a script behind the place where the last one ended (undefined: from the start). Gives its own end, undefined where nothing is
 * left. Repeating a chunk changes nothing.
 */
type ScriptChunk = (context: ScriptContext, after: string | undefined) => Promise<string | undefined>

/** Rows of one transaction: long enough to be quick, short enough that other writers hardly wait. */
const CHUNK = 2_000
const DOCUMENTS = 500

/** The rest is found by looking again: a row that was done is no longer found. */
const LOOK_AGAIN = 'again'

/** Numbers for the rows that have none, oldest first; existing numbers are kept. Source: Sales 6.2 and 6.3, install script. */
const numberRows: ScriptChunk = async (context) => {
  for (const { table, column } of NUMBERED_TABLES) {
    const where = { [column]: [null, ''] }
    const rows = await context.service.find({
      table,
      columns: [],
      where,
      orderBy: [{ column: 'createdon' }],
      limit: CHUNK,
      forUpdate: true,
    })
    if (rows.length === 0) continue
    const numbers = await drawNumbers(context, table, rows.length)
    const changes = rows.map((row, at) => ({ id: String(row[`${table}id`]), values: { [column]: numbers[at] ?? null } }))
    await context.service.update(table, changes)
    return LOOK_AGAIN
  }
  return undefined
}

const CUSTOMERS = SOLUTION_DOCUMENTS.map(({ header }) => `select customerid from ${header} where customerid__table = 'contact'`).join(
  ' union all ',
)

/** A flag of contacts and the SQL expression of what it should be, where it is something else. `c` is the contact. */
interface ContactFlag {
  readonly column: 'msdynce_isactivecustomer' | 'msdynce_iscompanyanaccount'
  readonly value: string
  readonly where?: string
}

const setContactFlag =
  ({ column, value, where = 'true' }: ContactFlag): ScriptChunk =>
  async ({ service, sql }) => {
    const found = await sql.query<{ id: string; value: boolean }>(
      `select c.contactid as id, ${value} as value from contact c
       where c.${column} is distinct from ${value} and ${where} order by 1 limit ${CHUNK} for no key update`,
    )
    const changes = found.rows.map((row) => ({ id: row.id, values: { [column]: row.value } }))
    if (changes.length > 0) await service.update('contact', changes)
    return changes.length < CHUNK ? undefined : LOOK_AGAIN
  }

/** *Is Active Customer* of contacts with documents; nothing clears it. Source: Sales 6.3, install script. */
const markActiveCustomers = setContactFlag({ column: 'msdynce_isactivecustomer', value: 'true', where: `c.contactid in (${CUSTOMERS})` })

/** *Is Company An Account* of contacts from before its version. Source: Sales 6.3. */
const markCompanies = setContactFlag({
  column: 'msdynce_iscompanyanaccount',
  value: "coalesce(c.parentcustomerid__table = 'account', false)",
})

/** Flags of documents that were there before, or were changed while the solution was not. */
const refreshDocuments =
  (header: P2cDocument['header']): ScriptChunk =>
  async (context, after = '00000000-0000-0000-0000-000000000000') => {
    const document = SOLUTION_DOCUMENTS.find((candidate) => candidate.header === header)
    if (document === undefined) return undefined
    const found = await context.sql.query<{ id: string }>(
      `select ${document.headerId} as id from ${header} where ${document.headerId} > $1 order by 1 limit ${DOCUMENTS}`,
      [after],
    )
    const headers = found.rows.map((row) => row.id)
    await refreshFlags(context, document, { headers })
    return headers.length < DOCUMENTS ? undefined : headers.at(-1)
  }

/** What each upgrade script does. Source: Templates 4, Sales upgrade script. */
export const SCRIPT_CHUNKS: Readonly<Record<UpgradeScript, ScriptChunk>> = {
  numbers: numberRows,
  'active-customers': markActiveCustomers,
  'quote-flags': refreshDocuments('quote'),
  'order-flags': refreshDocuments('salesorder'),
  'company-flags': markCompanies,
  'invoice-flags': refreshDocuments('invoice'),
}
