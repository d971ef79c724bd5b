import { expect, test } from 'vitest'
import { type Json, refusalOf, type SalesUnderTest, startSales } from '../../sales-app.fixture.ts'

const MISSING = '6f1c2a90-3b7e-4d11-9a55-0d3c8e21f0ff'

const at = (id: string): string => `opportunities(${id})`
const newOpportunity = async (sales: SalesUnderTest, values: Json = {}): Promise<string> =>
  (await sales.create('opportunities', { name: 'Deck winches', ...values })).opportunityid

const closeBody = (id: string, status: number, close: Json = {}): Json => ({
  OpportunityClose: { subject: 'Done', 'opportunityid@odata.bind': `/opportunities(${id})`, ...close },
  Status: status,
})

const stateOf = async (sales: SalesUnderTest, id: string): Promise<string> => {
  const { statecode, statuscode } = (await sales.get(`${at(id)}?$select=statecode,statuscode`)).body
  return `${statecode}/${statuscode}`
}

/** How an opportunity gets to each state. */
const WAYS_TO: Record<string, (sales: SalesUnderTest, id: string) => Promise<unknown>> = {
  open: async () => undefined,
  won: (sales, id) => sales.post('WinOpportunity', closeBody(id, 3)),
  lost: (sales, id) => sales.post('LoseOpportunity', closeBody(id, 5)),
}

/** Every way out of every state. Source: Sales 2.2. */
const EXPECTED: Record<string, Record<string, string>> = {
  open: {
    '{"statecode":0}': '400 0x8004051a',
    '{"statecode":0,"statuscode":2}': '204 0/2',
    '{"statuscode":2}': '204 0/2',
    '{"statecode":1}': '400 0x80100005',
    '{"statecode":1,"statuscode":3}': '400 0x80100005',
    '{"statecode":2}': '400 0x80100005',
    '{"statuscode":3}': '400 0x80048408',
    '{"statecode":1,"statuscode":4}': '400 0x80048408',
    'WinOpportunity 3': '204 1/3',
    'WinOpportunity -1': '204 1/3',
    'WinOpportunity 4': '400 0x80048408',
    'LoseOpportunity -1': '204 2/4',
    'LoseOpportunity 4': '204 2/4',
    'LoseOpportunity 5': '204 2/5',
    'LoseOpportunity 3': '400 0x80048408',
  },
  won: {
    '{"statecode":0}': '204 0/1',
    '{"statecode":0,"statuscode":2,"name":"Again"}': '204 0/2',
    '{"statecode":1}': '400 0x80100005',
    '{"statecode":2}': '400 0x80100005',
    'WinOpportunity 3': '400 0x80040515',
    'LoseOpportunity 4': '400 0x80040515',
  },
  lost: {
    '{"statecode":0}': '204 0/1',
    '{"statecode":1}': '400 0x80100005',
    '{"statecode":2}': '400 0x80100005',
    '{"statuscode":4}': '204 2/4',
    'WinOpportunity 3': '400 0x80040515',
    'LoseOpportunity -1': '400 0x80040515',
  },
}

test('the life of an opportunity over HTTP: every state, every way out of it', async (t) => {
  const sales = await startSales(t)
  for (const [from, ways] of Object.entries(EXPECTED)) {
    for (const [way, expected] of Object.entries(ways)) {
      const id = await newOpportunity(sales)
      await WAYS_TO[from]?.(sales, id)
      const [action = '', status] = way.split(' ')
      const answer = way.startsWith('{')
        ? await sales.patch(at(id), JSON.parse(way))
        : await sales.post(action, closeBody(id, Number(status)))
      const result = answer.status < 300 ? `${answer.status} ${await stateOf(sales, id)}` : refusalOf(answer)
      expect([from, way, result]).toEqual([from, way, expected])
    }
  }
  const id = await newOpportunity(sales)
  expect((await sales.patch(at(id), { statecode: 1 })).body.error.message).toContain('use the WinOpportunity message')
  expect((await sales.patch(at(id), { statecode: 2 })).body.error.message).toContain('use the LoseOpportunity message')
})

test('DV-107 winning stores a completed close activity and takes revenue, date and probability from it', async (t) => {
  const sales = await startSales(t)
  const id = await newOpportunity(sales, { estimatedvalue: 12480.5, closeprobability: 40 })
  const close = {
    '@odata.type': 'Microsoft.Dynamics.CRM.opportunityclose',
    subject: 'Signed',
    description: 'By both sides.',
    actualrevenue: 11900,
    actualend: '2025-02-08T23:30:00Z',
  }
  const answer = await sales.post('WinOpportunity', closeBody(id, 3, close))
  expect([answer.status, answer.text]).toEqual([204, ''])
  expect((await sales.get(at(id))).body).toMatchObject({
    statecode: 1,
    statuscode: 3,
    actualvalue: 11900,
    actualclosedate: '2025-02-08',
    closeprobability: 100,
    estimatedvalue: 12480.5,
  })
  const [stored, ...more] = (await sales.get(`opportunitycloses?$filter=_opportunityid_value eq ${id}`)).body.value
  expect(more).toEqual([])
  expect(stored).toMatchObject({
    subject: 'Signed',
    description: 'By both sides.',
    actualrevenue: 11900,
    actualend: '2025-02-08T23:30:00Z',
    statecode: 1,
    statuscode: 2,
    activitytypecode: 'opportunityclose',
  })
  expect((await sales.get(`activitypointers(${stored.activityid})`)).body).toMatchObject({
    subject: 'Signed',
    activitytypecode: 'opportunityclose',
    statecode: 1,
    statuscode: 2,
    _regardingobjectid_value: id,
  })
})

test('without revenue the estimate is won, today; losing leaves none and takes the probability away; reopening forgets the end', async (t) => {
  const sales = await startSales(t)
  const id = await newOpportunity(sales, { estimatedvalue: 500, closeprobability: 40 })
  const end = async (): Promise<Json> => (await sales.get(`${at(id)}?$select=actualvalue,actualclosedate,closeprobability`)).body
  await sales.post('WinOpportunity', { OpportunityClose: { opportunityid: { opportunityid: id } }, Status: -1 })
  expect(await end()).toMatchObject({ actualvalue: 500, actualclosedate: '2025-02-11', closeprobability: 100 })
  await sales.patch(at(id), { statecode: 0 })
  expect(await end()).toMatchObject({ actualvalue: null, actualclosedate: null })
  await sales.post('LoseOpportunity', closeBody(id, -1))
  expect(await end()).toMatchObject({ actualvalue: null, actualclosedate: '2025-02-11', closeprobability: 0 })
  expect((await sales.get('opportunitycloses?$select=subject&$orderby=subject')).body.value).toMatchObject([
    { subject: 'Done' },
    { subject: 'Opportunity Close' },
  ])
})

test('an opportunity with draft or active quotes is not closed', async (t) => {
  const sales = await startSales(t)
  const id = await newOpportunity(sales)
  const quote = await sales.create('quotes', { name: 'First offer', 'opportunityid@odata.bind': `/opportunities(${id})` })
  for (const action of ['WinOpportunity', 'LoseOpportunity']) {
    const answer = await sales.post(action, closeBody(id, -1))
    expect(refusalOf(answer)).toBe('400 0x80040516')
    expect(answer.body.error.message).toContain(quote.quotenumber)
  }
  expect(await stateOf(sales, id)).toBe('0/1')
  expect((await sales.get('opportunitycloses')).body.value).toEqual([])
  await sales.remove(`quotes(${quote.quoteid})`)
  expect((await sales.post('LoseOpportunity', closeBody(id, -1))).status).toBe(204)
})

test('bad close parameters are refused and leave the opportunity open', async (t) => {
  const sales = await startSales(t)
  const id = await newOpportunity(sales)
  const bind = { 'opportunityid@odata.bind': `/opportunities(${id})` }
  const cases: readonly (readonly [Json, string])[] = [
    [{}, '400 0x80048d19'],
    [{ OpportunityClose: bind }, '400 0x80048d19'],
    [{ OpportunityClose: null, Status: 3 }, '400 0x80048d19'],
    [{ OpportunityClose: 'x', Status: 3 }, '400 0x80048d19'],
    [{ OpportunityClose: [bind], Status: 3 }, '400 0x80048d19'],
    [{ OpportunityClose: { subject: 'no opportunity' }, Status: 3 }, '400 0x80040203'],
    [{ OpportunityClose: { ...bind, colour: 'red' }, Status: 3 }, '400 0x80048d19'],
    [{ OpportunityClose: { ...bind, '@odata.type': 'Microsoft.Dynamics.CRM.quoteclose' }, Status: 3 }, '400 0x80048d19'],
    [{ OpportunityClose: { ...bind, actualrevenue: 'much' }, Status: 3 }, '400 0x80048d19'],
    [{ OpportunityClose: { ...bind, actualrevenue: 1e14 }, Status: 3 }, '400 0x80044330'],
    [{ OpportunityClose: { ...bind, subject: 'x'.repeat(201) }, Status: 3 }, '400 0x80044331'],
    [{ OpportunityClose: { ...bind, actualend: 'yesterday' }, Status: 3 }, '400 0x80048d19'],
    [{ OpportunityClose: { 'opportunityid@odata.bind': `/opportunities(${MISSING})` }, Status: 3 }, '404 0x80040217'],
    [{ OpportunityClose: { 'opportunityid@odata.bind': `/accounts(${MISSING})` }, Status: 3 }, '400 0x80048d19'],
    [{ OpportunityClose: bind, Status: 3, Extra: 1 }, '400 0x80048d19'],
  ]
  for (const [body, expected] of cases) expect([body, refusalOf(await sales.post('WinOpportunity', body))]).toEqual([body, expected])
  expect(await stateOf(sales, id)).toBe('0/1')
  expect((await sales.get('opportunitycloses')).body.value).toEqual([])
})

test('of eight that close one opportunity at once exactly one wins', async (t) => {
  const sales = await startSales(t)
  const id = await newOpportunity(sales)
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, n) => sales.post(n % 2 === 0 ? 'WinOpportunity' : 'LoseOpportunity', closeBody(id, -1))),
  )
  expect(answers.map(refusalOf).sort()).toEqual(['204', ...Array.from({ length: 7 }, () => '400 0x80040515')])
  expect((await sales.get('opportunitycloses')).body.value).toHaveLength(1)
})

test('what was won stays as it was: a client changes owner and state only, and repeats what is there', async (t) => {
  const sales = await startSales(t)
  const account = await sales.create('accounts', { name: 'Nordkai Yards' })
  const values = { name: 'Deck winches', estimatedvalue: 500, 'parentaccountid@odata.bind': `/accounts(${account.accountid})` }
  const id = await newOpportunity(sales, values)
  await sales.post('WinOpportunity', closeBody(id, 3))
  expect(refusalOf(await sales.patch(at(id), { name: 'Other' }))).toBe('400 0x80040230')
  expect(refusalOf(await sales.patch(at(id), { estimatedvalue: 501 }))).toBe('400 0x80040230')
  expect((await sales.patch(at(id), values)).status).toBe(204)
  expect((await sales.patch(at(id), { statecode: 0, name: 'Other' })).status).toBe(204)
  expect((await sales.get(`${at(id)}?$select=name,statecode`)).body).toMatchObject({ name: 'Other', statecode: 0 })
})

test('lines of a closed opportunity stay as they are, and losing the lead behind it is no edit', async (t) => {
  const sales = await startSales(t)
  const lead = await sales.create('leads', { subject: 'Winches', lastname: 'Halvorsen' })
  const id = await newOpportunity(sales, { 'originatingleadid@odata.bind': `/leads(${lead.leadid})` })
  const line = {
    isproductoverridden: true,
    productdescription: 'Consulting',
    priceperunit: 10,
    quantity: 2,
    'opportunityid@odata.bind': `/opportunities(${id})`,
  }
  const stored = await sales.create('opportunityproducts', line)
  const path = `opportunityproducts(${stored.opportunityproductid})`
  await sales.post('WinOpportunity', closeBody(id, 3))
  expect(refusalOf(await sales.post('opportunityproducts', line))).toBe('400 0x80040230')
  expect(refusalOf(await sales.patch(path, { quantity: 3 }))).toBe('400 0x80040230')
  expect(refusalOf(await sales.remove(path))).toBe('400 0x80040230')
  expect((await sales.get(`${path}?$select=quantity,opportunitystatecode`)).body).toMatchObject({ quantity: 2, opportunitystatecode: 1 })
  expect((await sales.remove(`leads(${lead.leadid})`)).status).toBe(204)
  expect((await sales.get(`${at(id)}?$select=_originatingleadid_value`)).body._originatingleadid_value).toBeNull()
  await sales.patch(at(id), { statecode: 0 })
  expect((await sales.patch(path, { quantity: 3 })).status).toBe(204)
  await sales.post('LoseOpportunity', closeBody(id, -1))
  expect((await sales.remove(at(id))).status).toBe(204)
  expect((await sales.get('opportunitycloses')).body.value).toEqual([])
  expect((await sales.get('activitypointers')).body.value).toEqual([])
})

test('the account is the customer of an opportunity, without one the contact is', async (t) => {
  const sales = await startSales(t)
  const account = await sales.create('accounts', { name: 'Nordkai Yards' })
  const contact = await sales.create('contacts', { lastname: 'Halvorsen' })
  const toAccount = `/accounts(${account.accountid})`
  const toContact = `/contacts(${contact.contactid})`
  const parties = async (id: string): Promise<Json> =>
    (await sales.get(`${at(id)}?$select=_customerid_value,_parentaccountid_value,_parentcontactid_value`)).body
  const id = await newOpportunity(sales, { 'parentcontactid@odata.bind': toContact })
  expect(await parties(id)).toMatchObject({ _customerid_value: contact.contactid, _parentaccountid_value: null })
  await sales.patch(at(id), { 'parentaccountid@odata.bind': toAccount })
  expect(await parties(id)).toMatchObject({ _customerid_value: account.accountid, _parentcontactid_value: contact.contactid })
  await sales.patch(at(id), { 'parentaccountid@odata.bind': null })
  expect(await parties(id)).toMatchObject({ _customerid_value: contact.contactid, _parentaccountid_value: null })
  const other = await newOpportunity(sales, { 'customerid_account@odata.bind': toAccount })
  expect(await parties(other)).toMatchObject({ _customerid_value: account.accountid, _parentaccountid_value: account.accountid })
})

test("a typed estimate stays while revenue is the user's own; a new opportunity is open whatever a create says", async (t) => {
  const sales = await startSales(t)
  const row = await sales.create('opportunities', { name: 'Typed', estimatedvalue: 77.5, statecode: 1 })
  expect(row).toMatchObject({ isrevenuesystemcalculated: false, estimatedvalue: 77.5, statecode: 0, statuscode: 1 })
  await sales.create('opportunityproducts', {
    isproductoverridden: true,
    productdescription: 'Consulting',
    priceperunit: 10,
    quantity: 2,
    'opportunityid@odata.bind': `/opportunities(${row.opportunityid})`,
  })
  expect((await sales.get(`${at(row.opportunityid)}?$select=estimatedvalue`)).body.estimatedvalue).toBe(77.5)
})
