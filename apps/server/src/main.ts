import { createTokenIssuer, openDatabase, randomIds, runProgram, WORKER_LIMITS } from '@p2c/base'
import { createEngine, type Engine } from '@p2c/engine'
import { createServer } from './app.ts'
import type { CompareDeps } from './compare/compare-project.ts'
import { connectorFor } from './connectors.ts'
import { serverSettings } from './settings.ts'
import { setUpLocally, tokenUrlOf } from './setup/local-set-up.ts'
import { tellSolutionUses } from './setup/solution-uses.ts'
import { version } from './version.ts'

/** Open errors and waiting rows of one task that a comparison looks at; more than this would mean that nothing works. */
const MOST_EXPLAINED = 1000

await runProgram({
  name: 'server',
  settings: serverSettings,
  start: async (settings, log, clock) => {
    const database = openDatabase({
      connectionString: settings.databaseUrl,
      maxConnections: 20,
      applicationName: 'p2c-server',
      limits: WORKER_LIMITS,
      log,
    })
    const engine = createEngine({
      database,
      connectorFor: (environment, { budgetOf }) => connectorFor(environment, { clock, log, budgetOf }),
      clock,
      ids: randomIds,
      log,
      secretsKey: settings.encryptionKey,
      workers: settings.workers,
      ...settings.cutting,
    })
    let url = ''
    const clients = [{ clientId: settings.clientId, clientSecret: settings.clientSecret }]
    const issuer = createTokenIssuer({ issuer: 'p2c-server', key: settings.tokenKey, clock, clients, resources: () => [url] })
    const systems = { CRM: settings.sales, AX: settings.supplyChain }
    const compare: CompareDeps = {
      clock,
      side: (_set, environmentType) => ({ environmentType, ...systems[environmentType], tokenUrl: tokenUrlOf(systems[environmentType]) }),
      integrationKeys: async (set) => (await engine.listConnectionSets()).find((known) => known.name === set)?.integrationKeys ?? [],
      explainedKeys: (project, task) => explainedKeys(engine, project, task),
    }
    const app = createServer({ engine, issuer, compare, log, version })
    await engine.open()
    // First: executions that go on from before must find the applications where they listen now.
    await setUpLocally(engine, settings, log)
    await engine.start()
    url = await app.listen({ host: settings.host, port: settings.port })
    const stopping = new AbortController()
    const told = tellSolutionUses({ engine, sales: settings.sales, clock, log }, stopping.signal)
    return {
      url,
      stop: async () => {
        stopping.abort()
        await told
        await app.close()
        await engine.stop()
        await database.close()
      },
    }
  },
})

async function explainedKeys(engine: Engine, projectName: string, taskName: string): Promise<ReadonlySet<string>> {
  const keys = new Set<string>()
  const filter = { projectName, taskName, limit: MOST_EXPLAINED }
  for (let offset = 0; ; offset += MOST_EXPLAINED) {
    const page = [...(await engine.listRecordErrors({ ...filter, offset })), ...(await engine.listWaitingRecords({ ...filter, offset }))]
    for (const record of page) keys.add(record.sourceKey.toLowerCase())
    if (page.length === 0) return keys
  }
}
