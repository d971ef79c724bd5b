import assert from 'node:assert/strict'
import type { HttpReply, OutsideClient } from '../../../support/outside-client.ts'
import { BATCH_TYPE, batchBody, changeSet, single, statusesOf } from '../../batch-body.ts'
import { column, create, expectStatus, get, type Json, NS, patch, post, read, refused, rows } from '../calls.ts'
import { area, differs, notOffered, works } from '../operation.ts'

const send = (
  dv: OutsideClient,
  parts: readonly (readonly string[])[],
  headers: Record<string, string> = {},
  end = '\r\n',
): Promise<HttpReply> =>
  dv.call('POST', '/$batch', {
    body: batchBody(parts, end),
    headers: { 'content-type': BATCH_TYPE, ...headers },
  })

const statuses = (reply: HttpReply): readonly number[] => statusesOf(reply.text)

const ROOT = '/api/data/v9.2'

export const BATCH = area('Batch', [
  works({ name: 'several reads', request: 'POST $batch', points: 'DV-086 DV-089 DV-131' }, async (dv, market) => {
    const reply = await expectStatus(
      200,
      send(
        dv,
        market.accounts.map((id) => single({ line: `GET ${ROOT}/accounts(${id})?$select=name` })),
      ),
    )
    assert.match(reply.headers.get('content-type') ?? '', /^multipart\/mixed; boundary=batchresponse_[0-9a-f-]{36}$/)
    assert.ok(reply.text.startsWith('--batchresponse_'))
    assert.deepEqual(statuses(reply), [200, 200, 200, 200])
    assert.deepEqual(
      [...reply.text.matchAll(/"accountid":"([^"]+)"/g)].map((match) => match[1]),
      market.accounts,
    )
  }),
  works({ name: 'writes that succeed together (change set)', request: 'POST $batch', points: 'DV-087 DV-089' }, async (dv, market) => {
    const name = market.fresh('Together')
    const reply = await expectStatus(
      200,
      send(dv, [
        changeSet(
          { line: `POST ${ROOT}/accounts`, body: { name }, contentId: '1' },
          { line: `POST ${ROOT}/contacts`, body: { lastname: name }, contentId: '2' },
        ),
      ]),
    )
    assert.deepEqual(statuses(reply), [204, 204])
    assert.deepEqual(
      [...reply.text.matchAll(/Content-ID: (\d)/g)].map((match) => match[1]),
      ['1', '2'],
    )
    assert.match(reply.text, /\r\nOData-EntityId: \S+\r\n/)
  }),
  works({ name: 'writes that fail together', request: 'POST $batch', points: 'DV-087 DV-144' }, async (dv, market) => {
    const name = market.fresh('Undone')
    const reply = await send(dv, [
      changeSet(
        { line: `POST ${ROOT}/accounts`, body: { name }, contentId: '1' },
        { line: `POST ${ROOT}/accounts`, body: { name, industrycode: 99 }, contentId: '2' },
      ),
    ])
    assert.deepEqual([reply.status, statuses(reply)], [400, [400]])
    assert.match(reply.text, /0x8004431a/)
    assert.deepEqual(await rows(dv, `accounts?$select=name&$filter=name eq '${name}'`), [])
  }),
  works({ name: 'a part that refers to one before', request: 'POST $batch ($1)', points: 'DV-088' }, async (dv, market) => {
    const name = market.fresh('Referring')
    const parts = changeSet(
      { line: `POST ${ROOT}/contacts`, body: { lastname: name }, contentId: '1' },
      { line: `POST ${ROOT}/accounts`, body: { name, 'primarycontactid@odata.bind': '$1' }, contentId: '2' },
      { line: 'PATCH $2', body: { fax: '1' }, contentId: '3' },
    )
    assert.deepEqual(statuses(await expectStatus(200, send(dv, [parts]))), [204, 204, 204])
    const [row] = await rows(dv, `accounts?$select=fax&$filter=name eq '${name}'&$expand=primarycontactid($select=lastname)`)
    assert.deepEqual([row?.fax, row?.primarycontactid.lastname], ['1', name])
  }),
  works({ name: 'a reference that leads nowhere', request: 'POST $batch ($9)', points: 'DV-088' }, async (dv) => {
    const reply = await send(dv, [
      changeSet({ line: `POST ${ROOT}/accounts`, body: { name: 'x', 'primarycontactid@odata.bind': '$9' }, contentId: '1' }),
    ])
    assert.equal(reply.status, 400)
    assert.match(reply.text, /Content-ID Reference: '\$9' does not exist in the batch context\./)
  }),
  works({ name: 'the first failure ends it', request: 'POST $batch', points: 'DV-090' }, async (dv, market) => {
    const good = single({ line: `GET ${ROOT}/accounts(${market.accounts[0]})?$select=name` })
    const bad = single({ line: `GET ${ROOT}/accounts?$select=nmae` })
    const reply = await send(dv, [good, bad, good])
    assert.deepEqual([reply.status, statuses(reply)], [400, [200, 400]])
    const all = await expectStatus(200, send(dv, [good, bad, good], { prefer: 'odata.continue-on-error' }))
    assert.deepEqual(statuses(all), [200, 400, 200])
  }),
  works({ name: 'a read in a change set', request: 'POST $batch', points: 'DV-087' }, async (dv) => {
    assert.equal((await send(dv, [changeSet({ line: `GET ${ROOT}/accounts`, contentId: '1' })])).status, 400)
  }),
  works({ name: 'a change set without Content-ID', request: 'POST $batch', points: 'DV-088' }, async (dv) => {
    const reply = await send(dv, [changeSet({ line: `POST ${ROOT}/accounts`, body: { name: 'x' } })])
    assert.equal(reply.status, 400)
    assert.match(reply.text, /The header with name 'Content-ID' was not present/)
  }),
  works({ name: 'loosely written', request: 'POST $batch', points: 'DV-130' }, async (dv, market) => {
    const part = (line: string): readonly string[] => [
      '--b',
      'content-type:application/http',
      'CONTENT-TRANSFER-ENCODING:binary',
      '',
      `${line} HTTP/1.1`,
      '',
      '',
    ]
    const body = [
      ['preamble', ''],
      part(`GET ${dv.root}/accounts(${market.accounts[0]})?$select=name`),
      part(`GET accounts(${market.accounts[0]})?$select=name`),
    ]
    const reply = await expectStatus(200, send(dv, body, { 'content-type': 'multipart/mixed;boundary="b"' }, '\n'))
    assert.deepEqual(statuses(reply), [200, 200])
  }),
  works({ name: 'headers of a part', request: 'POST $batch (If-Match, Prefer)', points: 'DV-130 DV-043' }, async (dv, market) => {
    const id = await create(dv, 'accounts', { name: market.fresh('Parted') })
    const reply = await send(dv, [
      single({ line: `PATCH ${ROOT}/accounts(${id})?$select=name`, body: { fax: '1' }, headers: ['Prefer: return=representation'] }),
      single({ line: `PATCH ${ROOT}/accounts(${id})`, body: { fax: '2' }, headers: ['If-Match: W/"1"'] }),
    ])
    assert.deepEqual(statuses(reply), [200, 412])
  }),
  works({ name: 'a query longer than an address', request: 'POST $batch (GET of 40 KB)', points: '' }, async (dv, market) => {
    const filter = Array.from({ length: 700 }, () => `accountid eq ${market.accounts[0]}`).join(' or ')
    assert.ok(filter.length > 33_000)
    const reply = await send(dv, [single({ line: `GET ${ROOT}/accounts?$select=name&$filter=${filter.replaceAll(' ', '%20')}` })])
    assert.deepEqual(statuses(reply), [200])
  }),
  works({ name: 'more than a thousand operations', request: 'POST $batch (1001)', points: 'DV-086' }, async (dv) => {
    const parts = Array.from({ length: 1001 }, () => single({ line: `GET ${ROOT}/WhoAmI` }))
    assert.equal((await send(dv, parts)).status, 400)
  }),
  works({ name: 'a batch in a batch', request: 'POST $batch', points: 'DV-086' }, async (dv) => {
    const reply = await send(dv, [single({ line: `POST ${ROOT}/$batch`, body: {} })])
    assert.equal(reply.status, 400)
  }),
  works({ name: 'an action in a batch', request: 'POST $batch (POST WinQuote)', points: 'DV-100' }, async (dv, market) => {
    const id = await create(dv, 'quotes', market.document({ quote_details: [market.line(1)] }))
    await expectStatus(204, patch(dv, `quotes(${id})`, { statecode: 1, statuscode: 2 }))
    const body = { QuoteClose: { subject: 'Won', 'quoteid@odata.bind': `/quotes(${id})` }, Status: 4 }
    assert.deepEqual(
      statuses(await expectStatus(200, send(dv, [changeSet({ line: `POST ${ROOT}/WinQuote`, body, contentId: '1' })]))),
      [204],
    )
    assert.equal((await read(dv, `quotes(${id})?$select=statecode`)).statecode, 2)
  }),
  {
    ...works({ name: 'JSON instead of parts', request: 'POST $batch { requests: […] }' }, async (dv) => {
      const reply = await dv.call('POST', '/$batch', { body: { requests: [{ id: '1', method: 'GET', url: 'WhoAmI' }] } })
      assert.ok([400, 415].includes(reply.status), reply.text)
      assert.equal(typeof reply.json.error.message, 'string')
    }),
    outcome: { kind: 'not-offered', answer: '400 or 415', instead: 'multipart batches' },
  },
])

const target = (values: Json, table = 'account'): Json => ({ '@odata.type': `${NS}.${table}`, ...values })
const bulk = (dv: OutsideClient, action: string, targets: readonly Json[], set = 'accounts'): Promise<HttpReply> =>
  post(dv, `${set}/${NS}.${action}`, { Targets: targets })

export const BULK = area('Bulk actions', [
  works({ name: 'many rows at once', request: 'POST accounts/…CreateMultiple', points: 'DV-093' }, async (dv, market) => {
    const names = Array.from({ length: 150 }, (_, n) => market.fresh(`Bulk ${n}`))
    const reply = await expectStatus(
      200,
      bulk(
        dv,
        'CreateMultiple',
        names.map((name) => target({ name })),
      ),
    )
    assert.equal(reply.json['@odata.context'], `${dv.root}/$metadata#${NS}.CreateMultipleResponse`)
    assert.equal((await read(dv, `accounts(${reply.json.Ids[149]})?$select=name`)).name, names[149])
  }),
  works({ name: 'all or none', request: 'POST accounts/…CreateMultiple', points: 'DV-094' }, async (dv, market) => {
    const name = market.fresh('None')
    await refused('400 0x8004431a', bulk(dv, 'CreateMultiple', [target({ name }), target({ name, industrycode: 99 })]))
    assert.deepEqual(await rows(dv, `accounts?$select=name&$filter=name eq '${name}'`), [])
  }),
  works({ name: 'a target without its type', request: 'POST accounts/…CreateMultiple', points: 'DV-094' }, async (dv) => {
    assert.equal((await bulk(dv, 'CreateMultiple', [{ name: 'x' }])).status, 400)
  }),
  works({ name: 'many changes at once', request: 'POST accounts/…UpdateMultiple', points: 'DV-093' }, async (dv, market) => {
    const ids = await Promise.all([1, 2].map(() => create(dv, 'accounts', { name: market.fresh('Bulk') })))
    await expectStatus(
      204,
      bulk(
        dv,
        'UpdateMultiple',
        ids.map((accountid, n) => target({ accountid, fax: String(n) })),
      ),
    )
    for (const [n, id] of ids.entries()) assert.equal((await read(dv, `accounts(${id})?$select=fax`)).fax, String(n))
  }),
  works({ name: 'one of the rows is not there', request: 'POST accounts/…UpdateMultiple', points: 'DV-144' }, async (dv, market) => {
    const accountid = await create(dv, 'accounts', { name: market.fresh('Bulk') })
    await refused(
      '404 0x80040217',
      bulk(dv, 'UpdateMultiple', [target({ accountid, fax: '1' }), target({ accountid: crypto.randomUUID(), fax: '1' })]),
    )
    assert.equal((await read(dv, `accounts(${accountid})?$select=fax`)).fax, null)
  }),
  works({ name: 'a row twice', request: 'POST accounts/…UpdateMultiple', points: 'DV-132' }, async (dv, market) => {
    const accountid = await create(dv, 'accounts', { name: market.fresh('Bulk') })
    await expectStatus(
      204,
      bulk(
        dv,
        'UpdateMultiple',
        ['1', '2'].map((fax) => target({ accountid, fax })),
      ),
    )
    assert.equal((await read(dv, `accounts(${accountid})?$select=fax`)).fax, '1')
    await refused(
      '400 0x80040203',
      bulk(
        dv,
        'UpsertMultiple',
        ['3', '4'].map((fax) => target({ accountid, fax })),
      ),
      /Duplicate Ids are not allowed/,
    )
  }),
  works({ name: 'create or change by key', request: 'POST accounts/…UpsertMultiple', points: 'DV-093' }, async (dv, market) => {
    const [old, fresh] = [market.fresh('OLD').slice(0, 20), market.fresh('NEW').slice(0, 20)]
    await create(dv, 'accounts', { name: 'Old', accountnumber: old })
    const reply = await expectStatus(
      204,
      bulk(
        dv,
        'UpsertMultiple',
        [old, fresh].map((key) => target({ '@odata.id': `accounts(accountnumber='${key}')`, name: `by ${key}` })),
      ),
    )
    assert.equal(reply.text, '')
    for (const key of [old, fresh]) assert.equal((await read(dv, `accounts(accountnumber='${key}')?$select=name`)).name, `by ${key}`)
  }),
  works({ name: 'key columns among the values', request: 'POST accounts/…UpsertMultiple', points: 'DV-094' }, async (dv, market) => {
    const key = market.fresh('KEY').slice(0, 20)
    await refused(
      '400 0x80040216',
      bulk(dv, 'UpsertMultiple', [target({ '@odata.id': `accounts(accountnumber='${key}')`, accountnumber: key })]),
    )
  }),
  works({ name: 'lines in bulk, priced', request: 'POST quotedetails/…CreateMultiple', points: 'DV-093 DV-108' }, async (dv, market) => {
    const id = await create(dv, 'quotes', market.document())
    const lines = [1, 2, 3].map((quantity) => target({ ...market.line(quantity), 'quoteid@odata.bind': `/quotes(${id})` }, 'quotedetail'))
    await expectStatus(200, bulk(dv, 'CreateMultiple', lines, 'quotedetails'))
    assert.equal((await read(dv, `quotes(${id})?$select=totalamount`)).totalamount, 120)
  }),
  works({ name: 'which tables have them', request: 'GET sdkmessagefilters?$filter=…', points: '' }, async (dv) => {
    const filter = 'sdkmessageid/name eq @m and primaryobjecttypecode eq @t'
    const asked = async (message: string, table: string): Promise<number> =>
      (
        await column(
          dv,
          `sdkmessagefilters?$select=sdkmessagefilterid&$filter=${filter}&@m='${message}'&@t='${table}'`,
          'sdkmessagefilterid',
        )
      ).length
    assert.deepEqual([await asked('CreateMultiple', 'account'), await asked('DeleteMultiple', 'account')], [1, 0])
  }),
  notOffered(
    {
      name: 'delete many rows',
      request: 'POST accounts/…DeleteMultiple',
      points: 'DV-095',
      status: 501,
      code: '0x80040216',
      instead: 'DELETE in a `$batch`, as on standard tables of the real service',
    },
    (dv, market) => bulk(dv, 'DeleteMultiple', [target({ accountid: market.accounts[0] })]),
  ),
  differs(
    {
      name: 'bulk actions on every table',
      request: 'POST tasks/…CreateMultiple',
      difference: 'every table has them; on the real service some do not',
    },
    async (dv, market) => {
      const reply = await expectStatus(200, bulk(dv, 'CreateMultiple', [target({ subject: market.fresh('Bulk') }, 'task')], 'tasks'))
      await expectStatus(200, get(dv, `tasks(${reply.json.Ids[0]})?$select=subject`))
    },
  ),
])
