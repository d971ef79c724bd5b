import type { SqlRunner } from '@p2c/base'
import type { Facts, Question } from '../domain/decision.ts'
import type { FieldValues } from '../domain/field-value.ts'
import { findEntityByName, type Table, tableOfEntity } from '../entities/catalogue.ts'
import { findRows } from './rows.ts'

/** A question of one company; shared tables are asked without one. */
export interface CompanyQuestion extends Question {
  readonly dataAreaId: string
}

/** Properties that rules read of wide rows; the others are read whole. */
const READ_PROPERTIES: Readonly<Record<string, readonly string[]>> = {
  customer: ['dataAreaId', 'CustomerAccount', 'PartyNumber'],
}

interface Target {
  readonly table: Table
  readonly field: string
  /** Answers by company and value. */
  readonly answers: Map<string, FieldValues | undefined>
}

/**
 * Rows of other tables that the rules of one change set look at: read once per table and field, and kept in step with what
 * the change set itself has decided so far, so that a later operation sees the rows of an earlier one.
 */
export interface KnownFacts {
  /** Loads the answers that are not known yet: one statement per table and field. */
  ask(sql: SqlRunner, questions: readonly CompanyQuestion[]): Promise<void>
  /** The answers from the point of view of one company. */
  of(dataAreaId: string): Facts
  /** A row of the change set was decided: `before` no longer answers, `after` does. */
  replace(relation: string, before: FieldValues | undefined, after: FieldValues | undefined): void
}

const answerKey = (target: Target, dataAreaId: string, value: string): string =>
  (target.table.isCompanySpecific ? `${dataAreaId}\u0001${value}` : value).toLowerCase()

export function createKnownFacts(): KnownFacts {
  const targets = new Map<string, Target>()
  const byRelation = new Map<string, Target[]>()
  const targetOf = (entityName: string, field: string): Target => {
    const name = `${entityName}.${field}`
    const known = targets.get(name)
    if (known !== undefined) return known
    const entity = findEntityByName(entityName)
    if (entity === undefined) throw new TypeError(`no entity ${entityName}`)
    const target = { table: tableOfEntity(entity), field, answers: new Map() }
    targets.set(name, target)
    byRelation.set(target.table.relation, [...(byRelation.get(target.table.relation) ?? []), target])
    return target
  }
  return {
    async ask(sql, questions) {
      const wanted = new Map<Target, Map<string, readonly string[]>>()
      for (const question of questions) {
        const target = targetOf(question.entityName, question.field)
        const key = answerKey(target, question.dataAreaId, question.value)
        if (target.answers.has(key)) continue
        const keys = wanted.get(target) ?? new Map<string, readonly string[]>()
        wanted.set(target, keys.set(key, target.table.isCompanySpecific ? [question.dataAreaId, question.value] : [question.value]))
      }
      for (const [target, keys] of wanted) await load(sql, target, keys)
    },
    of: (dataAreaId) => ({
      find: (entityName, field, value) => {
        const target = targets.get(`${entityName}.${field}`)
        return value === '' ? undefined : target?.answers.get(answerKey(target, dataAreaId, value))
      },
    }),
    replace(relation, before, after) {
      for (const target of byRelation.get(relation) ?? []) {
        if (before !== undefined) target.answers.set(answerKey(target, before.dataAreaId ?? '', before[target.field] ?? ''), undefined)
        if (after !== undefined) target.answers.set(answerKey(target, after.dataAreaId ?? '', after[target.field] ?? ''), after)
      }
    },
  }
}

async function load(sql: SqlRunner, target: Target, keys: ReadonlyMap<string, readonly string[]>): Promise<void> {
  const only = READ_PROPERTIES[target.table.relation]
  const fields = target.table.isCompanySpecific ? ['dataAreaId', target.field] : [target.field]
  const rows = await findRows(sql, { table: target.table, fields, keys: [...keys.values()], ...(only !== undefined && { only }) })
  for (const key of keys.keys()) target.answers.set(key, undefined)
  for (const { values } of rows) target.answers.set(answerKey(target, values.dataAreaId ?? '', values[target.field] ?? ''), values)
}
