import { join } from 'node:path'
import type { Comparison, Execution } from '@p2c/api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DataSetFacts, writeDataSet } from '../support/adventureworks-data.ts'
import { createChance } from '../support/chance.ts'
import { fileScope, p2c, p2cJson, scratchFolder } from '../support/command-line.ts'
import { startPreparedInstallation } from '../support/prepared-installation.ts'

const ORDERS = 24
const scope = fileScope(afterAll)
let data: string
let folder: string
let facts: DataSetFacts

interface Loaded {
  readonly orders: number
  readonly lines: number
  readonly repeatedKeys: readonly { readonly orderNumber: string; readonly lineNumber: number }[]
  readonly phases: readonly { readonly phase: string; readonly written: number; readonly refused: readonly unknown[] }[]
  readonly statuses: Readonly<Record<string, number>>
  readonly peakMemory: readonly { readonly program: string; readonly bytes: number }[]
}

const load = (...options: string[]) => p2cJson<Loaded>(['load', 'adventureworks', folder, '--orders', ...options, '--data', data])
const runAll = async () => (await p2cJson<{ executions: readonly Execution[] }>(['run', '--all', '--data', data])).executions
const written = ({ phases }: Loaded, phase: string) => phases.find((each) => each.phase === phase)?.written

/** Rows that an execution of a project brought, task by task. */
const moved = (executions: readonly Execution[], project: string) =>
  executions.find(({ projectName }) => projectName === project)?.tasks.map(({ counters }) => counters.inserted + counters.updated)

beforeAll(async () => {
  folder = join(await scratchFolder(scope), 'adventureworks')
  facts = await writeDataSet(folder, ORDERS, createChance(7))
  data = (await startPreparedInstallation(scope)).data
}, 120_000)

test('one command enters orders in Sales and takes them through Supply Chain to their payment; begun with a part, it goes on with the rest', async () => {
  const part = await load('--limit', '5')
  expect(part).toMatchObject({ orders: 5, statuses: { Invoiced: 5 } })
  const whole = await load()
  expect(whole).toMatchObject({ orders: ORDERS, lines: facts.lines, statuses: { Invoiced: ORDERS } })
  for (const phase of ['enter', 'activate', 'confirm', 'deliver', 'invoice', 'pay'])
    expect({ phase, rows: written(whole, phase) }).toEqual({ phase, rows: ORDERS - 5 })
  expect(whole.phases.flatMap(({ refused }) => refused)).toEqual([])
  expect(whole.repeatedKeys).toMatchObject([
    { orderNumber: 'SO45079', lineNumber: 1 },
    { orderNumber: 'SO45080', lineNumber: 1 },
  ])
  expect(whole.peakMemory.map(({ program }) => program)).toEqual(['Sales', 'Supply Chain', 'the integrator', 'p2c'])
  expect(Math.min(...whole.peakMemory.map(({ bytes }) => bytes))).toBeGreaterThan(1024 * 1024)
  const again = await load()
  for (const phase of ['enter', 'activate', 'confirm', 'deliver', 'invoice', 'pay'])
    expect({ phase, rows: written(again, phase) }).toEqual({ phase, rows: 0 })
}, 120_000)

test('all of it comes back to Sales, each line and each invoice once, and both sides agree', async () => {
  const executions = await runAll()
  expect(moved(executions, 'orders-to-sales')).toEqual([ORDERS, facts.lines])
  expect(moved(executions, 'invoices')).toEqual([ORDERS, facts.lines])
  for (const project of ['orders-to-sales', 'invoices'])
    expect(await p2cJson<Comparison>(['compare', project, '--data', data])).toMatchObject({ clean: true })
}, 120_000)

test('a share of the orders is changed, and only these move; the same share again is no change', async () => {
  const changed = await load('--change', '10')
  expect(written(changed, 'credit')).toBe(2)
  const executions = await runAll()
  expect(moved(executions, 'invoices')?.[0]).toBe(2)
  expect(executions.find(({ projectName }) => projectName === 'orders-to-sales')?.tasks[0]?.counters.read).toBe(2)
  expect(written(await load('--change', '10'), 'credit')).toBe(0)
}, 120_000)

test('options that are for orders only, and a folder that is nowhere, are clear errors', async () => {
  expect(await p2c(['load', 'adventureworks', folder, '--limit', '5', '--data', data])).toMatchObject({ code: 2 })
  expect(await p2c(['load', 'adventureworks', folder, '--orders', '--change', '0', '--data', data])).toMatchObject({ code: 2 })
  const { code, stderr } = await p2c(['load', 'adventureworks', join(folder, 'nowhere'), '--orders', '--data', data])
  expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('data-set-incomplete') })
})
