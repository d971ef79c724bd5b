import { createTokenIssuer, openDatabase, type Program, randomIds, runProgram } from '@p2c/base'
import { createSupplyChainApp, signingKeyFrom } from './app.ts'
import { supplyChainSettings } from './settings.ts'

const program: Program<typeof supplyChainSettings> = {
  name: 'supply-chain',
  settings: supplyChainSettings,
  async start(settings, log, clock) {
    const database = openDatabase({ connectionString: settings.databaseUrl, applicationName: 'p2c-supply-chain', log })
    // The port is chosen when the server listens; the issuer asks for the address on each use.
    const address = { url: `http://${settings.host}:${settings.port}` }
    const tokens = createTokenIssuer({
      issuer: 'p2c-supply-chain',
      key: settings.tokenKey,
      clock,
      clients: [{ clientId: settings.clientId, clientSecret: settings.clientSecret }],
      resources: () => [address.url],
    })
    const app = await createSupplyChainApp({
      database,
      clock,
      ids: randomIds,
      log,
      tokens,
      settings: settings.supplyChain,
      signingKey: signingKeyFrom(settings.tokenKey),
    })
    address.url = await app.listen({ host: settings.host, port: settings.port })
    return {
      url: address.url,
      async stop() {
        await app.close()
        await database.close()
      },
    }
  },
}

await runProgram(program)
