import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fileScope } from '../support/command-line.ts'
import { type HttpReply, outsideClients } from '../support/outside-client.ts'
import { startPreparedInstallation } from '../support/prepared-installation.ts'
import { idOf, type Loose, type WebApiSession, webApiSession } from '../support/web-api-session.ts'

/** The basics of the Web API as its public documentation walks through them, each as one sequence of requests to a running Sales. */

const scope = fileScope(afterAll)
let api: WebApiSession

beforeAll(async () => {
  const installation = await startPreparedInstallation(scope)
  api = webApiSession((await outsideClients(installation)).sales)
}, 120_000)

const ALL = { prefer: 'odata.include-annotations="*"' }
const WHOLE = { prefer: 'return=representation' }
const FORMATTED = '@OData.Community.Display.V1.FormattedValue'

describe('basic operations', () => {
  test('DV-031 DV-038 DV-039 DV-041 DV-047 a row is created, changed, read with its labels, and deleted', async () => {
    const contact = api.pathOf(await api.create('contacts', { firstname: 'Signe', lastname: 'Aas' }))
    await api.send(204, 'PATCH', contact, { body: { annualincome: 61500, jobtitle: 'Rigger' }, headers: { 'if-match': '*' } })
    const first = await api.read(`${contact}?$select=fullname,annualincome,jobtitle,description`, ALL)
    expect(first).toMatchObject({
      fullname: 'Signe Aas',
      annualincome: 61500,
      [`annualincome${FORMATTED}`]: '$61,500.00',
      description: null,
    })
    await api.send(204, 'PATCH', contact, {
      body: { jobtitle: 'Yard manager', description: 'Moves to Bergen' },
      headers: { 'if-match': '*' },
    })
    await api.send(204, 'PUT', `${contact}/telephone1`, { body: { value: '555-0141' } })
    expect(await api.read(`${contact}/telephone1`)).toEqual({
      '@odata.context': `${api.root}/$metadata#${contact}/telephone1`,
      value: '555-0141',
    })
    expect((await api.send(200, 'GET', `${contact}/telephone1/$value`)).text).toBe('555-0141')
    await api.remove(`${contact}/telephone1`)
    await api.send(204, 'GET', `${contact}/telephone1`)
    expect(await api.read(`${contact}?$select=jobtitle,description`)).toMatchObject({
      jobtitle: 'Yard manager',
      description: 'Moves to Bergen',
    })
    await api.remove(contact)
    await api.send(404, 'GET', contact)
    await api.send(404, 'PATCH', contact, { body: { jobtitle: 'nobody' }, headers: { 'if-match': '*' } })
  })

  test('DV-051 DV-052 a row is linked at its creation, however the reference is written, and read with its partner', async () => {
    const url = await api.create('contacts', { lastname: 'Dahl', annualincome: 48000 })
    const forms = [api.pathOf(url), `/${api.pathOf(url)}`, url, url.replace('/contacts', '//contacts'), url.replace('://', ':/')]
    for (const reference of forms) {
      const account = api.pathOf(await api.create('accounts', { name: 'Linked', 'primarycontactid@odata.bind': reference }))
      const found = await api.read(`${account}?$select=name,&$expand=primarycontactid($select=fullname,annualincome)`, ALL)
      expect(found.primarycontactid, reference).toMatchObject({ fullname: 'Dahl', [`annualincome${FORMATTED}`]: '$48,000.00' })
    }
  })

  test('DV-023 DV-034 three levels are created by one request, or none of them', async () => {
    const task = (subject: string, more: object = {}) => ({ subject, scheduledstart: '2026-04-19T03:00:00+07:00', ...more })
    const body = (tasks: object[]) => ({ name: 'Nested', primarycontactid: { lastname: 'Nested contact', Contact_Tasks: tasks } })
    const account = api.pathOf(await api.create('accounts', body([task('Sign'), task('Ship')])))
    const { primarycontactid: contact } = await api.read(`${account}?$select=name&$expand=primarycontactid($select=fullname)`)
    const { Contact_Tasks: tasks } = await api.read(
      `contacts(${contact.contactid})?$select=fullname&$expand=Contact_Tasks($select=subject,scheduledstart;$orderby=subject)`,
    )
    expect(tasks).toMatchObject([
      { subject: 'Ship', scheduledstart: '2026-04-18T20:00:00Z' },
      { subject: 'Sign', scheduledstart: '2026-04-18T20:00:00Z' },
    ])
    const before = await api.rows("contacts?$select=contactid&$filter=lastname eq 'Nested contact'")
    await api.send(400, 'POST', 'accounts', { body: body([task('Good'), task('Bad', { prioritycode: 99 })]) })
    expect(await api.rows("contacts?$select=contactid&$filter=lastname eq 'Nested contact'")).toEqual(before)
  })

  test('DV-057 rows are associated and disassociated: one to many, and many to many', async () => {
    const account = api.pathOf(await api.create('accounts', { name: 'Association' }))
    const contact = await api.create('contacts', { lastname: 'Associate' })
    const ofAccount = async () => (await api.rows(`${account}/contact_customer_accounts?$select=fullname`)).map((row) => row.fullname)
    await api.send(204, 'POST', `${account}/contact_customer_accounts/$ref`, { body: { '@odata.id': contact } })
    expect(await ofAccount()).toEqual(['Associate'])
    await api.remove(`${account}/contact_customer_accounts(${idOf(contact)})/$ref`)
    expect(await ofAccount()).toEqual([])
    await api.send(204, 'PUT', `${account}/primarycontactid/$ref`, { body: { '@odata.id': contact } })
    expect((await api.read(`${account}/primarycontactid/$ref`))['@odata.id']).toBe(contact)
    await api.remove(`${account}/primarycontactid/$ref`)
    await api.send(204, 'GET', `${account}/primarycontactid/$ref`)

    const me = await api.read('WhoAmI')
    const role = await api.create('roles', { name: 'Dockhand', 'businessunitid@odata.bind': `businessunits(${me.BusinessUnitId})` })
    const held = `systemusers(${me.UserId})/systemuserroles_association`
    const ofMe = () => api.rows(`${held}?$select=name&$filter=roleid eq ${idOf(role)}`)
    await api.send(204, 'POST', `${held}/$ref`, { body: { '@odata.id': role } })
    expect(await ofMe()).toMatchObject([{ name: 'Dockhand' }])
    await api.remove(`${held}(${idOf(role)})/$ref`)
    expect(await ofMe()).toEqual([])
    await api.send(204, 'POST', `${held}/$ref`, { body: { '@odata.id': role } })
    await api.remove(`${held}/$ref?$id=${role}`)
    expect(await ofMe()).toEqual([])
    await api.remove(api.pathOf(role))
  })
})

describe('query data', () => {
  const CREW: readonly (readonly [string, string, number])[] = [
    ['Berg', 'Senior buyer', 52000],
    ['Holm', 'Operations manager', 55500],
    ['Lie', 'Accounts manager', 31000],
    ['Moe', 'Senior welder', 78000],
    ['Ness', 'Diver', 68500],
    ['Vik', 'Senior sales manager', 81400],
  ]
  let account = ''
  let ofAccount = ''

  beforeAll(async () => {
    const member = ([lastname, jobtitle, annualincome]: (typeof CREW)[number]) => ({
      lastname: `${lastname} (crew)`,
      jobtitle,
      annualincome,
      Contact_Tasks: [{ subject: `Call ${lastname}` }, { subject: `Visit ${lastname}` }],
    })
    const body = {
      name: 'Query yard',
      primarycontactid: { lastname: 'Yard head' },
      Account_Tasks: [{ subject: 'Survey', description: 'Dock 4' }],
      contact_customer_accounts: CREW.map(member),
    }
    account = api.pathOf(await api.create('accounts', body))
    ofAccount = `_parentcustomerid_value eq ${idOf(account)}`
  })

  const SELECT = '$select=fullname,jobtitle,annualincome'
  const names = (found: readonly Loose[]): string[] => found.map((row) => String(row.fullname).replace(' (crew)', ''))

  test('DV-059 DV-060 DV-062 filters with functions, precedence, blanks left out, and query functions by alias', async () => {
    const sorted = async (filter: string, more = '') =>
      names(await api.rows(`contacts?${SELECT}&$filter=${filter}&$orderby=fullname${more}`, ALL))
    const everyone = CREW.map(([name]) => name)
    expect(await sorted(`contains(fullname,'(crew)') and ${ofAccount}`)).toEqual(everyone)
    expect(await sorted(`contains(fullname,'(crew)')and ${ofAccount}`)).toEqual(everyone)
    expect(await sorted(`contains(fullname,'(crew)') and annualincome gt 55000  and ${ofAccount}`)).toEqual(['Holm', 'Moe', 'Ness', 'Vik'])
    const ranks = "(contains(jobtitle, 'senior') or contains(jobtitle,'manager'))"
    expect(await sorted(`${ranks} and annualincome gt 55000 and ${ofAccount}`)).toEqual(['Holm', 'Moe', 'Vik'])
    const recent = 'Microsoft.Dynamics.CRM.LastXHours(PropertyName=@p1,PropertyValue=@p2)'
    expect(await sorted(`${recent} and ${ofAccount}`, "&@p1='createdon'&@p2='1'")).toEqual(everyone)
  })

  test('DV-128 order by several columns, columns named by aliases', async () => {
    const expected = ['Lie', 'Ness', 'Holm', 'Berg', 'Vik', 'Moe']
    expect(names(await api.rows(`contacts?${SELECT}&$filter=${ofAccount}&$orderby=jobtitle asc, annualincome desc`))).toEqual(expected)
    const aliases = `@p1=fullname&@p2=_parentcustomerid_value&@p3=${idOf(account)}&@p4=jobtitle&@p5=annualincome`
    const query = `contacts?${SELECT}&$filter=contains(@p1,'(crew)') and @p2 eq @p3&$orderby=@p4 asc, @p5 desc&${aliases}`
    expect(names(await api.rows(query))).toEqual(expected)
  })

  test('DV-067 DV-070 DV-071 top, counts and pages', async () => {
    expect(await api.rows(`contacts?${SELECT}&$filter=${ofAccount}&$top=5`)).toHaveLength(5)
    expect((await api.send(200, 'GET', `${account}/contact_customer_accounts/$count`)).text.replace(/^\uFEFF/, '')).toBe('6')
    const prefer = 'odata.maxpagesize=4,odata.include-annotations="*"'
    const first = await api.read(`contacts?${SELECT}&$filter=${ofAccount}&$orderby=fullname&$count=true`, { prefer })
    expect(first).toMatchObject({ '@odata.count': 6, '@Microsoft.Dynamics.CRM.totalrecordcount': 6 })
    const second = await api.read(api.pathOf(first['@odata.nextLink']), { prefer })
    expect(second).not.toHaveProperty('@odata.nextLink')
    expect(names([...first.value, ...second.value])).toEqual(CREW.map(([name]) => name))
  })

  test('DV-072 expands: both directions, side by side, three levels deep', async () => {
    const head = await api.read(`${account}?$select=name&$expand=primarycontactid($select=fullname)`)
    const back = await api.read(
      `contacts(${head.primarycontactid.contactid})?$select=fullname&$expand=account_primary_contact($select=name)`,
    )
    expect(back.account_primary_contact).toMatchObject([{ name: 'Query yard' }])
    const together = await api.read(
      `${account}?$select=name&$expand=primarycontactid($select=fullname),contact_customer_accounts(${SELECT}),Account_Tasks($select=subject,description)`,
      ALL,
    )
    expect(together).toMatchObject({
      primarycontactid: { fullname: 'Yard head' },
      Account_Tasks: [{ subject: 'Survey', description: 'Dock 4' }],
    })
    expect(together.contact_customer_accounts).toHaveLength(6)
    const deep = await api.rows(
      `tasks?$select=subject&$filter=regardingobjectid_contact_task/_accountid_value eq ${idOf(account)}&$expand=regardingobjectid_contact_task($select=fullname;$expand=parentcustomerid_account($select=name;$expand=createdby($select=fullname)))`,
      ALL,
    )
    expect(deep).toHaveLength(12)
    for (const { regardingobjectid_contact_task: contact } of deep)
      expect(contact.parentcustomerid_account).toMatchObject({ name: 'Query yard', createdby: { fullname: expect.any(String) } })
    const mixed = await api.rows(
      `accounts?$select=name,accountid&$filter= accountid eq ${idOf(account)} &$expand=Account_Tasks($select=subject),contact_customer_accounts($select=fullname;$expand=owninguser($select=fullname,systemuserid))`,
      ALL,
    )
    expect(mixed[0]?.contact_customer_accounts.map((row: Loose) => typeof row.owninguser.systemuserid)).toEqual(Array(6).fill('string'))
  })

  test('DV-074 DV-137 aggregates of the children of one row', async () => {
    const parts = ['average as average', 'sum as total', 'min as minimum', 'max as maximum'].map((part) => `annualincome with ${part}`)
    parts.push('createdon with max as latest')
    const [group = {}] = await api.rows(`${account}/contact_customer_accounts?$apply=aggregate(${parts.join(', ')})`, ALL)
    expect(group).toMatchObject({ average: 61066.666666667, total: 366400, minimum: 31000, maximum: 81400 })
    expect([group[`average${FORMATTED}`], group[`total${FORMATTED}`]]).toEqual(['61,066.67', '366,400'])
    expect(group[`latest${FORMATTED}`] ?? '').not.toContain(',')
  })

  test('DV-076 DV-077 FetchXML: blanks before the equals sign, simple pages, and pages by cookie', async () => {
    const fetch = (options: string) =>
      `<fetch mapping='logical' output-format='xml-platform' version='1.0' distinct='false' ${options}><entity name ='contact'><attribute name ='fullname' /><order descending ='true' attribute='fullname' /><filter type ='and'><condition value ='%(crew)%' attribute='fullname' operator='like' /><condition value ='${idOf(account)}' attribute='parentcustomerid' operator='eq' /></filter></entity></fetch>`
    const run = (options: string) => api.read(`contacts?fetchXml=${encodeURIComponent(fetch(options)).replaceAll('%20', '+')}`, ALL)
    const all = CREW.map(([name]) => name).reverse()
    expect(names((await run('')).value)).toEqual(all)
    expect(names((await run("count='4' page='2'")).value)).toEqual(all.slice(4))
    const pages: string[][] = []
    for (let page = 1, cookie = ''; page <= 3; page += 1) {
      const { value, ...rest } = await run(`count='2' page='${page}' paging-cookie='${cookie}'`)
      pages.push(names(value))
      expect(rest['@Microsoft.Dynamics.CRM.morerecords']).toBe(page < 3 ? true : undefined)
      const text = /pagingcookie="([^"]*)"/.exec(rest['@Microsoft.Dynamics.CRM.fetchxmlpagingcookie'] ?? '')?.[1] ?? ''
      cookie = decodeURIComponent(decodeURIComponent(text)).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
    }
    expect(pages.flat()).toEqual(all)
  })

  test('DV-136 saved and personal queries', async () => {
    const [view] = await api.rows("savedqueries?$select=name,savedqueryid&$filter=name eq 'Active Accounts'")
    const prefer = 'odata.maxpagesize=3,odata.include-annotations="*"'
    const active = await api.rows(`accounts?savedQuery=${view?.savedqueryid}`, { prefer })
    expect(active.length).toBeGreaterThan(0)
    expect(active.length).toBeLessThanOrEqual(3)
    const fetchxml = `<fetch><entity name='contact'><attribute name='fullname'/><order attribute='fullname'/><filter><condition attribute='jobtitle' operator='like' value='%manager%'/><condition attribute='annualincome' operator='gt' value='55000'/></filter></entity></fetch>`
    const query = await api.create('userqueries', { name: 'Well paid managers', querytype: 0, returnedtypecode: 'contact', fetchxml })
    expect(names(await api.rows(`contacts?userQuery=${idOf(query)}`, { prefer }))).toEqual(['Holm', 'Vik'])
    await api.remove(api.pathOf(query))
  })
})

test('DV-018 DV-043 DV-048 conditional operations: read if changed, delete and update if unchanged', async () => {
  const select = '?$select=name,revenue,telephone1'
  const body = { name: 'Conditional', telephone1: '555-0000', revenue: 5000000 }
  const made = (await api.send(201, 'POST', `accounts${select}`, { body, headers: WHOLE })).json
  const account = `accounts(${made.accountid})`
  const old = { etag: made['@odata.etag'] as string }
  expect((await api.send(304, 'GET', account + select, { headers: { 'if-none-match': old.etag } })).text).toBe('')
  await api.send(204, 'PUT', `${account}/telephone1`, { body: { value: '555-0001' } })
  const changed = (await api.send(200, 'GET', account + select, { headers: { 'if-none-match': old.etag } })).json
  expect(changed).toMatchObject({ telephone1: '555-0001', '@odata.etag': expect.not.stringMatching(old.etag) })
  const stale = { 'if-match': old.etag }
  expect((await api.send(412, 'DELETE', account, { headers: stale })).json.error.code).toBe('0x80060882')
  const update = { telephone1: '555-0002', revenue: 6000000 }
  expect((await api.send(412, 'PATCH', account, { body: update, headers: stale })).json.error.code).toBe('0x80060882')
  expect(await api.read(account + select)).toMatchObject({ telephone1: '555-0001', revenue: 5000000 })
  await api.send(204, 'PATCH', account, { body: update, headers: { 'if-match': changed['@odata.etag'] } })
  expect(await api.read(account + select)).toMatchObject(update)
  await api.send(204, 'DELETE', account, { headers: { 'if-match': '*' } })
})

test('DV-005 DV-097 DV-127 functions and actions: bound and unbound, parameters inline and by alias', async () => {
  const me = await api.read('WhoAmI()')
  const account = await api.create('accounts', { name: 'Shared' })
  for (const path of ['RetrieveTotalRecordCount(EntityNames=@p1)?@p1=["account"]', "RetrieveTotalRecordCount(EntityNames=['account'])"])
    expect((await api.read(path)).EntityRecordCountCollection).toMatchObject({ Count: 1, Keys: ['account'] })
  const target = `{'@odata.id':'${api.pathOf(account)}'}`
  const access = await api.read(`systemusers(${me.UserId})/Microsoft.Dynamics.CRM.RetrievePrincipalAccess(Target=@t)?@t=${target}`)
  expect(access.AccessRights.split(', ')).toEqual(expect.arrayContaining(['ReadAccess', 'WriteAccess', 'DeleteAccess']))

  const role = api.pathOf(await api.create('roles', { name: 'Reader', 'businessunitid@odata.bind': `businessunits(${me.BusinessUnitId})` }))
  const wanted = await api.rows("privileges?$select=name&$filter=name eq 'prvCreateAccount' or name eq 'prvReadAccount'")
  const Privileges = wanted.map(({ privilegeid, name }) => ({
    BusinessUnitId: me.BusinessUnitId,
    Depth: 'Basic',
    PrivilegeId: privilegeid,
    PrivilegeName: name,
  }))
  const before = await api.read(`${role}?$select=roleid&$expand=roleprivileges_association($select=name)`)
  await api.send(204, 'POST', `${role}/Microsoft.Dynamics.CRM.AddPrivilegesRole`, { body: { Privileges } })
  const after = await api.read(`${role}?$select=roleid&$expand=roleprivileges_association($select=name)`)
  expect(after.roleprivileges_association).toHaveLength(before.roleprivileges_association.length + 2)
  await api.send(404, 'POST', 'WhoAmI', { body: {} })
  await api.send(404, 'GET', 'WinQuote')
  await api.send(404, 'GET', 'NoSuchFunction(A=1)')
  await api.remove(role)
})

describe('batches', () => {
  /** Lines of a batch as a sample writes them, sent with a boundary in quotes. */
  const batch = (status: number, lines: readonly string[], headers: Record<string, string> = {}) =>
    api.send(status, 'POST', '$batch', {
      body: lines.join('\r\n'),
      headers: { 'content-type': 'multipart/mixed; boundary="batch_5e3a"', ...headers },
    })
  const OPERATION = ['Content-Type: application/http; msgtype=request', 'Content-Transfer-Encoding: binary']
  /** One operation as an HTTP library serialises it: the path on the request line, the host as a header. */
  const operation = (request: string, body?: object, headers: readonly string[] = []): string[] => [
    `${request} HTTP/1.1`,
    `Host: ${new URL(api.root).host}`,
    ...(body === undefined ? [] : ['Content-Type: application/json;type=entry']),
    ...headers,
    '',
    ...(body === undefined ? [''] : [JSON.stringify(body)]),
  ]
  const part = (lines: readonly string[]): string[] => ['--batch_5e3a', ...OPERATION, '', ...lines]
  const inSet = (id: number, lines: readonly string[]): string[] => ['--set_1', ...OPERATION, `Content-ID: ${id}`, '', ...lines]
  const changeSet = (...parts: readonly string[][]): string[] => [
    '--batch_5e3a',
    'Content-Type: multipart/mixed; boundary="set_1"',
    '',
    ...parts.flat(),
    '--set_1--',
    '',
  ]
  const ROOT = '/api/data/v9.2'
  const statuses = (reply: HttpReply): number[] => [...reply.text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map((match) => Number(match[1]))

  test('DV-086 DV-088 DV-089 a change set, a write and a read in one batch, and the clean-up in another', async () => {
    const made = await batch(200, [
      ...changeSet(
        inSet(1, operation(`POST ${ROOT}/contacts`, { lastname: 'Batch head' })),
        inSet(2, operation(`POST ${ROOT}/accounts`, { name: 'Batch yard', 'primarycontactid@odata.bind': '$1' })),
        inSet(3, operation('POST $2/Account_Tasks', { subject: 'Batch task' })),
      ),
      ...part(operation(`POST ${ROOT}/accounts?$select=name`, { name: 'Batch alone' }, ['Prefer: return=representation'])),
      ...part(operation(`GET ${ROOT}/WhoAmI`)),
      '--batch_5e3a--',
    ])
    expect(statuses(made)).toEqual([204, 204, 204, 201, 200])
    const urls = [...made.text.matchAll(/^OData-EntityId: (\S+)/gm)].map((match) => match[1] ?? '')
    const [contact = '', account = '', task = ''] = urls
    const found = await api.read(
      `${api.pathOf(account)}?$select=name&$expand=primarycontactid($select=fullname),Account_Tasks($select=subject)`,
    )
    expect(found).toMatchObject({ primarycontactid: { contactid: idOf(contact) }, Account_Tasks: [{ activityid: idOf(task) }] })
    const gone = await batch(
      200,
      [
        ...[task, account, contact].flatMap((url) => part(operation(`DELETE ${url}`))),
        ...part(operation(`GET ${account}`)),
        '--batch_5e3a--',
      ],
      { prefer: 'odata.continue-on-error' },
    )
    expect(statuses(gone)).toEqual([204, 204, 204, 404])
  })

  test('DV-087 DV-090 a failing part undoes its change set and ends the batch, unless told to continue', async () => {
    const lines = (name: string) => [
      ...changeSet(
        inSet(1, operation(`POST ${ROOT}/accounts`, { name })),
        inSet(2, operation(`POST ${ROOT}/accounts`, { name, industrycode: 9999 })),
      ),
      ...part(operation(`POST ${ROOT}/accounts`, { name: `${name} alone` })),
      '--batch_5e3a--',
    ]
    const named = async (name: string) =>
      (await api.rows(`accounts?$select=name&$filter=startswith(name,'${name}')`)).map((row) => row.name)
    expect(statuses(await batch(400, lines('Stopped')))).toEqual([400])
    expect(await named('Stopped')).toEqual([])
    expect(statuses(await batch(200, lines('Continued'), { prefer: 'odata.continue-on-error' }))).toEqual([400, 204])
    expect(await named('Continued')).toEqual(['Continued alone'])
  })
})

describe('metadata', () => {
  test('DV-012 DV-116 every set of the service document is in $metadata and can be read', async () => {
    const sets = (await api.rows('')).map((row) => row.name as string)
    const csdl = (await api.send(200, 'GET', '$metadata', { headers: { accept: '*/*' } })).text
    expect(sets.filter((set) => !csdl.includes(`<EntitySet Name="${set}" `))).toEqual([])
    for (const set of sets) await api.send(200, 'GET', `${set}?$top=1`)
  })

  test('DV-117 DV-142 a table, its columns by type, its choices and its relationships', async () => {
    const table = await api.read("EntityDefinitions(LogicalName='account')?$select=SchemaName,EntitySetName,PrimaryNameAttribute")
    expect(table).toMatchObject({ EntitySetName: 'accounts', PrimaryNameAttribute: 'name' })
    const columns = `EntityDefinitions(${table.MetadataId})/Attributes`
    const [revenue] = await api.rows(
      `${columns}/Microsoft.Dynamics.CRM.MoneyAttributeMetadata?$select=LogicalName,Precision&$filter=LogicalName eq 'revenue'`,
    )
    expect(revenue).toMatchObject({ LogicalName: 'revenue', Precision: expect.any(Number) })
    const version = `${columns}(LogicalName='versionnumber')/Microsoft.Dynamics.CRM.BigIntAttributeMetadata?$select=MaxValue,MinValue`
    expect((await api.send(200, 'GET', version)).text).toMatch(/"MaxValue":9223372036854775807,"MinValue":-9223372036854775808,/)
    const status = await api.read(
      `${columns}(LogicalName='statuscode')/Microsoft.Dynamics.CRM.StatusAttributeMetadata?$select=LogicalName&$expand=OptionSet`,
    )
    expect(status.OptionSet.Options[0]).toMatchObject({ Value: 1, State: 0, Label: { UserLocalizedLabel: { Label: 'Active' } } })
    const links = await api.rows("EntityDefinitions(LogicalName='account')/OneToManyRelationships?$select=SchemaName,ReferencingEntity")
    expect(links).toEqual(
      expect.arrayContaining([expect.objectContaining({ SchemaName: 'contact_customer_accounts', ReferencingEntity: 'contact' })]),
    )
  })
})
