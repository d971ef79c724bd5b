import { expect, test } from 'vitest'
import { refusalOf, startSales } from './sales-app.fixture.ts'

test('a note is written on a row, read from it and goes with it', async (t) => {
  const sales = await startSales(t)
  const account = await sales.create('accounts', { name: 'Noted' }, 'accountid')
  const note = await sales.create('annotations', {
    subject: 'Contract',
    notetext: 'Signed',
    filename: 'contract.txt',
    mimetype: 'text/plain',
    documentbody: Buffer.from('Hello').toString('base64'),
    'objectid_account@odata.bind': `/accounts(${account.accountid})`,
  })
  expect(note).toMatchObject({ isdocument: true, filesize: 5, objecttypecode: 'account', _objectid_value: account.accountid })
  const found = await sales.get(`accounts(${account.accountid})/Account_Annotation?$select=subject,documentbody`)
  expect(found.body.value).toMatchObject([{ subject: 'Contract', documentbody: 'SGVsbG8=' }])
  expect((await sales.patch(`annotations(${note.annotationid})`, { documentbody: null })).status).toBe(204)
  const emptied = await sales.get(`annotations(${note.annotationid})?$select=isdocument,filesize`)
  expect(emptied.body).toMatchObject({ isdocument: false, filesize: null })
  expect((await sales.remove(`accounts(${account.accountid})`)).status).toBe(204)
  expect((await sales.get(`annotations(${note.annotationid})`)).status).toBe(404)
})

test.for([
  ['account', 'accounts', { name: 'x' }, 'Account_Annotation'],
  ['contact', 'contacts', { lastname: 'x' }, 'Contact_Annotation'],
  ['lead', 'leads', { subject: 'x', lastname: 'x' }, 'Lead_Annotation'],
  ['campaign', 'campaigns', { name: 'x' }, 'Campaign_Annotation'],
] as const)('notes are created in the collection of a %s', async ([table, set, body, collection], t) => {
  const sales = await startSales(t)
  const row = await sales.create(set, body)
  const path = `${set}(${row[`${table}id`]})/${collection}`
  expect((await sales.post(path, { subject: 'Below' })).status).toBe(204)
  expect((await sales.get(`${path}?$select=subject,objecttypecode`)).body.value).toMatchObject([
    { subject: 'Below', objecttypecode: table },
  ])
})

test('a file that is no base64 or over 5 MB is refused and leaves no note', async (t) => {
  const sales = await startSales(t)
  expect(refusalOf(await sales.post('annotations', { subject: 'a', documentbody: 'not base64' }))).toBe('400 0x80040203')
  const large = Buffer.alloc(5 * 1024 * 1024 + 1).toString('base64')
  expect(refusalOf(await sales.post('annotations', { subject: 'a', documentbody: large }))).toBe('400 0x80043e09')
  expect((await sales.get('annotations?$select=subject')).body.value).toEqual([])
  expect((await sales.post('annotations', { subject: 'a', documentbody: large.slice(0, -4) })).status).toBe(204)
})

test('a seller does not read the notes of another business unit', async (t) => {
  const sales = await startSales(t)
  const note = await sales.create('annotations', { subject: 'Hidden' }, 'annotationid')
  const root = (await sales.get('WhoAmI')).body.BusinessUnitId
  const parent = { 'parentbusinessunitid@odata.bind': `/businessunits(${root})` }
  const unit = await sales.create('businessunits', { name: 'Elsewhere', ...parent }, 'businessunitid')
  const seller = sales.as(await sales.user({ roles: ['Salesperson'], unit: unit.businessunitid }))
  expect((await seller.get(`annotations(${note.annotationid})`)).status).toBe(403)
  expect((await seller.post('annotations', { subject: 'Own' })).status).toBe(204)
  expect((await seller.get('annotations?$select=subject')).body.value).toMatchObject([{ subject: 'Own' }])
})
