import type { ReplyLike } from '../operation.ts'

/** Status of a refusal and a part of its text; empty where nothing is said. */
export interface Refusal {
  readonly status: number
  readonly says: string
}

/** The text that a client shows: the deepest inner message, that of a route miss, or that of a custom service. */
export function messageOf({ json }: ReplyLike): string {
  let error = json?.error
  while (error?.innererror !== undefined || error?.internalexception !== undefined) error = error.innererror ?? error.internalexception
  return String(error?.message ?? json?.ExceptionMessage ?? json?.Message ?? '')
}

export function assertRefused(reply: ReplyLike, { status, says }: Refusal): void {
  const message = messageOf(reply)
  if (reply.status !== status) throw new Error(`expected ${status}, got ${reply.status}: ${reply.text.slice(0, 400)}`)
  if (!message.includes(says)) throw new Error(`expected the text ${JSON.stringify(says)}: ${reply.text.slice(0, 600)}`)
  if (/\bat .*\.ts:\d|node_modules/.test(reply.text)) throw new Error(`the answer shows the program: ${reply.text.slice(0, 600)}`)
}
