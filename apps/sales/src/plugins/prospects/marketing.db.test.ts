import { expect, test } from 'vitest'
import { type Answer, type Json, refusalOf, type SalesUnderTest, startSales } from '../../sales-app.fixture.ts'

const LEADS = 4
const ACCOUNTS = 1

const aList = (sales: SalesUnderTest, values: Json = {}): Promise<Json> =>
  sales.create('lists', { listname: 'Fair visitors', createdfromcode: LEADS, ...values })
const aLead = async (sales: SalesUnderTest, lastname = 'Halvorsen'): Promise<string> =>
  (await sales.create('leads', { subject: 'Winches', lastname })).leadid
const act = (sales: SalesUnderTest, path: string, action: string, body: Json = {}): Promise<Answer> =>
  sales.post(`${path}/Microsoft.Dynamics.CRM.${action}`, body)
const countOf = async (sales: SalesUnderTest, list: Json): Promise<number> =>
  (await sales.get(`lists(${list.listid})?$select=membercount`)).body.membercount

test('from the list to the opportunity: campaign, response, lead, and the campaign goes all the way', async (t) => {
  const sales = await startSales(t)
  const list = await aList(sales)
  const known = await aLead(sales, 'Known')
  await act(sales, `lists(${list.listid})`, 'AddMemberList', { EntityId: known })
  const campaign = await sales.create('campaigns', { name: 'Spring fair', typecode: 3 })
  expect(campaign).toMatchObject({ codename: expect.stringMatching(/^CMP-01000-[A-Z0-9]{6}$/), statecode: 0, statuscode: 0 })
  const item = await act(sales, `lists(${list.listid})`, 'AddItemCampaign', { Campaign: { campaignid: campaign.campaignid } })
  expect([item.status, item.body._campaignid_value, item.body._listid_value]).toEqual([200, campaign.campaignid, list.listid])
  await sales.patch(`campaigns(${campaign.campaignid})`, { statuscode: 2 })

  const response = await sales.create('campaignresponses', {
    subject: 'Wants two winches',
    firstname: 'Nora',
    lastname: 'Halvorsen',
    companyname: 'Nordkai Yards',
    emailaddress: 'nora@nordkai.example',
    'regardingobjectid_campaign_campaignresponse@odata.bind': `/campaigns(${campaign.campaignid})`,
  })
  expect(response).toMatchObject({ statecode: 0, responsecode: 1, receivedon: '2025-02-11T09:30:00Z' })
  const converted = await act(sales, `campaignresponses(${response.activityid})`, 'ConvertCampaignResponseToLead')
  expect(converted.body).toMatchObject({
    subject: 'Wants two winches',
    fullname: 'Nora Halvorsen',
    companyname: 'Nordkai Yards',
    emailaddress1: 'nora@nordkai.example',
    _campaignid_value: campaign.campaignid,
  })
  expect((await sales.get(`campaignresponses(${response.activityid})`)).body).toMatchObject({
    statecode: 1,
    statuscode: 2,
    _customer_value: converted.body.leadid,
    actualend: '2025-02-11T09:30:00Z',
  })
  expect((await sales.get(`activitypointers(${response.activityid})`)).body).toMatchObject({
    activitytypecode: 'campaignresponse',
    statecode: 1,
    _regardingobjectid_value: campaign.campaignid,
  })
  expect(refusalOf(await act(sales, `campaignresponses(${response.activityid})`, 'ConvertCampaignResponseToLead'))).toBe('400 0x80040203')
  const added = await sales.post('AddListMembersList', {
    List: { '@odata.type': 'Microsoft.Dynamics.CRM.list', listid: list.listid },
    Members: [
      { '@odata.type': 'Microsoft.Dynamics.CRM.lead', leadid: converted.body.leadid },
      { '@odata.type': '#Microsoft.Dynamics.CRM.lead', leadid: known },
    ],
  })
  expect([added.status, await countOf(sales, list)]).toEqual([204, 2])

  const wishes = { CreateAccount: true, CreateContact: true, CreateOpportunity: true, Status: 3 }
  const qualified = await act(sales, `leads(${converted.body.leadid})`, 'QualifyLead', wishes)
  const opportunity = (await sales.get(`opportunities(${qualified.body.value[2].opportunityid})`)).body
  expect(opportunity).toMatchObject({ name: 'Wants two winches', _campaignid_value: campaign.campaignid })
  expect((await sales.get(`leads(${converted.body.leadid})?$select=_campaignid_value`)).body._campaignid_value).toBe(campaign.campaignid)
})

test('a list takes rows of its kind, each once, and counts them', async (t) => {
  const sales = await startSales(t)
  const list = await aList(sales)
  const at = `lists(${list.listid})`
  const [one, two] = [await aLead(sales, 'One'), await aLead(sales, 'Two')]
  const account = await sales.create('accounts', { name: 'Nordkai Yards' })
  const first = await act(sales, at, 'AddMemberList', { EntityId: one })
  const again = await act(sales, at, 'AddMemberList', { EntityId: one.toUpperCase() })
  expect([first.status, first.body.Id]).toEqual([200, again.body.Id])
  expect(first.body['@odata.context']).toMatch(/#Microsoft\.Dynamics\.CRM\.AddMemberListResponse$/)
  expect((await sales.get(`listmembers(${first.body.Id})`)).body).toMatchObject({ entitytype: LEADS, _entityid_value: one })
  expect(refusalOf(await act(sales, at, 'AddMemberList', { EntityId: account.accountid }))).toBe('400 0x80040301')
  expect(refusalOf(await act(sales, at, 'AddMemberList', { EntityId: list.listid }))).toBe('404 0x80040217')
  expect(refusalOf(await act(sales, at, 'AddMemberList', { EntityId: 'x' }))).toBe('400 0x80048d19')
  const member = { 'listid@odata.bind': `/${at}`, 'entityid_lead@odata.bind': `/leads(${two})` }
  expect((await sales.post('listmembers', member)).status).toBe(204)
  expect(refusalOf(await sales.post('listmembers', member))).toBe('412 0x80040237')
  expect(await countOf(sales, list)).toBe(2)
  await sales.patch(at, { membercount: 99 })
  expect(await countOf(sales, list)).toBe(2)
  expect(refusalOf(await sales.patch(at, { createdfromcode: ACCOUNTS }))).toBe('400 0x80040203')
  expect((await act(sales, at, 'RemoveMemberList', { EntityId: one })).status).toBe(204)
  expect(refusalOf(await act(sales, at, 'RemoveMemberList', { EntityId: one }))).toBe('400 0x80048458')
  expect((await sales.remove(`leads(${two})`)).status).toBe(204)
  expect([await countOf(sales, list), (await sales.get('listmembers')).body.value]).toEqual([0, []])
})

test('every type that an action of Sales takes or gives is described in $metadata', async (t) => {
  const sales = await startSales(t)
  const { text } = await sales.get('$metadata')
  const operations = text.slice(text.indexOf('<Action '), text.indexOf('<EntityContainer'))
  const named = [...operations.matchAll(/Type="(?:Collection\()?mscrm\.(\w+)\)?"/g)].map((match) => match[1])
  expect(named).toContain('AddMemberListResponse')
  const missing = [...new Set(named)].filter((name) => !new RegExp(`<(?:EntityType|ComplexType|EnumType) Name="${name}"`).test(text))
  expect(missing).toEqual([])
})

test('who may write a list says who is on it, whatever the depth; whoever may not is refused', async (t) => {
  const sales = await startSales(t)
  const unit = (await sales.get('businessunits?$select=businessunitid')).body.value[0].businessunitid
  const inUnit = { 'businessunitid@odata.bind': `/businessunits(${unit})` }
  const role = await sales.create('roles', { name: 'List keeper', ...inUnit })
  const found = await sales.get("privileges?$select=name&$filter=endswith(name,'List') or endswith(name,'Lead')")
  const privileges = found.body.value.map((row: Json) => ({ PrivilegeId: row.privilegeid, Depth: 'Basic', BusinessUnitId: unit }))
  await sales.post(`roles(${role.roleid})/Microsoft.Dynamics.CRM.AddPrivilegesRole`, { Privileges: privileges })
  const user = await sales.create('systemusers', { domainname: 'keeper@example.com', firstname: 'Kim', lastname: 'List', ...inUnit })
  await sales.post(`systemusers(${user.systemuserid})/systemuserroles_association/$ref`, { '@odata.id': `roles(${role.roleid})` })
  const keeper = sales.as(user.systemuserid)
  const [own, other] = [await aList(keeper), await aList(sales)]
  const lead = await aLead(keeper)
  expect((await act(keeper, `lists(${own.listid})`, 'AddMemberList', { EntityId: lead })).status).toBe(200)
  expect([403, 404]).toContain((await act(keeper, `lists(${other.listid})`, 'AddMemberList', { EntityId: lead })).status)
  expect(await countOf(sales, other)).toBe(0)
  expect((await act(keeper, `lists(${own.listid})`, 'RemoveMemberList', { EntityId: lead })).status).toBe(204)
})

test('a locked, an inactive and a dynamic list refuse members by name and by hand', async (t) => {
  const sales = await startSales(t)
  const lead = await aLead(sales)
  const locked = await aList(sales)
  await act(sales, `lists(${locked.listid})`, 'AddMemberList', { EntityId: lead })
  await sales.patch(`lists(${locked.listid})`, { lockstatus: true })
  const inactive = await aList(sales)
  await sales.patch(`lists(${inactive.listid})`, { statecode: 1 })
  const dynamic = await aList(sales, { type: true, query: '<fetch><entity name="lead"/></fetch>' })
  const other = await aLead(sales, 'Other')
  for (const [list, code] of [
    [locked, '400 0x80040302'],
    [inactive, '400 0x8004033a'],
    [dynamic, '400 0x8004f701'],
  ] as const) {
    const at = `lists(${list.listid})`
    const member = { 'listid@odata.bind': `/${at}`, 'entityid_lead@odata.bind': `/leads(${other})` }
    const many = { List: { listid: list.listid }, Members: [{ '@odata.type': 'Microsoft.Dynamics.CRM.lead', leadid: other }] }
    expect(refusalOf(await act(sales, at, 'AddMemberList', { EntityId: other }))).toBe(code)
    expect(refusalOf(await sales.post('AddListMembersList', many))).toBe(code)
    expect(refusalOf(await sales.post('listmembers', member))).toBe(code)
    expect(refusalOf(await act(sales, at, 'RemoveMemberList', { EntityId: lead }))).toBe(code)
  }
  const stored = await sales.idOf('listmembers', `_listid_value eq ${locked.listid}`)
  expect(refusalOf(await sales.remove(`listmembers(${stored})`))).toBe('400 0x80040302')
  // With the list itself its members always go.
  expect((await sales.remove(`lists(${locked.listid})`)).status).toBe(204)
  expect((await sales.get('listmembers')).body.value).toEqual([])
})

test('only a dynamic list has a query, only a static one is locked, and neither becomes the other', async (t) => {
  const sales = await startSales(t)
  const list = { listname: 'x', createdfromcode: LEADS }
  expect(refusalOf(await sales.post('lists', { ...list, query: '<fetch/>' }))).toBe('400 0x8004f702')
  expect(refusalOf(await sales.post('lists', { ...list, type: true, lockstatus: true }))).toBe('400 0x8004f703')
  expect(refusalOf(await sales.post('lists', { listname: 'x' }))).toBe('400 0x80040200')
  expect(refusalOf(await sales.post('lists', { ...list, createdfromcode: 3 }))).toBe('400 0x8004431a')
  const stored = await aList(sales)
  expect(refusalOf(await sales.patch(`lists(${stored.listid})`, { type: true }))).toBe('400 0x80040203')
  expect(stored).toMatchObject({ type: false, membercount: 0, lockstatus: false, statecode: 0, statuscode: 0 })
})

test('of many that join a list at once each is counted, and one that comes eight times once', async (t) => {
  const sales = await startSales(t)
  const list = await aList(sales)
  const leads = await Promise.all(Array.from({ length: 6 }, (_, n) => aLead(sales, `Lead ${n}`)))
  const calls = [...leads, ...Array.from({ length: 7 }, () => leads[0] ?? '')]
  const answers = await Promise.all(calls.map((EntityId) => act(sales, `lists(${list.listid})`, 'AddMemberList', { EntityId })))
  expect(answers.map((answer) => answer.status)).toEqual(calls.map(() => 200))
  expect(await countOf(sales, list)).toBe(6)
})

test('lists of a campaign: each once, active ones only, removed by name; copies take them along', async (t) => {
  const sales = await startSales(t)
  const [list, inactive] = [await aList(sales), await aList(sales)]
  await sales.patch(`lists(${inactive.listid})`, { statecode: 1 })
  const campaign = await sales.create('campaigns', { name: 'Spring fair', budgetedcost: 500, codename: 'MINE-1' })
  expect(campaign.codename).toBe('MINE-1')
  const body = { Campaign: { '@odata.type': 'Microsoft.Dynamics.CRM.campaign', campaignid: campaign.campaignid } }
  const first = await act(sales, `lists(${list.listid})`, 'AddItemCampaign', body)
  const again = await act(sales, `lists(${list.listid})`, 'AddItemCampaign', body)
  expect(again.body.campaignitemid).toBe(first.body.campaignitemid)
  expect(refusalOf(await act(sales, `lists(${inactive.listid})`, 'AddItemCampaign', body))).toBe('400 0x80040304')
  const byHand = (of: Json): Json => ({
    'campaignid@odata.bind': `/campaigns(${campaign.campaignid})`,
    'listid@odata.bind': `/lists(${of.listid})`,
  })
  expect(refusalOf(await sales.post('campaignitems', byHand(list)))).toBe('412 0x80040237')
  expect(refusalOf(await sales.post('campaignitems', byHand(inactive)))).toBe('400 0x80040304')
  expect(refusalOf(await act(sales, `lists(${list.listid})`, 'AddItemCampaign', {}))).toBe('400 0x80048d19')
  const copy = await act(sales, `campaigns(${campaign.campaignid})`, 'CopyCampaign', { SaveAsTemplate: false })
  expect(copy.body).toMatchObject({ name: 'Spring fair', budgetedcost: 500, statuscode: 0, codename: expect.stringMatching(/^CMP-/) })
  expect((await sales.get(`campaigns(${copy.body.campaignid})/campaign_campaignitems`)).body.value).toHaveLength(1)
  expect(refusalOf(await act(sales, `campaigns(${campaign.campaignid})`, 'CopyCampaign', { SaveAsTemplate: true }))).toBe('400 0x80040203')
  const removal = { EntityId: list.listid }
  expect((await act(sales, `campaigns(${campaign.campaignid})`, 'RemoveItemCampaign', removal)).status).toBe(204)
  expect(refusalOf(await act(sales, `campaigns(${campaign.campaignid})`, 'RemoveItemCampaign', removal))).toBe('400 0x8004030e')
})

test('a response belongs to a campaign and stays with it; its copy is open', async (t) => {
  const sales = await startSales(t)
  const [one, two] = [await sales.create('campaigns', { name: 'One' }), await sales.create('campaigns', { name: 'Two' })]
  const account = await sales.create('accounts', { name: 'Nordkai Yards' })
  const bind = (campaign: Json) => ({ 'regardingobjectid_campaign_campaignresponse@odata.bind': `/campaigns(${campaign.campaignid})` })
  expect(refusalOf(await sales.post('campaignresponses', { subject: 'x' }))).toBe('400 0x8004030a')
  const response = await sales.create('campaignresponses', {
    subject: 'From a customer',
    ...bind(one),
    'customer_account@odata.bind': `/accounts(${account.accountid})`,
  })
  const at = `campaignresponses(${response.activityid})`
  expect(refusalOf(await sales.patch(at, bind(two)))).toBe('400 0x8004030c')
  expect((await sales.patch(at, { ...bind(one), subject: 'From a customer' })).status).toBe(204)
  const lead = await act(sales, at, 'ConvertCampaignResponseToLead')
  expect(lead.body).toMatchObject({ _parentaccountid_value: account.accountid, _campaignid_value: one.campaignid })
  expect((await sales.get(`${at}?$select=_customer_value`)).body._customer_value).toBe(account.accountid)
  const copy = await act(sales, at, 'CopyCampaignResponse')
  expect(copy.body).toMatchObject({ subject: 'From a customer', statecode: 0, _regardingobjectid_value: one.campaignid })
  expect(copy.body.activityid).not.toBe(response.activityid)
  const missing = 'campaignresponses(6f1c2a90-3b7e-4d11-9a55-0d3c8e21f0ff)'
  expect(refusalOf(await act(sales, missing, 'ConvertCampaignResponseToLead'))).toBe('404 0x80040217')
})
