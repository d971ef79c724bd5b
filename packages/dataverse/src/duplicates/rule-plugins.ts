import type { SqlRunner } from '@p2c/base'
import { refuse } from '../errors/platform-error.ts'
import type { Plugin, Row, TableService } from '../model/plugin.ts'
import type { Model, Table } from '../model/resolved-model.ts'
import { isReference } from '../storage/column-sql.ts'
import { conditionProblem, type StoredCondition } from './duplicate-rule.ts'

const PUBLISHED = 1

/** Rules about rules: only what can be run is stored, and what is published does not change under those who rely on it. */
export const duplicateRulePlugins = (model: Model): readonly Plugin[] => [
  {
    name: 'duplicate rule tables',
    table: 'duplicaterule',
    message: 'create',
    stage: 'pre-operation',
    run: async (events) => {
      for (const { target } of events) {
        tablesOf(model, target)
        // Conditions come after the rule: it cannot be complete yet.
        if (target.statecode === PUBLISHED) refuseIncomplete()
      }
    },
  },
  {
    name: 'duplicate rule publication',
    table: 'duplicaterule',
    message: 'update',
    stage: 'pre-operation',
    run: async (events, context) => {
      for (const { id, target, before } of events) {
        const merged = { ...before, ...target }
        const tables = tablesOf(model, merged)
        const isMoved = ['baseentityname', 'matchingentityname'].some(
          (name) => target[name] !== undefined && target[name] !== before?.[name],
        )
        if (merged.statecode === PUBLISHED && (isMoved || before?.statecode !== PUBLISHED)) await assertComplete(context.sql, id, tables)
      }
    },
  },
  ...(['create', 'update'] as const).map(
    (message): Plugin => ({
      name: `duplicate rule condition on ${message}`,
      table: 'duplicaterulecondition',
      message,
      stage: 'pre-operation',
      run: async (events, context) => {
        const rules = await rulesOf(
          context.service,
          events.flatMap(({ target, before }) => [target.regardingobjectid ?? before?.regardingobjectid, before?.regardingobjectid]),
        )
        for (const { target, before } of events) checkCondition(model, { row: { ...before, ...target }, rules })
      },
    }),
  ),
  {
    name: 'duplicate rule condition on delete',
    table: 'duplicaterulecondition',
    message: 'delete',
    stage: 'pre-operation',
    run: async (events, context) => {
      // Together with its rule it may go.
      if (context.depth > 1) return
      const rules = await rulesOf(
        context.service,
        events.map(({ before }) => before?.regardingobjectid),
      )
      for (const rule of rules.values()) refusePublished(rule)
    },
  },
]

function tablesOf(model: Model, rule: Readonly<Row>): { readonly base: Table; readonly matching: Table } {
  const find = (name: Row[string] | undefined): Table => {
    const table = typeof name === 'string' ? model.tables.get(name) : undefined
    if (table === undefined) refuse({ code: '0x80040203', message: `There is no table '${String(name ?? '')}' to look for duplicates in.` })
    return table
  }
  return { base: find(rule.baseentityname), matching: find(rule.matchingentityname) }
}

const refuseIncomplete = (): never =>
  refuse({ code: '0x80040203', message: 'A duplicate detection rule without a condition cannot be published. Add conditions first.' })

interface ConditionRow {
  readonly baseattributename: string
  readonly matchingattributename: string
  readonly operatorcode: number | null
  readonly operatorparam: number | null
}

async function assertComplete(sql: SqlRunner, ruleId: string, tables: { readonly base: Table; readonly matching: Table }): Promise<void> {
  const found = await sql.query<ConditionRow>(
    'select baseattributename, matchingattributename, operatorcode, operatorparam from duplicaterulecondition where regardingobjectid = $1',
    [ruleId],
  )
  if (found.rows.length === 0) refuseIncomplete()
  for (const row of found.rows) {
    const problem = conditionProblem(toCondition({ ...row }), tables)
    if (problem !== undefined) refuse({ code: '0x80040203', message: problem })
  }
}

const toCondition = (row: Readonly<Row>): StoredCondition => ({
  base: String(row.baseattributename ?? ''),
  matching: String(row.matchingattributename ?? ''),
  operator: typeof row.operatorcode === 'number' ? row.operatorcode : 0,
  parameter: typeof row.operatorparam === 'number' ? row.operatorparam : null,
  ignoreBlank: row.ignoreblankvalues !== false,
})

async function rulesOf(service: TableService, references: readonly (Row[string] | undefined)[]): Promise<ReadonlyMap<string, Row>> {
  const ids = [...new Set(references.flatMap((reference) => (isReference(reference) ? [reference.id] : [])))]
  const found = ids.length === 0 ? [] : await service.find({ table: 'duplicaterule', where: { duplicateruleid: ids } })
  return new Map(found.map((rule) => [String(rule.duplicateruleid), rule]))
}

function checkCondition(model: Model, { row, rules }: { readonly row: Row; readonly rules: ReadonlyMap<string, Row> }): void {
  const rule = isReference(row.regardingobjectid) ? rules.get(row.regardingobjectid.id) : undefined
  if (rule === undefined) refuse({ code: '0x80040203', message: "A condition belongs to a rule: set 'regardingobjectid@odata.bind'." })
  for (const known of rules.values()) refusePublished(known)
  const problem = conditionProblem(toCondition(row), tablesOf(model, rule))
  if (problem !== undefined) refuse({ code: '0x80040203', message: problem })
}

function refusePublished(rule: Row): void {
  if (rule.statecode === PUBLISHED)
    refuse({
      code: '0x80040203',
      message: `The duplicate detection rule '${String(rule.name ?? '')}' is published. Unpublish it before you change its conditions.`,
    })
}
