import { randomIds, type TestScope } from '@p2c/base'
import type { Row } from './model/plugin.ts'
import { BASE, guid, type SendOptions, startPlatform, type TestAnswer, type TestPlatform } from './platform.case.ts'

/** A platform with a tree of business units and users in them, for the tests of rights. */

export const ROOT = `${BASE}/api/data/v9.2/`
export const ROOT_UNIT = guid('0d')
/** Below the root; below that one; beside it. */
export const UNITS = { middle: guid('d1'), below: guid('d2'), beside: guid('d3') } as const
/** Who is tested, one of the same unit, one of the unit below, one of the unit beside. */
export const USERS = { self: guid('c1'), peer: guid('c2'), below: guid('c3'), beside: guid('c4') } as const
const UNIT_OF: Readonly<Record<keyof typeof USERS, string>> = {
  self: UNITS.middle,
  peer: UNITS.middle,
  below: UNITS.below,
  beside: UNITS.beside,
}
/** The role of the user that is tested; the others hold `OWNERS_ROLE`. */
export const ROLE = guid('b1')
const OWNERS_ROLE = guid('b2')
export type Owner = keyof typeof USERS
export const OWNERS = Object.keys(USERS) as readonly Owner[]

export interface SecuritySystem {
  readonly system: TestPlatform
  /** As the system administrator; asserts that it succeeds. */
  admin(method: string, url: string, body?: unknown): Promise<TestAnswer>
  /** On behalf of the user that is tested, or of another one. */
  as(method: string, url: string, options?: SendOptions & { readonly user?: string }): Promise<TestAnswer>
  /** Gives a role exactly these privileges: `{ prvReadAccount: 'Local' }`. */
  grant(privileges: Readonly<Record<string, string>>, role?: string): Promise<void>
  associate(path: string, reference: string): Promise<TestAnswer>
  /** An account of one of the users, loaded as it is: its owner may lack the right to read it. */
  account(owner: Owner, values?: Row): Promise<string>
}

export async function startSecurity(t: TestScope): Promise<SecuritySystem> {
  const system = await startPlatform(t)
  const parts = callsOf(system)
  await parts.admin('POST', 'businessunits', unit('middle', ROOT_UNIT))
  await parts.admin('POST', 'businessunits', unit('below', UNITS.middle))
  await parts.admin('POST', 'businessunits', unit('beside', ROOT_UNIT))
  for (const [role, name] of [
    [ROLE, 'Tested'],
    [OWNERS_ROLE, 'Owners'],
  ] as const)
    await parts.admin('POST', 'roles', { roleid: role, name, 'businessunitid@odata.bind': `/businessunits(${ROOT_UNIT})` })
  for (const name of OWNERS) {
    await parts.admin('POST', 'systemusers', {
      systemuserid: USERS[name],
      domainname: name,
      'businessunitid@odata.bind': `/businessunits(${UNIT_OF[name]})`,
      'systemuserroles_association@odata.bind': [`/roles(${name === 'self' ? ROLE : OWNERS_ROLE})`],
    })
  }
  await parts.grant({ prvReadAccount: 'Global', prvReadContact: 'Global', prvReadSalesorder: 'Global' }, OWNERS_ROLE)
  return parts
}

const unit = (name: keyof typeof UNITS, parent: string) => ({
  businessunitid: UNITS[name],
  name,
  'parentbusinessunitid@odata.bind': `/businessunits(${parent})`,
})

export function callsOf(system: TestPlatform): SecuritySystem {
  const { send } = system
  const admin = async (method: string, url: string, body?: unknown): Promise<TestAnswer> => {
    const answer = await send(method, url, { ...(body !== undefined && { body }) })
    if (answer.status >= 400) throw new Error(`${method} ${url}: ${answer.status} ${answer.text}`)
    return answer
  }
  return {
    system,
    admin,
    as: (method, url, { user = USERS.self, headers, ...options } = {}) =>
      send(method, url, { ...options, headers: { MSCRMCallerID: user, ...headers } }),
    grant: async (privileges, role = ROLE) => {
      const all = await admin('GET', 'privileges?$select=name')
      const ids = new Map<string, string>(all.json.value.map((row: { name: string; privilegeid: string }) => [row.name, row.privilegeid]))
      const given = Object.entries(privileges).map(([name, depth]) => ({ PrivilegeId: ids.get(name), Depth: depth }))
      await admin('POST', `roles(${role})/Microsoft.Dynamics.CRM.ReplacePrivilegesRole`, { Privileges: given })
    },
    associate: (path, reference) => send('POST', `${path}/$ref`, { body: { '@odata.id': `${ROOT}${reference}` } }),
    account: async (owner, values = {}) => {
      const accountid = randomIds.guid()
      const row = { accountid, name: `of ${owner}`, ownerid: { table: 'systemuser', id: USERS[owner] }, ...values }
      await system.platform.seed([{ table: 'account', rows: [row] }])
      return accountid
    },
  }
}
