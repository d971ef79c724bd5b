import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { copyPreparedDatabase, type PreparedDatabase, randomIds, silentLogger, systemClock } from '@p2c/base'
import { createEngine } from '@p2c/engine'
import { FIRST_START as SALES_FIRST_START } from '../../apps/sales/src/sales-app.fixture.ts'
import { FIRST_START as SUPPLY_CHAIN_FIRST_START } from '../../apps/supply-chain/src/supply-chain-app.fixture.ts'
import { databasePrefix, type Scope, type StartedInstallation, scratchFolder, startInstallation } from './command-line.ts'
import { CLIENT } from './connected-applications.ts'

/** Encrypts the secrets of every integrator of the tests: a prepared database fits each of them. */
export const SECRETS_KEY = Buffer.alloc(32, 9)

/** The integrator's tables as its first start makes them; without templates, connection sets and projects. */
export const INTEGRATOR_FIRST_START: PreparedDatabase = {
  name: 'integrator',
  prepare: async (database) => {
    const engine = createEngine({
      database,
      connectorFor: () => Promise.reject(new Error('nothing is connected yet')),
      clock: systemClock,
      ids: randomIds,
      log: silentLogger,
      secretsKey: SECRETS_KEY,
      workers: 0,
    })
    await engine.start()
    await engine.stop()
  },
}

/** Databases of an installation by the ends of their names. */
const FIRST_STARTS: Readonly<Record<string, PreparedDatabase>> = {
  sales: SALES_FIRST_START,
  supply_chain: SUPPLY_CHAIN_FIRST_START,
  integrator: INTEGRATOR_FIRST_START,
}

const newPart = (clientId: string) => ({
  clientId,
  clientSecret: 'a secret of the tests',
  tokenKey: Buffer.alloc(32, 5).toString('base64'),
})

const SECRETS = {
  // The application user of a prepared Sales belongs to this client.
  sales: newPart(CLIENT.clientId),
  supplyChain: newPart('7b1f3c5a-0c55-4b0e-8a7d-2f4f0f6d9e21'),
  server: newPart('0d9d9a3c-6d3f-4a38-9b5e-5a0f2f1c7b10'),
  commonDataService: newPart('c1d0f0a4-93a5-4d3e-9a3c-1be6b7a8d3f2'),
  encryptionKey: SECRETS_KEY.toString('base64'),
}

/** Gives an installation folder its secrets, and databases on the server of the test run that have had their first start. */
export async function prepareInstallation(data: string): Promise<void> {
  await writeFile(join(data, 'secrets.json'), JSON.stringify(SECRETS), { mode: 0o600 })
  await Promise.all(
    Object.entries(FIRST_STARTS).map(([ending, prepared]) => copyPreparedDatabase(`${databasePrefix(data)}_${ending}`, prepared)),
  )
}

/**
 * An installation as `p2c start` would find it the second time: it is there in a fraction of the time. For tests that are not about the first start;
 * stops with `scope`.
 */
export async function startPreparedInstallation(scope: Scope): Promise<StartedInstallation> {
  const data = await scratchFolder(scope)
  await prepareInstallation(data)
  const installation = await startInstallation(data, { P2C_DATABASE_URL: process.env.P2C_TEST_SERVER ?? '' })
  scope.onTestFinished(async () => void (await installation.stop()))
  return installation
}
