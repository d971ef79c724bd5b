import { afterAll, beforeAll } from 'vitest'
import { fileScope } from '../../support/command-line.ts'
import { credentialsOf, type OutsideClient, outsideClients } from '../../support/outside-client.ts'
import { startPreparedInstallation } from '../../support/prepared-installation.ts'
import { tryOperations } from '../try-operations.ts'
import { OPERATIONS } from './operations.ts'
import { openTrade, type Trade } from './trade.ts'

/** Every operation of the coverage page, carried out on a running installation by a client that knows an address and a token. */

const scope = fileScope(afterAll)
let fo: OutsideClient
let trade: Trade

beforeAll(async () => {
  const installation = await startPreparedInstallation(scope)
  fo = (await outsideClients(installation)).supplyChain
  trade = await openTrade(fo, { url: installation.urls.supplyChain, credentials: (await credentialsOf(installation.data)).supplyChain })
}, 120_000)

tryOperations(OPERATIONS, (operation) => operation.try(fo, trade))
