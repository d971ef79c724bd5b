import { refuse } from '../errors/platform-error.ts'
import type { ColumnValue, Plugin, PluginContext, Row, TableEvent } from '../model/plugin.ts'
import type { Model } from '../model/resolved-model.ts'
import { arrayLiteral } from '../storage/column-sql.ts'

/** Rules of the tree of business units and of their default teams. Source: Sales specification 7. */

const idIn = (value: ColumnValue | undefined): string | undefined => (typeof value === 'object' && value !== null ? value.id : undefined)

/** A unit and all units below it; a circle ends. */
const SUBTREE = `with recursive below as (
  select businessunitid as id from businessunit where businessunitid = $1
  union select b.businessunitid from businessunit b join below on b.parentbusinessunitid = below.id)`

const needsParent: Plugin = {
  name: 'business unit: one root',
  table: 'businessunit',
  message: 'create',
  stage: 'pre-operation',
  run: async (events, context) => {
    await lockTree(context)
    for (const { target } of events)
      if (idIn(target.parentbusinessunitid) === undefined)
        refuse({ code: '0x8004a10c', message: 'More than one root business unit found. Set parentbusinessunitid.' })
  },
}

/** Two moves at once could close a circle that neither of them sees. */
const lockTree = async (context: PluginContext): Promise<void> => {
  await context.sql.query('select 1 from businessunit where parentbusinessunitid is null for no key update')
}

const keepsTree: Plugin = {
  name: 'business unit: no circle',
  table: 'businessunit',
  message: 'update',
  stage: 'pre-operation',
  columns: ['parentbusinessunitid'],
  reads: ['parentbusinessunitid'],
  run: async (events, context) => {
    await lockTree(context)
    for (const { id, target, before } of events) {
      const parent = idIn(target.parentbusinessunitid)
      const wasRoot = idIn(before?.parentbusinessunitid) === undefined
      if (wasRoot && parent === undefined) continue
      if (parent === undefined) refuse({ code: '0x8004a10c', message: 'More than one root business unit found.' })
      const circle = await context.sql.query(`${SUBTREE} select 1 from below where id = $2`, [id, parent])
      if (wasRoot || circle.rowCount !== 0)
        refuse({ code: '0x80041d21', message: 'Creating this parental association would create a loop in business hierarchy.' })
    }
  },
}

const disables: Plugin = {
  name: 'business unit: who may be disabled',
  table: 'businessunit',
  message: 'update',
  stage: 'pre-operation',
  columns: ['isdisabled'],
  reads: ['isdisabled', 'parentbusinessunitid'],
  run: async (events, context) => {
    for (const { id, target, before } of events) {
      if (target.isdisabled !== true || before?.isdisabled === true) continue
      if (idIn(before?.parentbusinessunitid) === undefined)
        refuse({ code: '0x80041d63', message: 'Root Business unit cannot be disabled.' })
      const administrators = await context.sql.query(
        `${SUBTREE} select 1 from systemuser u join systemuserroles ur on ur.systemuserid = u.systemuserid join role r on r.roleid = ur.roleid
         where r.name = 'System Administrator' and u.isdisabled is not true and u.businessunitid not in (select id from below) limit 1`,
        [id],
      )
      if (administrators.rowCount === 0)
        refuse({
          code: '0x80041d59',
          message: 'Business unit cannot be disabled: no active user with system admin role exists outside of business unit subtree.',
        })
    }
  },
}

/** The default team goes with its unit; a unit with other units below it, in use or owning rows stays. */
const deletes = (ownedTables: readonly string[]): Plugin => ({
  name: 'business unit: who may be deleted',
  table: 'businessunit',
  message: 'delete',
  stage: 'pre-operation',
  run: async (events, context) => {
    for (const { id, before } of events) {
      const children = await context.service.find({
        table: 'businessunit',
        columns: [],
        where: { parentbusinessunitid: { table: 'businessunit', id } },
        limit: 1,
      })
      if (children.length > 0) refuse({ code: '0x80041d61', message: 'Business unit has a child business unit and cannot be deleted.' })
      if (before?.isdisabled !== true) refuse({ code: '0x80041d60', message: 'Not disabled business unit cannot be deleted.' })
      const teams = await context.service.find({
        table: 'team',
        columns: [],
        where: { businessunitid: { table: 'businessunit', id }, isdefault: true },
      })
      const teamIds = teams.map((team) => String(team.teamid))
      for (const table of ownedTables) {
        const owned = await context.sql.query(`select 1 from "${table}" where ownerid = any($1::uuid[]) limit 1`, [arrayLiteral(teamIds)])
        if (owned.rowCount !== 0)
          refuse({
            code: '0x80041d62',
            message: `Business unit default team owns records. Business unit (Id = ${id}) cannot be deleted. Reassign the records owned by default team and try again.`,
          })
      }
      await context.service.delete('team', teamIds)
    }
  },
})

/** Each unit has a default team of its own name, from its first moment on. */
const makesDefaultTeam: Plugin = {
  name: 'business unit: default team',
  table: 'businessunit',
  message: 'create',
  stage: 'post-operation',
  run: async (events, context) => {
    await context.service.create(
      'team',
      events.map((event) => defaultTeam(event, context)),
    )
  },
}

const defaultTeam = ({ id, target }: TableEvent, context: PluginContext): Row => ({
  name: target.name ?? null,
  businessunitid: { table: 'businessunit', id },
  administratorid: { table: 'systemuser', id: context.userId },
  isdefault: true,
  systemmanaged: true,
  teamtype: 0,
})

const renamesDefaultTeam: Plugin = {
  name: 'business unit: name of its default team',
  table: 'businessunit',
  message: 'update',
  stage: 'post-operation',
  columns: ['name'],
  reads: [],
  run: async (events, context) => {
    for (const { id, target } of events) {
      const teams = await context.service.find({
        table: 'team',
        columns: [],
        where: { businessunitid: { table: 'businessunit', id }, isdefault: true },
      })
      await context.service.update(
        'team',
        teams.map((team) => ({ id: String(team.teamid), values: { name: target.name ?? null } })),
      )
    }
  },
}

/** Plug-ins of business units; they look at every table whose rows a team can own. */
export const unitRules = (model: Model): readonly Plugin[] => [
  needsParent,
  keepsTree,
  disables,
  deletes([...model.tables.values()].filter((table) => table.userOwned).map((table) => table.logicalName)),
  makesDefaultTeam,
  renamesDefaultTeam,
]
