import { z } from 'zod'
import type { CommandContext } from '../context.ts'
import { connectApplications } from '../load/applications.ts'
import type { Column } from '../output/output.ts'

const PATH = '/local/solution'

const settingSchema = z.object({ name: z.string(), required: z.unknown(), actual: z.unknown(), fulfilled: z.boolean() })
const statusSchema = z.object({
  uniqueName: z.string(),
  installed: z.boolean(),
  version: z.string().nullable(),
  installedOn: z.string().nullable(),
  updatedOn: z.string().nullable(),
  availableVersion: z.string(),
  pendingScripts: z.array(z.string()),
  settings: z.array(settingSchema),
  uses: z.array(z.object({ key: z.string(), name: z.string() })),
})
const outcomeSchema = statusSchema.extend({ outcome: z.enum(['installed', 'upgraded', 'unchanged', 'uninstalled']) })

type Status = z.infer<typeof statusSchema>

const SETTING_COLUMNS: readonly Column<Status['settings'][number]>[] = [
  { title: 'column.setting', value: (row) => row.name },
  { title: 'column.required', value: (row) => String(row.required) },
  { title: 'column.actual', value: (row) => String(row.actual) },
]

/** Shows what is installed of the Prospect to Cash solution in the local Sales application. Exit code 0 also where it is not installed. */
export async function solutionStatus(context: CommandContext): Promise<number> {
  const { sales } = await connectApplications(context)
  const status = statusSchema.parse(await sales.json('GET', PATH))
  printStatus(context, status)
  context.output.result(status)
  return 0
}

function printStatus({ output, messages }: CommandContext, status: Status): void {
  const name = status.uniqueName
  if (status.installed) {
    const installedOn = status.installedOn === null ? '' : messages.time(status.installedOn)
    output.line('solution.installed', { name, version: status.version ?? '', installedOn })
  } else output.line('solution.absent', { name, version: status.availableVersion })
  if (status.pendingScripts.length > 0) output.line('solution.pending', { name, scripts: status.pendingScripts.join(', ') })
  output.table(SETTING_COLUMNS, status.settings)
  if (status.uses.length === 0) output.line('solution.unused')
  else output.line('solution.uses', { projects: status.uses.map((use) => use.name).join(', ') })
}

/** Installs the solution, or brings it to `version`; throws `application-refused` for an older one. */
export async function installSolution(context: CommandContext, version: string | undefined): Promise<number> {
  const { sales } = await connectApplications(context)
  const result = outcomeSchema.parse(await sales.json('POST', PATH, version === undefined ? {} : { version }))
  const key =
    result.outcome === 'installed' || result.outcome === 'upgraded'
      ? (`solution.outcome-${result.outcome}` as const)
      : 'solution.outcome-kept'
  context.output.line(key, { version: result.version ?? '' })
  context.output.result(result)
  return 0
}

/** Takes the solution away; throws `application-refused`, naming them, while projects use it. */
export async function uninstallSolution(context: CommandContext): Promise<number> {
  const { sales } = await connectApplications(context)
  const result = outcomeSchema.parse(await sales.json('DELETE', PATH))
  context.output.line(result.outcome === 'uninstalled' ? 'solution.outcome-uninstalled' : 'solution.outcome-absent')
  context.output.result(result)
  return 0
}
