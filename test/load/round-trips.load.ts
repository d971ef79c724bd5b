import { expect, test } from 'vitest'
import { countFromEnvironment, printedSeed, tell } from '../support/chance.ts'
import { startWorld } from './round-trip-world.ts'
import { assertRoundTrips } from './round-trips.ts'

test('templates 9 2,000 random orders go there and back: both sides are equal to the cent, and nothing is written twice', async (t) => {
  const orders = countFromEnvironment('P2C_ROUND_TRIPS', 2000)
  const world = await startWorld(t)
  const startedAt = performance.now()
  const { invoices } = await assertRoundTrips(world, { orders, seed: printedSeed(`round trips of ${orders} orders`) })
  tell(`${orders} orders with ${invoices} invoices there and back in ${Math.round((performance.now() - startedAt) / 1000)} s`)
  expect(invoices).toBeGreaterThan(orders / 2)
})
