import { once } from 'node:events'
import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { startSales } from './sales-app.fixture.ts'

interface Event {
  readonly PrimaryEntityName: string
  readonly Depth: number
  readonly InputParameters: readonly [{ readonly value: { readonly Attributes: readonly { readonly key: string }[] } }]
}

test('DV-120 G-DV-30 Sales posts the changed columns, the time and the key, and no column that its rules keep', async (t) => {
  const events: Event[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    events.push(JSON.parse(Buffer.concat(chunks).toString('utf8')))
    response.end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`
  const sales = await startSales(t)
  const endpoint = await sales.create('serviceendpoints', { name: 'Receiver', contract: 8, url, authtype: 4, authvalue: 'key' })
  const message = await sales.idOf('sdkmessages', "name eq 'Update'")
  await sales.create('sdkmessageprocessingsteps', {
    'sdkmessageid@odata.bind': `/sdkmessages(${message})`,
    'eventhandler_serviceendpoint@odata.bind': `/serviceendpoints(${endpoint.serviceendpointid})`,
    stage: 40,
    mode: 0,
  })
  const contact = await sales.create('contacts', { firstname: 'Ada', lastname: 'Lind' })
  const account = await sales.create('accounts', { name: 'Halvorsen Marine Supply' })
  const changes = {
    name: 'Halvorsen Marine Supply AS',
    creditlimit: 60000,
    industrycode: 7,
    'primarycontactid@odata.bind': `/contacts(${contact.contactid})`,
  }
  events.length = 0
  expect((await sales.patch(`accounts(${account.accountid})`, changes)).status).toBe(204)
  const [event] = events.filter((candidate) => candidate.PrimaryEntityName === 'account')
  expect(event?.Depth).toBe(1)
  expect(event?.InputParameters[0].value.Attributes.map(({ key }) => key).sort()).toEqual(
    ['accountid', 'creditlimit', 'industrycode', 'modifiedon', 'name', 'primarycontactid'].sort(),
  )
})
