/** An answer means nothing but its status; a short one is read so that its connection can be used again. */
const MAX_ANSWER_BYTES = 16 * 1024

/** Reads an answer of which only the status counts. A body that goes on for ever, or breaks off, does not undo the status that came before it. */
export async function passOverAnswer(answer: Response): Promise<void> {
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

/** Why a receiver could not be reached, as the network said it, without the address: it may carry a key. */
export function unreachableReason(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? ` (${cause.code})` : ''
  return `The receiver could not be reached${code}.`
}
