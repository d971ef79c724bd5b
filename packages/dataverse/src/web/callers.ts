import type { SqlRunner } from '@p2c/base'
import { PlatformError } from '../errors/platform-error.ts'
import { wireErrors } from '../errors/wire-errors.ts'
import type { Caller } from '../pipeline/write-context.ts'
import { applicationIdOf } from '../system/stable-id.ts'

/**
 * The application user of a client. One that is unknown or without a role is refused by 403, a disabled one too.
 * Source: wire specification 2.1, DV-004, Sales specification 7.
 */
export async function findCaller(sql: SqlRunner, clientId: string): Promise<Caller> {
  const found = await sql.query<{ id: string; unit: string; disabled: boolean | null; roles: string }>(
    `select u.systemuserid as id, u.businessunitid as unit, u.isdisabled as disabled,
       (select count(*) from platform_user_role r where r.systemuserid = u.systemuserid) as roles
     from systemuser u where u.applicationid = $1 limit 1`,
    [applicationIdOf(clientId)],
  )
  const [user] = found.rows
  if (user === undefined) throw wireErrors.unknownUser(clientId)
  if (user.disabled === true)
    throw new PlatformError(403, '0x80040225', `The specified user (Id = ${user.id}) is disabled. Consider enabling this user.`)
  if (Number(user.roles) === 0) throw new PlatformError(403, '0x80042f09', `The user with id ${user.id} has not been assigned any roles.`)
  return { userId: user.id, businessUnitId: user.unit }
}
