import { createTokenIssuer, openDatabase, randomIds, runProgram, WORKER_LIMITS } from '@p2c/base'
import { createEngine } from '@p2c/engine'
import { createServer } from './app.ts'
import { createCompareDeps, createExplainDeps } from './compare-deps.ts'
import { connectorFor } from './connectors.ts'
import { serverSettings } from './settings.ts'
import { setUpLocally } from './setup/local-set-up.ts'
import { tellSolutionUses } from './setup/solution-uses.ts'
import { setUpTwoHop } from './setup/two-hop-set-up.ts'
import { version } from './version.ts'

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
    const compare = createCompareDeps({ engine, clock })
    const app = createServer({ engine, issuer, compare, explain: createExplainDeps(engine), log, version })
    await engine.open()
    // First: executions that go on from before must find the applications where they listen now.
    await setUpLocally(engine, settings, log)
    await setUpTwoHop(engine, settings, log)
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
