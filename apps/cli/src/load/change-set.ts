import { AppError } from '@p2c/base'
import { type ApplicationClient, messageOf } from './http.ts'

export interface Write {
  readonly method: 'POST' | 'PATCH'
  /** Below the service root. */
  readonly path: string
  readonly body: Readonly<Record<string, unknown>>
}

const CRLF = '\r\n'
const FAILED_PART = /^HTTP\/1\.1 ([45]\d\d)[^\r\n]*\r?\n/m

/** Sends writes as one change set of an OData batch: all are done or none. Throws `application-refused` with the reason of the failing one. */
export async function sendChangeSet(client: ApplicationClient, root: string, writes: readonly Write[]): Promise<void> {
  const parts = writes.map((write, index) => changeSetPart(root, write, index + 1))
  const inner = [...parts, '--changeset_1--', ''].join(CRLF)
  const body = ['--batch_1', 'Content-Type: multipart/mixed; boundary=changeset_1', '', inner, '--batch_1--', ''].join(CRLF)
  const answer = await client.text(`${root}/$batch`, body, 'multipart/mixed; boundary=batch_1')
  const failed = FAILED_PART.exec(answer)
  if (failed === null) return
  const json =
    answer
      .slice(failed.index)
      .split(/\r?\n\r?\n/)[1]
      ?.split(/\r?\n/, 1)[0] ?? ''
  throw new AppError({ category: 'data', code: 'application-refused', message: messageOf(json), details: { status: Number(failed[1]) } })
}

function changeSetPart(root: string, write: Write, contentId: number): string {
  const json = JSON.stringify(write.body)
  const head = ['--changeset_1', 'Content-Type: application/http', 'Content-Transfer-Encoding: binary', `Content-ID: ${contentId}`, '']
  const request = [
    `${write.method} ${root}/${write.path} HTTP/1.1`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(json)}`,
    '',
    json,
  ]
  return [...head, ...request].join(CRLF)
}
