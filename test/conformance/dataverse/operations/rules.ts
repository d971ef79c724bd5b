import assert from 'node:assert/strict'
import type { OutsideClient } from '../../../support/outside-client.ts'
import { withReceiver } from '../../receiver.ts'
import { create, expectStatus, get, type Json, NS, patch, post, q, read, refused, rows } from '../calls.ts'
import { area, notOffered, works } from '../operation.ts'

/** Registers a webhook for updates of one column that nothing else writes; it is removed again. */
async function withStep(dv: OutsideClient, step: Json, work: () => Promise<void>): Promise<void> {
  const { url, table = 'account', message = 'Update', ...rest } = step
  const endpoint = await create(dv, 'serviceendpoints', {
    name: 'Receiver',
    contract: 8,
    url,
    authtype: 5,
    authvalue: '<settings><setting name="x-secret" value="s3cret" /></settings>',
  })
  const [filter] = await rows(
    dv,
    `sdkmessagefilters?$select=_sdkmessageid_value&$filter=${q(`sdkmessageid/name eq '${message}' and primaryobjecttypecode eq '${table}'`)}`,
  )
  await create(dv, 'sdkmessageprocessingsteps', {
    name: 'Conformance step',
    'sdkmessageid@odata.bind': `/sdkmessages(${filter?._sdkmessageid_value})`,
    'sdkmessagefilterid@odata.bind': `/sdkmessagefilters(${filter?.sdkmessagefilterid})`,
    'eventhandler_serviceendpoint@odata.bind': `/serviceendpoints(${endpoint})`,
    stage: 40,
    mode: 1,
    ...rest,
  })
  try {
    await work()
  } finally {
    await expectStatus(204, dv.call('DELETE', `/serviceendpoints(${endpoint})`))
  }
}

export const WEBHOOKS = area('Webhooks', [
  works(
    { name: 'a change is told', request: 'POST serviceendpoints, POST sdkmessageprocessingsteps', points: 'DV-119 DV-120' },
    async (dv, market) => {
      const id = await create(dv, 'accounts', { name: market.fresh('Hooked') })
      await withReceiver(200, (url, next) =>
        withStep(dv, { url, filteringattributes: 'telephone3' }, async () => {
          await expectStatus(204, patch(dv, `accounts(${id})`, { telephone3: '1', creditlimit: 5 }))
          const { headers, body } = await next()
          assert.deepEqual(
            [headers['x-ms-dynamics-entity-name'], headers['x-ms-dynamics-request-name'], headers['x-secret']],
            ['account', 'Update', 's3cret'],
          )
          assert.match(String(headers['x-ms-correlation-request-id']), /^[0-9a-f-]{36}$/)
          assert.deepEqual([body.MessageName, body.PrimaryEntityId, body.Stage, body.Mode], ['Update', id, 40, 1])
          const target = body.InputParameters.find((one: Json) => one.key === 'Target').value
          const attributes = new Map(target.Attributes.map((one: Json) => [one.key, one.value]))
          assert.deepEqual(
            [attributes.get('telephone3'), attributes.get('creditlimit')],
            ['1', { __type: 'Money:http://schemas.microsoft.com/xrm/2011/Contracts', Value: 5 }],
          )
          assert.match(String(attributes.get('modifiedon')), /^\/Date\(\d+\)\/$/)
        }),
      )
    },
  ),
  works(
    { name: 'a synchronous refusal undoes the write', request: 'POST sdkmessageprocessingsteps { mode: 0 }', points: 'DV-122' },
    async (dv, market) => {
      const id = await create(dv, 'accounts', { name: market.fresh('Vetoed') })
      await withReceiver(400, (url) =>
        withStep(dv, { url, mode: 0, filteringattributes: 'telephone2' }, async () => {
          const reply = await patch(dv, `accounts(${id})`, { telephone2: '1' })
          assert.ok(reply.status >= 400 && reply.status < 500, reply.text)
          assert.equal((await read(dv, `accounts(${id})?$select=telephone2`)).telephone2, null)
        }),
      )
    },
  ),
  works({ name: 'a tag of the request', request: 'PATCH accounts({id})?tag=x', points: 'DV-119' }, async (dv, market) => {
    const id = await create(dv, 'accounts', { name: market.fresh('Tagged') })
    await withReceiver(200, (url, next) =>
      withStep(dv, { url, filteringattributes: 'fax' }, async () => {
        await expectStatus(204, patch(dv, `accounts(${id})?tag=conformance`, { fax: '1' }))
        assert.deepEqual((await next()).body.SharedVariables, [{ key: 'tag', value: 'conformance' }])
      }),
    )
  }),
  works({ name: 'the secret is not read', request: 'GET serviceendpoints?$select=authvalue', points: '' }, async (dv) => {
    const id = await create(dv, 'serviceendpoints', {
      name: 'Unread',
      contract: 8,
      url: 'http://127.0.0.1:9/x',
      authtype: 4,
      authvalue: 'hidden-value',
    })
    const reply = await expectStatus(200, get(dv, `serviceendpoints(${id})`))
    assert.ok(!reply.text.includes('hidden-value'))
    await expectStatus(204, dv.call('DELETE', `/serviceendpoints(${id})`))
  }),
  works({ name: 'an address that is none', request: 'POST serviceendpoints { url }', points: '' }, async (dv) => {
    const reply = await post(dv, 'serviceendpoints', { name: 'Bad', contract: 8, url: 'no address', authtype: 4, authvalue: 'x' })
    assert.equal(reply.status, 400, reply.text)
  }),
  notOffered(
    { name: 'code of plug-in assemblies', request: 'POST pluginassemblies', status: 404, code: '0x80060888', instead: 'webhooks' },
    (dv) => post(dv, 'pluginassemblies', { name: 'x' }),
  ),
  notOffered({ name: 'workflows', request: 'GET workflows', status: 404, code: '0x80060888' }, (dv) => get(dv, 'workflows')),
])

const NO_SUPPRESSION = { 'mscrm.suppressduplicatedetection': 'false' }

export const DUPLICATES = area('Duplicate detection', [
  works(
    { name: 'only where it is asked for', request: 'POST accounts with MSCRM.SuppressDuplicateDetection: false', points: 'DV-050' },
    async (dv, market) => {
      const name = market.fresh('Twin')
      await create(dv, 'accounts', { name })
      await create(dv, 'accounts', { name })
      await refused('412 0x80040333', post(dv, 'accounts', { name: name.toUpperCase() }, { headers: NO_SUPPRESSION }))
      await expectStatus(204, post(dv, 'accounts', { name: market.fresh('Single') }, { headers: NO_SUPPRESSION }))
    },
  ),
  works(
    { name: 'on an update', request: 'PATCH accounts({id}) with MSCRM.SuppressDuplicateDetection: false', points: 'DV-050' },
    async (dv, market) => {
      const name = market.fresh('Twin')
      await create(dv, 'accounts', { name })
      const id = await create(dv, 'accounts', { name: market.fresh('Other') })
      await refused('412 0x80040333', patch(dv, `accounts(${id})`, { name }, NO_SUPPRESSION))
      await expectStatus(204, patch(dv, `accounts(${id})`, { name }))
    },
  ),
  works(
    { name: 'duplicates of a record that is not stored', request: 'GET RetrieveDuplicates(…)', points: 'DV-128' },
    async (dv, market) => {
      const entity = q(JSON.stringify({ '@odata.type': `${NS}.account`, name: `${market.prefix} alpha` }))
      const found = await rows(
        dv,
        `RetrieveDuplicates(BusinessEntity=@p1,MatchingEntityName=@p2,PagingInfo=@p3)?@p1=${entity}&@p2='account'&@p3={"PageNumber":1,"Count":10}`,
      )
      assert.deepEqual(
        found.map((row) => row.accountid),
        [market.accounts[0]],
      )
    },
  ),
  works(
    { name: 'rules of one’s own', request: 'POST duplicaterules, POST duplicaterules({id})/…PublishDuplicateRule', points: '' },
    async (dv, market) => {
      const rule = await create(dv, 'duplicaterules', { name: market.fresh('Rule'), baseentityname: 'task', matchingentityname: 'task' })
      await create(dv, 'duplicateruleconditions', {
        baseattributename: 'subject',
        matchingattributename: 'subject',
        operatorcode: 0,
        'regardingobjectid@odata.bind': `/duplicaterules(${rule})`,
      })
      const published = await post(dv, `duplicaterules(${rule})/${NS}.PublishDuplicateRule`, {})
      assert.ok(published.status < 300, published.text)
      const subject = market.fresh('Same')
      await create(dv, 'tasks', { subject })
      await refused('412 0x80040333', post(dv, 'tasks', { subject }, { headers: NO_SUPPRESSION }))
      assert.ok((await post(dv, 'UnpublishDuplicateRule', { DuplicateRuleId: rule })).status < 300)
      await expectStatus(204, post(dv, 'tasks', { subject }, { headers: NO_SUPPRESSION }))
    },
  ),
  notOffered(
    {
      name: 'a job over a whole table',
      request: 'POST BulkDetectDuplicates',
      status: 404,
      code: '0x80060888',
      instead: '`RetrieveDuplicates` per record',
    },
    (dv) => post(dv, 'BulkDetectDuplicates', {}),
  ),
])
