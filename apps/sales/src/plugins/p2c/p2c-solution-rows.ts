import type { SqlRunner } from '@p2c/base'
import type { Plugin } from '@p2c/dataverse'
import { OUR_SOLUTION, SOLUTION_ROW_FIXED, solutionInUse } from '../../domain/p2c/p2c-solution.ts'
import { enforce } from '../row-values.ts'
import { forgetInstalledVersion } from './p2c-installed.ts'

/** Names of the integration projects that use the solution, by name. */
export async function projectsUsing(sql: SqlRunner): Promise<readonly string[]> {
  const found = await sql.query<{ name: string }>('select name from solution_use order by name, key')
  return found.rows.map((row) => row.name)
}

/** Installations, uninstallations and uses take turns by this advisory lock. */
export const ADMINISTRATION_LOCK = 7_204_402

const refuseClients: Plugin['run'] = async (_events, context) => {
  if (context.origin === 'client') enforce(SOLUTION_ROW_FIXED)
}

/** Deleting the row of a solution uninstalls it, by whatever way; not while projects use it. */
const checkUses: Plugin['run'] = async (events, context) => {
  if (!events.some((event) => String(event.before?.uniquename).toLowerCase() === OUR_SOLUTION.uniqueName.toLowerCase())) return
  await context.sql.query('select pg_advisory_xact_lock($1)', [ADMINISTRATION_LOCK])
  const projects = await projectsUsing(context.sql)
  if (projects.length > 0) enforce(solutionInUse(projects))
  forgetInstalledVersion(context.sql)
}

const fixed = { name: 'solution row', table: 'solution', stage: 'pre-operation' } as const

/** Rows of solutions: written by installing, deleted by uninstalling. */
export const solutionRowPlugins: readonly Plugin[] = [
  { ...fixed, message: 'create', run: refuseClients },
  { ...fixed, message: 'update', reads: [], run: refuseClients },
  { ...fixed, message: 'delete', run: checkUses },
]
