import assert from 'node:assert/strict'
import type { HttpReply, OutsideClient } from '../../../support/outside-client.ts'
import { act, create, expectStatus, type Json, read, refused } from '../calls.ts'
import { area, works } from '../operation.ts'
import { addProject, manage, packageOf, tryToManage, unpack } from '../package-file.ts'
import { HOME, type Trade } from '../trade.ts'

const connector = (
  fo: OutsideClient,
  { url }: Trade,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<HttpReply> =>
  fo.call(body === undefined ? 'GET' : 'POST', `${url}/api/connector/${path}`, { ...(body !== undefined && { body }), headers })

/** A recurring job of its own; gives its activity id. */
const addJob = async (fo: OutsideClient, values: Json): Promise<string> => {
  const ActivityId = crypto.randomUUID()
  await create(fo, 'RecurringDataJobs', { ActivityId, DataProjectName: 'Conformance in', ...values })
  return ActivityId
}

const CSV = { 'content-type': 'text/csv' }
const customerFile = (account: string, group = '10'): string =>
  `CUSTOMERACCOUNT,ORGANIZATIONNAME,CUSTOMERGROUPID,SALESCURRENCYCODE\r\n${account},By file,${group},USD\r\n`

const RUNNING = ['Enqueued', 'Processing', 'PreProcessing']

/** The status of a message once it is processed. */
async function processed(fo: OutsideClient, trade: Trade, job: string, message: string): Promise<Json> {
  for (;;) {
    const { json } = await expectStatus(200, connector(fo, trade, `jobstatus/${job}?jobId=${message}`))
    if (!RUNNING.includes(json.DataJobStatus.DataJobState)) return json
  }
}

/** A job that exports terms of payment, and its project. */
async function exportJob(fo: OutsideClient, trade: Trade): Promise<string> {
  const DataProjectName = trade.fresh('Recur')
  await addProject(fo, DataProjectName, [{ EntityName: 'Currencies' }])
  return addJob(fo, { OperationType: 'Export', DataProjectName, CompanyId: HOME })
}

export const INTEGRATIONS = area('Recurring integrations', [
  works(
    { name: 'a file is sent', request: 'POST /api/connector/enqueue/{activityId}?entity=…&company=…', points: 'FO-100' },
    async (fo, trade) => {
      const [job, account] = [await addJob(fo, {}), trade.fresh('Q')]
      const headers = { ...CSV, 'x-ms-dyn-externalidentifier': 'run-77' }
      const reply = await expectStatus(
        200,
        connector(fo, trade, `enqueue/${job}?entity=Customers%20V3&company=${HOME}`, customerFile(account), headers),
      )
      assert.match(reply.text, /^"[0-9a-f-]{36}"$/)
      const { DataJobStatus, ExecutionDetail } = await processed(fo, trade, job, reply.json)
      assert.deepEqual(
        [DataJobStatus.DataJobState, DataJobStatus.ExternalIdentifier, DataJobStatus.DataJobIdentifier],
        ['Processed', 'run-77', reply.json],
      )
      assert.deepEqual(
        [ExecutionDetail[0].EntityName, ExecutionDetail[0].TargetRecords, ExecutionDetail[0].TargetStatus],
        ['Customers V3', 1, 'Finished'],
      )
      assert.equal((await read(fo, `CustomersV3(dataAreaId='${HOME}',CustomerAccount='${account}')`)).OrganizationName, 'By file')
    },
  ),
  works(
    { name: 'an activity id in braces', request: 'POST /api/connector/enqueue/%7B{activityId}%7D', points: 'FO-100' },
    async (fo, trade) => {
      const job = await addJob(fo, { EntityName: 'Customers V3' })
      const braced = encodeURIComponent(`{${job.toUpperCase()}}`)
      const { json } = await expectStatus(200, connector(fo, trade, `enqueue/${braced}`, customerFile(trade.fresh('Q')), CSV))
      assert.equal((await processed(fo, trade, job, json)).DataJobStatus.DataJobState, 'Processed')
    },
  ),
  works({ name: 'a package is sent', request: 'POST /api/connector/enqueue/{activityId}', points: 'FO-100' }, async (fo, trade) => {
    const [job, account] = [await addJob(fo, {}), trade.fresh('Q')]
    const columns = ['CUSTOMERACCOUNT', 'ORGANIZATIONNAME', 'CUSTOMERGROUPID', 'SALESCURRENCYCODE']
    const content = packageOf([{ entityName: 'Customers V3', sourceFormat: 'CSV', columns, content: customerFile(account) }])
    const { json } = await expectStatus(200, connector(fo, trade, `enqueue/${job}`, content, { 'content-type': 'application/zip' }))
    assert.equal((await processed(fo, trade, job, json)).DataJobStatus.DataJobState, 'Processed')
  }),
  works(
    { name: 'states of a message', request: 'GET /api/connector/jobstatus/{activityId}?jobId=…', points: 'FO-104' },
    async (fo, trade) => {
      const job = await addJob(fo, { EntityName: 'Customers V3' })
      const stateOf = async (body: string): Promise<Json> => {
        const { json } = await expectStatus(200, connector(fo, trade, `enqueue/${job}`, body, CSV))
        return processed(fo, trade, job, json)
      }
      const partly = await stateOf(`${customerFile(trade.fresh('Q'))}${trade.fresh('Q')},x,99,USD\r\n`)
      assert.deepEqual([partly.DataJobStatus.DataJobState, partly.ExecutionDetail[0].TargetErrorCount], ['ProcessedWithErrors', 1])
      const wrong = await stateOf('NOPE\r\nx\r\n')
      assert.equal(wrong.DataJobStatus.DataJobState, 'PreProcessingError')
      assert.match(wrong.ExecutionLog, /NOPE/)
    },
  ),
  works(
    { name: 'the status by an action', request: 'POST DataManagementDefinitionGroups/…GetMessageStatus', points: 'FO-104' },
    async (fo, trade) => {
      const job = await addJob(fo, { EntityName: 'Customers V3' })
      const { json } = await expectStatus(200, connector(fo, trade, `enqueue/${job}`, customerFile(trade.fresh('Q')), CSV))
      await processed(fo, trade, job, json)
      assert.equal(await manage(fo, 'GetMessageStatus', { messageId: json }), 'Processed')
      assert.equal((await tryToManage(fo, 'GetMessageStatus', { messageId: crypto.randomUUID() })).status, 400)
    },
  ),
  works(
    {
      name: 'a package is fetched and acknowledged',
      request: 'GET /api/connector/dequeue/{activityId}, POST /api/connector/ack/{activityId}',
      points: 'FO-101',
    },
    async (fo, trade) => {
      const job = await exportJob(fo, trade)
      const message = await act(fo, `RecurringDataJobs('${job}')`, 'ExportNow')
      const { json } = await expectStatus(200, connector(fo, trade, `dequeue/${job}`))
      assert.equal(json.CorrelationId, message)
      assert.deepEqual([typeof json.PopReceipt, typeof json.DownloadLocation], ['string', 'string'])
      const ack = await expectStatus(200, connector(fo, trade, `ack/${job}`, json))
      assert.equal(ack.text, '')
      await expectStatus(204, connector(fo, trade, `dequeue/${job}`))
      const status = await expectStatus(200, connector(fo, trade, `jobstatus/${job}?jobId=${message}`))
      assert.equal(status.json.DataJobStatus.DataJobState, 'Acked')
    },
  ),
  works({ name: 'its file', request: 'GET {DownloadLocation}', points: 'FO-004 FO-101' }, async (fo, trade) => {
    const job = await exportJob(fo, trade)
    await act(fo, `RecurringDataJobs('${job}')`, 'ExportNow')
    const { DownloadLocation } = (await expectStatus(200, connector(fo, trade, `dequeue/${job}`))).json
    assert.ok(DownloadLocation.startsWith(`${trade.url}/api/connector/download/${job}`))
    await expectStatus(401, fo.call('GET', DownloadLocation, { token: '' }))
    const token = await tokenOf(trade)
    const reply = await fetch(DownloadLocation, { headers: { authorization: `Bearer ${token}` } })
    const files = unpack(new Uint8Array(await reply.arrayBuffer()))
    assert.deepEqual(Object.keys(files).sort(), ['Currencies.csv', 'Manifest.xml', 'PackageHeader.xml'])
  }),
  works({ name: 'nothing waits', request: 'GET /api/connector/dequeue/{activityId}', points: 'FO-101' }, async (fo, trade) => {
    const reply = await expectStatus(204, connector(fo, trade, `dequeue/${await exportJob(fo, trade)}`))
    assert.equal(reply.text, '')
  }),
  works(
    { name: 'an offered message is not offered again at once', request: 'GET /api/connector/dequeue/{activityId}', points: 'FO-101' },
    async (fo, trade) => {
      const job = await exportJob(fo, trade)
      await act(fo, `RecurringDataJobs('${job}')`, 'ExportNow')
      await expectStatus(200, connector(fo, trade, `dequeue/${job}`))
      await expectStatus(204, connector(fo, trade, `dequeue/${job}`))
    },
  ),
  works({ name: 'an acknowledgement that is not of the dequeue', request: 'POST /api/connector/ack/{activityId}' }, async (fo, trade) => {
    const job = await exportJob(fo, trade)
    await act(fo, `RecurringDataJobs('${job}')`, 'ExportNow')
    const { json } = await expectStatus(200, connector(fo, trade, `dequeue/${job}`))
    for (const body of [{ ...json, PopReceipt: 'x' }, { ...json, CorrelationId: crypto.randomUUID() }, {}, 'nope'])
      assert.ok([400, 404].includes((await connector(fo, trade, `ack/${job}`, body)).status), JSON.stringify(body))
    await expectStatus(200, connector(fo, trade, `ack/${job}`, json))
  }),
  works({ name: 'a file without its entity', request: 'POST /api/connector/enqueue/{activityId}', points: 'FO-100' }, async (fo, trade) => {
    const job = await addJob(fo, {})
    for (const query of ['', '?entity=Nope', '?entity=Customers%20V3&company=zzzz'])
      assert.equal((await connector(fo, trade, `enqueue/${job}${query}`, customerFile('x'), CSV)).status, 400, query)
    assert.equal((await connector(fo, trade, `enqueue/${job}?entity=Customers%20V3`, '', CSV)).status, 400)
  }),
  works(
    { name: 'a job that there is not, or of the other kind', request: 'GET /api/connector/dequeue/{activityId}', points: 'FO-101' },
    async (fo, trade) => {
      const imports = await addJob(fo, {})
      await expectStatus(404, connector(fo, trade, `dequeue/${crypto.randomUUID()}`))
      await expectStatus(400, connector(fo, trade, `dequeue/${imports}`))
      await expectStatus(404, connector(fo, trade, `jobstatus/${imports}?jobId=${crypto.randomUUID()}`))
      await expectStatus(404, connector(fo, trade, `nope/${imports}`))
    },
  ),
  works({ name: 'a job that does not fit', request: "POST RecurringDataJobs { ActivityId: 'nope' }" }, async (fo) => {
    await refused(400, fo.call('POST', '/RecurringDataJobs', { body: { ActivityId: 'nope', DataProjectName: 'X' } }), 'nope')
  }),
])

/** A token of the client: bytes are fetched beside the client, which reads texts. */
async function tokenOf({ url, credentials }: Trade): Promise<string> {
  const form = {
    grant_type: 'client_credentials',
    client_id: credentials.clientId,
    client_secret: credentials.clientSecret,
    scope: `${url}/.default`,
  }
  const reply = await fetch(`${url}/common/oauth2/v2.0/token`, { method: 'POST', body: new URLSearchParams(form) })
  return String(((await reply.json()) as Json).access_token)
}
