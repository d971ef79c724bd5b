import { createHash } from 'node:crypto'
import type { ApplicationClient } from '../http.ts'

/** A Supply Chain application as one company of it. */
export interface CompanyClient {
  readonly client: ApplicationClient
  /** `dataAreaId` */
  readonly company: string
}

/** What a command did. */
export interface CommandReply {
  readonly result: Readonly<Record<string, unknown>>
}

/**
 * Runs a command. Its idempotency key follows from what is asked for: a call that is sent again, by this load or by the next one after a
 * kill, gets the answer of the first and does nothing more. Throws `application-refused` with the reason.
 */
export async function postCommand(
  { client, company }: CompanyClient,
  name: string,
  parameters: Readonly<Record<string, unknown>>,
): Promise<CommandReply> {
  const body = { dataAreaId: company, ...parameters }
  const key = createHash('sha256')
    .update(JSON.stringify([name, body]))
    .digest('hex')
  const reply = await client.json('POST', `/api/commands/${name}`, body, { 'Idempotency-Key': `load-${key}` })
  return reply as CommandReply
}
