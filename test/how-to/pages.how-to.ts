import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fileScope, type StartedInstallation, scratchFolder, startInstallation } from '../support/command-line.ts'
import { outsideClients } from '../support/outside-client.ts'
import { linePattern, readPage, runScript } from './page.ts'

const HOW_TO = join(import.meta.dirname, '..', '..', 'docs', 'how-to')

const scope = fileScope(afterAll)
let installation: StartedInstallation

beforeAll(async () => {
  installation = await startInstallation(await scratchFolder(scope))
  scope.onTestFinished(async () => void (await installation.stop()))
})

/** The page, the least of lines that it shows, and how many complaints of curl belong to it. */
const PAGES = [
  { page: 'sell-with-curl.md', lines: 6, refusals: 1 },
  { page: 'receive-changes-by-webhook.md', lines: 2, refusals: 0 },
  { page: 'fulfil-an-order-with-curl.md', lines: 19, refusals: 1, isSupplyChain: true },
] as const satisfies readonly { page: string; lines: number; refusals: number; isSupplyChain?: true }[]

test.each(PAGES)('$page: every command does what the page says', async ({ page, lines: least, refusals, ...where }) => {
  const { script, output } = await readPage(join(HOW_TO, page))
  const { tokens, sales } = await outsideClients(installation)
  const env =
    'isSupplyChain' in where
      ? { SUPPLY_CHAIN: installation.urls.supplyChain, TOKEN: tokens.supplyChain }
      : { SALES: sales.root, TOKEN: tokens.sales }
  const folder = await scratchFolder(scope)
  const { lines, problems } = await runScript(script, { folder, env })
  expect(output.length, 'the page shows what is printed').toBeGreaterThanOrEqual(least)
  expect(lines, problems).toEqual(output.map((line) => expect.stringMatching(linePattern(line))))
  expect(problems.match(/curl: \(\d+\)/g) ?? [], problems).toHaveLength(refusals)
})
