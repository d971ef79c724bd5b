import { afterAll, test } from 'vitest'
import { expectSalesToStand } from '../load/hostile-sales.ts'
import { printedSeed } from '../support/chance.ts'
import { fileScope } from '../support/command-line.ts'

const scope = fileScope(afterAll)

/** `npm run test:load` sends ten thousand. */
test('two thousand hostile requests to Sales: never a 5xx, never a hang, never a row changed by a refused one', async () => {
  await expectSalesToStand(scope, { seed: printedSeed('hostile requests'), count: 2_000 })
}, 120_000)
