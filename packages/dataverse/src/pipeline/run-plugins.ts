import { refuse } from '../errors/platform-error.ts'
import type { Message, Plugin, TableEvent } from '../model/plugin.ts'
import type { Table } from '../model/resolved-model.ts'
import { hasPrivilege } from '../security/access.ts'
import type { WriteContext } from './write-context.ts'

/** Plug-ins that write their own table would run for ever: the platform stops them here. */
const MAX_DEPTH = 8

type Stage = Plugin['stage']

/** Plug-ins of a table and message, in the order they were registered; none while seeding. */
export const pluginsOf = (context: WriteContext, table: Table, message: Message): readonly Plugin[] =>
  context.runPlugins ? context.core.plugins.filter((plugin) => plugin.table === table.logicalName && plugin.message === message) : []

/** Runs the plug-ins of one stage over all rows of the write at once. */
export async function runPlugins(
  context: WriteContext,
  options: {
    readonly table: Table
    readonly message: Message
    readonly stage: Stage
    readonly events: readonly TableEvent[]
    /** Called before a plug-in that runs. */
    readonly prepare?: (plugin: Plugin) => Promise<void>
  },
): Promise<void> {
  const { table, message, stage } = options
  for (const plugin of pluginsOf(context, table, message).filter((candidate) => candidate.stage === stage)) {
    const events = options.events.filter((event) => concerns(plugin, event))
    if (events.length === 0) continue
    if (context.depth > MAX_DEPTH) {
      refuse({
        code: '0x80044182',
        message: `Plug-in '${plugin.name}' on ${table.logicalName} calls itself in a circle: ${MAX_DEPTH} levels deep.`,
      })
    }
    await options.prepare?.(plugin)
    await plugin.run(events, {
      message,
      table: table.logicalName,
      depth: context.depth,
      userId: context.caller.userId,
      isIntegrationUser: context.caller.isIntegrationUser,
      origin: context.origin,
      hasPrivilege: (name) => hasPrivilege(context.caller, name),
      service: context.serviceOf({ ...context, depth: context.depth + 1, origin: 'application', isTrusted: true }),
      sql: context.sql,
      clock: context.core.clock,
      ids: context.core.ids,
    })
  }
}

/** True for a plug-in that runs for this event as its target stands now. */
export const concerns = (plugin: Plugin, event: Pick<TableEvent, 'target'>): boolean =>
  plugin.message !== 'update' || plugin.columns === undefined || plugin.columns.some((column) => event.target[column] !== undefined)
