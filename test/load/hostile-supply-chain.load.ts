import { afterAll, test } from 'vitest'
import { countFromEnvironment, printedSeed } from '../support/chance.ts'
import { fileScope } from '../support/command-line.ts'
import { expectSupplyChainToStand } from './hostile-supply-chain.ts'

const REQUESTS = countFromEnvironment('P2C_HOSTILE_REQUESTS', 9_000)
const PACKAGES = countFromEnvironment('P2C_HOSTILE_PACKAGES', 1_000)

const scope = fileScope(afterAll)

test(`${REQUESTS} hostile requests and ${PACKAGES} hostile packages to Supply Chain: never a 5xx, never a hang, nothing half imported`, async () => {
  await expectSupplyChainToStand(scope, { seed: printedSeed('hostile requests'), requests: REQUESTS, packages: PACKAGES })
}, 1_800_000)
