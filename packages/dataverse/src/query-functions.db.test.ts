import { QUERY_FUNCTIONS } from '@p2c/odata'
import { expect, test } from 'vitest'
import { startFetch } from './fetch.case.ts'

type Case = readonly [name: string, args: string, ...names: readonly string[]]

const one = (value: string): string => `,PropertyValue='${value}'`
const some = (...values: readonly string[]): string => `,PropertyValues=[${values.map((value) => `'${value}'`).join(',')}]`

/** On accounts; see `fetch.case.ts` for the rows. */
const ACCOUNTS: readonly Case[] = [
  ['Between', `'creditlimit'${some('10', '20')}`, 'Alpha', "beta's"],
  ['NotBetween', `'creditlimit'${some('10', '20')}`, 'delta', 'Gamma 100%'],
  ['In', `'industrycode'${some('1', '9')}`, "beta's"],
  ['In', `'industrycode',PropertyValues=["7"]`, 'Alpha', 'delta'],
  ['NotIn', `'industrycode'${some('7')}`, "beta's", 'Gamma 100%'],
  ['ContainValues', `'description'${some('1')}`, 'Alpha'],
  ['DoesNotContainValues', `'description'${some('1')}`, "beta's", 'delta', 'Gamma 100%'],
  ['Above', `'accountid'${one('{G:43}')}`, 'Alpha', "beta's"],
  ['AboveOrEqual', `'accountid'${one('{G:43}')}`, 'Alpha', "beta's", 'Gamma 100%'],
  ['Under', `'accountid'${one('{G:41}')}`, "beta's", 'Gamma 100%'],
  ['UnderOrEqual', `'accountid'${one('{G:41}')}`, 'Alpha', "beta's", 'Gamma 100%'],
  ['NotUnder', `'accountid'${one('{G:41}')}`, 'Alpha', 'delta'],
  ['Under', `'_parentaccountid_value'${one('{G:41}')}`, 'Gamma 100%'],
  ['Contains', `'name'${one('AMM')}`, 'Gamma 100%'],
  ['BeginsWith', `'name'${one('d')}`, 'delta'],
  ['EndsWith', `'name'${one('ha')}`, 'Alpha'],
  ['EqualUserId', "'_ownerid_value'"],
  ['NotEqualUserId', "'_ownerid_value'", 'Alpha', "beta's", 'delta', 'Gamma 100%'],
  ['EqualBusinessId', "'_owningbusinessunit_value'", 'Alpha', "beta's", 'delta', 'Gamma 100%'],
  ['NotEqualBusinessId', "'_owningbusinessunit_value'"],
  ['BeginsWith', `'primarycontactid/fullname'${one('ada')}`, 'Alpha'],
]

/** On birthdays of contacts: Lind 2025-02-11 (today), Moen 2025-02-10, Nor 2024-05-20, Odd 2025-03-02. */
const BIRTHDAYS: readonly Case[] = [
  ['On', one('2025-02-10'), 'Moen'],
  ['OnOrAfter', one('2025-02-11'), 'Lind', 'Odd'],
  ['OnOrBefore', one('2025-02-10'), 'Moen', 'Nor'],
  ['Today', '', 'Lind'],
  ['Yesterday', '', 'Moen'],
  ['Tomorrow', ''],
  ['ThisWeek', '', 'Lind', 'Moen'],
  ['ThisMonth', '', 'Lind', 'Moen'],
  ['ThisYear', '', 'Lind', 'Moen', 'Odd'],
  ['LastWeek', ''],
  ['LastMonth', ''],
  ['LastYear', '', 'Nor'],
  ['NextWeek', ''],
  ['NextMonth', '', 'Odd'],
  ['NextYear', ''],
  ['Last7Days', '', 'Lind', 'Moen'],
  ['Next7Days', '', 'Lind'],
  ['LastXDays', ',PropertyValue=1', 'Lind', 'Moen'],
  ['LastXWeeks', one('1'), 'Lind', 'Moen'],
  ['LastXMonths', one('12'), 'Lind', 'Moen', 'Nor'],
  ['LastXYears', one('1'), 'Lind', 'Moen', 'Nor'],
  ['NextXDays', one('19'), 'Lind', 'Odd'],
  ['NextXWeeks', one('3'), 'Lind', 'Odd'],
  ['NextXMonths', one('1'), 'Lind', 'Odd'],
  ['NextXYears', one('1'), 'Lind', 'Odd'],
  ['OlderThanXDays', one('1'), 'Nor'],
  ['OlderThanXWeeks', one('2'), 'Nor'],
  ['OlderThanXMonths', one('6'), 'Nor'],
  ['OlderThanXYears', one('1')],
]

/** On the moment 2025-02-11T07:10:00Z of Pil; now is 09:30. */
const MOMENTS: readonly Case[] = [
  ['LastXHours', one('3'), 'Pil'],
  ['NextXHours', one('3')],
  ['OlderThanXHours', one('2'), 'Pil'],
  ['OlderThanXMinutes', one('60'), 'Pil'],
  ['On', one('2025-02-11'), 'Pil'],
]

test('DV-062 every query function answers, inline and by alias', async (t) => {
  const { send } = await startFetch(t)
  const check = async (set: string, name: string, cases: readonly Case[]): Promise<void> => {
    for (const [called, args, ...names] of cases) {
      const answer = await send(
        'GET',
        `${set}?$select=${name}&$orderby=${name}&$filter=Microsoft.Dynamics.CRM.${called}(PropertyName=${args})`,
      )
      expect([called, args, answer.json.error?.message]).toEqual([called, args, undefined])
      expect([called, args, answer.json.value.map((row: Record<string, string>) => row[name])]).toEqual([called, args, names])
    }
  }
  await check('accounts', 'name', ACCOUNTS)
  await check(
    'contacts',
    'lastname',
    BIRTHDAYS.map(([called, args, ...names]) => [called, `'birthdate'${args}`, ...names] as const),
  )
  await check(
    'contacts',
    'lastname',
    MOMENTS.map(([called, args, ...names]) => [called, `'lastonholdtime'${args}`, ...names] as const),
  )
  const tested = new Set([...ACCOUNTS, ...BIRTHDAYS, ...MOMENTS].map(([called]) => called))
  expect(QUERY_FUNCTIONS.filter((called) => !tested.has(called))).toEqual([])
  const aliases = "@p='creditlimit'&@v=['10','20']"
  const byAlias = await send(
    'GET',
    `accounts?$select=name&$filter=Microsoft.Dynamics.CRM.Between(PropertyName=@p,PropertyValues=@v)&${aliases}`,
  )
  expect(byAlias.json.value).toHaveLength(2)
})

test('DV-062 DV-063 a query function with the wrong column or value is refused', async (t) => {
  const { send } = await startFetch(t)
  for (const call of [
    "Under(PropertyName='name',PropertyValue='{G:41}')",
    "Under(PropertyName='_primarycontactid_value',PropertyValue='{G:41}')",
    "Under(PropertyName='accountid',PropertyValue='x')",
    "Between(PropertyName='creditlimit',PropertyValues=['1'])",
    "In(PropertyName='creditlimit')",
    "In(PropertyName='nmae',PropertyValues=['1'])",
    "In(PropertyValues=['1'])",
    "LastXDays(PropertyName='createdon',PropertyValue=0)",
    "LastXDays(PropertyName='createdon')",
    "Today(PropertyName='name')",
    "Resembles(PropertyName='name',PropertyValue='x')",
  ]) {
    const answer = await send('GET', `accounts?$filter=Microsoft.Dynamics.CRM.${call}`)
    expect([call, answer.status, answer.json.error.code]).toEqual([call, 400, '0x80060888'])
    const negated = await send('GET', `accounts?$filter=not Microsoft.Dynamics.CRM.${call}`)
    expect([call, negated.status]).toEqual([call, 400])
  }
})
