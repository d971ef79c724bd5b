import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fileScope, scratchFolder, startInstallation } from '../../support/command-line.ts'
import { credentialsOf, type OutsideClient, outsideClients } from '../../support/outside-client.ts'
import { type Market, openMarket } from './market.ts'
import type { Operation } from './operation.ts'
import { OPERATIONS } from './operations.ts'

/** Every operation of the coverage page, carried out on a running installation by a client that knows an address and a token. */

const scope = fileScope(afterAll)
let dv: OutsideClient
let market: Market

beforeAll(async () => {
  const installation = await startInstallation(await scratchFolder(scope))
  scope.onTestFinished(async () => void (await installation.stop()))
  dv = (await outsideClients(installation)).sales
  market = await openMarket(dv, { url: installation.urls.sales, credentials: (await credentialsOf(installation.data)).sales })
}, 120_000)

const titleOf = ({ name, points }: Operation): string => (points.length === 0 ? name : `${name} (${points.join(', ')})`)

describe.each([...new Set(OPERATIONS.map(({ area }) => area))])('%s', (area) => {
  test.each(
    OPERATIONS.filter((operation) => operation.area === area).map((operation) => [titleOf(operation), operation] as const),
  )('%s', async (_title, operation) => {
    await operation.try(dv, market)
  })
})

test('no two operations of one area have the same name', () => {
  const names = OPERATIONS.map(({ area, name }) => `${area}: ${name}`)
  expect(names.filter((name, n) => names.indexOf(name) !== n)).toEqual([])
})
