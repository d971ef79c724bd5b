import { afterAll, expect, test } from 'vitest'
import { countFromEnvironment, printedSeed } from '../support/chance.ts'
import { fileScope } from '../support/command-line.ts'
import { outsideClients } from '../support/outside-client.ts'
import { openTestInstallation } from '../support/test-installation.ts'
import { sendHostile } from './send-hostile.ts'

const REQUESTS = countFromEnvironment('P2C_HOSTILE_REQUESTS', 10_000)

const scope = fileScope(afterAll)

test(`${REQUESTS} hostile requests to Sales: never a 5xx, never a hang, never a row changed by a refused one`, async () => {
  const seed = printedSeed('hostile requests')
  const prepared = await openTestInstallation(scope)
  const { sales, tokens } = await outsideClients(await prepared.start())
  const { byStatus, problems } = await sendHostile(sales, {
    token: tokens.sales,
    database: prepared.database('sales'),
    seed,
    count: REQUESTS,
  })
  expect(problems).toEqual([])
  expect([...byStatus.values()].reduce((sum, count) => sum + count, 0)).toBe(REQUESTS)
  expect(byStatus.get(401) ?? 0, 'the client still may sign in').toBeLessThan(REQUESTS / 10)
  expect(byStatus.size, 'answers of many kinds').toBeGreaterThan(5)
}, 1_800_000)
