import assert from 'node:assert/strict'
import { create, expectStatus, get, NS, patch, post, REPRESENTATION, read, refused, remove, rows } from '../calls.ts'
import { area, notOffered, works } from '../operation.ts'

export const UPDATE = area('Update and upsert', [
  works({ name: 'the columns that are sent', request: 'PATCH accounts({id})', points: 'DV-039' }, async (dv, market) => {
    const id = await create(dv, 'accounts', { name: market.fresh('Before'), fax: '1' })
    const reply = await expectStatus(204, patch(dv, `accounts(${id})`, { name: 'After' }))
    assert.deepEqual([reply.text, reply.headers.get('odata-entityid')], ['', `${dv.root}/accounts(${id})`])
    const row = await read(dv, `accounts(${id})?$select=name,fax`)
    assert.deepEqual([row.name, row.fax], ['After', '1'])
  }),
  works({ name: 'with its representation', request: 'PATCH accounts({id})?$select=…', points: 'DV-039' }, async (dv, market) => {
    const id = await create(dv, 'accounts', { name: market.fresh('Before') })
    const reply = await expectStatus(
      200,
      patch(dv, `accounts(${id})?$select=name&$expand=primarycontactid`, { name: 'After' }, REPRESENTATION),
    )
    assert.deepEqual([reply.json.name, reply.headers.get('preference-applied')], ['After', 'return=representation'])
  }),
  works({ name: 'never creates', request: 'PATCH accounts({id}) If-Match: *', points: 'DV-041' }, async (dv) => {
    const id = crypto.randomUUID()
    await refused('404 0x80040217', patch(dv, `accounts(${id})`, { name: 'x' }, { 'if-match': '*' }))
    await expectStatus(404, get(dv, `accounts(${id})`))
  }),
  works(
    { name: 'only the version that was read', request: 'PATCH accounts({id}) If-Match: W/"n"', points: 'DV-043 DV-018' },
    async (dv, market) => {
      const id = await create(dv, 'accounts', { name: market.fresh('Versioned') })
      const first = (await get(dv, `accounts(${id})?$select=name`)).headers.get('etag') ?? ''
      await expectStatus(204, patch(dv, `accounts(${id})`, { fax: '2' }, { 'if-match': first }))
      await refused('412 0x80060882', patch(dv, `accounts(${id})`, { fax: '3' }, { 'if-match': first }), /doesn't match the RowVersion/)
      assert.equal((await read(dv, `accounts(${id})?$select=fax`)).fax, '2')
    },
  ),
  works({ name: 'upsert by id', request: 'PATCH accounts({new id})', points: 'DV-040' }, async (dv, market) => {
    const id = crypto.randomUUID()
    const name = market.fresh('Upserted')
    await expectStatus(201, patch(dv, `accounts(${id})`, { name }, REPRESENTATION))
    await expectStatus(200, patch(dv, `accounts(${id})`, { name }, REPRESENTATION))
    await expectStatus(204, patch(dv, `accounts(${id})`, { name }))
  }),
  works(
    { name: 'upsert by alternate key', request: "PATCH accounts(accountnumber='…')", points: 'DV-040 DV-045 DV-046' },
    async (dv, market) => {
      const accountnumber = market.fresh('UP').slice(0, 20)
      const path = `accounts(accountnumber='${accountnumber}')`
      const created = await expectStatus(201, patch(dv, `${path}?$select=accountnumber`, { name: 'By key' }, REPRESENTATION))
      assert.equal(created.json.accountnumber, accountnumber)
      const updated = await expectStatus(204, patch(dv, path, { name: 'By key again', accountnumber: 'IGNORED' }))
      assert.equal(decodeURI(updated.headers.get('odata-entityid') ?? ''), `${dv.root}/${path}`)
      assert.equal((await read(dv, `${path}?$select=accountnumber`)).accountnumber, accountnumber)
    },
  ),
  works({ name: 'create only', request: 'PATCH accounts({id}) If-None-Match: *', points: 'DV-042' }, async (dv, market) => {
    const id = crypto.randomUUID()
    await expectStatus(204, patch(dv, `accounts(${id})`, { name: market.fresh('Once') }, { 'if-none-match': '*' }))
    await refused('412 0x80040237', patch(dv, `accounts(${id})`, { name: 'Twice' }, { 'if-none-match': '*' }))
  }),
  works({ name: 'one property', request: 'PUT accounts({id})/name', points: 'DV-038' }, async (dv, market) => {
    const id = await create(dv, 'accounts', { name: market.fresh('Put') })
    await expectStatus(204, dv.call('PUT', `/accounts(${id})/name`, { body: { value: 'Put again' } }))
    assert.equal((await read(dv, `accounts(${id})?$select=name`)).name, 'Put again')
  }),
  works({ name: 'a property to null', request: 'DELETE accounts({id})/fax', points: 'DV-038' }, async (dv, market) => {
    const id = await create(dv, 'accounts', { name: market.fresh('Emptied'), fax: '1' })
    await expectStatus(204, remove(dv, `accounts(${id})/fax`))
    assert.equal((await read(dv, `accounts(${id})?$select=fax`)).fax, null)
  }),
  works({ name: 'a key that another row has', request: 'PATCH accounts({id}) { accountnumber }', points: 'DV-049' }, async (dv, market) => {
    const accountnumber = market.fresh('DUP').slice(0, 20)
    await create(dv, 'accounts', { name: market.fresh('Holder'), accountnumber })
    const id = await create(dv, 'accounts', { name: market.fresh('Wisher') })
    await refused('412 0x80060892', patch(dv, `accounts(${id})`, { accountnumber }), /accountnumber|Account Number/i)
  }),
  works(
    { name: 'money is rounded, its base follows', request: 'PATCH accounts({id}) { creditlimit }', points: 'DV-027 DV-028' },
    async (dv, market) => {
      const [euro] = await rows(dv, "transactioncurrencies?$select=exchangerate&$filter=isocurrencycode eq 'EUR'")
      const bind = { 'transactioncurrencyid@odata.bind': `/transactioncurrencies(${euro?.transactioncurrencyid})` }
      const id = await create(dv, 'accounts', { name: market.fresh('Euro'), creditlimit: 92.005, ...bind })
      const row = await read(dv, `accounts(${id})?$select=creditlimit,creditlimit_base,exchangerate`)
      assert.equal(row.exchangerate, euro?.exchangerate)
      assert.ok([92, 92.01].includes(row.creditlimit), String(row.creditlimit))
      assert.ok(Math.abs(row.creditlimit_base - row.creditlimit / row.exchangerate) < 0.0001)
    },
  ),
  works(
    { name: 'a refused update changes nothing', request: 'PATCH accounts({id}) { name, industrycode: 99 }', points: 'DV-030' },
    async (dv, market) => {
      const name = market.fresh('Stays')
      const id = await create(dv, 'accounts', { name })
      await refused('400 0x8004431a', patch(dv, `accounts(${id})`, { name: 'Gone', industrycode: 99 }))
      assert.equal((await read(dv, `accounts(${id})?$select=name`)).name, name)
    },
  ),
  works({ name: 'a version where there are none', request: 'PATCH uoms({id}) If-Match: W/"1"', points: 'DV-043' }, async (dv, market) => {
    const reply = await patch(dv, `uoms(${market.unitId})`, {}, { 'if-match': 'W/"1"' })
    assert.ok(['400 0x80060883', '412 0x80060882'].includes(`${reply.status} ${reply.json?.error?.code}`), reply.text)
  }),
  works({ name: 'a set instead of a row', request: 'PATCH accounts', points: 'DV-047' }, async (dv) => {
    await expectStatus(405, patch(dv, 'accounts', { name: 'all' }))
  }),
  works({ name: 'the owner', request: 'PATCH accounts({id}) { ownerid@odata.bind }', points: 'DV-054' }, async (dv, market) => {
    const id = await create(dv, 'accounts', { name: market.fresh('Handed on') })
    const [team] = await rows(dv, 'teams?$select=name&$filter=isdefault eq true&$top=1')
    await expectStatus(204, patch(dv, `accounts(${id})`, { 'ownerid@odata.bind': `/teams(${team?.teamid})` }))
    const row = await read(dv, `accounts(${id})?$select=_ownerid_value,_owningteam_value`, { prefer: 'odata.include-annotations="*"' })
    assert.deepEqual([row._owningteam_value, row['_ownerid_value@Microsoft.Dynamics.CRM.lookuplogicalname']], [team?.teamid, 'team'])
  }),
  ...(['Assign', 'SetState'] as const).map((action) =>
    notOffered(
      {
        name: `owner and state by messages of their own: ${action}`,
        request: `POST ${action}`,
        status: 404,
        code: '0x80060888',
        instead: 'a PATCH of `ownerid`, `statecode`, `statuscode`',
      },
      (dv, market) => dv.call('POST', `/${action}`, { body: { Target: { '@odata.id': `accounts(${market.accounts[0]})` } } }),
    ),
  ),
  works({ name: 'two rows into one (merge)', request: 'POST Merge' }, async (dv, market) => {
    const account = (accountid: string) => ({ '@odata.type': `${NS}.account`, accountid })
    const kept = await create(dv, 'accounts', { name: market.fresh('Kept') })
    const merged = await create(dv, 'accounts', { name: market.fresh('Merged') })
    const contact = await create(dv, 'contacts', {
      lastname: market.fresh('Vik'),
      'parentcustomerid_account@odata.bind': `/accounts(${merged})`,
    })
    const body = {
      Target: account(kept),
      Subordinate: account(merged),
      UpdateContent: { '@odata.type': `${NS}.account`, telephone1: '22' },
      PerformParentingChecks: false,
    }
    await expectStatus(204, post(dv, 'Merge', body))
    assert.equal((await read(dv, `contacts(${contact})?$select=_parentcustomerid_value`))._parentcustomerid_value, kept)
    assert.equal((await read(dv, `accounts(${kept})?$select=telephone1`)).telephone1, '22')
    const row = await read(dv, `accounts(${merged})?$select=statecode,merged,_masterid_value`)
    assert.deepEqual([row.statecode, row.merged, row._masterid_value], [1, true, kept])
  }),
])

export const DELETE = area('Delete rows', [
  works({ name: 'a row, and again', request: 'DELETE accounts({id})', points: 'DV-047 DV-037' }, async (dv, market) => {
    const id = await create(dv, 'accounts', { name: market.fresh('Gone') })
    await expectStatus(204, remove(dv, `accounts(${id})`))
    await refused('404 0x80040217', remove(dv, `accounts(${id})`))
  }),
  works({ name: 'by alternate key', request: "DELETE accounts(accountnumber='…')", points: 'DV-014' }, async (dv, market) => {
    const accountnumber = market.fresh('DEL').slice(0, 20)
    await create(dv, 'accounts', { name: market.fresh('Gone'), accountnumber })
    await expectStatus(204, remove(dv, `accounts(accountnumber='${accountnumber}')`))
    await refused('404 0x80060891', remove(dv, `accounts(accountnumber='${accountnumber}')`))
  }),
  works(
    { name: 'only the version that was read', request: 'DELETE accounts({id}) If-Match: W/"n"', points: 'DV-043' },
    async (dv, market) => {
      const id = await create(dv, 'accounts', { name: market.fresh('Guarded') })
      const etag = (await get(dv, `accounts(${id})?$select=name`)).headers.get('etag') ?? ''
      await refused('412 0x80060882', remove(dv, `accounts(${id})`, { 'if-match': 'W/"1"' }))
      await expectStatus(204, remove(dv, `accounts(${id})`, { 'if-match': etag }))
    },
  ),
  works({ name: 'a row that others need', request: 'DELETE accounts({id})', points: '' }, async (dv, market) => {
    const id = await create(dv, 'accounts', { name: market.fresh('Needed') })
    await create(dv, 'quotes', market.document({ 'customerid_account@odata.bind': `/accounts(${id})` }))
    await refused('405 0x80040227', remove(dv, `accounts(${id})`))
  }),
  works({ name: 'a row with its lines', request: 'DELETE quotes({id})', points: '' }, async (dv, market) => {
    const id = await create(dv, 'quotes', market.document({ quote_details: [market.line(1)] }))
    const [line] = await rows(dv, `quotes(${id})/quote_details?$select=quantity`)
    await expectStatus(204, remove(dv, `quotes(${id})`))
    await expectStatus(404, get(dv, `quotedetails(${line?.quotedetailid})`))
  }),
  works({ name: 'links to a row are removed with it', request: 'DELETE contacts({id})', points: '' }, async (dv, market) => {
    const contact = await create(dv, 'contacts', { lastname: market.fresh('Leaves') })
    const id = await create(dv, 'accounts', { name: market.fresh('Left'), 'primarycontactid@odata.bind': `/contacts(${contact})` })
    await expectStatus(204, remove(dv, `contacts(${contact})`))
    assert.equal((await read(dv, `accounts(${id})?$select=_primarycontactid_value`))._primarycontactid_value, null)
  }),
  works(
    { name: 'a set', request: 'DELETE accounts', points: 'DV-047' },
    async (dv) => void (await expectStatus(405, remove(dv, 'accounts'))),
  ),
  notOffered(
    { name: 'many rows by a job', request: 'POST BulkDelete', status: 404, code: '0x80060888', instead: 'DELETE in a `$batch`' },
    (dv) => dv.call('POST', '/BulkDelete', { body: { QuerySet: [], JobName: 'x', SendEmailNotification: false } }),
  ),
])
