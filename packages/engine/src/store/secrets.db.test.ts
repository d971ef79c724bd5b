import { randomBytes } from 'node:crypto'
import { openScratchDatabase, randomIds, systemClock } from '@p2c/base'
import { expect, test } from 'vitest'
import { SET } from '../engine-system.case.ts'
import { connectionSetSchema } from '../model/connection-set.ts'
import { createDatabaseStore } from './database-store.ts'

const [SALES, SUPPLY_CHAIN] = SET.connections
const withSecrets = (secrets: object) => connectionSetSchema.parse({ ...SET, connections: [{ ...SALES, secrets }, SUPPLY_CHAIN] })

test('R25 a secret is stored encrypted, given only to the maker of a connector, and kept when it is left out', async (t) => {
  const database = await openScratchDatabase(t)
  const secretsKey = randomBytes(32)
  const store = createDatabaseStore(database, { clock: systemClock, ids: randomIds, secretsKey })
  await store.migrate()
  const saved = await store.transaction((session) =>
    session.saveConnectionSet(withSecrets({ clientSecret: 'hunter2', other: { reference: 'env:OTHER' } })),
  )
  expect(saved.connections[0]?.secrets).toEqual({ clientSecret: { stored: true }, other: { reference: 'env:OTHER' } })
  const { rows } = await database.query(
    'select (select jsonb_agg(c) from connection c) as c, (select jsonb_agg(a) from audit_event a) as a',
  )
  expect(JSON.stringify(rows)).not.toContain('hunter2')
  expect(JSON.stringify(await store.listConnectionSets())).not.toContain('hunter2')

  await store.transaction((session) => session.saveConnectionSet(withSecrets({})))
  const found = await store.findEnvironment('LOCAL', 'CRM')
  expect(found).toMatchObject({
    version: 2,
    environment: { secrets: { clientSecret: { value: 'hunter2' }, other: { reference: 'env:OTHER' } } },
  })

  const stranger = createDatabaseStore(database, { clock: systemClock, ids: randomIds, secretsKey: randomBytes(32) })
  await expect(stranger.findEnvironment('local', 'CRM')).rejects.toMatchObject({ code: 'secret-unreadable' })
  const keyless = createDatabaseStore(database, { clock: systemClock, ids: randomIds })
  await expect(keyless.transaction((session) => session.saveConnectionSet(withSecrets({ clientSecret: 'x' })))).rejects.toMatchObject({
    code: 'secrets-key-missing',
  })
})

test('a record error holds whatever a source sends', async (t) => {
  const database = await openScratchDatabase(t)
  const store = createDatabaseStore(database, { clock: systemClock, ids: randomIds })
  await store.migrate()
  const { rows } = await database.query<{ id: string }>(
    `with p as (insert into project values (gen_random_uuid(), 'p', '1.0.0', 's', '{}', now(), now()) returning id),
       t as (insert into task (project_id, name) select id, 't' from p returning id)
     insert into task_organisation (task_id, business_unit, legal_entity) select id, 'b', 'l' from t returning id`,
  )
  const scope = rows[0]?.id ?? ''
  const hostile = 'nul \u0000, half \ud800, text \\u0000, quote "'
  const failure = { category: 'data', code: 'x', message: hostile, details: { hostile } } as const
  await store.saveErrors(scope, randomIds.guid(), [{ sourceKey: 'K', failure, source: { hostile }, mapped: { hostile } }])
  const [error] = await store.listErrors({ states: ['open'], limit: 10, offset: 0 })
  expect(error?.source).toEqual({ hostile: 'nul \ufffd, half \ufffd, text \\u0000, quote "' })
})
