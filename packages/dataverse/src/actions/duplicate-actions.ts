import type { JsonValue } from '@p2c/odata'
import { findDuplicates } from '../duplicates/find-duplicates.ts'
import { wireErrors } from '../errors/wire-errors.ts'
import { tableOf } from '../model/resolved-model.ts'
import { readScopeSql } from '../security/access.ts'
import { arrayLiteral } from '../storage/column-sql.ts'
import type { ActionContext, AppAction } from './app-action.ts'
import { readEntityParameter } from './entity-parameter.ts'

const PUBLISHED = { statecode: 1, statuscode: 2 } as const
const UNPUBLISHED = { statecode: 0, statuscode: 0 } as const
const PAGE_SIZE = 5_000

/** Publishes a rule; its conditions must be complete. Answers with the system job, which is done already. */
const publishDuplicateRule: AppAction = {
  name: 'PublishDuplicateRule',
  binding: { table: 'duplicaterule' },
  parameters: [],
  returns: 'mscrm.asyncoperation',
  run: async (context) => {
    const id = context.boundId ?? ''
    await context.service.update('duplicaterule', [{ id, values: { ...PUBLISHED } }])
    const job = {
      name: 'Publish Duplicate Detection Rule',
      operationtype: 7,
      messagename: 'PublishDuplicateRule',
      primaryentitytype: 'duplicaterule',
      regardingobjectid: id,
      correlationid: context.write.invocation.correlationId,
      startedon: context.write.now,
      completedon: context.write.now,
      statecode: 3,
      statuscode: 30,
    }
    const [operation = ''] = await context.service.create('asyncoperation', [job])
    return { kind: 'record', table: 'asyncoperation', id: operation, columns: ['asyncoperationid', 'name', 'statecode', 'statuscode'] }
  },
}

const unpublishDuplicateRule: AppAction = {
  name: 'UnpublishDuplicateRule',
  binding: 'unbound',
  parameters: [{ name: 'DuplicateRuleId', type: 'Edm.Guid' }],
  run: async (context, parameters) => {
    await context.service.update('duplicaterule', [{ id: String(parameters.DuplicateRuleId), values: { ...UNPUBLISHED } }])
    return undefined
  },
}

/** The rows that published rules take for duplicates of a record that need not be stored. */
const retrieveDuplicates: AppAction = {
  name: 'RetrieveDuplicates',
  kind: 'function',
  binding: 'unbound',
  parameters: [
    { name: 'BusinessEntity', type: 'mscrm.crmbaseentity' },
    { name: 'MatchingEntityName', type: 'Edm.String' },
    { name: 'PagingInfo', type: 'mscrm.PagingInfo', optional: true },
  ],
  returns: 'Collection(mscrm.crmbaseentity)',
  run: async (context, parameters) => {
    const { model } = context.write.core
    const matching = String(parameters.MatchingEntityName)
    if (!model.tables.has(matching)) throw wireErrors.badQuery(`There is no table '${matching.slice(0, 100)}' to look for duplicates in.`)
    const question = { ...(await businessEntity(context, parameters.BusinessEntity)), matching, ...paging(parameters.PagingInfo) }
    const ids = await readableIds(context, matching, await findDuplicates(context.write, question))
    return { kind: 'records', records: ids.map((id) => ({ table: matching, id })) }
  },
}

/** Duplicates that the caller may not read are not shown. */
async function readableIds(context: ActionContext, name: string, ids: readonly string[]): Promise<readonly string[]> {
  const table = tableOf(context.write.core.model, name)
  const allowed = readScopeSql(context.write.caller, table, 't')
  if (allowed === undefined) return ids
  const key = `t.${table.primaryId.sql}`
  const found = await context.write.sql.query<{ id: string }>(
    `select ${key} as id from ${table.sql} t where ${key} = any($1::uuid[]) and ${allowed}`,
    [arrayLiteral(ids)],
  )
  const shown = new Set(found.rows.map((row) => row.id))
  return ids.filter((id) => shown.has(id))
}

async function businessEntity(context: ActionContext, value: JsonValue | undefined) {
  const type = isObject(value) ? value['@odata.type'] : undefined
  const name = typeof type === 'string' ? type.replace(/^#?(?:Microsoft\.Dynamics\.CRM|mscrm)\./, '') : ''
  const { model } = context.write.core
  if (!model.tables.has(name)) throw wireErrors.badPayload('BusinessEntity', `'BusinessEntity' must name its table by '@odata.type'.`)
  const values = await readEntityParameter(context, { name: 'BusinessEntity', value, tables: [name] })
  return { table: tableOf(model, name), values }
}

function paging(value: JsonValue | undefined): { readonly limit: number; readonly offset: number } {
  const info = isObject(value) ? value : {}
  const count = whole(info.Count) ?? PAGE_SIZE
  const page = whole(info.PageNumber) ?? 1
  const limit = count < 1 ? PAGE_SIZE : Math.min(count, PAGE_SIZE)
  return { limit, offset: limit * (Math.max(page, 1) - 1) }
}

const whole = (value: unknown): number | undefined => (typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined)

const isObject = (value: unknown): value is Readonly<Record<string, JsonValue>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const DUPLICATE_ACTIONS: readonly AppAction[] = [publishDuplicateRule, unpublishDuplicateRule, retrieveDuplicates]
