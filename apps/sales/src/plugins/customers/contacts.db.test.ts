import { expect, test } from 'vitest'
import { refusalOf, startSales } from '../../sales-app.fixture.ts'

const FLAGS = 'msdynce_isactivecustomer,msdynce_iscompanyanaccount'

test('S2 Is Company An Account follows the company of a contact', async (t) => {
  const sales = await startSales(t)
  const account = await sales.create('accounts', { name: 'Nordkai Yards' })
  const ofAccount = await sales.create(
    'contacts',
    { lastname: 'Lind', 'parentcustomerid_account@odata.bind': `/accounts(${account.accountid})` },
    `${FLAGS},_parentcustomerid_value,_accountid_value,_parentcontactid_value`,
  )
  expect(ofAccount).toMatchObject({
    msdynce_isactivecustomer: false,
    msdynce_iscompanyanaccount: true,
    _parentcustomerid_value: account.accountid,
    _accountid_value: account.accountid,
    _parentcontactid_value: null,
  })
  const alone = await sales.create('contacts', { lastname: 'Moen' }, FLAGS)
  expect(alone).toMatchObject({ msdynce_isactivecustomer: false, msdynce_iscompanyanaccount: false })

  const at = `contacts(${ofAccount.contactid})`
  await sales.patch(at, { 'parentcustomerid_contact@odata.bind': `/contacts(${alone.contactid})` })
  const moved = await sales.get(`${at}?$select=${FLAGS},_accountid_value,_parentcontactid_value`)
  expect(moved.body).toMatchObject({ msdynce_iscompanyanaccount: false, _accountid_value: null, _parentcontactid_value: alone.contactid })

  await sales.patch(at, { 'parentcustomerid_account@odata.bind': `/accounts(${account.accountid})` })
  expect((await sales.get(`${at}?$select=${FLAGS}`)).body.msdynce_iscompanyanaccount).toBe(true)
  await sales.patch(at, { 'parentcustomerid_account@odata.bind': null })
  expect((await sales.get(`${at}?$select=${FLAGS}`)).body.msdynce_iscompanyanaccount).toBe(false)
})

test('S2 deleting the company clears link and flag, and the contact stays', async (t) => {
  const sales = await startSales(t)
  const account = await sales.create('accounts', { name: 'Nordkai Yards' })
  const contact = await sales.create('contacts', {
    lastname: 'Lind',
    'parentcustomerid_account@odata.bind': `/accounts(${account.accountid})`,
  })
  expect((await sales.remove(`accounts(${account.accountid})`)).status).toBe(204)
  const { body } = await sales.get(`contacts(${contact.contactid})?$select=${FLAGS},_parentcustomerid_value,_accountid_value`)
  expect(body).toMatchObject({ msdynce_iscompanyanaccount: false, _parentcustomerid_value: null, _accountid_value: null })
})

test('S3 Is Active Customer starts at No and stays as it was written', async (t) => {
  const sales = await startSales(t)
  const contact = await sales.create('contacts', { lastname: 'Lind', msdynce_isactivecustomer: true }, FLAGS)
  expect(contact.msdynce_isactivecustomer).toBe(true)
  await sales.patch(`contacts(${contact.contactid})`, { jobtitle: 'Engineer' })
  expect((await sales.get(`contacts(${contact.contactid})?$select=${FLAGS}`)).body.msdynce_isactivecustomer).toBe(true)
})

test('the full name follows its parts and the order that the organisation chose', async (t) => {
  const sales = await startSales(t)
  const contact = await sales.create(
    'contacts',
    { firstname: 'Ærøskøbing', middlename: 'K', lastname: 'Ødegård-陳', fullname: 'ignored' },
    'fullname',
  )
  expect(contact.fullname).toBe('Ærøskøbing Ødegård-陳')
  const at = `contacts(${contact.contactid})`
  await sales.patch(at, { firstname: 'Ada' })
  expect((await sales.get(`${at}?$select=fullname`)).body.fullname).toBe('Ada Ødegård-陳')
  const organization = (await sales.get('organizations')).body.value[0].organizationid
  await sales.patch(`organizations(${organization})`, { fullnameconventioncode: 4 })
  await sales.patch(at, { lastname: 'Lind' })
  expect((await sales.get(`${at}?$select=fullname`)).body.fullname).toBe('Lind, Ada K')
})

test('address composites are kept by the application', async (t) => {
  const sales = await startSales(t)
  const account = await sales.create(
    'accounts',
    { name: 'Nordkai', address1_line1: 'Kaigaten 4', address1_city: 'Bergen', address1_postalcode: '5003', address1_composite: 'ignored' },
    'address1_composite,address2_composite',
  )
  expect(account).toMatchObject({ address1_composite: 'Kaigaten 4\nBergen, 5003', address2_composite: null })
  await sales.patch(`accounts(${account.accountid})`, { address1_country: 'Norge', address1_line1: null })
  const { body } = await sales.get(`accounts(${account.accountid})?$select=address1_composite`)
  expect(body.address1_composite).toBe('Bergen, 5003\nNorge')
})

test('an account cannot be its own ancestor', async (t) => {
  const sales = await startSales(t)
  const parent = await sales.create('accounts', { name: 'Parent' })
  const child = await sales.create('accounts', { name: 'Child', 'parentaccountid@odata.bind': `/accounts(${parent.accountid})` })
  const answer = await sales.patch(`accounts(${parent.accountid})`, { 'parentaccountid@odata.bind': `/accounts(${child.accountid})` })
  expect(refusalOf(answer)).toBe('400 0x80040507')
  expect((await sales.get(`accounts(${parent.accountid})?$select=_parentaccountid_value`)).body._parentaccountid_value).toBeNull()
})

test('an inactive account can be updated, DV-102 and a foreign reason is refused', async (t) => {
  const sales = await startSales(t)
  const account = await sales.create('accounts', { name: 'Nordkai' }, 'statecode,statuscode')
  expect(account).toMatchObject({ statecode: 0, statuscode: 1 })
  const at = `accounts(${account.accountid})`
  expect((await sales.patch(at, { statecode: 1 })).status).toBe(204)
  expect((await sales.get(`${at}?$select=statecode,statuscode`)).body).toMatchObject({ statecode: 1, statuscode: 2 })
  expect((await sales.patch(at, { name: 'Nordkai AS' })).status).toBe(204)
  expect(refusalOf(await sales.patch(at, { statecode: 0, statuscode: 2 }))).toBe('400 0x80048408')
})

const BAD_ACCOUNTS = [
  ['DV-030 a name of 161 characters', { name: 'x'.repeat(161) }, '400 0x80044331'],
  ['DV-030 a credit limit above the range', { name: 'x', creditlimit: 100000000000001 }, '400 0x80044330'],
  ['DV-030 too many employees', { name: 'x', numberofemployees: 1000000001 }, '400 0x8004432f'],
  ['DV-030 an unknown industry', { name: 'x', industrycode: 34 }, '400 0x8004431a'],
  ['DV-141 text for money', { name: 'x', creditlimit: '5' }, '400 0x80048d19'],
  ['G-DV-37 an unknown column', { nmae: 'x' }, '400 0x80048d19'],
] as const

test('DV-030 DV-141 G-DV-37 values that do not fit are refused and nothing is stored', async (t) => {
  const sales = await startSales(t)
  for (const [what, body, expected] of BAD_ACCOUNTS) expect([what, refusalOf(await sales.post('accounts', body))]).toEqual([what, expected])
  expect((await sales.get('accounts')).body.value).toEqual([])
})

test('names of any script, quotes and signs of every plane are stored as given', async (t) => {
  const sales = await startSales(t)
  const names = [
    'Ærlig & Sønn "AS"',
    "L'Étoile d'Or",
    '北京贸易 有限公司',
    'مؤسسة النور',
    'Ένα Δύο',
    '𠮷野家 🚢',
    'Zażółć gęślą jaźń \\ {x}',
    'NULL',
  ]
  const targets = names.map((name) => ({ '@odata.type': 'Microsoft.Dynamics.CRM.account', name, address1_city: name.slice(0, 10) }))
  expect((await sales.bulk('accounts', 'CreateMultiple', targets)).status).toBe(200)
  const stored = (await sales.get('accounts?$select=name,address1_composite&$orderby=accountnumber')).body.value
  expect(stored.map((row: { name: string }) => row.name)).toEqual(names)
})
