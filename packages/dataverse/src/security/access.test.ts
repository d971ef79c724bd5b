import { expect, test } from 'vitest'
import { resolveModel } from '../model/resolve-model.ts'
import { tableOf } from '../model/resolved-model.ts'
import { TEST_TABLES } from '../platform.case.ts'
import { SECURITY_RELATIONS } from '../system/security-tables.ts'
import { systemTables } from '../system/system-tables.ts'
import { covers, type Grant, type Holder, hasPrivilege, isGlobal, readScopeSql } from './access.ts'
import { privilegesOf } from './privileges.ts'

const model = resolveModel([...systemTables({}), ...TEST_TABLES], SECURITY_RELATIONS)
const [account, territory, userRoles] = ['account', 'territory', 'systemuserroles'].map((name) => tableOf(model, name)) as [
  ReturnType<typeof tableOf>,
  ReturnType<typeof tableOf>,
  ReturnType<typeof tableOf>,
]
const ME = '6f1c2a90-3b7e-4d11-9a55-0d3c8e21f0c1'
const UNIT = '6f1c2a90-3b7e-4d11-9a55-0d3c8e21f0d1'

const grant = (depth: 'basic' | 'local' | 'global'): Grant => ({
  everything: depth === 'global',
  owners: new Set([ME]),
  units: new Set(depth === 'basic' ? [] : [UNIT]),
})
const holding = (...each: readonly Readonly<Record<string, Grant>>[]): Holder => ({
  rights: each.map((grants) => ({
    userId: ME,
    unitId: UNIT,
    accessMode: '0 Read-Write',
    roleCount: 1,
    grants: new Map(Object.entries(grants)),
  })),
})

test('a Global privilege, and the program itself, add no condition to a statement', () => {
  for (const holder of [{}, holding({ prvReadAccount: grant('global') })]) {
    expect(readScopeSql(holder, account, 't')).toBeUndefined()
    expect(isGlobal(holder, account, 'Read')).toBe(true)
  }
})

test('the condition of a lesser privilege names owners, units and shares', () => {
  const basic = readScopeSql(holding({ prvReadAccount: grant('basic') }), account, 'x')
  expect(basic).toMatch(new RegExp(`^\\(coalesce\\(x\\.ownerid = any\\('\\{${ME}\\}'::uuid\\[\\]\\) or exists `))
  expect(basic).toContain(
    `x_sh.objecttypecode = 'account' and x_sh.principalid = any('{${ME}}'::uuid[]) and x_sh.accessrightsmask & 1 <> 0`,
  )
  expect(readScopeSql(holding({ prvReadAccount: grant('local') }), account, 'x')).toContain(
    `x.owningbusinessunit = any('{${UNIT}}'::uuid[])`,
  )
})

test('with two users each must allow', () => {
  const both = holding({ prvReadAccount: grant('global') }, { prvReadAccount: grant('basic') })
  expect(readScopeSql(both, account, 't')).toContain('ownerid')
  const place = { owner: { table: 'systemuser', id: UNIT }, unit: null }
  expect(covers(both, account, { right: 'Read', place })).toBe(false)
  expect(() => readScopeSql(holding({ prvReadAccount: grant('global') }, {}), account, 't')).toThrow('is missing prvReadAccount privilege')
  expect(hasPrivilege(holding({ prvReadAccount: grant('global') }, {}), 'prvReadAccount')).toBe(false)
})

test('rows without owner are there for whoever has the privilege at all', () => {
  expect(readScopeSql(holding({ prvReadTerritory: grant('basic') }), territory, 't')).toBeUndefined()
})

test('a pair is read by whoever may read both of its rows', () => {
  expect(() => readScopeSql(holding({ prvReadUser: grant('global') }), userRoles, 't')).toThrow('prvReadRole')
  expect(readScopeSql(holding({ prvReadUser: grant('global'), prvReadRole: grant('global') }), userRoles, 't')).toBeUndefined()
  const limited = readScopeSql(holding({ prvReadUser: grant('basic'), prvReadRole: grant('global') }), userRoles, 't')
  expect(limited).toContain('exists (select 1 from "systemuser" t_s0 where t_s0."systemuserid" = t."systemuserid"')
})

test('privileges are eight for each noun, and lines share those of their document', () => {
  const names = privilegesOf(model).map((one) => one.name)
  expect(new Set(names).size).toBe(names.length)
  expect(names.filter((name) => /Salesorder/.test(name))).toHaveLength(8)
  expect(names).toContain('prvActOnBehalfOfAnotherUser')
  expect(names.some((name) => /systemuserroles/i.test(name))).toBe(false)
})
