import { expect, test } from 'vitest'
import { startWorld } from '../load/round-trip-world.ts'
import { assertRoundTrips } from '../load/round-trips.ts'
import { printedSeed } from '../support/chance.ts'

test('templates 9 random orders go there and back: totals, line discounts and Freight Tax are equal on both sides, and nothing is written twice', async (t) => {
  const world = await startWorld(t)
  const { invoices } = await assertRoundTrips(world, { orders: 40, seed: printedSeed('round trips') })
  expect(invoices).toBeGreaterThan(0)
}, 300_000)
