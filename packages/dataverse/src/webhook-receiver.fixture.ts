import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { TestScope } from '@p2c/base'
import type { TestAnswer, TestPlatform } from './platform.case.ts'

/** What a receiver was sent. */
export interface Received {
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly bytes: number
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of any shape
  readonly json: any
}

/** A real HTTP server that takes webhooks. */
export interface Receiver {
  readonly url: string
  /** Everything received so far. */
  readonly received: readonly Received[]
  /** Answers the next requests with these, the last one for ever: a status, or `silent` for no answer at all. */
  answer(...answers: readonly (number | 'silent')[]): void
  /** Resolves when `count` requests have come, counted from the start. */
  wait(count: number): Promise<readonly Received[]>
}

/** Starts a receiver that stops with the test. */
export async function startReceiver(t: TestScope): Promise<Receiver> {
  const received: Received[] = []
  const waiting = new Set<() => void>()
  let answers: (number | 'silent')[] = [200]
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks)
      received.push({ url: request.url ?? '', headers: request.headers, bytes: body.length, json: JSON.parse(body.toString('utf8')) })
      for (const look of waiting) look()
      answerWith(response, answers.length > 1 ? answers.shift() : answers[0])
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the receiver listens on a port')
  return {
    url: `http://127.0.0.1:${address.port}/hook`,
    received,
    answer: (...next) => {
      answers = [...next]
    },
    wait: (count) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (received.length < count) return
          waiting.delete(look)
          resolve([...received])
        }
        waiting.add(look)
        look()
      }),
  }
}

function answerWith(response: ServerResponse, answer: number | 'silent' | undefined): void {
  if (answer === 'silent' || answer === undefined) return
  const location = answer >= 300 && answer < 400 ? { location: '/elsewhere' } : {}
  response.writeHead(answer, { 'content-type': 'text/plain', ...location }).end('the body of an answer does not matter')
}

/** What a webhook is registered with beside its end point. */
export interface StepOptions {
  readonly message?: string
  /** `null`: all tables. */
  readonly table?: string | null
  readonly endpoint?: Readonly<Record<string, unknown>>
  readonly step?: Readonly<Record<string, unknown>>
}

/** Creates a row and gives its id; asserts the 204. */
export async function createRow(platform: TestPlatform, set: string, body: object): Promise<string> {
  const answer = await platform.send('POST', set, { body })
  if (answer.status !== 204) throw new Error(`POST ${set}: ${answer.status} ${answer.text}`)
  return /\(([0-9a-f-]+)\)$/.exec(String(answer.headers['odata-entityid']))?.[1] ?? ''
}

/** Registers an end point and a step on it, as a client of the Web API does; default: Update of accounts, asynchronous. */
export async function registerStep(
  platform: TestPlatform,
  url: string,
  options: StepOptions = {},
): Promise<{ readonly endpoint: string; readonly step: string }> {
  const endpoint = await createRow(platform, 'serviceendpoints', {
    name: 'Receiver',
    contract: 8,
    url,
    authtype: 5,
    authvalue: '<settings><setting name="x-secret" value="s3cret" /></settings>',
    ...options.endpoint,
  })
  const message = options.message ?? 'Update'
  const table = options.table === undefined ? 'account' : options.table
  const step = await createRow(platform, 'sdkmessageprocessingsteps', {
    name: `${message} step`,
    'sdkmessageid@odata.bind': `/sdkmessages(${await messageId(platform, message)})`,
    ...(table !== null && { 'sdkmessagefilterid@odata.bind': `/sdkmessagefilters(${await filterId(platform, message, table)})` }),
    'eventhandler_serviceendpoint@odata.bind': `/serviceendpoints(${endpoint})`,
    stage: 40,
    mode: 1,
    ...options.step,
  })
  return { endpoint, step }
}

const firstId = (answer: TestAnswer, key: string): string => String(answer.json.value[0]?.[key])

export const messageId = async (platform: TestPlatform, message: string): Promise<string> =>
  firstId(await platform.send('GET', `sdkmessages?$filter=name eq '${message}'`), 'sdkmessageid')

export const filterId = async (platform: TestPlatform, message: string, table: string): Promise<string> =>
  firstId(
    await platform.send('GET', `sdkmessagefilters?$filter=sdkmessageid/name eq '${message}' and primaryobjecttypecode eq '${table}'`),
    'sdkmessagefilterid',
  )

/** Looks again after each turn until `look` finds something. A program at work has no event for the end of it but what it stores. */
export async function until<Found>(look: () => Promise<Found | undefined>): Promise<Found> {
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** The first system job with one of these reasons, when there is one. */
export const jobWith = (platform: TestPlatform, ...reasons: readonly number[]) =>
  until(async () => {
    const answer = await platform.send('GET', 'asyncoperations?$orderby=createdon')
    const rows: readonly Readonly<Record<string, unknown>>[] = answer.json.value
    return rows.find((row) => reasons.includes(Number(row.statuscode)))
  })
