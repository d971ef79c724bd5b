import { AppError, type SqlRunner } from '@p2c/base'
import { isPlatformError, type Row, type TableService } from '@p2c/dataverse'
import {
  type InstallationPlan,
  OUR_SOLUTION,
  parseVersion,
  planInstallation,
  REQUIRED_SETTINGS,
  type SolutionVersion,
  solutionInUse,
  type UpgradeScript,
} from '../domain/p2c/p2c-solution.ts'
import { forgetInstalledVersion, WRITERS_LOCK } from '../plugins/p2c/p2c-installed.ts'
import { SEQUENCE_SEEDS, type SequenceSeed } from './sequences.ts'
import {
  findSolution,
  finishScript,
  listUses,
  pendingScripts,
  recordEvent,
  requestScripts,
  type SolutionDeps,
  takeTurn,
  wasEverInstalled,
} from './solution-store.ts'
import { SCRIPT_CHUNKS } from './upgrade-scripts.ts'
import { createViews, deleteViews } from './views.ts'

export type InstallOutcome = 'installed' | 'upgraded' | 'unchanged'

/**
 * Installs the Prospect to Cash solution, or brings it to a newer version: its rules begin to run with the next write, and rows from before
 * get what they lack. Done once the scripts are; a break between is taken up by the next start or installation.
 * Throws `solution-version-invalid`, `solution-newer`. Source: Sales 6, Templates 4.
 */
export async function installSolution(deps: SolutionDeps, version: string = OUR_SOLUTION.version): Promise<InstallOutcome> {
  const wanted = parseVersion(version)
  if (wanted === undefined) throw versionInvalid(version)
  const outcome = await deps.service((service, sql) => record(deps, { service, sql }, wanted))
  if (outcome !== 'unchanged') deps.log.info({ solution: OUR_SOLUTION.uniqueName, version, outcome }, 'the solution was installed')
  await finishScripts(deps)
  return outcome
}

interface Session {
  readonly service: TableService
  readonly sql: SqlRunner
}

async function record(deps: SolutionDeps, { service, sql }: Session, wanted: SolutionVersion): Promise<InstallOutcome> {
  await takeTurn(sql)
  const row = await findSolution(service)
  const installed = String(row?.version ?? '')
  const plan = planInstallation(parseVersion(installed), wanted)
  const version = wanted.join('.')
  if (plan.kind === 'downgrade') throw solutionNewer(installed, version)
  if (plan.kind === 'unchanged') return 'unchanged'
  const at = deps.clock.now()
  const now = `${at.toISOString().slice(0, 19)}Z`
  if (row === undefined) {
    await createRow(service, { version, installedon: now })
    await createSequences(service)
  } else {
    await service.update('solution', [{ id: String(row.solutionid), values: { version, updatedon: now } }])
  }
  await createViews(service)
  await settleSettings(service)
  await requestScripts(sql, plan.scripts, at)
  const event = OUTCOMES[plan.kind]
  await recordEvent(sql, { event, version, at })
  forgetInstalledVersion(sql)
  return event
}

const OUTCOMES = { install: 'installed', upgrade: 'upgraded' } as const satisfies Partial<Record<InstallationPlan['kind'], InstallOutcome>>

async function createRow(service: TableService, facts: Pick<Row, 'version' | 'installedon'>): Promise<void> {
  const { publisher, uniqueName, friendlyName } = OUR_SOLUTION
  const [known] = await service.find({ table: 'publisher', columns: [], where: { uniquename: publisher.uniqueName }, limit: 1 })
  const [created = ''] =
    known === undefined
      ? await service.create('publisher', [
          {
            uniquename: publisher.uniqueName,
            friendlyname: publisher.friendlyName,
            customizationprefix: publisher.prefix,
            customizationoptionvalueprefix: publisher.choicePrefix,
          },
        ])
      : [String(known.publisherid)]
  const publisherid = { table: 'publisher', id: created }
  await service.create('solution', [{ uniquename: uniqueName, friendlyname: friendlyName, ismanaged: true, publisherid, ...facts }])
}

const toRow = (seed: SequenceSeed): Row => ({
  msdynce_name: seed.name,
  msdynce_entityname: seed.entity,
  msdynce_prefix: seed.prefix,
  msdynce_numbersequence: seed.first,
  msdynce_suffixlength: seed.suffixLength,
})

/** The number sequences that are missing: one that stayed behind goes on counting where it stood. */
async function createSequences(service: TableService): Promise<void> {
  const known = await service.find({ table: 'msdynce_p2cautonumber', columns: ['msdynce_entityname'] })
  const entities = new Set(known.map((row) => row.msdynce_entityname))
  await service.create('msdynce_p2cautonumber', SEQUENCE_SEEDS.filter((seed) => !entities.has(seed.entity)).map(toRow))
}

/** Sets what the flow needs of the organisation. Source: Sales 6.8. */
async function settleSettings(service: TableService): Promise<void> {
  const [organization] = await service.find({ table: 'organization', columns: Object.keys(REQUIRED_SETTINGS), limit: 1 })
  if (organization === undefined) return
  const values = Object.fromEntries(Object.entries(REQUIRED_SETTINGS).filter(([name, value]) => organization[name] !== value))
  if (Object.keys(values).length === 0) return
  await service.update('organization', [{ id: String(organization.organizationid), values }])
}

/** Takes up the scripts that are left, chunk by chunk, each in a transaction of its own. */
export async function finishScripts(deps: SolutionDeps): Promise<void> {
  const pending = await pendingScripts(deps.database)
  if (pending.length === 0) return
  // Writes that began before the rules ran end first: what they leave is then seen like all that was there before.
  await deps.database.transaction((sql) => sql.query('select pg_advisory_xact_lock($1)', [WRITERS_LOCK]))
  for (const script of pending) {
    let place: string | undefined
    do place = await runChunk(deps, script, place)
    while (place !== undefined)
    deps.log.info({ script }, 'an upgrade script of the solution is done')
  }
}

/** Two programs may run the same script: they take turns, and what one has done the other does not find. */
const runChunk = (deps: SolutionDeps, script: UpgradeScript, place: string | undefined): Promise<string | undefined> =>
  deps.service(async (service, sql) => {
    await takeTurn(sql)
    if (!(await pendingScripts(sql)).includes(script)) return undefined
    const next = await SCRIPT_CHUNKS[script]({ service, sql, ids: deps.ids }, place)
    if (next === undefined) await finishScript(sql, script)
    return next
  })

/**
 * Takes the solution away: its rules stop with the next write, data stays. Undefined where it was not installed.
 * Throws `solution-in-use` with the projects that use it.
 */
export async function uninstallSolution(deps: SolutionDeps): Promise<string | undefined> {
  return deps.service(async (service, sql) => {
    await takeTurn(sql)
    const row = await findSolution(service)
    if (row === undefined) return undefined
    const uses = await listUses(sql)
    if (uses.length > 0) throw inUse(uses.map(({ name }) => name))
    const version = String(row.version)
    await service.delete('solution', [String(row.solutionid)])
    await deleteViews(service)
    await sql.query('delete from solution_script')
    await recordEvent(sql, { event: 'uninstalled', version, at: deps.clock.now() })
    return version
  })
}

/** At the start of the program: takes up scripts that were broken off; on a database that never had the solution, installs the version told. */
export async function startSolution(deps: SolutionDeps, options: { readonly installFirst: string | undefined }): Promise<void> {
  try {
    const { installFirst } = options
    if (installFirst !== undefined && !(await wasEverInstalled(deps.database))) await installSolution(deps, installFirst)
    else await finishScripts(deps)
  } catch (error) {
    // A rule that old rows break (a number sequence that somebody switched off) does not keep Sales from starting, where it can be
    // mended: the status names the script as still to do, and an installation says why.
    if (!isPlatformError(error)) throw error
    deps.log.error({ err: error }, 'an upgrade script of the solution was refused and is still to do')
  }
}

const versionInvalid = (version: string): AppError =>
  new AppError({
    category: 'schema',
    code: 'solution-version-invalid',
    message: `${JSON.stringify(version)} is no version of a solution. Give four numbers, as in ${OUR_SOLUTION.version}.`,
  })

const solutionNewer = (installed: string, wanted: string): AppError =>
  new AppError({
    category: 'conflict',
    code: 'solution-newer',
    message: `Version ${installed} of ${OUR_SOLUTION.uniqueName} is installed and is not replaced by the older ${wanted}. Uninstall it first, or install a newer one.`,
    details: { installed, wanted },
  })

const inUse = (projects: readonly string[]): AppError =>
  new AppError({ category: 'conflict', code: 'solution-in-use', message: solutionInUse(projects).message, details: { projects } })
