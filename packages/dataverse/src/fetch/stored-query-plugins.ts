import { wireErrors } from '../errors/wire-errors.ts'
import type { Plugin, PluginContext, TableEvent } from '../model/plugin.ts'
import type { Model } from '../model/resolved-model.ts'
import { readFetch } from './read-fetch.ts'
import { checkFetch } from './run-fetch.ts'

const STORES = ['savedquery', 'userquery'] as const

/**
 * Refuses a stored query that could not be run, and keeps `returnedtypecode` in step with its FetchXML. Codes of `fetchErrors`, and
 * `0x80040203` for a `returnedtypecode` of another table. Source: wire specification 11.6.
 */
export const storedQueryPlugins = (model: Model): readonly Plugin[] =>
  STORES.flatMap((table) =>
    (['create', 'update'] as const).map(
      (message): Plugin => ({
        name: `query of ${table} on ${message}`,
        table,
        message,
        stage: 'pre-operation',
        ...(message === 'update' && { columns: ['fetchxml', 'returnedtypecode'], reads: ['fetchxml', 'returnedtypecode'] }),
        run: async (events, context) => {
          for (const event of events) checkStored(model, event, context)
        },
      }),
    ),
  )

function checkStored(model: Model, event: TableEvent, context: PluginContext): void {
  const { target, before } = event
  const text = target.fetchxml === undefined ? before?.fetchxml : target.fetchxml
  // Nothing stored: what is required is checked by the write itself.
  if (typeof text !== 'string') return
  const caller = { userId: context.userId, businessUnitId: '', isIntegrationUser: context.isIntegrationUser }
  const table = checkFetch({ model, caller, now: context.clock.now() }, readFetch(text))
  const given = target.returnedtypecode ?? (target.fetchxml === undefined ? before?.returnedtypecode : undefined)
  if (typeof given === 'string' && given !== table.logicalName)
    throw wireErrors.invalidArgument(
      `The query returns rows of '${table.logicalName}', but returnedtypecode is '${given}'. Leave it out, or name that table.`,
    )
  target.returnedtypecode = table.logicalName
}
