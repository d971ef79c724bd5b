import { createTokenIssuer, openDatabase, randomIds, runProgram } from '@p2c/base'
import { z } from 'zod'
import { createCommonDataServiceApp } from './app.ts'

await runProgram({
  name: 'common-data-service',
  settings: z.object({}), // none of its own: what an organisation needs is rows
  start: async (settings, log, clock) => {
    const database = openDatabase({
      connectionString: settings.databaseUrl,
      maxConnections: 20,
      applicationName: 'p2c-common-data-service',
      log,
    })
    let url = ''
    const clients = [{ clientId: settings.clientId, clientSecret: settings.clientSecret }]
    const identity = createTokenIssuer({
      issuer: 'p2c-common-data-service',
      key: settings.tokenKey,
      clock,
      clients,
      resources: () => [url],
    })
    const app = await createCommonDataServiceApp({ database, clock, ids: randomIds, log, identity, clients })
    url = await app.listen({ host: settings.host, port: settings.port })
    return {
      url,
      stop: async () => {
        await app.close()
        await database.close()
      },
    }
  },
})
