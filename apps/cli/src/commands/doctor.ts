import { contract, type Readiness, type ReadinessCheck } from '@p2c/api'
import { type CommandContext, connect } from '../context.ts'
import type { Column } from '../output/output.ts'

export interface DoctorOptions {
  readonly fix?: boolean
}

/** Characters of a cell at most: what does not fit stands below the table. */
const CELL_LENGTH = 60

/** Checks what the projects of a connection set need of both sides; exit code 0 when nothing failed, 1 when something did. */
export async function doctor(context: CommandContext, connectionSet: string, options: DoctorOptions): Promise<number> {
  const api = await connect(context)
  const readiness = await api.call(contract.postReadiness, { params: { name: connectionSet }, body: { fix: options.fix ?? false } })
  printReadiness(context, readiness)
  context.output.result(readiness)
  return readiness.ready ? 0 : 1
}

function printReadiness(context: CommandContext, { connectionSetName, checks, ready }: Readiness): void {
  const { output } = context
  const columns: readonly Column<ReadinessCheck>[] = [
    { title: 'column.status', value: (check) => output.status(check.status) },
    { title: 'column.check', value: (check) => check.title },
    { title: 'column.found', value: (check) => shortened(check.found) },
  ]
  output.table(columns, checks)
  for (const check of checks.filter(({ status }) => status !== 'passed' && status !== 'fixed')) printRemedy(context, check)
  const count = (status: ReadinessCheck['status']) => checks.filter((check) => check.status === status).length
  const counts = {
    failed: count('failed'),
    warnings: count('warning'),
    unknown: count('unknown'),
    fixed: count('fixed'),
    total: checks.length,
  }
  output.text('')
  output.line(ready ? 'doctor.ready' : 'doctor.not-ready', { set: connectionSetName, ...counts })
  const fixable = checks.filter((check) => check.canFix).length
  if (fixable > 0) output.line('doctor.fixable', { count: fixable, set: connectionSetName })
}

function printRemedy({ output }: CommandContext, check: ReadinessCheck): void {
  output.text('')
  output.text(`${output.status(check.status)}: ${check.title} (${check.id})`)
  output.line('doctor.found', { found: check.found })
  output.line('doctor.expected', { expected: check.expected })
  // Those that the finding does not name already.
  for (const item of check.items.filter((one) => !check.found.includes(one))) output.text(`    ${item}`)
  if (check.remedy !== undefined) output.line('doctor.remedy', { remedy: check.remedy })
}

const shortened = (text: string): string => (text.length > CELL_LENGTH ? `${text.slice(0, CELL_LENGTH - 1)}…` : text)
