import { createTokenIssuer, type Database, openScratchDatabase, randomIds, silentLogger, systemClock, type TestScope } from '@p2c/base'
import { createSupplyChainApp } from '@p2c/supply-chain'
import type { SequenceClient, SequenceReply } from '../load/command-sequences.ts'

const CLIENT = { clientId: '6f1c2a90-3b7e-4d11-9a55-0d3c8e21f0a1', clientSecret: 's3cret~value' }
const ISSUER = 'http://supply-chain.local'

/** Supply Chain in this process over a scratch database, spoken to through its HTTP handlers; ends with the test. */
export async function startLocalSupplyChain(scope: TestScope): Promise<{ readonly client: SequenceClient; readonly database: Database }> {
  const database = await openScratchDatabase(scope)
  const tokens = createTokenIssuer({ issuer: ISSUER, key: Buffer.alloc(32, 7), clock: systemClock, clients: [CLIENT] })
  const parts = { database, clock: systemClock, ids: randomIds, log: silentLogger, tokens, signingKey: 'test', publicRoot: ISSUER }
  const app = await createSupplyChainApp(parts)
  scope.onTestFinished(() => app.close())
  const answer = tokens.answerTokenRequest({
    ...{ grant_type: 'client_credentials', client_id: CLIENT.clientId, client_secret: CLIENT.clientSecret, scope: `${ISSUER}/.default` },
  })
  if (answer.status !== 200) throw new Error('no token')
  const authorization = `Bearer ${answer.body.access_token}`
  const call = async (method: string, url: string, body: object | undefined): Promise<SequenceReply> => {
    const reply = await app.inject({
      method: method as 'GET',
      url: encodeURI(url),
      headers: { authorization, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { payload: JSON.stringify(body) }),
    })
    const isJson = String(reply.headers['content-type'] ?? '').startsWith('application/json') && reply.payload !== ''
    return { status: reply.statusCode, text: reply.payload, json: isJson ? JSON.parse(reply.payload) : undefined }
  }
  const client: SequenceClient = {
    data: (method, path, body) => call(method, `/data${path}`, body),
    command: (name, body) => call('POST', `/api/commands/${name}`, body),
  }
  return { client, database }
}
