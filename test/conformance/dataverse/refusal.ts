import type { ReplyLike } from '../operation.ts'

/** Status and code of a refusal; an empty code stands for itself. */
export interface Refusal {
  readonly status: number
  readonly code: string
}

export function assertRefused(reply: ReplyLike, { status, code }: Refusal, text = /./): void {
  const body = reply.json?.error ?? {}
  const found = `${reply.status} ${body.code}`
  if (found !== `${status} ${code}`) throw new Error(`expected ${status} ${code}, got ${found}: ${reply.text.slice(0, 400)}`)
  if (typeof body.message !== 'string' || !text.test(body.message))
    throw new Error(`the message does not match ${text}: ${reply.text.slice(0, 400)}`)
}
