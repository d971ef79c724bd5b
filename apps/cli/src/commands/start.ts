import { once } from 'node:events'
import { AppError, createLogger } from '@p2c/base'
import type { CommandContext } from '../context.ts'
import { startInstallation } from '../installation/supervisor.ts'
import { startWorker } from '../installation/worker-host.ts'
import type { MessageKey } from '../messages/messages.ts'

/** `all`: a whole installation. `worker`: only takes steps, for an installation that runs elsewhere. */
export const ROLES = ['all', 'worker'] as const
export type Role = (typeof ROLES)[number]

export interface StartOptions {
  readonly role: Role
  /** The integrator listens here, Sales 10 above, Supply Chain 20 above; 0 takes free ports. */
  readonly portBase: number
  /** Address to listen on; default 127.0.0.1. */
  readonly host?: string
  /** Steps that are worked on side by side. */
  readonly workers?: number
  /** Of a worker: file with the key of the installation, and port of the health end point. */
  readonly keyFile?: string
  readonly healthPort?: number
}

/**
 * Starts the whole installation, or a worker, and keeps it running until Ctrl-C or SIGTERM. One line for each part that is ready;
 * with `--json` one line with all addresses once everything is. Throws what gave up when a part cannot be kept running, and `settings-invalid` for
 * an option of the other role.
 */
export async function start(context: CommandContext, options: StartOptions): Promise<number> {
  assertOptions(options)
  const stopAsked = stopSignal()
  const running = await (options.role === 'worker' ? startRoleWorker(context, options) : startRoleAll(context, options))
  const failure = await Promise.race([stopAsked, running.failed])
  context.output.line('start.stopping')
  await running.stop()
  context.output.line('start.stopped')
  if (failure !== undefined) throw failure
  return 0
}

interface Running {
  readonly failed: Promise<AppError>
  stop(): Promise<void>
}

async function startRoleAll({ output, dataDir, clock, messages, stderr }: CommandContext, options: StartOptions): Promise<Running> {
  const partName = (part: string): string => messages.text(`part.${part}` as MessageKey)
  const installation = await startInstallation({
    dataDir,
    portBase: options.portBase,
    ...(options.host !== undefined && { host: options.host }),
    ...(options.workers !== undefined && { workers: options.workers }),
    clock,
    log: createLogger({ name: 'p2c', level: 'silent' }),
    onPartReady: ({ part, url }) => output.line('start.part-ready', { part: partName(part), url }),
    onPartRestarted: ({ part, reason }) => stderr.write(`${messages.text('start.part-restarted', { part: partName(part) })} (${reason})\n`),
  })
  output.line('start.all-ready', { folder: dataDir })
  output.result({ ...installation.urls, data: dataDir, pid: process.pid })
  return installation
}

async function startRoleWorker({ output, dataDir, messages, stderr }: CommandContext, options: StartOptions): Promise<Running> {
  const worker = await startWorker({
    dataDir,
    ...(options.host !== undefined && { host: options.host }),
    ...(options.workers !== undefined && { workers: options.workers }),
    ...(options.keyFile !== undefined && { keyFile: options.keyFile }),
    ...(options.healthPort !== undefined && { healthPort: options.healthPort }),
    log: createLogger({ name: 'p2c', level: 'silent' }),
    onRestarted: (reason) => stderr.write(`${messages.text('start.part-restarted', { part: messages.text('part.worker') })} (${reason})\n`),
  })
  output.line('start.worker-ready', { database: worker.database, url: worker.health })
  output.result({ role: 'worker', pid: process.pid, health: worker.health, data: dataDir })
  return worker
}

/** An option that would do nothing is a misunderstanding, so it is refused. */
function assertOptions({ role, workers, keyFile, healthPort }: StartOptions): void {
  const problems = [
    ...(role !== 'worker' && keyFile !== undefined
      ? ['--key-file belongs to --role worker: an installation has its key in its data folder']
      : []),
    ...(role !== 'worker' && healthPort !== undefined
      ? ['--health-port belongs to --role worker: the parts answer on their own ports']
      : []),
    ...(role === 'worker' && workers === 0 ? ['--workers 0 leaves a worker nothing to do: give 1 or more'] : []),
  ]
  if (problems.length === 0) return
  throw new AppError({ category: 'schema', code: 'settings-invalid', message: `${problems.join('; ')}.`, details: { problems } })
}

/** Resolves at the first signal to stop; a second one ends the process at once. */
async function stopSignal(): Promise<undefined> {
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  process.once('SIGINT', () => process.exit(130))
  return undefined
}
