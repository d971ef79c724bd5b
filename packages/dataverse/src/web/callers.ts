import type { SqlRunner } from '@p2c/base'
import { PlatformError } from '../errors/platform-error.ts'
import { wireErrors } from '../errors/wire-errors.ts'
import { toGuid } from '../payload/convert-value.ts'
import type { Caller } from '../pipeline/write-context.ts'
import { applicationIdOf } from '../system/stable-id.ts'

interface StoredUser {
  readonly id: string
  readonly unit: string
  readonly disabled: boolean | null
  readonly integration: boolean | null
  readonly roles: string
}

/** A user by one of its ids; `column` is a name of this code. */
async function findUser(
  sql: SqlRunner,
  column: 'applicationid' | 'systemuserid' | 'azureactivedirectoryobjectid',
  id: string,
): Promise<StoredUser | undefined> {
  const found = await sql.query<StoredUser>(
    `select u.systemuserid as id, u.businessunitid as unit, u.isdisabled as disabled, u.isintegrationuser as integration,
       (select count(*) from platform_user_role r where r.systemuserid = u.systemuserid) as roles
     from systemuser u where u.${column} = $1 limit 1`,
    [id],
  )
  return found.rows[0]
}

function enabled(user: StoredUser): Caller {
  if (user.disabled === true)
    throw new PlatformError(403, '0x80040225', `The specified user (Id = ${user.id}) is disabled. Consider enabling this user.`)
  if (Number(user.roles) === 0) throw new PlatformError(403, '0x80042f09', `The user with id ${user.id} has not been assigned any roles.`)
  return { userId: user.id, businessUnitId: user.unit, isIntegrationUser: user.integration === true }
}

/**
 * The application user of a client. One that is unknown or without a role is refused by 403, a disabled one too.
 * Source: wire specification 2.1, DV-004, Sales specification 7.
 */
export async function findCaller(sql: SqlRunner, clientId: string): Promise<Caller> {
  const user = await findUser(sql, 'applicationid', applicationIdOf(clientId))
  if (user === undefined) throw wireErrors.unknownUser(clientId)
  return enabled(user)
}

/**
 * The user that a request names to run as, by `CallerObjectId` or the older `MSCRMCallerID`; without these the caller itself. One that
 * is unknown, disabled or without a role is refused by 403: what both may do is what is done. Source: wire specification 20, DV-124.
 */
export async function impersonated(sql: SqlRunner, caller: Caller, header: (name: string) => string | undefined): Promise<Caller> {
  const directoryId = header('callerobjectid')?.trim()
  const named = directoryId ?? header('mscrmcallerid')?.trim()
  if (named === undefined || named === '') return caller
  const id = toGuid(named)
  if (id === undefined) throw wireErrors.invalidArgument('The header that names the user to run as must hold a GUID.')
  const user = await findUser(sql, directoryId === undefined ? 'systemuserid' : 'azureactivedirectoryobjectid', id)
  if (user === undefined) throw new PlatformError(403, '0x80072560', `The user to run as (Id = ${id}) is not a member of the organization.`)
  return user.id === caller.userId ? caller : { ...enabled(user), signedInUserId: caller.userId }
}
