import { createTokenIssuer, openDatabase, randomIds, runProgram } from '@p2c/base'
import { createSalesApp } from './app.ts'
import { salesSettings } from './settings.ts'

await runProgram({
  name: 'sales',
  settings: salesSettings,
  start: async (settings, log, clock) => {
    const database = openDatabase({ connectionString: settings.databaseUrl, maxConnections: 20, applicationName: 'p2c-sales', log })
    let url = ''
    const clients = [{ clientId: settings.clientId, clientSecret: settings.clientSecret }]
    const identity = createTokenIssuer({ issuer: 'p2c-sales', key: settings.tokenKey, clock, clients, resources: () => [url] })
    const app = await createSalesApp({ database, clock, ids: randomIds, log, identity, clients, settings: settings.sales })
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
