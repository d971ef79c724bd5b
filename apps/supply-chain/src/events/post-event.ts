import { passOverAnswer, unreachableReason } from '@p2c/base'

/** Where one event goes. */
export interface EventTarget {
  readonly url: string
  readonly secretHeader: string
  readonly secret: string
}

/** How events are posted. */
export interface PosterDeps {
  readonly fetch: typeof fetch
  /** A receiver that has not answered by then has failed. */
  readonly timeoutMs: number
}

/** Posts one event. Gives why it failed, or undefined where the receiver took it. Redirects are not followed: they would carry the secret away. */
export async function postEvent(
  { fetch, timeoutMs }: PosterDeps,
  delivery: { readonly target: EventTarget; readonly body: string },
  signal: AbortSignal,
): Promise<string | undefined> {
  const { target, body } = delivery
  const timeout = AbortSignal.timeout(timeoutMs)
  try {
    const answer = await fetch(target.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        ...(target.secret !== '' && { [target.secretHeader]: target.secret }),
      },
      body,
      redirect: 'manual',
      signal: AbortSignal.any([signal, timeout]),
    })
    await passOverAnswer(answer)
    return answer.ok ? undefined : `The receiver answered with HTTP status ${answer.status}.`
  } catch (error) {
    return timeout.aborted ? `The receiver did not answer within ${timeoutMs / 1000} s.` : unreachableReason(error)
  }
}
