import type { Readiness, ReadinessCheck } from '@p2c/api'
import { AppError, type Clock, isAppError } from '@p2c/base'
import type { ConnectedEnvironment, Engine, EnvironmentType } from '@p2c/engine'
import { CHECKS } from './checks/check-list.ts'
import { type Fact, known } from './fact.ts'
import { clientsOf, type Facts, type FactsInput, readFacts, type SideClients } from './facts/facts.ts'
import { needsOf } from './needs.ts'
import { messageOf, readFact } from './side-client.ts'
import { type FixStep, MOST_ITEMS, type Verdict } from './verdict.ts'

export interface ReadinessDeps {
  readonly engine: Pick<Engine, 'listConnectionSets' | 'listProjects' | 'findEnvironment' | 'validateProject'>
  readonly clock: Clock
  readonly fetch: typeof fetch
}

export interface ReadinessOptions {
  readonly fix: boolean
  readonly signal: AbortSignal
}

/**
 * Holds both sides of a connection set against everything that its projects need. With `fix` what can be set is set first, then everything is looked at
 * again. What a side refuses to tell is `unknown`; nothing that a side answers makes the whole fail. Throws `connection-set-unknown`.
 */
export async function checkReadiness(name: string, options: ReadinessOptions, deps: ReadinessDeps): Promise<Readiness> {
  const startedAt = deps.clock.now().getTime()
  const input = await factsInput(name, options.signal, deps)
  const clients = clientsOf(input)
  const first = judgeAll(await readFacts(input, clients))
  const checks = options.fix ? await mendAll(first, { input, clients }) : first
  return {
    connectionSetName: input.needs.set.name,
    ready: checks.every(({ verdict }) => verdict.status !== 'failed'),
    checks: checks.map(toWire),
    seconds: (deps.clock.now().getTime() - startedAt) / 1000,
  }
}

const TYPES: readonly EnvironmentType[] = ['CRM', 'AX', 'CDS']

async function factsInput(name: string, signal: AbortSignal, { engine, fetch }: ReadinessDeps): Promise<FactsInput> {
  const allSets = await engine.listConnectionSets()
  const set = allSets.find((one) => one.name.toLowerCase() === name.toLowerCase())
  if (set === undefined)
    throw unknownSet(
      name,
      allSets.map((one) => one.name),
    )
  const allProjects = await engine.listProjects()
  const projects = allProjects.filter((project) => project.connectionSetName.toLowerCase() === set.name.toLowerCase())
  const environments: Partial<Record<EnvironmentType, Fact<ConnectedEnvironment>>> = {}
  for (const type of TYPES) {
    // A secret that cannot be read makes one connection unusable.
    const found = await readFact(() => engine.findEnvironment(set.name, type), signal)
    if (!found.known) environments[type] = found
    else if (found.value !== undefined) environments[type] = known(found.value)
  }
  const needs = needsOf({ set, projects, allSets, allProjects })
  return { needs, environments, fetch, signal, validateProject: engine.validateProject }
}

const unknownSet = (name: string, names: readonly string[]): AppError =>
  new AppError({
    category: 'schema',
    code: 'connection-set-unknown',
    message: `There is no connection set '${name}'. There are: ${names.join(', ') || 'none'}.`,
    details: { name },
  })

interface Judged {
  readonly check: (typeof CHECKS)[number]
  readonly verdict: Verdict
  readonly isFixed?: boolean
}

/** Every check that concerns these projects, in the order of the list. */
const judgeAll = (facts: Facts): readonly Judged[] =>
  CHECKS.filter((check) => check.applies?.(facts) !== false).map((check) => ({ check, verdict: check.judge(facts) }))

/** Rounds of writing and looking again: a unit needs the group that the round before has made. */
const MOST_ROUNDS = 3

async function mendAll(
  first: readonly Judged[],
  { input, clients }: { readonly input: FactsInput; readonly clients: SideClients },
): Promise<readonly Judged[]> {
  const refusals = new Map<string, string>()
  const done = new Set<string>()
  let judged = first
  for (let round = 0; round < MOST_ROUNDS && (await mend(judged, { clients, refusals, done })); round += 1) {
    judged = judgeAll(await readFacts(input, clients))
  }
  return afterFix(first, judged, refusals)
}

interface Mending {
  readonly clients: SideClients
  /** Why a write was refused, by check. */
  readonly refusals: Map<string, string>
  /** Steps that were tried, as text: two checks may be mended by one step, and none is tried twice. */
  readonly done: Set<string>
}

/** Writes the steps of everything that failed; gives whether there was one. One refusal stops nothing. */
async function mend(judged: readonly Judged[], { clients, refusals, done }: Mending): Promise<boolean> {
  const steps = judged
    .filter(({ verdict }) => verdict.status === 'failed')
    .flatMap(({ check, verdict }) => (verdict.fix ?? []).map((step) => ({ id: check.id, step, key: JSON.stringify(step) })))
  let hasWritten = false
  for (const { id, step, key } of steps) {
    if (done.has(key)) continue
    done.add(key)
    hasWritten = true
    const refusal = await write(step, clients)
    if (refusal !== undefined) refusals.set(id, refusal)
  }
  return hasWritten
}

async function write(step: FixStep, clients: SideClients): Promise<string | undefined> {
  const client = clients[step.environmentType]
  if (client === undefined) return 'the connection set has no such connection'
  try {
    const answer = await client.send(step.method, step.path, absolute(step.body, client.root))
    return answer.status < 300 ? undefined : `${answer.status}: ${messageOf(answer.body)}`
  } catch (error) {
    if (!isAppError(error)) throw error
    return error.message
  }
}

/** References of a body are told with the address of the service, which a step does not know. */
function absolute(body: unknown, root: string): unknown {
  if (typeof body !== 'object' || body === null || !('@odata.id' in body)) return body
  return { ...body, '@odata.id': `${root}${String(body['@odata.id'])}` }
}

function afterFix(before: readonly Judged[], after: readonly Judged[], refusals: ReadonlyMap<string, string>): readonly Judged[] {
  const failedBefore = new Set(before.filter(({ verdict }) => verdict.status === 'failed').map(({ check }) => check.id))
  return after.map(({ check, verdict }) => {
    if (verdict.status === 'passed' && failedBefore.has(check.id)) return { check, verdict, isFixed: true }
    const refusal = refusals.get(check.id)
    if (refusal === undefined || verdict.status === 'passed') return { check, verdict }
    return { check, verdict: { ...verdict, found: `${verdict.found} (the fix was refused: ${refusal})` } }
  })
}

const toWire = ({ check, verdict, isFixed }: Judged): ReadinessCheck => ({
  id: check.id,
  title: check.title,
  side: check.side,
  status: isFixed === true ? 'fixed' : verdict.status,
  found: verdict.found,
  expected: verdict.expected,
  ...(verdict.remedy !== undefined && verdict.status !== 'passed' && { remedy: verdict.remedy }),
  canFix: verdict.status === 'failed' && (verdict.fix ?? []).length > 0,
  items: (verdict.items ?? []).slice(0, MOST_ITEMS),
})
