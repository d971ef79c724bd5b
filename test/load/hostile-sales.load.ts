import { afterAll, test } from 'vitest'
import { countFromEnvironment, printedSeed } from '../support/chance.ts'
import { fileScope } from '../support/command-line.ts'
import { expectSalesToStand } from './hostile-sales.ts'

const REQUESTS = countFromEnvironment('P2C_HOSTILE_REQUESTS', 10_000)

const scope = fileScope(afterAll)

test(`${REQUESTS} hostile requests to Sales: never a 5xx, never a hang, never a row changed by a refused one`, async () => {
  await expectSalesToStand(scope, { seed: printedSeed('hostile requests'), count: REQUESTS })
}, 1_800_000)
