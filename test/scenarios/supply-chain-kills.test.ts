import { setTimeout as delay } from 'node:timers/promises'
import { openScratchDatabase } from '@p2c/base'
import { expect, test } from 'vitest'
import { startShift } from '../crash/supply-chain-shift.ts'
import { createChance, printedSeed } from '../support/chance.ts'
import { startEventListener } from '../support/event-listener.ts'
import { startSupplyChainProcess } from '../support/supply-chain-process.ts'

/** Short form of `test/crash/supply-chain-postings.crash.ts`. */
const KILLS = 3

test(`Supply Chain is killed ${KILLS} times while clerks post, packages are imported and jobs run: nothing is lost, nothing is there twice`, {
  timeout: 180_000,
}, async (t) => {
  const seed = printedSeed('kills of Supply Chain')
  const chance = createChance(seed)
  const database = await openScratchDatabase(t)
  const program = await startSupplyChainProcess(t, database.connectionString)
  const listener = await startEventListener(t)
  const packages = { customers: 400, orders: 200 }
  const work = await startShift({ processes: [program], database, listener, seed, clerks: 4, packages })
  for (let kill = 1; kill <= KILLS; kill += 1) {
    // A random moment is what is tried.
    await Promise.race([delay(300 + chance.below(1_200)), work.failed])
    await program.kill()
    await program.start()
    expect(await work.problems(), `after kill ${kill}`).toEqual([])
  }
  expect(await work.finish()).toEqual([])
  expect(work.shift.paid, 'orders went all the way').toBeGreaterThan(0)
})
