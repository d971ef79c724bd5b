import { once } from 'node:events'
import { createLogger } from '@p2c/base'
import type { CommandContext } from '../context.ts'
import { startInstallation } from '../installation/supervisor.ts'
import type { MessageKey } from '../messages/messages.ts'

export interface StartOptions {
  /** The integrator listens here, Sales 10 above, Supply Chain 20 above; 0 takes free ports. */
  readonly portBase: number
}

/**
 * Starts the whole installation and keeps it running until Ctrl-C or SIGTERM. One line for each part that is ready;
 * with `--json` one line with all addresses once everything is. Throws what gave up when a part cannot be kept running.
 */
export async function start(context: CommandContext, options: StartOptions): Promise<number> {
  const { output, dataDir, clock } = context
  const partName = (part: string): string => context.messages.text(`part.${part}` as MessageKey)
  const stopAsked = stopSignal()
  const installation = await startInstallation({
    dataDir,
    portBase: options.portBase,
    clock,
    log: createLogger({ name: 'p2c', level: 'silent' }),
    onPartReady: ({ part, url }) => output.line('start.part-ready', { part: partName(part), url }),
    onPartRestarted: ({ part, reason }) =>
      context.stderr.write(`${context.messages.text('start.part-restarted', { part: partName(part) })} (${reason})\n`),
  })
  output.line('start.all-ready', { folder: dataDir })
  output.result({ ...installation.urls, data: dataDir, pid: process.pid })
  const failure = await Promise.race([stopAsked, installation.failed])
  output.line('start.stopping')
  await installation.stop()
  output.line('start.stopped')
  if (failure !== undefined) throw failure
  return 0
}

/** Resolves at the first signal to stop; a second one ends the process at once. */
async function stopSignal(): Promise<undefined> {
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  process.once('SIGINT', () => process.exit(130))
  return undefined
}
