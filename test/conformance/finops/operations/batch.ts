import assert from 'node:assert/strict'
import type { HttpReply, OutsideClient } from '../../../support/outside-client.ts'
import { BATCH_TYPE, batchBody, changeSet, single, statusesOf } from '../../batch-body.ts'
import { expectStatus, get, type Json, read, refused, rows } from '../calls.ts'
import { area, differs, notOffered, works } from '../operation.ts'
import { HOME, type Trade } from '../trade.ts'

const send = (
  fo: OutsideClient,
  parts: readonly (readonly string[])[],
  headers: Record<string, string> = {},
  end = '\r\n',
): Promise<HttpReply> => fo.call('POST', '/$batch', { body: batchBody(parts, end), headers: { 'content-type': BATCH_TYPE, ...headers } })

/** The statuses of the parts of a batch, which is answered with 200 whatever they are. */
const statuses = async (reply: Promise<HttpReply>): Promise<readonly number[]> => statusesOf((await expectStatus(200, reply)).text)

const at = (account: string): string => `CustomersV3(dataAreaId='${HOME}',CustomerAccount='${account}')`
const count = async (fo: OutsideClient, accounts: readonly string[]): Promise<number> =>
  (
    await rows(
      fo,
      `CustomersV3?$select=CustomerAccount&$filter=${accounts.map((account) => `CustomerAccount eq '${account}'`).join(' or ')}`,
    )
  ).length
const creation = (body: Json, contentId: string) => ({ line: 'POST CustomersV3?cross-company=true', body, contentId })
const two = (trade: Trade): readonly [Json, Json] => [trade.customer(), trade.customer()]

export const BATCH = area('Batch', [
  works({ name: 'several reads', request: 'POST $batch', points: 'FO-071 FO-123' }, async (fo, trade) => {
    const reply = await expectStatus(
      200,
      send(
        fo,
        trade.accounts.slice(0, 3).map((account) => single({ line: `GET ${at(account)}?$select=CustomerAccount` })),
      ),
    )
    assert.match(reply.headers.get('content-type') ?? '', /^multipart\/mixed; boundary=batchresponse_[0-9a-f-]{36}$/)
    assert.deepEqual(statusesOf(reply.text), [200, 200, 200])
    assert.deepEqual(
      [...reply.text.matchAll(/"CustomerAccount":"([^"]+)"/g)].map((match) => match[1]),
      trade.accounts.slice(0, 3),
    )
  }),
  works({ name: 'writes that succeed together (change set)', request: 'POST $batch', points: 'FO-068 FO-123' }, async (fo, trade) => {
    const SalesOrderNumber = trade.fresh('SO')
    const reply = await expectStatus(
      200,
      send(fo, [
        changeSet(
          { line: 'POST SalesOrderHeadersV2?cross-company=true', body: trade.header({ SalesOrderNumber }), contentId: '1' },
          { line: 'POST SalesOrderLines?cross-company=true', body: trade.line(SalesOrderNumber, 4), contentId: '2' },
        ),
      ]),
    )
    assert.deepEqual(statusesOf(reply.text), [201, 201])
    assert.deepEqual(
      [...reply.text.matchAll(/\r\nContent-ID: (\d)\r\n/g)].map((match) => match[1]),
      ['1', '2'],
    )
    assert.ok(
      reply.text.includes(`Location: ${fo.root}/SalesOrderHeadersV2(dataAreaId='${HOME}',SalesOrderNumber='${SalesOrderNumber}')\r\n`),
    )
    assert.match(reply.text, /"LineAmount":80\b/)
  }),
  works({ name: 'creates, changes and deletions', request: 'POST $batch', points: 'FO-068 FO-038' }, async (fo, trade) => {
    const [one, other] = two(trade)
    await statuses(send(fo, [changeSet(creation(other, '1'))]))
    const line = (verb: string, account: string): string => `${verb} ${at(account)}?cross-company=true`
    const parts = changeSet(
      creation(one, '1'),
      { line: line('PATCH', one.CustomerAccount), body: { KnownAs: 'changed' }, contentId: '2' },
      { line: line('DELETE', other.CustomerAccount), contentId: '3' },
    )
    assert.deepEqual(await statuses(send(fo, [parts])), [201, 204, 204])
    assert.equal((await read(fo, at(one.CustomerAccount))).KnownAs, 'changed')
    await expectStatus(404, get(fo, at(other.CustomerAccount)))
  }),
  works({ name: 'writes that fail together', request: 'POST $batch', points: 'FO-068 FO-070 FO-120' }, async (fo, trade) => {
    const [one, other] = two(trade)
    const reply = await expectStatus(200, send(fo, [changeSet(creation(one, '1'), creation({ ...other, CustomerGroupId: '99' }, '2'))]))
    assert.deepEqual(statusesOf(reply.text), [500])
    assert.match(reply.text, /\r\nContent-ID: 2\r\n/)
    assert.match(reply.text, /The value '99' in field 'Customer group' is not found/)
    assert.equal(await count(fo, [one.CustomerAccount, other.CustomerAccount]), 0)
  }),
  works({ name: 'change sets by themselves', request: 'POST $batch', points: 'FO-068 FO-069' }, async (fo, trade) => {
    const [one, other] = two(trade)
    const parts = [
      changeSet(creation({ ...one, CustomerGroupId: '99' }, '1')),
      changeSet(creation(other, '2')),
      single({ line: `GET ${at(other.CustomerAccount)}` }),
    ]
    assert.deepEqual(await statuses(send(fo, parts)), [500, 201, 200])
    assert.equal(await count(fo, [one.CustomerAccount, other.CustomerAccount]), 1)
  }),
  works({ name: 'a write outside a change set', request: 'POST $batch', points: 'FO-068' }, async (fo, trade) => {
    const [one] = two(trade)
    assert.deepEqual(await statuses(send(fo, [single({ line: 'POST CustomersV3', body: one })])), [201])
    assert.equal(await count(fo, [one.CustomerAccount]), 1)
  }),
  works({ name: 'parts after one that failed', request: 'POST $batch', points: 'FO-069' }, async (fo, trade) => {
    const good = single({ line: `GET ${at(trade.accounts[0])}` })
    const parts = [
      good,
      single({ line: 'GET CustomersV3?$select=Nope' }),
      single({ line: 'GET Nope' }),
      single({ line: `GET ${at('none')}` }),
      good,
    ]
    assert.deepEqual(await statuses(send(fo, parts)), [200, 400, 404, 404, 200])
  }),
  works({ name: 'rows that are not there', request: 'POST $batch (PATCH, DELETE)', points: 'FO-039 FO-070' }, async (fo) => {
    const missing = (verb: string) =>
      changeSet({ line: `${verb} ${at('none')}?cross-company=true`, ...(verb === 'PATCH' && { body: { KnownAs: 'x' } }), contentId: '1' })
    const reply = await expectStatus(200, send(fo, [missing('PATCH'), missing('DELETE')]))
    assert.deepEqual(statusesOf(reply.text), [400, 400])
    assert.equal(reply.text.match(/No resources were found when selecting for update\./g)?.length, 2)
  }),
  works({ name: 'a read in a change set', request: 'POST $batch', points: 'FO-071' }, async (fo) => {
    const reply = await send(fo, [changeSet({ line: 'GET CustomersV3', contentId: '1' })])
    assert.equal(reply.status, 400)
    assert.equal(typeof reply.json.error.message, 'string')
  }),
  works({ name: 'a change set without Content-ID', request: 'POST $batch', points: 'FO-123' }, async (fo, trade) => {
    const [one] = two(trade)
    const reply = await send(fo, [changeSet({ line: 'POST CustomersV3', body: one })])
    assert.ok(reply.status === 400 || statusesOf(reply.text)[0] === 201, reply.text)
  }),
  works({ name: 'addresses whole, below the root, relative', request: 'POST $batch', points: 'FO-123 FO-020' }, async (fo, trade) => {
    const path = `${at(trade.accounts[0])}?$select=CustomerAccount`
    const parts = [fo.root, '/data', ''].map((root) => single({ line: `GET ${root === '' ? '' : `${root}/`}${path}` }))
    assert.deepEqual(await statuses(send(fo, parts)), [200, 200, 200])
  }),
  works(
    { name: 'loosely written', request: 'POST $batch (LF, lower case, quoted boundary, preamble)', points: 'FO-123' },
    async (fo, trade) => {
      const part = [
        '--b',
        'content-type:application/http',
        'CONTENT-TRANSFER-ENCODING:binary',
        '',
        `GET ${at(trade.accounts[0])} HTTP/1.1`,
        '',
        '',
      ]
      const reply = send(fo, [['preamble', ''], part, part], { 'content-type': 'multipart/mixed;boundary="b"' }, '\n')
      assert.deepEqual(await statuses(reply), [200, 200])
    },
  ),
  works({ name: 'headers of a part', request: 'POST $batch (If-Match)', points: 'FO-048 FO-123' }, async (fo, trade) => {
    const [one] = two(trade)
    await statuses(send(fo, [changeSet(creation(one, '1'))]))
    const change = (etag: string) =>
      changeSet({ line: `PATCH ${at(one.CustomerAccount)}`, body: { KnownAs: 'x' }, contentId: '1', headers: [`If-Match: ${etag}`] })
    const { '@odata.etag': etag } = await read(fo, at(one.CustomerAccount))
    assert.deepEqual(await statuses(send(fo, [change(etag), change(etag)])), [204, 412])
  }),
  works(
    { name: 'an action', request: 'POST $batch (POST DataManagementEntities/…GetApplicationVersion)', points: 'FO-065' },
    async (fo) => {
      const line = 'POST DataManagementEntities/Microsoft.Dynamics.DataEntities.GetApplicationVersion'
      const reply = await expectStatus(200, send(fo, [single({ line, body: {} })]))
      assert.deepEqual(statusesOf(reply.text), [200])
      assert.match(reply.text, /"value":"10\./)
    },
  ),
  works({ name: 'many rows', request: 'POST $batch (10 change sets of 50)', points: 'FO-071 FO-068' }, async (fo, trade) => {
    const prefix = trade.fresh('M')
    const bodies = Array.from({ length: 500 }, (_, n) => trade.customer({ CustomerAccount: `${prefix}${n}` }))
    const sets = Array.from({ length: 10 }, (_, set) =>
      changeSet(...bodies.slice(set * 50, set * 50 + 50).map((body, n) => creation(body, String(n + 1)))),
    )
    assert.deepEqual(new Set(await statuses(send(fo, sets))), new Set([201]))
    assert.equal((await get(fo, `CustomersV3/$count?$filter=CustomerAccount eq '${prefix}*'`)).text, '500')
  }),
  works({ name: 'more than five thousand operations', request: 'POST $batch (5001)', points: 'FO-071' }, async (fo) => {
    const part = single({ line: "GET Currencies('USD')" })
    const reply = await send(
      fo,
      Array.from({ length: 5001 }, () => part),
    )
    assert.equal(reply.status, 400)
    assert.equal(typeof reply.json.error.message, 'string')
  }),
  works(
    { name: 'a part that is throttled', request: 'POST $batch (PUT /local/faults { batchParts: true })', points: 'FO-111' },
    async (fo, trade) => {
      const rules = [{ kind: 'throttle', rate: 1, times: 1, retryAfterSeconds: 7, batchParts: true }]
      await expectStatus(200, fo.call('PUT', `${trade.url}/local/faults`, { body: { seed: 1, rules } }))
      try {
        const part = single({ line: "GET Currencies('USD')" })
        const reply = await expectStatus(200, send(fo, [part, part]))
        assert.deepEqual([...statusesOf(reply.text)].sort(), [200, 429])
        assert.match(reply.text, /\r\nRetry-After: 7\r\n/)
      } finally {
        await expectStatus(204, fo.call('DELETE', `${trade.url}/local/faults`))
      }
    },
  ),
  works({ name: 'what cannot be read', request: 'POST $batch', points: 'FO-071' }, async (fo) => {
    await expectStatus(415, fo.call('POST', '/$batch', { body: 'x', headers: { 'content-type': 'text/plain' } }))
    await expectStatus(400, fo.call('POST', '/$batch', { body: 'nothing', headers: { 'content-type': BATCH_TYPE } }))
    await expectStatus(400, fo.call('POST', '/$batch', { body: '', headers: { 'content-type': 'multipart/mixed' } }))
  }),
  works({ name: 'a batch in a batch', request: 'POST $batch', points: 'FO-071' }, async (fo) => {
    const reply = await send(fo, [single({ line: 'POST $batch', body: {} })])
    assert.ok(reply.status === 400 || (statusesOf(reply.text)[0] ?? 0) >= 400, reply.text)
  }),
  differs(
    {
      name: 'statuses of refused rows',
      request: 'POST $batch, POST CustomersV3',
      difference: 'a row that a rule refuses is 500 inside a batch and 400 alone: the original service had both at different times',
    },
    async (fo, trade) => {
      const body = trade.customer({ CustomerGroupId: '99' })
      assert.deepEqual(await statuses(send(fo, [changeSet(creation(body, '1'))])), [500])
      await refused(400, fo.call('POST', '/CustomersV3', { body }), "The value '99'")
    },
  ),
  {
    ...works({ name: 'references to new rows', request: 'POST $batch ($1)' }, async (fo, trade) => {
      const [one] = two(trade)
      const reply = await send(fo, [changeSet(creation(one, '1'), { line: 'PATCH $1', body: { KnownAs: 'x' }, contentId: '2' })])
      assert.deepEqual([statusesOf(reply.text).length, await count(fo, [one.CustomerAccount])], [1, 0])
      assert.ok((statusesOf(reply.text)[0] ?? 0) >= 400, reply.text)
    }),
    outcome: { kind: 'not-offered', answer: 'a change set that fails', instead: 'keys of the client' },
  },
  notOffered(
    { name: 'JSON in place of parts', request: 'POST $batch { requests: […] }', status: 415, says: '', instead: 'multipart batches' },
    (fo) => fo.call('POST', '/$batch', { body: { requests: [{ id: '1', method: 'GET', url: 'Companies' }] } }),
  ),
])
