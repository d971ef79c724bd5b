import type { SqlRunner } from '@p2c/base'
import type { Row } from '../model/plugin.ts'
import { type Model, tableOf } from '../model/resolved-model.ts'
import { insertRows } from '../storage/row-statements.ts'

interface DefaultRule {
  readonly table: string
  readonly columns: readonly string[]
  readonly name: string
  readonly isPublished: boolean
}

/** The rules that an organisation starts with; which of them are published is derived. Source: product documentation on duplicate detection. */
const DEFAULT_RULES: readonly DefaultRule[] = [
  { table: 'account', columns: ['emailaddress1'], name: 'Accounts with the same e-mail address', isPublished: true },
  { table: 'account', columns: ['name'], name: 'Accounts with the same Account Name', isPublished: true },
  { table: 'account', columns: ['telephone1'], name: 'Accounts with the same phone number', isPublished: false },
  { table: 'account', columns: ['websiteurl'], name: 'Accounts with the same website', isPublished: false },
  { table: 'contact', columns: ['emailaddress1'], name: 'Contacts with the same e-mail address', isPublished: true },
  { table: 'contact', columns: ['firstname', 'lastname'], name: 'Contacts with the same first name and last name', isPublished: false },
  { table: 'contact', columns: ['telephone1'], name: 'Contacts with the same business phone number', isPublished: false },
  { table: 'lead', columns: ['emailaddress1'], name: 'Leads with the same e-mail address', isPublished: true },
]

interface SeedFacts {
  readonly model: Model
  /** A stable id made of names. */
  readonly idOf: (...names: readonly string[]) => string
  /** Columns of owner, author and time. */
  readonly audit: Row
}

/** Stores each default rule once: one that an administrator deletes does not come back. */
export async function seedDuplicateRules(sql: SqlRunner, { model, idOf, audit }: SeedFacts): Promise<void> {
  for (const rule of DEFAULT_RULES) {
    const table = model.tables.get(rule.table)
    if (table === undefined || rule.columns.some((column) => !table.byName.has(column))) continue
    const id = idOf('duplicaterule', rule.name)
    const first = await sql.query('insert into platform_seeded (id) values ($1) on conflict do nothing', [id])
    if (first.rowCount === 0) continue
    await insertRows(sql, tableOf(model, 'duplicaterule'), [
      {
        ...audit,
        duplicateruleid: id,
        name: rule.name,
        baseentityname: rule.table,
        matchingentityname: rule.table,
        iscasesensitive: false,
        excludeinactiverecords: false,
        statecode: rule.isPublished ? 1 : 0,
        statuscode: rule.isPublished ? 2 : 0,
      },
    ])
    const { ownerid: _owner, owninguser: _user, owningbusinessunit: _unit, ...unowned } = audit
    const conditions = rule.columns.map(
      (column): Row => ({
        ...unowned,
        duplicateruleconditionid: idOf('duplicaterulecondition', rule.name, column),
        baseattributename: column,
        matchingattributename: column,
        operatorcode: 0,
        ignoreblankvalues: true,
        regardingobjectid: { table: 'duplicaterule', id },
      }),
    )
    await insertRows(sql, tableOf(model, 'duplicaterulecondition'), conditions)
  }
}
