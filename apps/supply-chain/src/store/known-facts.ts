import type { SqlRunner } from '@p2c/base'
import type { Facts, Question } from '../domain/decision.ts'
import type { FieldValues } from '../domain/field-value.ts'
import { findEntityByName, type Table, tableOfEntity, tableOfView } from '../entities/catalogue.ts'
import { findRows } from './rows.ts'

/** A question of one company; shared tables are asked without one. */
export interface CompanyQuestion extends Question {
  readonly dataAreaId: string
}

/** Properties that rules read of wide rows when they find them by a field; others are read whole. */
const READ_PROPERTIES: Readonly<Record<string, readonly string[]>> = {
  'CustomerV3.PartyNumber': ['dataAreaId', 'CustomerAccount', 'PartyNumber'],
}

interface Target {
  /** `CustomerV3.PartyNumber`. */
  readonly name: string
  readonly table: Table
  readonly field: string
  /** Answers by company and value. */
  readonly answers: Map<string, FieldValues | undefined>
  /** Every row of a value, where all of them were asked for. */
  readonly lists: Map<string, FieldValues[]>
}

/**
 * Rows of other tables that the rules of one change set look at: read once per table and field, and kept in step with what
 * the change set itself has decided so far, so that a later operation sees the rows of an earlier one.
 */
export interface KnownFacts {
  /** Loads the answers that are not known yet: one statement per table and field. Gives whether there were any. */
  ask(sql: SqlRunner, questions: readonly CompanyQuestion[]): Promise<boolean>
  /** The answers from the point of view of one company. */
  of(dataAreaId: string): Facts
  /** A row of the change set was decided: `before` no longer answers, `after` does. */
  replace(relation: string, before: FieldValues | undefined, after: FieldValues | undefined): void
}

const answerKey = (target: Target, dataAreaId: string, value: string): string =>
  (target.table.isCompanySpecific ? `${dataAreaId}\u0001${value}` : value).toLowerCase()

/** `read` are rows that were read whole before, by relation: they answer without a statement. One closure, longer than others: all share the targets. */
export function createKnownFacts(read: ReadonlyMap<string, readonly FieldValues[]> = new Map()): KnownFacts {
  const targets = new Map<string, Target>()
  const byRelation = new Map<string, Target[]>()
  const targetOf = (entityName: string, field: string): Target => {
    const name = `${entityName}.${field}`
    const known = targets.get(name)
    if (known !== undefined) return known
    const entity = findEntityByName(entityName)
    if (entity === undefined) throw new TypeError(`no entity ${entityName}`)
    const table = entity.storage.isView ? tableOfView(entity) : tableOfEntity(entity)
    const target: Target = { name, table, field, answers: new Map(), lists: new Map() }
    for (const row of read.get(table.relation) ?? []) target.answers.set(answerKey(target, row.dataAreaId ?? '', row[field] ?? ''), row)
    targets.set(name, target)
    byRelation.set(target.table.relation, [...(byRelation.get(target.table.relation) ?? []), target])
    return target
  }
  return {
    async ask(sql, questions) {
      const wanted = new Map<Target, Map<string, readonly string[]>>()
      const lists = new Map<Target, Map<string, readonly string[]>>()
      for (const question of questions) {
        const target = targetOf(question.entityName, question.field)
        const key = answerKey(target, question.dataAreaId, question.value)
        const isMany = question.isMany === true
        if (isMany ? target.lists.has(key) : target.answers.has(key)) continue
        const group = isMany ? lists : wanted
        const keys = group.get(target) ?? new Map<string, readonly string[]>()
        group.set(target, keys.set(key, keyParts(target, question)))
      }
      for (const [target, keys] of wanted) await load(sql, target, keys)
      for (const [target, keys] of lists) await loadLists(sql, target, keys)
      return wanted.size + lists.size > 0
    },
    of: (dataAreaId) => ({
      find: (entityName, field, value) => {
        const target = targets.get(`${entityName}.${field}`)
        return value === '' ? undefined : target?.answers.get(answerKey(target, dataAreaId, value))
      },
      findAll: (entityName, field, value) => {
        const target = targets.get(`${entityName}.${field}`)
        return target?.lists.get(answerKey(target, dataAreaId, value)) ?? []
      },
    }),
    replace(relation, before, after) {
      for (const target of byRelation.get(relation) ?? []) {
        const keyOf = (row: FieldValues) => answerKey(target, row.dataAreaId ?? '', row[target.field] ?? '')
        if (before !== undefined) {
          target.answers.set(keyOf(before), undefined)
          const list = target.lists.get(keyOf(before))
          if (list !== undefined)
            target.lists.set(
              keyOf(before),
              list.filter((row) => !isSameRow(target.table, row, before)),
            )
        }
        if (after !== undefined) {
          target.answers.set(keyOf(after), after)
          target.lists.get(keyOf(after))?.push(after)
        }
      }
    },
  }
}

const keyParts = (target: Target, { dataAreaId, value }: CompanyQuestion): readonly string[] =>
  target.table.isCompanySpecific ? [dataAreaId, value] : [value]

/** Two versions of one row have the same key in every entity over its table. */
const isSameRow = (table: Table, left: FieldValues, right: FieldValues): boolean =>
  (table.entities[0]?.key ?? []).every((name) => (left[name] ?? '').toLowerCase() === (right[name] ?? '').toLowerCase())

async function loadLists(sql: SqlRunner, target: Target, keys: ReadonlyMap<string, readonly string[]>): Promise<void> {
  const fields = target.table.isCompanySpecific ? ['dataAreaId', target.field] : [target.field]
  for (const key of keys.keys()) target.lists.set(key, [])
  for (const { values } of await findRows(sql, { table: target.table, fields, keys: [...keys.values()], isMany: true }))
    target.lists.get(answerKey(target, values.dataAreaId ?? '', values[target.field] ?? ''))?.push(values)
}

async function load(sql: SqlRunner, target: Target, keys: ReadonlyMap<string, readonly string[]>): Promise<void> {
  const only = READ_PROPERTIES[target.name]
  const fields = target.table.isCompanySpecific ? ['dataAreaId', target.field] : [target.field]
  const rows = await findRows(sql, { table: target.table, fields, keys: [...keys.values()], ...(only !== undefined && { only }) })
  for (const key of keys.keys()) target.answers.set(key, undefined)
  for (const { values } of rows) target.answers.set(answerKey(target, values.dataAreaId ?? '', values[target.field] ?? ''), values)
}
