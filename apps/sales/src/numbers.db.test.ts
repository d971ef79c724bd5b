import { expect, test } from 'vitest'
import { refusalOf, startSales } from './sales-app.fixture.ts'

test('S1 an account without number gets the next one of its sequence, a given number is kept', async (t) => {
  const sales = await startSales(t)
  const first = await sales.create('accounts', { name: 'Halvorsen Marine Supply' }, 'accountnumber')
  expect(first.accountnumber).toMatch(/^ACC-01000-[A-Z0-9]{6}$/)
  const given = await sales.create('accounts', { name: 'Nordkai Yards', accountnumber: 'HMS-1002' }, 'accountnumber')
  expect(given.accountnumber).toBe('HMS-1002')
  const second = await sales.create('accounts', { name: '東京商店 株式会社', accountnumber: '' }, 'name,accountnumber')
  expect(second).toMatchObject({ name: '東京商店 株式会社', accountnumber: expect.stringMatching(/^ACC-01001-/) })
})

test('S1 a contact without number gets the next one of its own sequence', async (t) => {
  const sales = await startSales(t)
  const first = await sales.create('contacts', { lastname: 'Lind' }, 'msdynce_contactnumber')
  expect(first.msdynce_contactnumber).toMatch(/^CON-01000-[A-Z0-9]{6}$/)
  const given = await sales.create('contacts', { lastname: 'Moen', msdynce_contactnumber: 'C-7' }, 'msdynce_contactnumber')
  expect(given.msdynce_contactnumber).toBe('C-7')
})

test('S1 a bulk create draws consecutive numbers and leaves given ones alone', async (t) => {
  const sales = await startSales(t)
  const targets = Array.from({ length: 5 }, (_, at) => ({
    '@odata.type': 'Microsoft.Dynamics.CRM.account',
    name: `Account ${at}`,
    ...(at === 2 && { accountnumber: 'GIVEN' }),
  }))
  expect((await sales.bulk('accounts', 'CreateMultiple', targets)).status).toBe(200)
  const { body } = await sales.get('accounts?$select=name,accountnumber&$orderby=name')
  expect(body.value.map((row: { accountnumber: string }) => row.accountnumber.replace(/-[A-Z0-9]{6}$/, ''))).toEqual([
    'ACC-01000',
    'ACC-01001',
    'GIVEN',
    'ACC-01002',
    'ACC-01003',
  ])
})

test('S1 writers at the same time get different numbers', async (t) => {
  const sales = await startSales(t)
  await Promise.all(
    Array.from({ length: 12 }, (_, at) =>
      at % 2 === 0
        ? sales.create('accounts', { name: `Account ${at}`, primarycontactid: { lastname: `Contact ${at}` } })
        : sales.create('contacts', { lastname: `Contact ${at}`, parentcustomerid_account: { name: `Account ${at}` } }),
    ),
  )
  const accounts = (await sales.get('accounts?$select=accountnumber')).body.value.map((row: { accountnumber: string }) =>
    row.accountnumber.slice(0, 9),
  )
  expect(accounts.sort()).toEqual(Array.from({ length: 12 }, (_, at) => `ACC-0${1000 + at}`))
})

test('S1 a refused create uses no number up', async (t) => {
  const sales = await startSales(t)
  await sales.create('accounts', { name: 'First', accountnumber: 'TAKEN' })
  const answer = await sales.bulk('accounts', 'CreateMultiple', [
    { '@odata.type': 'Microsoft.Dynamics.CRM.account', name: 'Second' },
    { '@odata.type': 'Microsoft.Dynamics.CRM.account', name: 'Third', accountnumber: 'taken' },
  ])
  expect(refusalOf(answer)).toBe('412 0x80060892')
  const next = await sales.create('accounts', { name: 'Fourth' }, 'accountnumber')
  expect(next.accountnumber).toMatch(/^ACC-01000-/)
})

test('numbers go on after a restart', async (t) => {
  const sales = await startSales(t)
  await sales.create('accounts', { name: 'Before' })
  const again = await sales.restart()
  const account = await again.create('accounts', { name: 'After' }, 'accountnumber')
  expect(account.accountnumber).toMatch(/^ACC-01001-/)
})

test('T10 G-DV-35 a taken account number is refused, whatever its case', async (t) => {
  const sales = await startSales(t)
  await sales.create('accounts', { name: 'Nordkai Yards', accountnumber: 'HMS-1002' })
  const answer = await sales.post('accounts', { name: 'Must not be written', accountnumber: 'hms-1002' })
  expect(answer.status).toBe(412)
  expect(answer.body).toEqual({
    error: {
      code: '0x80060892',
      message:
        'Entity Key msdynce_AccountNumber violated. A record with the same value for Account Number already exists. A duplicate record cannot be created. Select one or more unique values and try again.',
    },
  })
})

test('without the setting p2cUniqueAccountNumber two accounts may have one number', async (t) => {
  const unique = await startSales(t)
  await unique.create('accounts', { name: 'One', accountnumber: 'SAME' })
  const sales = await unique.restart({ p2cUniqueAccountNumber: false })
  await sales.create('accounts', { name: 'Two', accountnumber: 'SAME' })
  expect((await sales.get("accounts?$filter=accountnumber eq 'SAME'")).body.value).toHaveLength(2)
  expect(refusalOf(await sales.get("accounts(accountnumber='SAME')"))).toBe('400 0x80060890')
})

test('G-DV-03 a contact created inside an account has a number of its own', async (t) => {
  const sales = await startSales(t)
  const account = await sales.create('accounts?$select=accountnumber&$expand=primarycontactid($select=fullname,msdynce_contactnumber)', {
    name: 'Halvorsen Marine Supply',
    accountnumber: 'HMS-1001',
    creditlimit: 50000,
    primarycontactid: { firstname: 'Ada', lastname: 'Lind' },
  })
  expect(account).toMatchObject({
    accountnumber: 'HMS-1001',
    primarycontactid: { fullname: 'Ada Lind', msdynce_contactnumber: expect.stringMatching(/^CON-01000-/) },
  })
})

test('a sequence without numbers left or switched off refuses, and says what to do', async (t) => {
  const sales = await startSales(t)
  const sequence = await sales.idOf('msdynce_p2cautonumbers', "msdynce_entityname eq 'account'")
  await sales.patch(`msdynce_p2cautonumbers(${sequence})`, { msdynce_numbersequence: 2147483647 })
  const answer = await sales.post('accounts', { name: 'One too many' })
  expect(refusalOf(answer)).toBe('400 0x80040265')
  await sales.patch(`msdynce_p2cautonumbers(${sequence})`, { msdynce_numbersequence: 5, statecode: 1 })
  expect((await sales.post('accounts', { name: 'No sequence' })).body.error.message).toContain("table 'account'")
  await sales.patch(`msdynce_p2cautonumbers(${sequence})`, { statecode: 0, msdynce_prefix: 'KND', msdynce_suffixlength: 4 })
  const account = await sales.create('accounts', { name: 'New prefix' }, 'accountnumber')
  expect(account.accountnumber).toMatch(/^KND-00005-[A-Z0-9]{4}$/)
})
