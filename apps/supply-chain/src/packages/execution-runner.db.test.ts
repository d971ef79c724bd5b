import { openDatabase, silentLogger, type TestScope } from '@p2c/base'
import { expect, test } from 'vitest'
import { addCompany, D, startTestApp, type TestApp } from '../supply-chain-app.fixture.ts'

const GROUPS = `${D}/DataManagementDefinitionGroups`
const action = (name: string) => `${GROUPS}/Microsoft.Dynamics.DataEntities.${name}`

/** An application with an export project of customers, whose table is locked from outside: exports wait until `release`. */
async function startLocked(scope: TestScope) {
  const app = await startTestApp(scope)
  await addCompany(app, 'hms1')
  await app.post(GROUPS, { Name: 'Out' })
  await app.post(`${D}/DataManagementDefinitionGroupDetails`, { DefinitionGroupName: 'Out', EntityName: 'Customers V3' })
  const outside = openDatabase({ connectionString: app.database.connectionString, log: silentLogger })
  const released = Promise.withResolvers<void>()
  const held = Promise.withResolvers<void>()
  const holding = outside.transaction(async (sql) => {
    await sql.query('lock table customer in access exclusive mode')
    held.resolve()
    await released.promise
  })
  scope.onTestFinished(async () => {
    released.resolve()
    await holding
    await outside.close()
  })
  await held.promise
  const waiting = async (): Promise<number> => {
    for (;;) {
      const { rows } = await outside.query<{ pid: number }>(
        "select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      )
      if (rows[0] !== undefined) return rows[0].pid
    }
  }
  return { app, outside, waiting, release: () => released.resolve() }
}

const startExport = async (app: TestApp): Promise<void> => {
  const parameters = { definitionGroupId: 'Out', packageName: 'o.zip', executionId: 'E-1', reExecute: false, legalEntityId: 'hms1' }
  expect((await app.post(action('ExportToPackage'), parameters)).status).toBe(200)
}

test('R19 an execution whose database connection ends goes on by itself once the database is back', async (t) => {
  const { app, outside, waiting, release } = await startLocked(t)
  await startExport(app)
  const first = await waiting()
  await outside.query('select pg_terminate_backend($1)', [first])
  // It tries again, on another connection.
  while ((await waiting()) === first);
  release()
  for (;;) {
    const { json } = await app.post(action('GetExecutionSummaryStatus'), { executionId: 'E-1' })
    if (json.value === 'Executing') continue
    expect(json.value).toBe('Succeeded')
    return
  }
})

test('a stop breaks off an execution that does not end, and leaves it for the next start', async (t) => {
  const { app, outside, waiting } = await startLocked(t)
  await startExport(app)
  await waiting()
  await app.app.close()
  const { rows } = await outside.query("select status, finished_at from data_execution where id = 'E-1'")
  expect(rows).toEqual([{ status: 'Executing', finished_at: null }])
})
