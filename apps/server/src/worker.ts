import { setTimeout as delay } from 'node:timers/promises'
import { type Database, openDatabase, processSettings, randomIds, runProgram, WORKER_LIMITS, waitForDatabase } from '@p2c/base'
import { createEngine, DEFAULT_LANES } from '@p2c/engine'
import Fastify, { type FastifyInstance } from 'fastify'
import { connectorFor } from './connectors.ts'
import { workerSettings } from './settings.ts'
import { version } from './version.ts'

/** Beside those of the steps: looking for work, and the health end point. */
const SPARE_CONNECTIONS = 2

/** A probe is told within this time, however long the database is silent. */
const LONGEST_ANSWER_MS = 2_000

/**
 * A worker: takes steps of executions from the integrator's database and does nothing else. It has no REST interface, brings no templates and no
 * connection sets, and changes no table: the integrator does that, and a worker of another version is refused.
 */
await runProgram({
  name: 'worker',
  common: processSettings,
  settings: workerSettings,
  start: async (settings, log, clock) => {
    await waitForDatabase({ connectionString: settings.databaseUrl }) // it may be away just when a worker is started again
    const database = openDatabase({
      connectionString: settings.databaseUrl,
      // A step saves one page while the others of its lanes are looked up.
      maxConnections: settings.workers * ((settings.cutting.lanes ?? DEFAULT_LANES) + 1) + SPARE_CONNECTIONS,
      applicationName: 'p2c-worker',
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
      schema: 'check',
    })
    await engine.open() // before anything else: with a wrong key or version not one step is taken
    await engine.start()
    const app = createHealth(database, settings.workers)
    const url = await app.listen({ host: settings.host, port: settings.port })
    return {
      url,
      stop: async () => {
        await engine.stop()
        await app.close()
        await database.close()
      },
    }
  },
})

/** `GET /health` for probes: 200 while the database answers, 503 while it does not (the worker goes on by itself when it does again). */
function createHealth(database: Database, workers: number): FastifyInstance {
  const app = Fastify({ forceCloseConnections: true })
  app.get('/health', async (_request, reply) => {
    const reachable = await answers(database)
    const status = reachable ? 'ok' : 'database-away'
    return reply.status(reachable ? 200 : 503).send({ status, program: 'worker', version, pid: process.pid, workers })
  })
  return app
}

function answers(database: Database): Promise<boolean> {
  const answer = database.query('select 1').then(
    () => true,
    () => false,
  )
  return Promise.race([answer, delay(LONGEST_ANSWER_MS, false, { ref: false })])
}
