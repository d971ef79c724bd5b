import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Comparison, contract, type Execution } from '@p2c/api'
import { dropDatabase, silentLogger } from '@p2c/base'
import { type CommandContext, connect } from '../context.ts'
import { databaseName, PROGRAM_PARTS } from '../installation/programs.ts'
import { startInstallation } from '../installation/supervisor.ts'
import { connectApplications } from '../load/applications.ts'
import { changeBothSides, repairAccount } from '../load/demo-changes.ts'
import { loadInto } from '../load/load.ts'
import { generateSample } from '../load/sample/sample.ts'
import type { MessageKey } from '../messages/messages.ts'
import { createSeller } from '../story/seller.ts'
import { playStory } from '../story/story.ts'
import { compareProject, printComparison } from './compare.ts'
import { errors } from './errors.ts'
import { printExecution } from './execution-table.ts'
import { executions } from './executions.ts'
import { printTimeline } from './explain.ts'
import { printLoad } from './load.ts'
import { runToEnd } from './run.ts'

/** In the order in which parents precede children (templates specification, section 3). */
const PROJECTS = [
  'products',
  'accounts',
  'contacts',
  'contacts-to-customer',
  'quotes',
  'orders-to-supply-chain',
  'orders-to-sales',
  'invoices',
] as const
const MASTER_DATA = PROJECTS.slice(0, 4)
const SAMPLE = { accounts: 400, seed: 1 }
/** Of a new installation: the company that its projects serve, and the price list of that company's currency (templates specification 10). */
const LEGAL_ENTITY = 'usmf'
const PRICE_LIST = 'CRM Service USA (sample)'
const STEPS = 13

/**
 * The main job from nothing to a clean comparison in a folder of its own, which is removed afterwards.
 * Exit code 0 when every execution ended as it must and both sides agree.
 */
export async function demo(outer: CommandContext): Promise<number> {
  const startedAt = outer.clock.now().getTime()
  const folder = await mkdtemp(join(tmpdir(), 'p2c-demo-'))
  const context = { ...outer, dataDir: join(folder, 'data') }
  const databasePrefix = `p2c_demo_${randomBytes(4).toString('hex')}`
  try {
    const succeeded = await playDemo(context, databasePrefix)
    const seconds = (outer.clock.now().getTime() - startedAt) / 1000
    outer.output.line('demo.finished', { seconds: outer.messages.number(seconds, 1) })
    outer.output.result({ succeeded, seconds })
    return succeeded ? 0 : 1
  } finally {
    await dropDatabases(databasePrefix)
    await rm(folder, { recursive: true, force: true })
  }
}

/** On a server of the caller's the demonstration has databases of its own; with the embedded one they go with the folder. */
async function dropDatabases(prefix: string): Promise<void> {
  const { P2C_DATABASE_URL: external } = process.env
  if (external) for (const part of PROGRAM_PARTS) await dropDatabase(external, databaseName(prefix, part))
}

async function playDemo(context: CommandContext, databasePrefix: string): Promise<boolean> {
  const announce = stepCounter(context)
  announce('demo.start')
  const { clock, dataDir, messages, output } = context
  const installation = await startInstallation({
    dataDir,
    portBase: 0,
    commonDataService: false, // the story is told by the direct templates
    databasePrefix,
    clock,
    log: silentLogger,
    onPartReady: ({ part, url }) => output.line('start.part-ready', { part: messages.text(`part.${part}` as MessageKey), url }),
  })
  try {
    announce('demo.load')
    printLoad(context, await loadInto(context, generateSample(SAMPLE)))
    await createSeller((await connectApplications(context)).sales).takeProductsAsActive()
    announce('demo.first-run')
    const first = await runAll(context, MASTER_DATA)
    const run = (projects: readonly string[]): Promise<Execution[]> => runAll(context, projects)
    const story = await playStory({ context, legalEntity: LEGAL_ENTITY, priceList: PRICE_LIST, run, announce })
    announce('demo.change')
    const changed = await changeBothSides(context)
    output.line('demo.changed', changed)
    announce('demo.second-run')
    const second = await runAll(context, PROJECTS)
    await errors(withoutResult(context), { project: 'accounts', limit: 5 })
    announce('demo.repair')
    await repairAccount(context, changed.key)
    output.line('demo.repaired', { key: changed.key })
    const third = await runAll(context, ['accounts'])
    announce('demo.history')
    await executions(withoutResult(context), { limit: 40 })
    announce('demo.timeline')
    await showTimeline(context, story.order)
    announce('demo.compare')
    const comparisons = await compareAll(context)
    return (
      isExpected([...first, ...story.executions, ...second, ...third]) &&
      story.isSettled &&
      comparisons.every((comparison) => comparison.clean)
    )
  } finally {
    await installation.stop()
  }
}

/** The demonstration prints one result of its own; those of the commands it plays are for the eye. */
const withoutResult = (context: CommandContext): CommandContext => ({ ...context, output: { ...context.output, result: () => undefined } })

function stepCounter({ output, messages }: CommandContext): (title: MessageKey) => void {
  let number = 0
  return (title) => {
    number += 1
    output.text('')
    output.line('demo.step', { number, total: STEPS, title: messages.text(title) })
  }
}

async function runAll(context: CommandContext, projects: readonly string[]): Promise<Execution[]> {
  const api = await connect(context)
  const ended: Execution[] = []
  for (const project of projects) {
    const execution = await runToEnd(api, context, project, {})
    printExecution(context, execution)
    ended.push(execution)
  }
  return ended
}

/** What happened to one order on both sides and in between. */
async function showTimeline(context: CommandContext, order: string): Promise<void> {
  const api = await connect(context)
  printTimeline(context, await api.call(contract.getExplanation, { query: { entity: 'order', key: order } }))
}

async function compareAll(context: CommandContext): Promise<Comparison[]> {
  const api = await connect(context)
  const comparisons: Comparison[] = []
  for (const project of PROJECTS) {
    const comparison = await compareProject(api, project, 20)
    printComparison(context, comparison)
    comparisons.push(comparison)
  }
  return comparisons
}

/** All completed, but for the one that met the account in a country that nobody knows. */
function isExpected(ended: readonly Execution[]): boolean {
  const withWarning = ended.filter((execution) => execution.status === 'warning')
  return (
    ended.every((execution) => execution.status === 'completed' || execution.status === 'warning') &&
    withWarning.length === 1 &&
    withWarning[0]?.projectName === 'accounts'
  )
}
