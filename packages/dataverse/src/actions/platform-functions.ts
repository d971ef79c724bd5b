import { refuse } from '../errors/platform-error.ts'
import { wireErrors } from '../errors/wire-errors.ts'
import { tableOf } from '../model/resolved-model.ts'
import { readScopeSql } from '../security/access.ts'
import type { AppAction } from './app-action.ts'

/** Who calls: the connection test of every client. Source: wire specification 2.2. */
const whoAmI: AppAction = {
  name: 'WhoAmI',
  kind: 'function',
  binding: 'unbound',
  parameters: [],
  returns: 'mscrm.WhoAmIResponse',
  run: async (context) => ({
    kind: 'value',
    type: 'Microsoft.Dynamics.CRM.WhoAmIResponse',
    value: { BusinessUnitId: context.businessUnitId, UserId: context.userId, OrganizationId: context.organizationId },
  }),
}

/** Exact numbers of rows that the caller may read, in the order asked. Source: wire specification 11.1, G-DV-32. */
const retrieveTotalRecordCount: AppAction = {
  name: 'RetrieveTotalRecordCount',
  kind: 'function',
  binding: 'unbound',
  parameters: [{ name: 'EntityNames', type: 'Collection(Edm.String)' }],
  returns: 'mscrm.RetrieveTotalRecordCountResponse',
  run: async (context, parameters) => {
    const names = parameters.EntityNames
    if (!Array.isArray(names) || !names.every((name) => typeof name === 'string')) {
      throw wireErrors.badQuery("The parameter 'EntityNames' of RetrieveTotalRecordCount must be an array of table names.")
    }
    const { model } = context.write.core
    const unknown = names.find((name) => !model.tables.has(name))
    if (unknown !== undefined)
      refuse({ code: '0x80040217', status: 404, message: `The entity with a name = '${unknown}' was not found in the MetadataCache.` })
    const counts: number[] = []
    for (const name of names) {
      const table = tableOf(model, name)
      const allowed = readScopeSql(context.write.caller, table, 't')
      const found = await context.write.sql.query<{ n: string }>(
        `select count(*) as n from ${table.sql} t${allowed === undefined ? '' : ` where ${allowed}`}`,
      )
      counts.push(Number(found.rows[0]?.n ?? 0))
    }
    return {
      kind: 'value',
      type: 'Microsoft.Dynamics.CRM.RetrieveTotalRecordCountResponse',
      value: { EntityRecordCountCollection: { Count: names.length, IsReadOnly: false, Keys: names, Values: counts } },
    }
  },
}

export const PLATFORM_FUNCTIONS: readonly AppAction[] = [whoAmI, retrieveTotalRecordCount]
