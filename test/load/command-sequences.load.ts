import { test } from 'vitest'
import { countFromEnvironment, printedSeed } from '../support/chance.ts'
import { expectBooksToHold } from './run-sequences.ts'

const SEQUENCES = countFromEnvironment('P2C_SEQUENCES', 1_000)

test(`${SEQUENCES} random sequences of 30 commands: stock, deliveries, invoices, balances and ledger agree`, async (t) => {
  await expectBooksToHold(t, { seed: printedSeed('command sequences'), sequences: SEQUENCES, length: 30 })
}, 1_800_000)
