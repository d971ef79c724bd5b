import { setTimeout as delay } from 'node:timers/promises'
import { type Database, databaseUrl, ensureDatabase, openDatabase, silentLogger, startEmbeddedPostgres } from '@p2c/base'
import { expect, test } from 'vitest'
import { countFromEnvironment, createChance, printedSeed, tell } from '../support/chance.ts'
import { scratchFolder } from '../support/command-line.ts'
import { launchSupplyChain, startSupplyChainProcess } from '../support/supply-chain-process.ts'

const ROUNDS = countFromEnvironment('P2C_CRASH_KILLS', 5)
const KILLS_OF_A_ROUND = 4

/** Rows of every table, and every index, trigger and view: what a start leaves. */
async function contents(database: Database): Promise<string[]> {
  const { rows } = await database.query<{ line: string }>(
    `select 'rows of ' || table_name || ': ' || (xpath('/row/n/text()', query_to_xml('select count(*) as n from ' || quote_ident(table_name), false, true, '')))[1]::text as line
     from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'
     union all select 'index ' || indexname from pg_indexes where schemaname = 'public'
     union all select 'view ' || viewname || ' ' || md5(definition) from pg_views where schemaname = 'public'
     union all select 'trigger ' || tgname from pg_trigger where not tgisinternal
     order by 1`,
  )
  return rows.map(({ line }) => line)
}

test(`${ROUNDS} installations whose first start is killed ${KILLS_OF_A_ROUND} times at random moments come up as one that was left in peace`, async (t) => {
  const chance = createChance(printedSeed('kills of the first start'))
  const server = await startEmbeddedPostgres({ dataDir: await scratchFolder(t), log: silentLogger, settings: { fsync: 'off' } })
  t.onTestFinished(() => server.stop())
  const opened: Database[] = []
  t.onTestFinished(async () => {
    for (const database of opened) await database.close()
  })
  const openEmpty = async (name: string): Promise<Database> => {
    await ensureDatabase(server.serverUrl, name)
    const database = openDatabase({ connectionString: databaseUrl(server.serverUrl, name), maxConnections: 1, log: silentLogger })
    opened.push(database)
    return database
  }
  const peaceful = await openEmpty('peaceful')
  const begun = performance.now()
  const first = await startSupplyChainProcess(t, peaceful.connectionString)
  const startMs = performance.now() - begun
  expect(await first.stop()).toBe(0)
  const expected = await contents(peaceful)
  for (let round = 1; round <= ROUNDS; round += 1) {
    const database = await openEmpty(`round_${round}`)
    for (let kill = 1; kill <= KILLS_OF_A_ROUND; kill += 1) {
      const child = launchSupplyChain(database.connectionString, 0)
      await delay(startMs * (0.3 + chance.below(0.7)))
      child.kill('SIGKILL')
    }
    const { rows } = await database.query<{ parts: string }>("select count(*) as parts from pg_tables where schemaname = 'public'")
    const program = await startSupplyChainProcess(t, database.connectionString)
    expect(await program.stop()).toBe(0)
    expect(await contents(database)).toEqual(expected)
    tell(`${round}: ${rows[0]?.parts} tables were there when it was started the last time`)
  }
})
