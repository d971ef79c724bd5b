import { expect, test } from 'vitest'
import { type Json, refusalOf, type SalesUnderTest, startSales } from '../../sales-app.fixture.ts'

const ALL = { CreateAccount: true, CreateContact: true, CreateOpportunity: true, Status: 3 }

const LEAD = {
  subject: 'Deck winches for two tugs',
  firstname: 'Nora',
  middlename: 'B.',
  lastname: 'Halvorsen',
  companyname: 'Nordkai Yards',
  emailaddress1: 'nora@nordkai.example',
  telephone1: '+47 55 00 00 01',
  mobilephone: '+47 900 00 001',
  jobtitle: 'Buyer',
  websiteurl: 'https://nordkai.example',
  industrycode: 12,
  revenue: 4_500_000,
  numberofemployees: 240,
  address1_line1: 'Kaigaten 1',
  address1_city: 'Bergen',
  address1_postalcode: '5003',
  address1_country: 'Norway',
  address2_city: 'Stavanger',
  estimatedamount: 12480,
  estimatedclosedate: '2025-06-30',
  budgetamount: 15000,
  budgetstatus: 2,
  need: 0,
  purchaseprocess: 1,
  purchasetimeframe: 2,
  decisionmaker: true,
  donotemail: true,
  description: 'Met at the fair.',
}

const qualify = (sales: SalesUnderTest, leadid: string, body: Json = ALL) =>
  sales.post(`leads(${leadid})/Microsoft.Dynamics.CRM.QualifyLead`, body)

const newLead = async (sales: SalesUnderTest, changes: Json = {}): Promise<string> =>
  (await sales.create('leads', { ...LEAD, ...changes })).leadid

const stateOf = async (sales: SalesUnderTest, path: string): Promise<string> => {
  const { statecode, statuscode } = (await sales.get(`${path}?$select=statecode,statuscode`)).body
  return `${statecode}/${statuscode}`
}

test('T1 G-DV-24 DV-106 a lead is qualified into account, contact and opportunity, which it hands its values', async (t) => {
  const sales = await startSales(t)
  const leadid = await newLead(sales)
  const answer = await qualify(sales, leadid)
  expect([answer.status, answer.text === '']).toEqual([200, false])
  expect(answer.body['@odata.context']).toMatch(/\$metadata#Collection\(Microsoft\.Dynamics\.CRM\.crmbaseentity\)$/)
  const [account, contact, opportunity, ...more] = answer.body.value
  expect(more).toEqual([])
  expect(account).toEqual({ '@odata.type': '#Microsoft.Dynamics.CRM.account', accountid: expect.any(String) })
  expect(contact).toEqual({ '@odata.type': '#Microsoft.Dynamics.CRM.contact', contactid: expect.any(String) })
  expect(opportunity).toEqual({ '@odata.type': '#Microsoft.Dynamics.CRM.opportunity', opportunityid: expect.any(String) })

  expect((await sales.get(`accounts(${account.accountid})`)).body).toMatchObject({
    name: 'Nordkai Yards',
    accountnumber: expect.stringMatching(/^ACC-\d{5,}-[A-Z0-9]{6}$/),
    telephone1: '+47 55 00 00 01',
    revenue: 4_500_000,
    industrycode: 12,
    address1_city: 'Bergen',
    address1_composite: 'Kaigaten 1\nBergen, 5003\nNorway',
    _primarycontactid_value: contact.contactid,
    _originatingleadid_value: leadid,
  })
  expect((await sales.get(`contacts(${contact.contactid})`)).body).toMatchObject({
    fullname: 'Nora Halvorsen',
    middlename: 'B.',
    msdynce_contactnumber: expect.stringMatching(/^CON-\d{5,}-[A-Z0-9]{6}$/),
    _parentcustomerid_value: account.accountid,
    msdynce_iscompanyanaccount: true,
    msdynce_isactivecustomer: false,
    donotemail: true,
    address2_city: 'Stavanger',
    _originatingleadid_value: leadid,
  })
  expect((await sales.get(`opportunities(${opportunity.opportunityid})`)).body).toMatchObject({
    name: 'Deck winches for two tugs',
    estimatedvalue: 12480,
    estimatedclosedate: '2025-06-30',
    budgetamount: 15000,
    budgetstatus: 2,
    need: 0,
    decisionmaker: true,
    statecode: 0,
    statuscode: 1,
    _customerid_value: account.accountid,
    _parentaccountid_value: account.accountid,
    _parentcontactid_value: contact.contactid,
    _originatingleadid_value: leadid,
  })
  expect((await sales.get(`leads(${leadid})`)).body).toMatchObject({
    statecode: 1,
    statuscode: 3,
    fullname: 'Nora Halvorsen',
    address1_composite: 'Kaigaten 1\nBergen, 5003\nNorway',
    _qualifyingopportunityid_value: opportunity.opportunityid,
    _parentaccountid_value: account.accountid,
    _parentcontactid_value: contact.contactid,
  })
})

test('what the lead is linked to already is used and not created again', async (t) => {
  const sales = await startSales(t)
  const account = await sales.create('accounts', { name: 'Old friends' })
  const contact = await sales.create('contacts', { lastname: 'Berg' })
  const leadid = await newLead(sales, {
    'parentaccountid@odata.bind': `/accounts(${account.accountid})`,
    'parentcontactid@odata.bind': `/contacts(${contact.contactid})`,
  })
  const answer = await qualify(sales, leadid, { ...ALL, Status: -1 })
  expect(answer.body.value).toHaveLength(1)
  expect((await sales.get(`opportunities(${answer.body.value[0].opportunityid})`)).body).toMatchObject({
    _customerid_value: account.accountid,
    _parentcontactid_value: contact.contactid,
  })
  expect((await sales.get(`accounts(${account.accountid})?$select=name,_primarycontactid_value`)).body).toMatchObject({
    name: 'Old friends',
    _primarycontactid_value: null,
  })
  expect((await sales.get('accounts/$count')).text).toMatch(/1$/)
  expect(await stateOf(sales, `leads(${leadid})`)).toBe('1/3')
})

test('only what is asked for is created; without company name there is no account', async (t) => {
  const sales = await startSales(t)
  const kinds = async (changes: Json, wishes: Json): Promise<readonly string[]> => {
    const answer = await qualify(sales, await newLead(sales, changes), { ...ALL, ...wishes })
    expect(answer.status).toBe(200)
    return answer.body.value.map((row: Json) => String(row['@odata.type']).split('.').at(-1))
  }
  expect(await kinds({ companyname: '' }, {})).toEqual(['contact', 'opportunity'])
  expect(await kinds({}, { CreateContact: false })).toEqual(['account', 'opportunity'])
  expect(await kinds({}, { CreateOpportunity: false })).toEqual(['account', 'contact'])
  expect(await kinds({}, { CreateAccount: false, CreateContact: false, CreateOpportunity: false })).toEqual([])
})

test("customer, currency and campaign of the new opportunity are the caller's to name", async (t) => {
  const sales = await startSales(t)
  const customer = await sales.create('accounts', { name: 'Customer of the call' })
  const currency = await sales.create('transactioncurrencies', {
    currencyname: 'Norwegian Krone',
    isocurrencycode: 'NOK',
    currencysymbol: 'kr',
    currencyprecision: 2,
    exchangerate: 10.5,
  })
  const [first, second] = [await sales.create('campaigns', { name: 'Fair' }), await sales.create('campaigns', { name: 'Mailing' })]
  const leadid = await newLead(sales, { 'campaignid@odata.bind': `/campaigns(${first.campaignid})` })
  const references: readonly Json[] = [
    {
      OpportunityCustomerId: { '@odata.type': 'Microsoft.Dynamics.CRM.account', accountid: customer.accountid },
      OpportunityCurrencyId: { transactioncurrencyid: currency.transactioncurrencyid },
      SourceCampaignId: { '@odata.type': '#Microsoft.Dynamics.CRM.campaign', campaignid: second.campaignid },
    },
    {
      OpportunityCustomerId: { '@odata.id': `accounts(${customer.accountid})` },
      OpportunityCurrencyId: { '@odata.id': `/transactioncurrencies(${currency.transactioncurrencyid})` },
      SourceCampaignId: null,
      ProcessInstanceId: null,
    },
    {
      'OpportunityCustomerId@odata.bind': `/accounts(${customer.accountid})`,
      'OpportunityCurrencyId@odata.bind': `/transactioncurrencies(${currency.transactioncurrencyid})`,
    },
  ]
  const campaigns = []
  for (const named of references) {
    await sales.patch(`leads(${leadid})`, { statecode: 0 })
    const answer = await qualify(sales, leadid, { ...ALL, ...named })
    expect([answer.status, answer.text.slice(0, 300)]).toEqual([200, expect.any(String)])
    const opportunity = (await sales.get(`opportunities(${answer.body.value.at(-1).opportunityid})`)).body
    expect(opportunity).toMatchObject({
      _customerid_value: customer.accountid,
      _parentaccountid_value: customer.accountid,
      _transactioncurrencyid_value: currency.transactioncurrencyid,
      estimatedvalue: 12480,
    })
    campaigns.push(opportunity._campaignid_value)
  }
  expect(campaigns).toEqual([second.campaignid, first.campaignid, first.campaignid])
})

test('bad parameters of QualifyLead are refused and leave the lead open and nothing created', async (t) => {
  const sales = await startSales(t)
  const leadid = await newLead(sales)
  const missing = '6f1c2a90-3b7e-4d11-9a55-0d3c8e21f0ff'
  const cases: readonly (readonly [Json, string])[] = [
    [{}, '400 0x80048d19'],
    [{ CreateAccount: true, CreateContact: true, CreateOpportunity: true }, '400 0x80048d19'],
    [{ ...ALL, Status: '3' }, '400 0x80048d19'],
    [{ ...ALL, Status: 3.5 }, '400 0x80048d19'],
    [{ ...ALL, Status: 1 }, '400 0x80048408'],
    [{ ...ALL, Status: 4 }, '400 0x80048408'],
    [{ ...ALL, CreateAccount: 'true' }, '400 0x80048d19'],
    [{ ...ALL, CreateAccount: null }, '400 0x80048d19'],
    [{ ...ALL, Unknown: 1 }, '400 0x80048d19'],
    [{ ...ALL, OpportunityCustomerId: { accountid: missing } }, '400 0x80048d19'],
    [{ ...ALL, OpportunityCustomerId: 7 }, '400 0x80048d19'],
    [{ ...ALL, OpportunityCustomerId: { '@odata.type': 'Microsoft.Dynamics.CRM.lead', leadid } }, '400 0x80048d19'],
    [{ ...ALL, OpportunityCustomerId: { '@odata.type': 'Microsoft.Dynamics.CRM.account', accountid: 'x' } }, '400 0x80048d19'],
    [{ ...ALL, OpportunityCustomerId: { '@odata.type': 'Microsoft.Dynamics.CRM.account', accountid: missing } }, '404 0x80040217'],
    [{ ...ALL, OpportunityCurrencyId: { transactioncurrencyid: missing } }, '404 0x80040217'],
    [{ ...ALL, SourceCampaignId: { '@odata.id': `/campaigns(${missing})` } }, '404 0x80040217'],
    [{ ...ALL, SourceCampaignId: { '@odata.id': `/accounts(${missing})` } }, '400 0x80048d19'],
    [{ ...ALL, SourceCampaignId: { campaignid: missing, colour: 'red' } }, '400 0x80048d19'],
  ]
  for (const [body, expected] of cases) expect([body, refusalOf(await qualify(sales, leadid, body))]).toEqual([body, expected])
  expect(refusalOf(await qualify(sales, missing))).toBe('404 0x80040217')
  expect(await stateOf(sales, `leads(${leadid})`)).toBe('0/1')
  for (const set of ['accounts', 'contacts', 'opportunities']) expect((await sales.get(set)).body.value).toEqual([])
})

test('of eight that qualify one lead at once exactly one wins', async (t) => {
  const sales = await startSales(t)
  const leadid = await newLead(sales)
  const answers = await Promise.all(Array.from({ length: 8 }, () => qualify(sales, leadid)))
  expect(answers.map(refusalOf).sort()).toEqual(['200', ...Array.from({ length: 7 }, () => '400 0x80040519')])
  for (const set of ['accounts', 'contacts', 'opportunities']) expect((await sales.get(set)).body.value).toHaveLength(1)
})

/** How a lead gets to each state, and what every way out of it answers. Source: Sales 2.1. */
const WAYS_TO: Record<string, (sales: SalesUnderTest, id: string) => Promise<unknown>> = {
  open: async () => undefined,
  qualified: (sales, id) => qualify(sales, id, { ...ALL, CreateOpportunity: false }),
  disqualified: (sales, id) => sales.patch(`leads(${id})`, { statecode: 2 }),
}

const EXPECTED: Record<string, Record<string, string>> = {
  open: {
    '{"statecode":0}': '400 0x80040518',
    '{"statecode":0,"statuscode":2}': '204 0/2',
    '{"statuscode":2}': '204 0/2',
    '{"statecode":1}': '204 1/3',
    '{"statecode":2}': '204 2/4',
    '{"statecode":2,"statuscode":5}': '204 2/5',
    '{"statecode":2,"statuscode":7}': '204 2/7',
    '{"statecode":2,"statuscode":-1}': '204 2/4',
    '{"statecode":2,"statuscode":3}': '400 0x80048408',
    '{"statuscode":4}': '400 0x80048408',
    '{"statecode":3}': '400 0x8004431a',
    qualify: '200 1/3',
  },
  qualified: {
    '{"statecode":0}': '204 0/1',
    '{"statecode":0,"statuscode":2}': '204 0/2',
    '{"statecode":1}': '400 0x80040519',
    '{"statecode":2}': '400 0x80040519',
    '{"statuscode":2}': '400 0x80048408',
    qualify: '400 0x80040519',
  },
  disqualified: {
    '{"statecode":0}': '204 0/1',
    '{"statecode":1}': '400 0x80040519',
    '{"statecode":2}': '400 0x80040519',
    '{"statuscode":6}': '204 2/6',
    '{"statecode":2,"statuscode":6}': '204 2/6',
    qualify: '400 0x80040519',
  },
}

test('the life of a lead over HTTP: every state, every way out of it', async (t) => {
  const sales = await startSales(t)
  for (const [from, ways] of Object.entries(EXPECTED)) {
    for (const [way, expected] of Object.entries(ways)) {
      const id = await newLead(sales)
      await WAYS_TO[from]?.(sales, id)
      const answer = way === 'qualify' ? await qualify(sales, id) : await sales.patch(`leads(${id})`, JSON.parse(way))
      const result = answer.status < 300 ? `${answer.status} ${await stateOf(sales, `leads(${id})`)}` : refusalOf(answer)
      expect([from, way, result]).toEqual([from, way, expected])
    }
  }
})

test('a lead with an opportunity is not disqualified; opened again it makes another one', async (t) => {
  const sales = await startSales(t)
  const leadid = await newLead(sales)
  await qualify(sales, leadid)
  await sales.patch(`leads(${leadid})`, { statecode: 0 })
  expect(refusalOf(await sales.patch(`leads(${leadid})`, { statecode: 2 }))).toBe('400 0x80040203')
  const again = await qualify(sales, leadid)
  expect(again.body.value).toHaveLength(1)
  const other = await newLead(sales)
  await sales.create('opportunities', { name: 'Linked by hand', 'originatingleadid@odata.bind': `/leads(${other})` })
  expect(refusalOf(await sales.patch(`leads(${other})`, { statecode: 2, statuscode: 5 }))).toBe('400 0x80040203')
  expect(await stateOf(sales, `leads(${other})`)).toBe('0/1')
})

test('a new lead is open whatever a create says, and its owner owns what it becomes', async (t) => {
  const sales = await startSales(t)
  const lead = await sales.create('leads', { ...LEAD, statecode: 2 }, 'statecode,statuscode')
  expect(lead).toMatchObject({ statecode: 0, statuscode: 1 })
  const unit = (await sales.get('businessunits?$select=businessunitid')).body.value[0].businessunitid
  const owner = await sales.create('systemusers', {
    domainname: 'erik@example.com',
    firstname: 'Erik',
    lastname: 'Lie',
    'businessunitid@odata.bind': `/businessunits(${unit})`,
  })
  await sales.post(`systemusers(${owner.systemuserid})/systemuserroles_association/$ref`, {
    '@odata.id': `roles(${await sales.idOf('roles', "name eq 'System Administrator'")})`,
  })
  const leadid = await newLead(sales, { 'ownerid@odata.bind': `/systemusers(${owner.systemuserid})` })
  const [account, contact, opportunity] = (await qualify(sales, leadid)).body.value
  for (const path of [`accounts(${account.accountid})`, `contacts(${contact.contactid})`, `opportunities(${opportunity.opportunityid})`]) {
    expect((await sales.get(`${path}?$select=_ownerid_value`)).body._ownerid_value).toBe(owner.systemuserid)
  }
})

test('0x80081018 who may not create accounts qualifies only leads that need none', async (t) => {
  const sales = await startSales(t)
  const unit = (await sales.get('businessunits?$select=businessunitid')).body.value[0].businessunitid
  const inUnit = { 'businessunitid@odata.bind': `/businessunits(${unit})` }
  const role = await sales.create('roles', { name: 'Lead desk', ...inUnit })
  const found = await sales.get(
    "privileges?$select=name&$filter=contains(name,'Lead') or contains(name,'Contact') or contains(name,'Account')",
  )
  const privileges = found.body.value
    .filter((row: Json) => row.name !== 'prvCreateAccount')
    .map((row: Json) => ({ PrivilegeId: row.privilegeid, Depth: 'Global', BusinessUnitId: unit }))
  expect((await sales.post(`roles(${role.roleid})/Microsoft.Dynamics.CRM.AddPrivilegesRole`, { Privileges: privileges })).status).toBe(204)
  const user = await sales.create('systemusers', { domainname: 'desk@example.com', firstname: 'Lea', lastname: 'Desk', ...inUnit })
  await sales.post(`systemusers(${user.systemuserid})/systemuserroles_association/$ref`, { '@odata.id': `roles(${role.roleid})` })
  const desk = sales.as(user.systemuserid)
  const wishes = { ...ALL, CreateOpportunity: false }
  const own = { 'ownerid@odata.bind': `/systemusers(${user.systemuserid})` }
  const leadid = await newLead(sales, own)
  const answer = await qualify(desk, leadid, wishes)
  expect([refusalOf(answer), await stateOf(sales, `leads(${leadid})`)]).toEqual(['403 0x80081018', '0/1'])
  expect((await sales.get('contacts')).body.value).toEqual([])
  expect(refusalOf(await qualify(desk, leadid, { ...wishes, CreateAccount: false }))).toBe('200')
  expect(refusalOf(await qualify(desk, await newLead(sales, { ...own, companyname: null }), wishes))).toBe('200')
})

test('0x80040333 a caller that asks for it learns that a lead would become a duplicate', async (t) => {
  const sales = await startSales(t)
  await sales.create('contacts', { lastname: 'Halvorsen', emailaddress1: LEAD.emailaddress1 })
  const leadid = await newLead(sales)
  const asked = await sales.batch([
    '--batch_1',
    'Content-Type: application/http',
    'Content-Transfer-Encoding: binary',
    '',
    `POST /api/data/v9.2/leads(${leadid})/Microsoft.Dynamics.CRM.QualifyLead HTTP/1.1`,
    'Content-Type: application/json',
    'MSCRM.SuppressDuplicateDetection: false',
    '',
    JSON.stringify(ALL),
    '--batch_1--',
  ])
  expect(asked.text).toContain('0x80040333')
  expect(await stateOf(sales, `leads(${leadid})`)).toBe('0/1')
  expect(refusalOf(await qualify(sales, leadid))).toBe('200')
})
