import { type Config, DynamicsWebApi } from 'dynamics-web-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fileScope, p2cJson } from '../support/command-line.ts'
import { startPreparedInstallation } from '../support/prepared-installation.ts'

/** The public client library `dynamics-web-api`, as it comes from the registry, against a running Sales. */

const scope = fileScope(afterAll)
let api: DynamicsWebApi
let config: Config

beforeAll(async () => {
  const installation = await startPreparedInstallation(scope)
  const { token } = await p2cJson<{ token: string }>(['token', 'sales', '--data', installation.data])
  config = { serverUrl: installation.urls.sales, dataApi: { path: 'data', version: '9.2' }, onTokenRefresh: async () => token }
  api = new DynamicsWebApi(config)
}, 120_000)

// biome-ignore lint/suspicious/noExplicitAny: answers of the library are compared, not typed
type Loose = Record<string, any>

/** The error that a call ends with, as the library gives it. */
async function refusal(call: Promise<unknown>): Promise<{ status: number; code: string; message: string }> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error, 'the call is refused').toBeDefined()
  const { status, code, message } = error as { status: number; code: string; message: string }
  return { status, code, message }
}

const createAccount = (data: Record<string, unknown>): Promise<Record<string, string>> =>
  api.create({ collection: 'accounts', data, returnRepresentation: true, select: ['name', 'accountnumber'] })

describe('rows', () => {
  test('create gives the id, or the row with what was selected', async () => {
    const id = await api.create<object, string>({ collection: 'accounts', data: { name: 'Library one' } })
    expect(id).toMatch(/^[0-9a-f-]{36}$/)
    const row = await createAccount({ name: 'Library two' })
    expect(row).toMatchObject({ name: 'Library two', accountnumber: expect.stringMatching(/^ACC-\d{5}-[A-Z0-9]{6}$/) })
    const contact = await api.create({
      collection: 'contacts',
      data: { lastname: 'Moen', 'parentcustomerid_account@odata.bind': `/accounts(${id})` },
      returnRepresentation: true,
      select: ['fullname', '_parentcustomerid_value'],
      expand: [{ property: 'parentcustomerid_account', select: ['name'] }],
      includeAnnotations: '*',
    })
    expect(contact).toMatchObject({
      fullname: 'Moen',
      _parentcustomerid_value: id,
      '_parentcustomerid_value@Microsoft.Dynamics.CRM.lookuplogicalname': 'account',
      parentcustomerid_account: { name: 'Library one' },
    })
  })

  test('a deep insert makes the account, its primary contact and more contacts at once', async () => {
    const row = await api.create<object, Loose>({
      collection: 'accounts',
      data: {
        name: 'Deep',
        primarycontactid: { firstname: 'Ada', lastname: 'Lind' },
        contact_customer_accounts: [{ lastname: 'One' }, { lastname: 'Two' }],
      },
      returnRepresentation: true,
      select: ['name'],
      expand: [
        { property: 'primarycontactid', select: ['fullname'] },
        { property: 'contact_customer_accounts', select: ['fullname'], orderBy: ['lastname'] },
      ],
    })
    expect(row.primarycontactid.fullname).toBe('Ada Lind')
    expect(row.contact_customer_accounts.map((contact: { fullname: string }) => contact.fullname)).toEqual(['One', 'Two'])
  })

  test('read, update with and without representation, single property, delete', async () => {
    const { accountid: key = '' } = await createAccount({ name: 'Before', telephone1: '1' })
    const read = await api.retrieve({ collection: 'accounts', key, select: ['name', 'telephone1'] })
    expect(read).toMatchObject({ name: 'Before', telephone1: '1' })
    expect(await api.retrieve({ collection: 'accounts', key, select: ['/name'] })).toMatchObject({ value: 'Before' })
    expect(await api.update({ collection: 'accounts', key, data: { name: 'After' } })).toBe(true)
    const changed = await api.update({
      collection: 'accounts',
      key,
      data: { telephone1: '2' },
      returnRepresentation: true,
      select: ['name'],
    })
    expect(changed).toMatchObject({ name: 'After', accountid: key })
    await api.updateSingleProperty({ collection: 'accounts', key, fieldValuePair: { name: 'Single' } })
    await api.deleteRecord({ collection: 'accounts', key, property: 'telephone1' })
    expect(await api.retrieve({ collection: 'accounts', key, select: ['name', 'telephone1'] })).toMatchObject({
      name: 'Single',
      telephone1: null,
    })
    await api.deleteRecord({ collection: 'accounts', key })
    expect(await refusal(api.retrieve({ collection: 'accounts', key }))).toMatchObject({ status: 404, code: '0x80040217' })
  })

  test('conditions: a stale version is refused, a current one is not, an update never creates', async () => {
    const { accountid: key = '' } = await createAccount({ name: 'Guarded' })
    const first = await api.retrieve({ collection: 'accounts', key, select: ['name'] })
    await api.update({ collection: 'accounts', key, data: { name: 'Guarded 2' }, ifmatch: first['@odata.etag'] })
    const stale = api.update({ collection: 'accounts', key, data: { name: 'Lost' }, ifmatch: first['@odata.etag'] })
    expect(await stale).toBe(false)
    const absent = '6f1c2a90-3b7e-4d11-9a55-0d3c8e21f0ee'
    expect(await refusal(api.update({ collection: 'accounts', key: absent, data: { name: 'x' } }))).toMatchObject({ status: 404 })
    expect(await api.retrieve({ collection: 'accounts', key, select: ['name'] })).toMatchObject({ name: 'Guarded 2' })
  })

  test('upsert by alternate key creates, then updates; If-None-Match and If-Match limit it', async () => {
    const key = "accountnumber='LIB-1'"
    const created = await api.upsert<object, Loose>({
      collection: 'accounts',
      key,
      data: { name: 'Upserted' },
      returnRepresentation: true,
      select: ['name'],
    })
    expect(created).toMatchObject({ name: 'Upserted' })
    await api.upsert({ collection: 'accounts', key, data: { name: 'Upserted again' } })
    const read = await api.retrieve({ collection: 'accounts', key, select: ['name', 'accountnumber'] })
    expect(read).toMatchObject({ name: 'Upserted again', accountnumber: 'LIB-1', accountid: created.accountid })
    expect(await api.upsert({ collection: 'accounts', key, data: { name: 'no' }, ifnonematch: '*' })).toBeNull()
    expect(await api.upsert({ collection: 'accounts', key: "accountnumber='LIB-2'", data: { name: 'no' }, ifmatch: '*' })).toBeNull()
    expect(await api.retrieve({ collection: 'accounts', key, select: ['name'] })).toMatchObject({ name: 'Upserted again' })
  })

  test('associate and disassociate, collections and single values', async () => {
    const { accountid = '' } = await createAccount({ name: 'Parent' })
    const contactid = await api.create<object, string>({ collection: 'contacts', data: { lastname: 'Child' } })
    await api.associate({
      collection: 'accounts',
      primaryKey: accountid,
      relationshipName: 'contact_customer_accounts',
      relatedCollection: 'contacts',
      relatedKey: contactid,
    })
    const parent = () => api.retrieve({ collection: 'contacts', key: contactid, select: ['_parentcustomerid_value'] })
    expect(await parent()).toMatchObject({ _parentcustomerid_value: accountid })
    await api.disassociate({
      collection: 'accounts',
      primaryKey: accountid,
      relationshipName: 'contact_customer_accounts',
      relatedKey: contactid,
    })
    expect(await parent()).toMatchObject({ _parentcustomerid_value: null })
    await api.associateSingleValued({
      collection: 'accounts',
      primaryKey: accountid,
      navigationProperty: 'primarycontactid',
      relatedCollection: 'contacts',
      relatedKey: contactid,
    })
    const primary = () => api.retrieve({ collection: 'accounts', key: accountid, select: ['_primarycontactid_value'] })
    expect(await primary()).toMatchObject({ _primarycontactid_value: contactid })
    await api.disassociateSingleValued({ collection: 'accounts', primaryKey: accountid, navigationProperty: 'primarycontactid' })
    expect(await primary()).toMatchObject({ _primarycontactid_value: null })
  })

  test('a business error comes with its code and message', async () => {
    const { accountnumber } = await createAccount({ name: 'Taken' })
    const error = await refusal(api.create({ collection: 'accounts', data: { name: 'Again', accountnumber } }))
    expect(error).toMatchObject({ status: 412, code: '0x80060892', message: expect.stringContaining('msdynce_AccountNumber') })
  })
})

describe('queries', () => {
  beforeAll(async () => {
    for (let at = 1; at <= 7; at += 1)
      await createAccount({ name: `Query ${at}`, numberofemployees: at, telephone1: at % 2 ? 'odd' : 'even' })
  })

  test('filter, select, order, top and count', async () => {
    const found = await api.retrieveMultiple({
      collection: 'accounts',
      select: ['name', 'numberofemployees'],
      filter: "startswith(name,'Query') and numberofemployees gt 3",
      orderBy: ['numberofemployees desc'],
      count: true,
    })
    expect(found.value.map((row) => row.numberofemployees)).toEqual([7, 6, 5, 4])
    expect(found.oDataCount).toBe(4)
    const top = await api.retrieveMultiple({ collection: 'accounts', select: ['name'], filter: "startswith(name,'Query')", top: 2 })
    expect(top.value).toHaveLength(2)
    expect(await api.count({ collection: 'accounts', filter: "startswith(name,'Query')" })).toBe(7)
    expect(await api.countAll({ collection: 'accounts', filter: "startswith(name,'Query')" })).toBe(7)
  })

  test('pages by next link, and all pages at once', async () => {
    const request = { collection: 'accounts', select: ['name'], filter: "startswith(name,'Query')", orderBy: ['name'], maxPageSize: 3 }
    const first = await api.retrieveMultiple(request)
    expect(first.value).toHaveLength(3)
    const second = await api.retrieveMultiple(request, first.oDataNextLink)
    expect(second.value.map((row) => row.name)).toEqual(['Query 4', 'Query 5', 'Query 6'])
    expect((await api.retrieveAll(request)).value.map((row) => row.name)).toEqual([1, 2, 3, 4, 5, 6, 7].map((at) => `Query ${at}`))
  })

  test('expand with its own options, and aggregates', async () => {
    const created = await api.create<object, Loose>({
      collection: 'accounts',
      data: { name: 'Expanded', contact_customer_accounts: [{ lastname: 'A' }, { lastname: 'B' }] },
      returnRepresentation: true,
    })
    const found = await api.retrieveMultiple({
      collection: 'accounts',
      filter: `accountid eq ${created.accountid}`,
      select: ['name'],
      expand: [{ property: 'contact_customer_accounts', select: ['lastname'], filter: "lastname eq 'B'" }],
    })
    expect(found.value[0].contact_customer_accounts).toMatchObject([{ lastname: 'B' }])
    const groups = await api.retrieveMultiple({
      collection: 'accounts',
      apply: "filter(startswith(name,'Query'))/groupby((telephone1),aggregate(numberofemployees with sum as people))",
    })
    expect(groups.value).toHaveLength(2)
    expect(groups.value).toEqual(
      expect.arrayContaining([expect.objectContaining({ telephone1: 'odd', people: 16 }), expect.objectContaining({ people: 12 })]),
    )
  })

  test('FetchXML: a page, all pages by their cookies, links and aggregates', async () => {
    const fetchXml =
      '<fetch count="3"><entity name="account"><attribute name="name"/><order attribute="name"/><filter><condition attribute="name" operator="like" value="Query%"/></filter></entity></fetch>'
    const first = await api.fetch({ collection: 'accounts', fetchXml })
    expect(first.value.map((row) => row.name)).toEqual(['Query 1', 'Query 2', 'Query 3'])
    expect(first.PagingInfo?.nextPage).toBe(2)
    const second = await api.fetch({
      collection: 'accounts',
      fetchXml,
      pageNumber: first.PagingInfo?.nextPage ?? 0,
      pagingCookie: first.PagingInfo?.cookie ?? '',
    })
    expect(second.value.map((row) => row.name)).toEqual(['Query 4', 'Query 5', 'Query 6'])
    const all = await api.fetchAll({ collection: 'accounts', fetchXml })
    expect(all.value.map((row) => row.name)).toEqual([1, 2, 3, 4, 5, 6, 7].map((at) => `Query ${at}`))
    const sums = await api.fetch({
      collection: 'accounts',
      fetchXml:
        '<fetch aggregate="true"><entity name="account"><attribute name="numberofemployees" alias="people" aggregate="sum"/><attribute name="telephone1" alias="kind" groupby="true"/><order alias="kind"/><filter><condition attribute="name" operator="like" value="Query%"/></filter></entity></fetch>',
    })
    expect(sums.value.map((row) => [row.kind, row.people])).toEqual([
      ['even', 12],
      ['odd', 16],
    ])
  })

  test('change tracking: a full read, then what changed and what was deleted', async () => {
    const first = await api.retrieveMultiple({ collection: 'contacts', select: ['lastname'], trackChanges: true })
    const kept = await api.create<object, string>({ collection: 'contacts', data: { lastname: 'Tracked' } })
    const gone = await api.create<object, string>({ collection: 'contacts', data: { lastname: 'Gone' } })
    await api.deleteRecord({ collection: 'contacts', key: gone })
    const changes = await api.retrieveMultiple({ collection: 'contacts' }, first.oDataDeltaLink)
    expect(changes.value.find((row) => row.contactid === kept)).toMatchObject({ lastname: 'Tracked' })
    expect(changes.value.find((row) => row.id === gone)).toMatchObject({ reason: 'deleted' })
  })
})

describe('batches', () => {
  test('a batch of reads, and a change set whose parts refer to each other', async () => {
    api.startBatch()
    void api.retrieveMultiple({ collection: 'uoms', select: ['name'], top: 1, inChangeSet: false })
    void api.create({ collection: 'contacts', data: { lastname: 'Batched' }, contentId: '1' })
    void api.create({ collection: 'accounts', data: { name: 'Batched', 'primarycontactid@odata.bind': '$1' }, contentId: '2' })
    const [units, contactId, accountId] = await api.executeBatch()
    expect(units.value).toHaveLength(1)
    const account = await api.retrieve({
      collection: 'accounts',
      key: accountId,
      select: ['name'],
      expand: [{ property: 'primarycontactid', select: ['lastname'] }],
    })
    expect(account).toMatchObject({ name: 'Batched', primarycontactid: { lastname: 'Batched', contactid: contactId } })
  })

  test('a change set with one bad part leaves nothing', async () => {
    const before = await api.count({ collection: 'contacts' })
    api.startBatch()
    void api.create({ collection: 'contacts', data: { lastname: 'Rolled back' } })
    void api.create({ collection: 'contacts', data: { lastname: 'Bad', gendercode: 99 } })
    const error: unknown = await api.executeBatch().catch((reason: unknown) => reason)
    expect(JSON.stringify(error)).toContain('0x8004431a')
    expect(await api.count({ collection: 'contacts' })).toBe(before)
  })

  test('with continue-on-error the other parts are done', async () => {
    api.startBatch()
    void api.create({ collection: 'contacts', data: { lastname: 'Bad', gendercode: 99 }, inChangeSet: false })
    void api.create({ collection: 'contacts', data: { lastname: 'Continued' }, inChangeSet: false })
    await api.executeBatch({ continueOnError: true }).catch((error: unknown) => error)
    expect(await api.count({ collection: 'contacts', filter: "lastname eq 'Continued'" })).toBe(1)
  })
})

describe('functions, actions, metadata', () => {
  test('functions, unbound and with parameters', async () => {
    const who = await api.callFunction('WhoAmI')
    expect(who).toMatchObject({ UserId: expect.stringMatching(/^[0-9a-f-]{36}$/), OrganizationId: expect.any(String) })
    const counts = await api.callFunction({ name: 'RetrieveTotalRecordCount', parameters: { EntityNames: ['account', 'contact'] } })
    expect(counts.EntityRecordCountCollection.Keys).toEqual(['account', 'contact'])
  })

  test('a lead is qualified, its opportunity quoted, the quote won and turned into an order', async () => {
    const leadid = await api.create<object, string>({
      collection: 'leads',
      data: { subject: 'Deck winches', firstname: 'Ada', lastname: 'Lind', companyname: 'Halvorsen Marine' },
    })
    const qualified = await api.callAction({
      collection: 'leads',
      key: leadid,
      actionName: 'Microsoft.Dynamics.CRM.QualifyLead',
      action: { CreateAccount: true, CreateContact: true, CreateOpportunity: true, Status: 3 },
    })
    const opportunityid: string = qualified.value.find((row: Record<string, string>) => row.opportunityid !== undefined).opportunityid
    const quote = await api.callAction({
      actionName: 'GenerateQuoteFromOpportunity',
      action: { OpportunityId: opportunityid, ColumnSet: { AllColumns: false, Columns: ['quotenumber'] } },
    })
    const quoteBind = `/quotes(${quote.quoteid})`
    await api.create({
      collection: 'quotedetails',
      data: {
        'quoteid@odata.bind': quoteBind,
        isproductoverridden: true,
        productdescription: 'Installation',
        quantity: 3,
        priceperunit: 19.99,
        tax: 4.8,
      },
    })
    await api.update({ collection: 'quotes', key: quote.quoteid, data: { statecode: 1, statuscode: 2 } })
    await api.callAction({
      actionName: 'WinQuote',
      action: { Status: 4, QuoteClose: { subject: 'Won', 'quoteid@odata.bind': quoteBind } },
    })
    const order = await api.callAction({
      actionName: 'ConvertQuoteToSalesOrder',
      action: { QuoteId: quote.quoteid, ColumnSet: { AllColumns: true } },
    })
    expect(order).toMatchObject({
      ordernumber: expect.stringMatching(/^ORD-/),
      totalamount: 64.77,
      _quoteid_value: quote.quoteid,
      _opportunityid_value: opportunityid,
    })
  })

  test('entities, attributes, option sets and relationships', async () => {
    const all = await api.retrieveEntities({ select: ['LogicalName', 'EntitySetName'] })
    expect(all.value.find((row) => row.LogicalName === 'salesorder')).toMatchObject({ EntitySetName: 'salesorders' })
    const entity = await api.retrieveEntity({ key: "LogicalName='account'", select: ['LogicalName', 'PrimaryIdAttribute'] })
    expect(entity).toMatchObject({ PrimaryIdAttribute: 'accountid', MetadataId: expect.any(String) })
    const entityKey = entity.MetadataId
    const picklists = await api.retrieveAttributes({
      entityKey,
      castType: 'Microsoft.Dynamics.CRM.PicklistAttributeMetadata',
      select: ['LogicalName'],
      expand: [{ property: 'OptionSet' }],
    })
    const terms = picklists.value.find((row) => row.LogicalName === 'paymenttermscode')
    expect(terms.OptionSet.Options[0]).toMatchObject({ Value: 1, Label: { UserLocalizedLabel: { Label: 'Net 30' } } })
    const name = await api.retrieveAttribute({ entityKey, attributeKey: "LogicalName='name'" })
    expect(name).toMatchObject({ AttributeType: 'String', MaxLength: 160 })
    const relationships = await api.retrieveRelationships({
      castType: 'Microsoft.Dynamics.CRM.OneToManyRelationshipMetadata',
      filter: "ReferencedEntity eq 'account'",
    })
    expect(relationships.value.length).toBeGreaterThan(5)
    expect(await api.retrieveCsdlMetadata()).toContain('<EntityType Name="salesorderdetail"')
  })

  test('names of tables instead of sets, as the library finds them in the metadata', async () => {
    const byName = new DynamicsWebApi({ ...config, useEntityNames: true })
    const found = await byName.retrieveMultiple({ collection: 'transactioncurrency', select: ['isocurrencycode'] })
    expect(found.value.map((row) => row.isocurrencycode)).toContain('USD')
  })
})
