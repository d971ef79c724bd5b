import assert from 'node:assert/strict'
import { create, expectStatus, get, idOf, NS, post, REPRESENTATION, read, refused, remove, rows } from '../calls.ts'
import { area, notOffered, works } from '../operation.ts'

const NOBODY = '6f1c2a90-3b7e-4d11-9a55-0d3c8e21f0ff'

export const CREATE = area('Create rows', [
  works({ name: 'a row', request: 'POST accounts', points: 'DV-031' }, async (dv, market) => {
    const reply = await expectStatus(204, post(dv, 'accounts', { name: market.fresh('New') }))
    assert.equal(reply.text, '')
    assert.equal(reply.headers.get('odata-entityid'), `${dv.root}/accounts(${idOf(reply)})`)
  }),
  works({ name: 'with its representation', request: 'POST accounts?$select=…', points: 'DV-032 DV-020 DV-140' }, async (dv, market) => {
    const name = market.fresh('New')
    const reply = await expectStatus(201, post(dv, 'accounts?$select=name,fax', { name }, { headers: REPRESENTATION }))
    assert.deepEqual(Object.keys(reply.json).sort(), ['@odata.context', '@odata.etag', 'accountid', 'fax', 'name'])
    assert.equal(reply.json['@odata.context'], `${dv.root}/$metadata#accounts(name,fax)/$entity`)
    assert.equal(reply.headers.get('etag'), reply.json['@odata.etag'])
  }),
  works({ name: 'with related rows in the representation', request: 'POST contacts?$expand=…', points: 'DV-032' }, async (dv, market) => {
    const name = market.fresh('Parent')
    const body = { lastname: 'New', parentcustomerid_account: { name } }
    const reply = await expectStatus(
      201,
      post(dv, 'contacts?$select=lastname&$expand=parentcustomerid_account($select=name)', body, { headers: REPRESENTATION }),
    )
    assert.equal(reply.json.parentcustomerid_account.name, name)
  }),
  works({ name: 'with a chosen id', request: 'POST accounts', points: 'DV-035' }, async (dv, market) => {
    const accountid = crypto.randomUUID()
    assert.equal(await create(dv, 'accounts', { accountid: accountid.toUpperCase(), name: market.fresh('Chosen') }), accountid)
    await refused(
      '412 0x80040237',
      post(dv, 'accounts', { accountid, name: 'Taken' }),
      /A record with matching key values already exists\./,
    )
    assert.notEqual((await read(dv, `accounts(${accountid})?$select=name`)).name, 'Taken')
  }),
  works(
    { name: 'together with its parent (deep insert)', request: 'POST accounts { primarycontactid: {…} }', points: 'DV-034' },
    async (dv, market) => {
      const id = await create(dv, 'accounts', { name: market.fresh('Deep'), primarycontactid: { firstname: 'Ida', lastname: 'Berg' } })
      const row = await read(dv, `accounts(${id})?$select=name&$expand=primarycontactid($select=fullname)`)
      assert.equal(row.primarycontactid.fullname, 'Ida Berg')
    },
  ),
  works(
    { name: 'together with its children (deep insert)', request: 'POST accounts { contact_customer_accounts: […] }', points: 'DV-034' },
    async (dv, market) => {
      const contact_customer_accounts = [{ lastname: 'One' }, { lastname: 'Two', Contact_Tasks: [{ subject: 'Call' }] }]
      const id = await create(dv, 'accounts', { name: market.fresh('Deep'), contact_customer_accounts })
      const children = await rows(
        dv,
        `accounts(${id})/contact_customer_accounts?$select=lastname&$orderby=lastname&$expand=Contact_Tasks($select=subject)`,
      )
      assert.deepEqual(
        children.map((row) => [row.lastname, row.Contact_Tasks.length]),
        [
          ['One', 0],
          ['Two', 1],
        ],
      )
    },
  ),
  works(
    { name: 'a child that fails leaves nothing', request: 'POST accounts { contact_customer_accounts: […] }', points: 'DV-034 DV-144' },
    async (dv, market) => {
      const name = market.fresh('Broken')
      await refused(
        '400 0x8004431a',
        post(dv, 'accounts', { name, contact_customer_accounts: [{ lastname: 'Fine' }, { lastname: 'Bad', gendercode: 99 }] }),
      )
      assert.deepEqual(await rows(dv, `accounts?$select=name&$filter=name eq '${name}'`), [])
    },
  ),
  works(
    { name: 'linked to an existing row', request: 'POST accounts { primarycontactid@odata.bind }', points: 'DV-051 DV-052' },
    async (dv, market) => {
      const target = `contacts(${market.contacts[0]})`
      for (const form of [target, `/${target}`, `${dv.root}/${target}`, `${dv.root}//${target}`]) {
        const id = await create(dv, 'accounts', { name: market.fresh('Linked'), 'primarycontactid@odata.bind': form })
        assert.equal((await read(dv, `accounts(${id})?$select=_primarycontactid_value`))._primarycontactid_value, market.contacts[0])
      }
    },
  ),
  works(
    { name: 'linked to many existing rows', request: 'POST accounts { contact_customer_accounts@odata.bind: […] }', points: 'DV-051' },
    async (dv, market) => {
      const contact = await create(dv, 'contacts', { lastname: market.fresh('Bound') })
      const id = await create(dv, 'accounts', {
        name: market.fresh('Binder'),
        'contact_customer_accounts@odata.bind': [`/contacts(${contact})`],
      })
      assert.equal((await read(dv, `contacts(${contact})?$select=_parentcustomerid_value`))._parentcustomerid_value, id)
    },
  ),
  works(
    { name: 'a link to a row that is not there', request: 'POST accounts { primarycontactid@odata.bind }', points: 'DV-052 DV-143' },
    async (dv, market) => {
      const name = market.fresh('Dangling')
      await refused('404 0x80040217', post(dv, 'accounts', { name, 'primarycontactid@odata.bind': `/contacts(${NOBODY})` }))
      assert.deepEqual(await rows(dv, `accounts?$select=name&$filter=name eq '${name}'`), [])
    },
  ),
  works(
    { name: 'a bind by a wrong name', request: 'POST accounts { PrimaryContactId@odata.bind }', points: 'DV-056' },
    async (dv, market) => {
      const bind = { 'PrimaryContactId@odata.bind': `/contacts(${market.contacts[0]})` }
      await refused(
        '400 0x80048d19',
        post(dv, 'accounts', { name: 'X', ...bind }),
        /An undeclared property 'PrimaryContactId' which only has property annotations/,
      )
    },
  ),
  works({ name: 'an unknown column', request: 'POST accounts { nmae }', points: 'DV-036' }, async (dv) => {
    await refused(
      '400 0x80048d19',
      post(dv, 'accounts', { nmae: 'x' }),
      /Invalid property 'nmae' was found in entity 'Microsoft\.Dynamics\.CRM\.account'/,
    )
  }),
  works({ name: 'a value of the wrong type', request: 'POST accounts { creditlimit: "12" }', points: 'DV-141' }, async (dv) => {
    for (const body of [{ creditlimit: '12' }, { name: 12 }, { creditonhold: 'yes' }, { numberofemployees: 1.5 }, { industrycode: '7' }])
      await refused('400 0x80048d19', post(dv, 'accounts', { name: 'Typed', ...body }))
  }),
  works({ name: 'values out of their range', request: 'POST accounts { industrycode: 99 }', points: 'DV-030' }, async (dv) => {
    await refused('400 0x8004431a', post(dv, 'accounts', { name: 'X', industrycode: 99 }))
    await refused(
      '400 0x80044331',
      post(dv, 'accounts', { name: 'X'.repeat(161) }),
      /The length of the 'name' attribute of the 'account' entity exceeded the maximum allowed length of '160'\./,
    )
    await refused('400 0x8004432f', post(dv, 'accounts', { name: 'X', numberofemployees: -1 }))
    await refused('400 0x80044330', post(dv, 'accounts', { name: 'X', creditlimit: -1 }))
  }),
  works({ name: 'a date before 1753', request: 'POST contacts { birthdate }', points: 'DV-025' }, async (dv) => {
    const reply = await expectStatus(400, post(dv, 'contacts', { lastname: 'Old', birthdate: '1752-12-31' }))
    assert.match(reply.json.error.code, /^0x/)
  }),
  works(
    { name: 'dates: days as days, times in UTC', request: 'POST contacts, POST opportunities', points: 'DV-023 DV-024' },
    async (dv, market) => {
      const contact = await create(dv, 'contacts', { lastname: market.fresh('Born'), birthdate: '1990-05-17' })
      assert.equal((await read(dv, `contacts(${contact})?$select=birthdate`)).birthdate, '1990-05-17')
      const task = await create(dv, 'tasks', { subject: market.fresh('Due'), scheduledend: '2025-03-01T10:30:00+02:00' })
      assert.equal((await read(dv, `tasks(${task})?$select=scheduledend`)).scheduledend, '2025-03-01T08:30:00Z')
    },
  ),
  works(
    { name: 'read-only columns are ignored', request: 'POST accounts { versionnumber, modifiedon }', points: 'DV-027' },
    async (dv, market) => {
      const id = await create(dv, 'accounts', {
        name: market.fresh('Sealed'),
        versionnumber: 1,
        modifiedon: '2001-01-01T00:00:00Z',
        creditlimit: 10,
        creditlimit_base: 99,
      })
      const row = await read(dv, `accounts(${id})?$select=modifiedon,creditlimit_base`)
      assert.equal(row.creditlimit_base, 10)
      assert.notEqual(row.modifiedon.slice(0, 4), '2001')
    },
  ),
  works({ name: 'what the system fills in', request: 'POST accounts', points: 'DV-021 DV-026' }, async (dv, market) => {
    const id = await create(dv, 'accounts', { name: market.fresh('Filled'), creditlimit: 10 })
    const row = await read(
      dv,
      `accounts(${id})?$select=statecode,statuscode,_ownerid_value,_owningbusinessunit_value,creditlimit,exchangerate,accountnumber`,
    )
    assert.deepEqual([row.statecode, row.statuscode, row._ownerid_value, row.exchangerate], [0, 1, market.whoAmI.UserId, 1])
    assert.equal(row._transactioncurrencyid_value, market.currencyId)
    assert.match(row.accountnumber, /^ACC-\d{5}-[A-Z0-9]{6}$/)
  }),
  works({ name: 'an earlier creation date', request: 'POST accounts { overriddencreatedon }', points: '' }, async (dv, market) => {
    const id = await create(dv, 'accounts', { name: market.fresh('Migrated'), overriddencreatedon: '2019-02-03T00:00:00Z' })
    const reply = await expectStatus(200, get(dv, `accounts(${id})?$select=overriddencreatedon,createdon`))
    assert.equal(reply.json.createdon, '2019-02-03T00:00:00Z')
    assert.ok(reply.json.overriddencreatedon > '2020')
  }),
  works({ name: 'an alternate key that is taken', request: 'POST accounts { accountnumber }', points: 'DV-049' }, async (dv, market) => {
    const accountnumber = market.fresh('K').replace(' ', '').slice(0, 20)
    await create(dv, 'accounts', { name: market.fresh('First'), accountnumber })
    await refused(
      '412 0x80060892',
      post(dv, 'accounts', { name: 'Second', accountnumber: accountnumber.toLowerCase() }),
      /Entity Key \S+ violated\./,
    )
  }),
  works({ name: 'a body that is no object', request: 'POST accounts', points: 'DV-109' }, async (dv) => {
    for (const body of ['[]', '"x"', 'null', '{"name":"x"', '{"name":{"a":1}}', '{"contact_customer_accounts":{}}']) {
      const reply = await post(dv, 'accounts', body)
      assert.equal(reply.status, 400, body)
      assert.equal(typeof reply.json.error.message, 'string')
    }
  }),
  works({ name: 'values copied from another row', request: 'GET InitializeFrom(…)' }, async (dv, market) => {
    const draft = await read(
      dv,
      `InitializeFrom(EntityMoniker=@p1,TargetEntityName=@p2,TargetFieldType=@p3)?@p1={'@odata.id':'accounts(${market.accounts[0]})'}&@p2='account'&@p3=${NS}.TargetFieldType'ValidForCreate'`,
    )
    assert.equal(draft['@odata.type'], `#${NS}.account`)
    assert.equal(draft['parentaccountid@odata.bind'], `accounts(${market.accounts[0]})`)
    const id = await create(dv, 'accounts', { ...draft, name: market.fresh('Branch') })
    const branch = await read(dv, `accounts(${id})?$select=address1_city,revenue,_parentaccountid_value`)
    assert.deepEqual([branch.address1_city, branch.revenue, branch._parentaccountid_value], ['Oslo', 1000.5, market.accounts[0]])
    await expectStatus(204, remove(dv, `accounts(${id})`))
  }),
  notOffered(
    { name: 'a file or image column', request: 'PATCH accounts({id})/entityimage', status: 404, code: '0x80060888' },
    (dv, market) =>
      dv.call('PATCH', `/accounts(${market.accounts[0]})/entityimage`, {
        body: 'bytes',
        headers: { 'content-type': 'application/octet-stream', 'x-ms-file-name': 'a.png' },
      }),
  ),
  works({ name: 'notes and attachments', request: 'POST annotations' }, async (dv, market) => {
    const account = await create(dv, 'accounts', { name: market.fresh('Noted') })
    const file = { filename: 'a.txt', mimetype: 'text/plain', documentbody: 'SGVsbG8=' }
    const id = await create(dv, 'annotations', { subject: 'x', ...file, 'objectid_account@odata.bind': `/accounts(${account})` })
    const [note] = await rows(dv, `accounts(${account})/Account_Annotation?$select=documentbody,filesize,isdocument`)
    assert.deepEqual([note?.annotationid, note?.documentbody, note?.filesize, note?.isdocument], [id, 'SGVsbG8=', 5, true])
    await expectStatus(204, remove(dv, `accounts(${account})`))
    await refused('404 0x80040217', get(dv, `annotations(${id})`))
  }),
])
