import { test } from 'vitest'
import { expectBooksToHold } from '../load/run-sequences.ts'
import { printedSeed } from '../support/chance.ts'

/** `npm run test:load` runs a thousand. */
test('random sequences of 30 commands: stock, deliveries, invoices, balances and ledger agree', async (t) => {
  await expectBooksToHold(t, { seed: printedSeed('command sequences'), sequences: 20, length: 30 })
}, 180_000)
