import { afterAll, expect, test } from 'vitest'
import { countFromEnvironment, createChance, printedSeed, tell } from '../support/chance.ts'
import { fileScope } from '../support/command-line.ts'
import { createOutsideClient, type OutsideClient, outsideClients } from '../support/outside-client.ts'
import { openTestInstallation } from '../support/test-installation.ts'
import type { SequenceClient } from './command-sequences.ts'
import { createStopwatch, toTable } from './figures.ts'
import { openMarket } from './open-market.ts'
import { type Shift, workUntil } from './order-clerk.ts'
import { brokenRules } from './supply-chain-books.ts'

const CLERKS = countFromEnvironment('P2C_LOAD_CLERKS', 200)
const SECONDS = countFromEnvironment('P2C_LOAD_SECONDS', 60)
const LONGEST_MS = 30_000

const scope = fileScope(afterAll)

const clientOf = (client: OutsideClient): SequenceClient => ({
  data: (method, path, body) => client.call(method, path, body === undefined ? {} : { body }),
  command: (name, body) => client.call('POST', `${client.root.replace(/\/data$/, '')}/api/commands/${name}`, { body }),
})

test(`${CLERKS} order clerks work on the same 20 items for ${SECONDS} s: never negative stock, nothing oversold, no deadlock that shows`, async () => {
  const seed = printedSeed('order clerks')
  const prepared = await openTestInstallation(scope)
  const { supplyChain, tokens } = await outsideClients(await prepared.start())
  const client = () => clientOf(createOutsideClient(supplyChain.root, tokens.supplyChain))
  const market = await openMarket(client(), { items: 20, customers: 40, stock: 150 })
  const stopwatch = createStopwatch()
  const shift: Shift = { orders: 0, shipped: 0, invoiced: 0, refusals: new Map() }
  let failure: unknown
  const startedAt = performance.now()
  const isOver = (): boolean => failure !== undefined || performance.now() - startedAt >= SECONDS * 1000
  await Promise.all(
    Array.from({ length: CLERKS }, async (_, at) => {
      const clerk = { client: client(), chance: createChance(seed + at), market, stopwatch, shift, name: `C${at}` }
      await workUntil(clerk, isOver).catch((error: unknown) => {
        failure ??= error
      })
    }),
  )
  const figures = stopwatch.figures()
  tell(`\n${toTable(figures, (performance.now() - startedAt) / 1000)}\n`)
  tell(
    `${shift.orders} orders, ${shift.shipped} shipped, ${shift.invoiced} invoiced; refused: ${JSON.stringify(Object.fromEntries(shift.refusals))}`,
  )
  if (failure !== undefined) throw failure
  expect(await brokenRules(prepared.database('supply_chain'))).toEqual([])
  expect(shift.invoiced, 'orders went all the way').toBeGreaterThan(0)
  expect(shift.refusals.size, 'clerks met on too little stock').toBeGreaterThan(0)
  expect(figures.at(-1)?.longest).toBeLessThan(LONGEST_MS)
}, 600_000)
