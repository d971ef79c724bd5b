import assert from 'node:assert/strict'
import { create, expectStatus, get, patch, read, refused, rows } from '../calls.ts'
import { area, notOffered, works } from '../operation.ts'

const NOBODY = '6f1c2a90-3b7e-4d11-9a55-0d3c8e21f0ff'

export const READ = area('Read rows', [
  works({ name: 'a row by its id', request: 'GET accounts({id})?$select=…', points: 'DV-013 DV-018 DV-140' }, async (dv, market) => {
    const [alpha] = market.accounts
    const reply = await expectStatus(200, get(dv, `accounts(${alpha})?$select=name`))
    assert.deepEqual(Object.keys(reply.json), ['@odata.context', '@odata.etag', 'name', 'accountid'])
    assert.match(reply.json['@odata.etag'], /^W\/"\d+"$/)
    assert.equal(reply.headers.get('etag'), reply.json['@odata.etag'])
    assert.equal((await read(dv, `accounts(${alpha.toUpperCase()})?$select=name`)).accountid, alpha)
  }),
  works({ name: 'a row by its named id', request: 'GET accounts(accountid={id})', points: 'DV-013' }, async (dv, market) => {
    assert.equal((await read(dv, `accounts(accountid=${market.accounts[0]})?$select=name`)).accountid, market.accounts[0])
    assert.equal((await get(dv, `systemusers(systemuserid=${market.clerkId})`)).status, 400)
  }),
  works({ name: 'a row by its alternate key', request: "GET accounts(accountnumber='…')", points: 'DV-014' }, async (dv, market) => {
    const accountnumber = market.fresh("O'K").slice(0, 20)
    const id = await create(dv, 'accounts', { name: market.fresh('Keyed'), accountnumber })
    const text = accountnumber.replace("'", "''")
    for (const key of [`accountnumber='${text}'`, `accountnumber='${encodeURIComponent(text.toLowerCase())}'`])
      assert.equal((await read(dv, `accounts(${key})?$select=name`)).accountid, id)
    assert.equal((await read(dv, `accounts(accountnumber=@k)?$select=name&@k='${text}'`)).accountid, id)
  }),
  works({ name: 'a key that is none', request: "GET accounts(name='…')", points: 'DV-016' }, async (dv) => {
    await refused(
      '400 0x80060890',
      get(dv, "accounts(name='x')"),
      /^The key in the request URI is not valid for resource 'Microsoft\.Dynamics\.CRM\.account'\./,
    )
  }),
  works({ name: 'a row that is not there', request: 'GET accounts({id})', points: 'DV-037' }, async (dv) => {
    await refused('404 0x80040217', get(dv, `accounts(${NOBODY})`), new RegExp(`^account With Id = ${NOBODY} Does Not Exist$`))
    await refused('404 0x80060891', get(dv, "accounts(accountnumber='no such')"))
  }),
  works({ name: 'every column', request: 'GET accounts({id})', points: 'DV-022' }, async (dv, market) => {
    const row = await read(dv, `accounts(${market.accounts[1]})`)
    assert.ok(Object.keys(row).length > 100)
    assert.equal(row.fax, null)
    assert.equal(row['@odata.context'], `${dv.root}/$metadata#accounts/$entity`)
  }),
  works({ name: 'one property', request: 'GET accounts({id})/name', points: 'DV-038' }, async (dv, market) => {
    const [alpha, beta] = market.accounts
    const name = `${market.prefix} Alpha`
    assert.deepEqual(await read(dv, `accounts(${alpha})/name`), {
      '@odata.context': `${dv.root}/$metadata#accounts(${alpha})/name`,
      value: name,
    })
    const bare = await expectStatus(200, get(dv, `accounts(${alpha})/name/$value`))
    assert.deepEqual([bare.text.replace(/^\uFEFF/, ''), bare.headers.get('content-type')?.split(';')[0]], [name, 'text/plain'])
    await expectStatus(204, get(dv, `accounts(${beta})/fax`))
  }),
  works({ name: 'the row that a lookup names', request: 'GET accounts({id})/primarycontactid', points: 'DV-051' }, async (dv, market) => {
    assert.equal((await read(dv, `accounts(${market.accounts[0]})/primarycontactid?$select=fullname`)).fullname, 'Ada Lind')
    await expectStatus(204, get(dv, `accounts(${market.accounts[1]})/primarycontactid`))
  }),
  works({ name: 'the address of that row', request: 'GET accounts({id})/primarycontactid/$ref', points: 'DV-057' }, async (dv, market) => {
    const reference = await read(dv, `accounts(${market.accounts[0]})/primarycontactid/$ref`)
    assert.equal(reference['@odata.id'], `${dv.root}/contacts(${market.contacts[0]})`)
  }),
  works(
    { name: 'children of a row, with query options', request: 'GET accounts({id})/contact_customer_accounts?…', points: 'DV-137' },
    async (dv, market) => {
      const path = `accounts(${market.accounts[0]})/contact_customer_accounts`
      assert.deepEqual(
        (await rows(dv, `${path}?$select=lastname&$orderby=lastname desc&$top=1`)).map((row) => row.lastname),
        ['Moen'],
      )
      assert.equal((await get(dv, `${path}/$count`)).text.replace(/^\uFEFF/, ''), '2')
      const groups = await rows(dv, `${path}?$apply=groupby((firstname),aggregate($count as n))`)
      assert.deepEqual(
        groups.map((row) => row.n),
        [1, 1],
      )
    },
  ),
  works({ name: 'only when it has changed', request: 'GET accounts({id}) If-None-Match', points: 'DV-048' }, async (dv, market) => {
    const id = await create(dv, 'accounts', { name: market.fresh('Fresh') })
    const path = `accounts(${id})?$select=name`
    const etag = (await get(dv, path)).headers.get('etag') ?? ''
    const unchanged = await expectStatus(304, get(dv, path, { 'if-none-match': etag }))
    assert.equal(unchanged.text, '')
    await expectStatus(200, get(dv, `${path}&$expand=primarycontactid($select=fullname)`, { 'if-none-match': etag }))
    await expectStatus(200, get(dv, path, { 'if-none-match': etag, prefer: 'odata.include-annotations="*"' }))
    await expectStatus(204, patch(dv, `accounts(${id})`, { name: 'Changed' }))
    await expectStatus(200, get(dv, path, { 'if-none-match': etag }))
  }),
  works({ name: 'display texts', request: 'GET accounts({id}) with annotations', points: 'DV-010 DV-026 DV-021' }, async (dv, market) => {
    const row = await read(dv, `accounts(${market.accounts[0]})?$select=revenue,creditonhold,industrycode`, {
      prefer: 'odata.include-annotations="*"',
    })
    const text = (name: string): unknown => row[`${name}@OData.Community.Display.V1.FormattedValue`]
    assert.deepEqual([text('revenue'), text('creditonhold'), row.industrycode], ['$1,000.50', 'Yes', 7])
    assert.equal(typeof text('industrycode'), 'string')
    assert.equal(text('_transactioncurrencyid_value'), 'US Dollar')
  }),
  works({ name: 'the owner with its kind', request: 'GET accounts({id})?$select=_ownerid_value', points: 'DV-054' }, async (dv, market) => {
    const row = await read(dv, `accounts(${market.accounts[0]})?$select=_ownerid_value`, { prefer: 'odata.include-annotations="*"' })
    assert.equal(row['_ownerid_value@Microsoft.Dynamics.CRM.lookuplogicalname'], 'systemuser')
    assert.equal(
      (await read(dv, `accounts(${market.accounts[0]})?$select=name&$expand=ownerid`)).ownerid.ownerid ?? market.whoAmI.UserId,
      market.whoAmI.UserId,
    )
  }),
  works({ name: 'an unknown property', request: 'GET accounts({id})/nmae', points: 'DV-127' }, async (dv, market) => {
    await refused('404 0x80060888', get(dv, `accounts(${market.accounts[0]})/nmae`), /Resource not found for the segment 'nmae'\./)
  }),
  works({ name: 'no guid for an id', request: 'GET accounts(1)', points: 'DV-109' }, async (dv) => {
    for (const key of ['1', "'x'", 'name']) assert.equal((await get(dv, `accounts(${key})`)).status, 400, key)
  }),
  notOffered(
    {
      name: 'changes of one row in the audit log',
      request: 'GET RetrieveRecordChangeHistory(Target=@t)',
      status: 404,
      code: '0x80060888',
    },
    (dv, market) => get(dv, `RetrieveRecordChangeHistory(Target=@t)?@t={'@odata.id':'accounts(${market.accounts[0]})'}`),
  ),
])
