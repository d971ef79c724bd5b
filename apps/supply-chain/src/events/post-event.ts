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

/** An answer means nothing but its status; a short one is read so that its connection can be used again. */
const MAX_ANSWER_BYTES = 16 * 1024

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
    await passOver(answer)
    return answer.ok ? undefined : `The receiver answered with HTTP status ${answer.status}.`
  } catch (error) {
    return timeout.aborted ? `The receiver did not answer within ${timeoutMs / 1000} s.` : reasonOf(error)
  }
}

/** A body that goes on for ever, or breaks off, does not undo the status that came before it. */
async function passOver(answer: Response): Promise<void> {
  const reader = answer.body?.getReader()
  if (reader === undefined) return
  let bytes = 0
  try {
    for (;;) {
      const { done, value } = await reader.read()
      bytes += value?.byteLength ?? 0
      if (done) return
      if (bytes > MAX_ANSWER_BYTES) return await reader.cancel()
    }
  } catch {
    // The status has been read; nothing else of the answer counts.
  }
}

/** What the network said, without the address: it may carry a key. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? ` (${cause.code})` : ''
  return `The receiver could not be reached${code}.`
}
