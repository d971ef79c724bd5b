import { OUR_SOLUTION, REQUIRED_SETTINGS, type UpgradeScript } from '../domain/p2c/p2c-solution.ts'
import { findSolution, listUses, pendingScripts, type SolutionDeps, type SolutionUse } from './solution-store.ts'

/** What is there of the Prospect to Cash solution, for people who look after it. */
export interface SolutionStatus {
  readonly uniqueName: string
  readonly friendlyName: string
  readonly installed: boolean
  readonly version: string | null
  readonly installedOn: string | null
  readonly updatedOn: string | null
  /** The version that an installation takes where none is named. */
  readonly availableVersion: string
  /** Work on rows from before that is still to do. */
  readonly pendingScripts: readonly UpgradeScript[]
  /** Settings of the organisation that the flow needs, and whether they stand so. */
  readonly settings: readonly { readonly name: string; readonly required: unknown; readonly actual: unknown; readonly fulfilled: boolean }[]
  /** Integration projects that use it: while there are any it is not uninstalled. */
  readonly uses: readonly SolutionUse[]
}

export async function solutionStatus(deps: SolutionDeps): Promise<SolutionStatus> {
  return deps.service(async (service, sql) => {
    const row = await findSolution(service)
    const [organization] = await service.find({ table: 'organization', columns: Object.keys(REQUIRED_SETTINGS), limit: 1 })
    const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)
    return {
      uniqueName: OUR_SOLUTION.uniqueName,
      friendlyName: OUR_SOLUTION.friendlyName,
      installed: row !== undefined,
      version: text(row?.version),
      installedOn: text(row?.installedon),
      updatedOn: text(row?.updatedon),
      availableVersion: OUR_SOLUTION.version,
      pendingScripts: await pendingScripts(sql),
      settings: Object.entries(REQUIRED_SETTINGS).map(([name, required]) => {
        const actual = organization?.[name] ?? null
        return { name, required, actual, fulfilled: actual === required }
      }),
      uses: await listUses(sql),
    }
  })
}
