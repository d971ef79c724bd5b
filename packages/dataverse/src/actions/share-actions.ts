import { type JsonValue, numberText } from '@p2c/odata'
import { PlatformError } from '../errors/platform-error.ts'
import { wireErrors } from '../errors/wire-errors.ts'
import type { RowReference } from '../model/plugin.ts'
import { type Table, tableOf } from '../model/resolved-model.ts'
import { isShareable } from '../model/sharing.ts'
import { checkRowsById } from '../pipeline/check-rights.ts'
import { rightScopeSql, type UserRights } from '../security/access.ts'
import { ACCESS_RIGHTS, privilegeName, RIGHTS, type Right, rightOn } from '../security/privileges.ts'
import { readTeamRights, readUserRights } from '../security/read-rights.ts'
import { accessMaskText, readAccessMask, rightsOfMask } from '../security/shares.ts'
import { readShares, removeShare, type SharePlace, writeShare } from '../storage/share-statements.ts'
import type { ActionContext, AppAction } from './app-action.ts'
import { readReferenceParameter } from './entity-parameter.ts'

/** Sharing of single rows. Names, bindings and parameters as the public Web API reference has them. */

type Parameters = Readonly<Record<string, JsonValue>>

const RECORD = 'mscrm.crmbaseentity'
const PRINCIPALS = ['systemuser', 'team']

const isObject = (value: JsonValue | undefined): value is Parameters => typeof value === 'object' && value !== null && !Array.isArray(value)

async function readTarget(context: ActionContext, action: string, value: JsonValue | undefined): Promise<RowReference> {
  const tables = [...context.write.core.model.tables.values()].filter((table) => table.intersectOf === undefined)
  const target = await readReferenceParameter(context, { name: 'Target', value, tables: tables.map((table) => table.logicalName) })
  if (target === undefined) throw wireErrors.badPayload(action, "The parameter 'Target' must name one record.")
  return target
}

/** A row with an owner. What is part of such a row is shared with it; all others are there for whoever has the privilege. */
async function readShareable(context: ActionContext, action: string, value: JsonValue | undefined): Promise<RowReference> {
  const target = await readTarget(context, action, value)
  if (!isShareable(tableOf(context.write.core.model, target.table)))
    throw new PlatformError(400, '0x80040800', `The '${action}' method does not support entities of type '${target.table}'.`)
  return target
}

/** A user or a team. The key may be called `ownerid`, as answers of the service call it. */
async function readPrincipal(
  context: ActionContext,
  action: string,
  given: { readonly name: string; readonly value: JsonValue | undefined },
): Promise<RowReference> {
  const principal = await readReferenceParameter(context, { name: given.name, value: withOwnKey(given.value), tables: PRINCIPALS })
  if (principal === undefined) throw wireErrors.badPayload(action, `The parameter '${given.name}' must name a user or a team.`)
  return principal
}

function withOwnKey(value: JsonValue | undefined): JsonValue | undefined {
  if (!isObject(value) || typeof value['@odata.type'] !== 'string') return value
  const { ownerid, ...rest } = value
  const key = `${/(systemuser|team)$/.exec(value['@odata.type'])?.[1]}id`
  return ownerid === undefined || rest[key] !== undefined ? value : { ...rest, [key]: ownerid }
}

/** Sharing needs Share on the row, and nobody gives a right that is not their own. Create means nothing for a row that is there. */
async function checkSharer(context: ActionContext, target: RowReference, rights: readonly Right[]): Promise<void> {
  const table = tableOf(context.write.core.model, target.table)
  for (const right of ['Share' as const, ...rights.filter((one) => one !== 'Create' && one !== 'Share')])
    await checkRowsById(context.write, table, { right, ids: [target.id] })
}

interface GivenShare extends SharePlace {
  readonly mask: number
}

async function readShare(context: ActionContext, action: string, parameters: Parameters): Promise<GivenShare> {
  const { PrincipalAccess: given } = parameters
  if (!isObject(given))
    throw wireErrors.badPayload(action, "The parameter 'PrincipalAccess' must be an object with Principal and AccessMask.")
  const { Principal: named, 'Principal@odata.bind': bound, AccessMask: access, ...others } = given
  const unknown = Object.keys(others).find((name) => name !== '@odata.type')
  if (unknown !== undefined)
    throw wireErrors.badPayload(action, `The property '${unknown}' does not exist on type 'mscrm.PrincipalAccess'.`)
  const mask = readAccessMask(typeof access === 'string' ? access : (numberText(access) ?? ''))
  if (mask === undefined) {
    const names = accessMaskText(Object.values(ACCESS_RIGHTS).reduce((all: number, bit) => all | bit, 0))
    throw wireErrors.badPayload(action, `The AccessMask of ${action} must be None, or some of ${names}.`)
  }
  const target = await readShareable(context, action, parameters.Target)
  const value = named ?? (bound === undefined ? undefined : { '@odata.id': bound })
  return { target, principal: await readPrincipal(context, action, { name: 'Principal', value }), mask }
}

/** `GrantAccess` gives rights beside those that the principal has, `ModifyAccess` gives them in their place. */
const writesShare = (name: 'GrantAccess' | 'ModifyAccess'): AppAction => ({
  name,
  binding: 'unbound',
  parameters: [
    { name: 'Target', type: RECORD },
    { name: 'PrincipalAccess', type: 'mscrm.PrincipalAccess' },
  ],
  run: async (context, parameters) => {
    const share = await readShare(context, name, parameters)
    await checkSharer(context, share.target, rightsOfMask(share.mask))
    const { sql, now } = context.write
    if (share.mask !== 0) await writeShare(sql, share, { mask: share.mask, mode: name === 'GrantAccess' ? 'add' : 'replace', now })
    else if (name === 'ModifyAccess') await removeShare(sql, share)
    return undefined
  },
})

const revokeAccess: AppAction = {
  name: 'RevokeAccess',
  binding: 'unbound',
  parameters: [
    { name: 'Target', type: RECORD },
    { name: 'Revokee', type: RECORD },
  ],
  run: async (context, parameters) => {
    const target = await readShareable(context, 'RevokeAccess', parameters.Target)
    const principal = await readPrincipal(context, 'RevokeAccess', { name: 'Revokee', value: parameters.Revokee })
    await checkSharer(context, target, [])
    await removeShare(context.write.sql, { target, principal })
    return undefined
  },
}

/** With whom a row is shared. Whoever may read the row may ask. */
const retrieveShared: AppAction = {
  name: 'RetrieveSharedPrincipalsAndAccess',
  kind: 'function',
  binding: 'unbound',
  parameters: [{ name: 'Target', type: RECORD }],
  returns: 'mscrm.RetrieveSharedPrincipalsAndAccessResponse',
  run: async (context, parameters) => {
    const { model } = context.write.core
    const target = await readShareable(context, 'RetrieveSharedPrincipalsAndAccess', parameters.Target)
    await checkRowsById(context.write, tableOf(model, target.table), { right: 'Read', ids: [target.id] })
    const shares = await readShares(context.write.sql, target)
    const accesses = shares.map(({ principal, mask }) => ({
      AccessMask: accessMaskText(mask),
      Principal: {
        '@odata.type': `#Microsoft.Dynamics.CRM.${principal.table}`,
        [tableOf(model, principal.table).primaryId.name]: principal.id,
      },
    }))
    const type = 'Microsoft.Dynamics.CRM.RetrieveSharedPrincipalsAndAccessResponse'
    return { kind: 'value', type, value: { PrincipalAccesses: accesses } }
  },
}

/** What a user or a team may do with one row, by its roles and by shares: `ReadAccess, WriteAccess`. */
const retrievePrincipalAccess = (principal: 'systemuser' | 'team'): AppAction => ({
  name: 'RetrievePrincipalAccess',
  kind: 'function',
  binding: { table: principal },
  parameters: [{ name: 'Target', type: RECORD }],
  returns: 'mscrm.RetrievePrincipalAccessResponse',
  run: async (context, parameters) => {
    const target = await readTarget(context, 'RetrievePrincipalAccess', parameters.Target)
    const rights = await rightsOf(context, principal)
    const table = tableOf(context.write.core.model, target.table)
    let mask = 0
    for (const right of RIGHTS)
      if (right !== 'Create' && rights !== undefined && (await mayDo(context, table, { rights, right, id: target.id })))
        mask |= ACCESS_RIGHTS[right]
    const type = 'Microsoft.Dynamics.CRM.RetrievePrincipalAccessResponse'
    return { kind: 'value', type, value: { AccessRights: accessMaskText(mask) } }
  },
})

async function rightsOf(context: ActionContext, principal: 'systemuser' | 'team'): Promise<UserRights | undefined> {
  const id = context.boundId ?? ''
  const columns = principal === 'team' ? ['businessunitid'] : ['businessunitid', 'accessmode']
  const [found] = await context.service.find({ table: principal, columns, where: { [`${principal}id`]: id } })
  const unit = found?.businessunitid
  const facts = { id, unit: typeof unit === 'object' && unit !== null ? unit.id : '' }
  if (principal === 'team') return readTeamRights(context.write.sql, facts)
  return readUserRights(context.write.sql, { ...facts, accessMode: typeof found?.accessmode === 'number' ? found.accessmode : 0 })
}

async function mayDo(
  context: ActionContext,
  table: Table,
  at: { readonly rights: UserRights; readonly right: Right; readonly id: string },
): Promise<boolean> {
  if (!at.rights.grants.has(privilegeName(rightOn(table, at.right), table))) return false
  const scope = rightScopeSql({ rights: [at.rights] }, table, { right: at.right, alias: 't' }) ?? 'true'
  const found = await context.write.sql.query(`select 1 from ${table.sql} t where t.${table.primaryId.sql} = $1 and ${scope}`, [at.id])
  return found.rowCount !== 0
}

export const SHARE_ACTIONS: readonly AppAction[] = [
  writesShare('GrantAccess'),
  writesShare('ModifyAccess'),
  revokeAccess,
  retrieveShared,
  retrievePrincipalAccess('systemuser'),
  retrievePrincipalAccess('team'),
]
