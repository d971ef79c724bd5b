import type { Clock, Database, Ids, Logger, SqlRunner } from '@p2c/base'
import type { Row, TablePlatform, TableService } from '@p2c/dataverse'
import { OUR_SOLUTION, UPGRADE_SCRIPTS, type UpgradeScript } from '../domain/p2c/p2c-solution.ts'
import { ADMINISTRATION_LOCK } from '../plugins/p2c/p2c-solution-rows.ts'

/** What installing and asking works with. */
export interface SolutionDeps {
  readonly database: Database
  readonly service: TablePlatform['service']
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Logger
}

/** The row that clients read; undefined while the solution is not installed. */
export async function findSolution(service: TableService): Promise<Row | undefined> {
  const columns = ['version', 'installedon', 'updatedon']
  const [row] = await service.find({ table: 'solution', columns, where: { uniquename: OUR_SOLUTION.uniqueName }, limit: 1 })
  return row
}

/** From here to the end of the transaction nobody else installs, uninstalls or registers. */
export async function takeTurn(sql: SqlRunner): Promise<void> {
  await sql.query('select pg_advisory_xact_lock($1)', [ADMINISTRATION_LOCK])
}

export interface SolutionEvent {
  readonly event: 'installed' | 'upgraded' | 'uninstalled'
  readonly version: string
  readonly at: Date
}

export async function recordEvent(sql: SqlRunner, { event, version, at }: SolutionEvent): Promise<void> {
  await sql.query('insert into solution_event (event, version, happened_at) values ($1, $2, $3)', [event, version, at.toISOString()])
}

/** True once anybody has installed it here, even where it is gone again: a restart does not bring back what was taken away. */
export async function wasEverInstalled(sql: SqlRunner): Promise<boolean> {
  const found = await sql.query('select from solution_event limit 1')
  return found.rows.length > 0
}

export async function requestScripts(sql: SqlRunner, scripts: readonly UpgradeScript[], at: Date): Promise<void> {
  await sql.query(
    'insert into solution_script (script, requested_at) select script, $2 from unnest($1::text[]) as script on conflict (script) do nothing',
    [scripts, at.toISOString()],
  )
}

/** What is still to do for rows from before, in the order to do it. */
export async function pendingScripts(sql: SqlRunner): Promise<readonly UpgradeScript[]> {
  const found = await sql.query<{ script: string }>('select script from solution_script')
  const pending = new Set(found.rows.map((row) => row.script))
  return UPGRADE_SCRIPTS.filter((script) => pending.has(script))
}

export async function finishScript(sql: SqlRunner, script: UpgradeScript): Promise<void> {
  await sql.query('delete from solution_script where script = $1', [script])
}

/** An integration project that uses the solution, under the key that its integrator gave it. */
export interface SolutionUse {
  readonly key: string
  readonly name: string
}

export async function listUses(sql: SqlRunner): Promise<readonly SolutionUse[]> {
  const found = await sql.query<{ key: string; name: string }>('select key, name from solution_use order by name, key')
  return found.rows
}

/** Registers a project, or gives it another name. */
export async function putUse({ database, clock }: SolutionDeps, { key, name }: SolutionUse): Promise<void> {
  await database.transaction(async (sql) => {
    await takeTurn(sql)
    await sql.query(
      'insert into solution_use (key, name, registered_at) values ($1, $2, $3) on conflict (key) do update set name = excluded.name',
      [key, name, clock.now().toISOString()],
    )
  })
}

export async function deleteUse({ database }: SolutionDeps, key: string): Promise<void> {
  await database.query('delete from solution_use where key = $1', [key])
}
