import { afterAll, beforeAll } from 'vitest'
import { fileScope } from '../../support/command-line.ts'
import { credentialsOf, type OutsideClient, outsideClients } from '../../support/outside-client.ts'
import { startPreparedInstallation } from '../../support/prepared-installation.ts'
import { tryOperations } from '../try-operations.ts'
import { type Market, openMarket } from './market.ts'
import { OPERATIONS } from './operations.ts'

/** Every operation of the coverage page, carried out on a running installation by a client that knows an address and a token. */

const scope = fileScope(afterAll)
let dv: OutsideClient
let market: Market

beforeAll(async () => {
  const installation = await startPreparedInstallation(scope)
  dv = (await outsideClients(installation)).sales
  market = await openMarket(dv, { url: installation.urls.sales, credentials: (await credentialsOf(installation.data)).sales })
}, 120_000)

tryOperations(OPERATIONS, (operation) => operation.try(dv, market))
