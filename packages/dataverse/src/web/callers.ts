import type { SqlRunner } from '@p2c/base'
import { PlatformError } from '../errors/platform-error.ts'
import { wireErrors } from '../errors/wire-errors.ts'
import { toGuid } from '../payload/convert-value.ts'
import type { Caller } from '../pipeline/write-context.ts'
import { hasPrivilege, type UserRights } from '../security/access.ts'
import { ACT_ON_BEHALF } from '../security/privileges.ts'
import { createRightsCache } from '../security/read-rights.ts'
import { applicationIdOf } from '../system/stable-id.ts'

interface StoredUser {
  readonly id: string
  readonly unit: string
  readonly disabled: boolean | null
  readonly integration: boolean | null
  readonly mode: number | null
  /** Of the tables of security, in the same snapshot. */
  readonly version: string
}

type UserColumn = 'applicationid' | 'systemuserid' | 'azureactivedirectoryobjectid'

/** A user by one of its ids; `column` is a name of this code. */
async function findUser(sql: SqlRunner, column: UserColumn, id: string): Promise<StoredUser | undefined> {
  const found = await sql.query<StoredUser & Record<string, unknown>>(
    `select u.systemuserid as id, u.businessunitid as unit, u.isdisabled as disabled, u.isintegrationuser as integration, u.accessmode as mode, s.version
     from systemuser u cross join platform_security s where u.${column} = $1 limit 1`,
    [id],
  )
  return found.rows[0]
}

/** Who calls, with what it may do. */
export interface Callers {
  /**
   * The application user of a client. One that is unknown or without a role is refused by 403, a disabled one too.
   * Source: wire specification 2.1, DV-004, Sales specification 7.
   */
  find(sql: SqlRunner, clientId: string): Promise<Caller>
  /**
   * The user that a request names to run as, by `CallerObjectId` or the older `MSCRMCallerID`; without these the caller itself. It needs
   * `prvActOnBehalfOfAnotherUser`, and what both may do is what is done. A user that is unknown, disabled or without a role is refused
   * by 403. Source: wire specification 20, DV-124.
   */
  impersonated(sql: SqlRunner, caller: Caller, header: (name: string) => string | undefined): Promise<Caller>
}

/** Looks callers up by one statement each; their rights stay in memory until something in the tables of security changes. */
export function createCallers(): Callers {
  const cache = createRightsCache()
  const enabled = async (sql: SqlRunner, user: StoredUser): Promise<{ caller: Caller; rights: UserRights }> => {
    if (user.disabled === true)
      throw new PlatformError(403, '0x80040225', `The specified user (Id = ${user.id}) is disabled. Consider enabling this user.`)
    const rights = await cache.find(sql, { id: user.id, unit: user.unit, accessMode: user.mode ?? 0 }, user.version)
    if (rights === undefined) throw new PlatformError(403, '0x80042f09', `The user with id ${user.id} has not been assigned any roles.`)
    const facts = { userId: user.id, businessUnitId: user.unit, isIntegrationUser: user.integration === true }
    return { caller: { ...facts, rights: [rights] }, rights }
  }
  return {
    find: async (sql, clientId) => {
      const user = await findUser(sql, 'applicationid', applicationIdOf(clientId))
      if (user === undefined) throw wireErrors.unknownUser(clientId)
      return (await enabled(sql, user)).caller
    },
    impersonated: async (sql, caller, header) => {
      const named = namedUser(header)
      if (named === undefined) return caller
      // Asked first: who may not act for others learns nothing about them.
      if (!hasPrivilege(caller, ACT_ON_BEHALF))
        throw new PlatformError(403, '0x8004a110', 'User does not have the privilege to act on behalf another user.')
      const user = await findUser(sql, named.column, named.id)
      if (user === undefined)
        throw new PlatformError(403, '0x80072560', `The user to run as (Id = ${named.id}) is not a member of the organization.`)
      if (user.id === caller.userId) return caller
      const { caller: other, rights } = await enabled(sql, user)
      return { ...other, signedInUserId: caller.userId, rights: [rights, ...(caller.rights ?? [])] }
    },
  }
}

function namedUser(header: (name: string) => string | undefined): { readonly column: UserColumn; readonly id: string } | undefined {
  const directoryId = header('callerobjectid')?.trim()
  const named = directoryId ?? header('mscrmcallerid')?.trim()
  if (named === undefined || named === '') return undefined
  const id = toGuid(named)
  if (id === undefined) throw wireErrors.invalidArgument('The header that names the user to run as must hold a GUID.')
  return { column: directoryId === undefined ? 'systemuserid' : 'azureactivedirectoryobjectid', id }
}
