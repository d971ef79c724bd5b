import type { SqlRunner } from '@p2c/base'

const loaded = new WeakMap<SqlRunner, Map<string, Promise<unknown>>>()

/**
 * What `load` gives, loaded once per transaction and `name`: for set-up that several parts of one posting look at and that none of them writes.
 * Outside a transaction it is loaded each time, for a connection pool never ends.
 */
export function oncePerTransaction<Value>(sql: SqlRunner, name: string, load: () => Promise<Value>): Promise<Value> {
  if ('transaction' in sql) return load()
  const values = loaded.get(sql) ?? new Map<string, Promise<unknown>>()
  loaded.set(sql, values)
  const value = values.get(name) ?? load()
  values.set(name, value)
  return value as Promise<Value>
}
