import type { SqlRunner } from '@p2c/base'
import type { Plugin } from '@p2c/dataverse'
import type { PricedDocument } from './pricing-documents.ts'

/** Headers that a transaction is deleting, which is what the key stands for: their lines go with them and are not added up again. */
const leaving = new WeakMap<SqlRunner, Set<string>>()

export const isLeaving = (sql: SqlRunner, id: string): boolean => leaving.get(sql)?.has(id) === true

/** Remembers headers before their lines are deleted with them. */
export const leavingPluginOf = (document: PricedDocument): Plugin => ({
  table: document.header,
  name: `${document.header} leaves`,
  message: 'delete',
  stage: 'pre-operation',
  async run(events, { sql }) {
    const known = leaving.get(sql) ?? new Set()
    leaving.set(sql, known)
    for (const { id } of events) known.add(id)
  },
})
