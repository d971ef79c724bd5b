import { openScratchDatabase, randomIds, systemClock } from '@p2c/base'
import { expect, type TestContext, test } from 'vitest'
import { SET } from '../engine-system.case.ts'
import { connectionSetSchema } from '../model/connection-set.ts'
import { createDatabaseStore } from './database-store.ts'
import type { Store } from './store.ts'

const OWN_KEY = Buffer.alloc(32, 7)
const OTHER_KEY = Buffer.alloc(32, 8)

async function stores(t: TestContext) {
  const database = await openScratchDatabase(t)
  const store = (secretsKey?: Uint8Array): Store =>
    createDatabaseStore(database, { clock: systemClock, ids: randomIds, ...(secretsKey && { secretsKey }) })
  return { database, store }
}

const [SALES, SUPPLY_CHAIN] = SET.connections

const aSet = (name: string, secrets: Readonly<Record<string, string | { reference: string }>>) =>
  connectionSetSchema.parse({ ...SET, name, connections: [{ ...SALES, secrets }, SUPPLY_CHAIN] })

test('a database on which nobody has started yet is refused, and nothing is made in it', async (t) => {
  const { database, store } = await stores(t)
  await expect(store(OWN_KEY).checkReady()).rejects.toMatchObject({ code: 'database-older' })
  expect((await database.query("select 1 from pg_tables where schemaname = 'public'")).rows).toEqual([])
})

test('a database of an older version and one of a newer version are refused, with what is missing or unknown', async (t) => {
  const { database, store } = await stores(t)
  await store(OWN_KEY).migrate()
  await expect(store(OWN_KEY).checkReady()).resolves.toBeUndefined()
  await database.query("update schema_migration set name = '9999-of-tomorrow' where name like '0002%'")
  await expect(store(OWN_KEY).checkReady()).rejects.toMatchObject({ code: 'database-newer', details: { migrations: ['9999-of-tomorrow'] } })
  await database.query("delete from schema_migration where name like '9999%'")
  await expect(store(OWN_KEY).checkReady()).rejects.toMatchObject({
    code: 'database-older',
    details: { migrations: ['0002-add-expected-rows'] },
  })
})

test('a key that opens none of the stored secrets is refused; one secret that opens is enough, and references need no key', async (t) => {
  const { store } = await stores(t)
  const own = store(OWN_KEY)
  await own.migrate()
  await own.saveConnectionSet(aSet('by reference', { clientSecret: { reference: 'env:SECRET' } }))
  await expect(store(OTHER_KEY).checkReady()).resolves.toBeUndefined()
  await expect(store().checkReady()).resolves.toBeUndefined()
  await own.saveConnectionSet(aSet('local', { clientSecret: 'one', other: 'two' }))
  await expect(store(OTHER_KEY).checkReady()).rejects.toMatchObject({ code: 'secrets-key-wrong' })
  await expect(store().checkReady()).rejects.toMatchObject({ code: 'secrets-key-missing' })
  await store(OTHER_KEY).saveConnectionSet(aSet('later', { clientSecret: 'three' }))
  await expect(own.checkReady()).resolves.toBeUndefined()
})
