import { afterAll, test } from 'vitest'
import { expectSupplyChainToStand } from '../load/hostile-supply-chain.ts'
import { printedSeed } from '../support/chance.ts'
import { fileScope } from '../support/command-line.ts'

const scope = fileScope(afterAll)

/** `npm run test:load` sends ten thousand. */
test('hostile requests and packages to Supply Chain: never a 5xx, never a hang, nothing half imported', async () => {
  await expectSupplyChainToStand(scope, { seed: printedSeed('hostile requests'), requests: 1_000, packages: 50 })
}, 180_000)
