import type { SqlRunner } from '@p2c/base'
import { PlatformError, refuse } from '../errors/platform-error.ts'
import type { LinkContext, LinkRule, Plugin, TableEvent } from '../model/plugin.ts'
import { arrayLiteral, isReference } from '../storage/column-sql.ts'
import { TEAM_MEMBERS, TEAM_ROLES, USER_ROLES } from '../system/security-tables.ts'
import { privilegeId } from './privileges.ts'

/** Rules of users and teams. Source: Sales specification 7. */

const ACCESS_TEAM = 1

const keepsDefaultTeam: Plugin = {
  name: 'team: the default team stays what it is',
  table: 'team',
  message: 'update',
  stage: 'pre-operation',
  columns: ['name', 'businessunitid', 'teamtype'],
  reads: ['isdefault', 'name', 'businessunitid', 'teamtype'],
  run: async (events, context) => {
    if (context.origin !== 'client') return
    for (const { target, before } of events) {
      if (before?.isdefault !== true) continue
      const renamed = target.name !== undefined && target.name !== before.name
      if (renamed) refuse({ code: '0x8004830a', message: "The default business unit team name can't be updated." })
      const unit = isReference(before.businessunitid) ? before.businessunitid.id : undefined
      const moved = target.businessunitid !== undefined && !(isReference(target.businessunitid) && target.businessunitid.id === unit)
      if (moved) refuse({ code: '0x80048308', message: "The default business unit team parent can't be set." })
      if (target.teamtype !== undefined && target.teamtype !== before.teamtype)
        refuse({ message: 'The default team of a business unit is an owner team.' })
    }
  },
}

const isPermanent: Plugin = {
  name: 'team: the default team stays',
  table: 'team',
  message: 'delete',
  stage: 'pre-operation',
  run: async (events, context) => {
    if (context.origin === 'client' && events.some(({ before }) => before?.isdefault === true))
      refuse({ code: '0x80048307', message: "The default business unit team can't be deleted." })
  },
}

/** A user, team or role without a unit would belong nowhere: it gets that of its author. */
const inUnit = (table: 'systemuser' | 'team' | 'role'): Plugin => ({
  name: `${table}: belongs to a business unit`,
  table,
  message: 'create',
  stage: 'pre-operation',
  run: async (events, context) => {
    const homeless = events.filter(({ target }) => !isReference(target.businessunitid))
    if (homeless.length === 0) return
    const [author] = await context.service.find({
      table: 'systemuser',
      columns: ['businessunitid'],
      where: { systemuserid: context.userId },
    })
    for (const { target } of homeless) target.businessunitid = author?.businessunitid ?? null
  },
})

const hasAdministrator: Plugin = {
  name: 'team: has an administrator',
  table: 'team',
  message: 'create',
  stage: 'pre-operation',
  run: async (events, context) => {
    for (const { target } of events) target.administratorid ??= { table: 'systemuser', id: context.userId }
  },
}

const unitOf = ({ target }: TableEvent): string | undefined => (isReference(target.businessunitid) ? target.businessunitid.id : undefined)

/** Users are members of the default team of their unit. */
async function joinDefaultTeams(sql: SqlRunner, events: readonly TableEvent[]): Promise<void> {
  const moved = events.filter((event) => unitOf(event) !== undefined)
  if (moved.length === 0) return
  await sql.query(
    `insert into teammembership (teamid, systemuserid) select t.teamid, p.id from unnest($1::uuid[], $2::uuid[]) as p(id, unit)
     join team t on t.businessunitid = p.unit and t.isdefault on conflict do nothing`,
    [arrayLiteral(moved.map((event) => event.id)), arrayLiteral(moved.map(unitOf))],
  )
}

const joins: Plugin = {
  name: 'user: member of the default team',
  table: 'systemuser',
  message: 'create',
  stage: 'post-operation',
  run: (events, context) => joinDefaultTeams(context.sql, events),
}

const moves: Plugin = {
  name: 'user: moves to the default team of its unit',
  table: 'systemuser',
  message: 'update',
  stage: 'post-operation',
  columns: ['businessunitid'],
  reads: ['businessunitid'],
  run: async (events, context) => {
    const moved = events.filter((event) => isReference(event.before?.businessunitid) && event.before.businessunitid.id !== unitOf(event))
    await context.sql.query(
      `delete from teammembership m using team t, unnest($1::uuid[]) as p(id)
       where t.teamid = m.teamid and t.isdefault and m.systemuserid = p.id`,
      [arrayLiteral(moved.map((event) => event.id))],
    )
    await joinDefaultTeams(context.sql, moved)
  },
}

/** Plug-ins of users and teams. */
export const TEAM_RULES: readonly Plugin[] = [
  keepsDefaultTeam,
  isPermanent,
  inUnit('systemuser'),
  inUnit('team'),
  inUnit('role'),
  hasAdministrator,
  joins,
  moves,
]

type Pairs = Parameters<LinkRule['run']>[0]

const membersStay = (message: LinkRule['message'], refusal: { readonly code: string; readonly text: string }): LinkRule => ({
  name: `members of default teams: ${message}`,
  relationship: TEAM_MEMBERS,
  message,
  run: async (pairs, context) => {
    if (context.origin !== 'client') return
    const found = await teamsOf(context, pairs, 'isdefault')
    if (found !== undefined) refuse({ code: refusal.code, message: `${refusal.text} (TeamId = ${found}).` })
  },
})

async function teamsOf(context: LinkContext, pairs: Pairs, condition: string): Promise<string | undefined> {
  const found = await context.sql.query<{ id: string }>(
    `select teamid as id from team where teamid = any($1::uuid[]) and ${condition} order by 1 limit 1`,
    [arrayLiteral(pairs.map((pair) => pair.first))],
  )
  return found.rows[0]?.id
}

const noRolesForAccessTeams: LinkRule = {
  name: 'access teams hold no roles',
  relationship: TEAM_ROLES,
  message: 'associate',
  run: async (pairs, context) => {
    const found = await teamsOf(context, pairs, `teamtype = ${ACCESS_TEAM}`)
    if (found !== undefined)
      refuse({ code: '0x80048331', message: `Cannot assign roles or profiles to an access team (TeamId = ${found}).` })
  },
}

/**
 * Who gives or takes a role needs the privilege to assign roles, and gives no privilege that it does not have: else everybody could become
 * an administrator.
 */
const rolesNeedAssign = (relationship: string, message: LinkRule['message']): LinkRule => ({
  name: `${relationship}: ${message} needs the privilege to assign roles`,
  relationship,
  message,
  run: async (pairs, context) => {
    const wanted = ['prvAssignRole', ...(message === 'associate' ? await privilegesIn(context, pairs) : [])]
    const missing = wanted.find((name) => !context.hasPrivilege(name))
    if (missing !== undefined)
      throw new PlatformError(
        403,
        '0x80040220',
        `Principal user (Id=${context.userId}, type=8) is missing ${missing} privilege (Id=${privilegeId(missing)})`,
      )
  },
})

async function privilegesIn(context: LinkContext, pairs: Pairs): Promise<readonly string[]> {
  const found = await context.sql.query<{ name: string }>(
    `select distinct p.name from roleprivileges rp join privilege p on p.privilegeid = rp.privilegeid where rp.roleid = any($1::uuid[]) order by 1`,
    [arrayLiteral(pairs.map((pair) => pair.second))],
  )
  return found.rows.map((row) => row.name)
}

/** Rules of the relationships between users, teams and roles. */
export const SECURITY_LINK_RULES: readonly LinkRule[] = [
  membersStay('associate', { code: '0x8004830b', text: "Can't add members to the default business unit team" }),
  membersStay('disassociate', { code: '0x8004830c', text: "Can't remove members from the default business unit team" }),
  noRolesForAccessTeams,
  ...[USER_ROLES, TEAM_ROLES].flatMap((relationship) => [
    rolesNeedAssign(relationship, 'associate'),
    rolesNeedAssign(relationship, 'disassociate'),
  ]),
]
