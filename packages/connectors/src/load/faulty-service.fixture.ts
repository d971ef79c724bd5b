import type { StubAnswer, StubHandler, StubRequest } from '../stub-service.ts'

/** Numbers from 0 to 1 that follow from a seed (mulberry32), so that a failure can be played again. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** What can go wrong with one request; of the last three the work is done and its answer is spoilt. */
const FAULTS = [
  'throttled',
  'failed',
  'bad-gateway',
  'unavailable',
  'timed-out',
  'expired',
  'dropped-before',
  'failed-after',
  'dropped-after',
  'truncated',
] as const
type Fault = (typeof FAULTS)[number]

/** A renewed token lives for some requests at least: two refusals in a row are another fault than an expired token. */
const LEAST_TOKEN_LIFE = 3

/** `inner` with each kind of fault at `rate` of its requests. `count` says how often which one struck. */
export function faulty(inner: StubHandler, options: { readonly random: () => number; readonly rate: number }) {
  const count = new Map<Fault, number>()
  const expired = new Set<string>()
  const seen = new Map<string, number>()
  const handler: StubHandler = (request) => {
    if (request.url === '/token') return undefined
    const token = String(request.headers.authorization)
    seen.set(token, (seen.get(token) ?? 0) + 1)
    if (expired.has(token)) return { status: 401, body: {} }
    const fault = FAULTS[Math.floor(options.random() / options.rate)]
    if (fault === undefined || (fault === 'expired' && (seen.get(token) ?? 0) <= LEAST_TOKEN_LIFE)) return inner(request)
    count.set(fault, (count.get(fault) ?? 0) + 1)
    if (fault === 'expired') expired.add(token)
    return answerWith(fault, inner, request)
  }
  return { handler, count }
}

function answerWith(fault: Fault, inner: StubHandler, request: StubRequest): StubAnswer | undefined {
  switch (fault) {
    case 'throttled':
      return { status: 429, headers: { 'retry-after': '2' }, body: {} }
    case 'failed':
      return { status: 500, body: { error: { code: '', message: 'An error has occurred.' } } }
    case 'bad-gateway':
      return { status: 502, raw: '<html>' }
    case 'unavailable':
      return { status: 503, headers: { 'retry-after': '1' }, raw: '' }
    case 'timed-out':
      return { status: 504, raw: '' }
    case 'expired':
      return { status: 401, body: {} }
    case 'dropped-before':
      return 'reset'
    default:
      return spoilt(fault, inner(request))
  }
}

/** The answer of work that was done: a failure in its place, none, or a half that ends in good order. */
function spoilt(fault: 'failed-after' | 'dropped-after' | 'truncated', answer: StubAnswer | undefined): StubAnswer | undefined {
  if (fault === 'dropped-after') return 'reset'
  if (fault === 'failed-after') return { status: 500, body: { error: { code: '', message: 'An error has occurred.' } } }
  if (answer === undefined || answer === 'reset') return answer
  const whole = answer.raw ?? (answer.body === undefined ? '' : JSON.stringify(answer.body))
  const { body: _, ...rest } = answer
  return whole === '' ? 'reset' : { ...rest, raw: whole.slice(0, Math.floor(whole.length / 2)) }
}
