import type { FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify'
import { z } from 'zod'
import { LOG_LENGTH } from './fault-control.ts'
import { faultSettingsSchema } from './fault-rule.ts'
import type { FaultDeps } from './fault-wire.ts'
import { limitsSchema } from './limits.ts'

const logQuery = z.object({ limit: z.coerce.number().int().min(1).max(LOG_LENGTH).default(100) })

/** The end points under `/local` that switch faults and limits. Each needs a bearer token of the application. Reference: docs/reference/fault-injection.md. */
export function registerAdministration(app: FastifyInstance, deps: FaultDeps): void {
  registerFaultSwitches(app, deps)
  registerLimitSwitches(app, deps)
}

function registerFaultSwitches(app: FastifyInstance, deps: FaultDeps): void {
  const { control } = deps
  const report = (reply: FastifyReply): FastifyReply => sendJson(reply, 200, control.faults())
  const put: SignedInHandler = (request, reply) =>
    whenValid(reply, readBody(request, faultSettingsSchema), (settings) => {
      control.setFaults(settings)
      return report(reply)
    })
  const clear: SignedInHandler = (_request, reply) => {
    control.clearFaults()
    return reply.code(204).send()
  }
  const log: SignedInHandler = (request, reply) =>
    whenValid(reply, check(logQuery, request.query), ({ limit }) => sendJson(reply, 200, { entries: control.log(limit) }))
  app.get(
    '/local/faults',
    signedIn(deps, (_request, reply) => report(reply)),
  )
  app.put('/local/faults', signedIn(deps, put))
  app.delete('/local/faults', signedIn(deps, clear))
  app.get('/local/faults/log', signedIn(deps, log))
}

function registerLimitSwitches(app: FastifyInstance, deps: FaultDeps): void {
  const { control, wire } = deps
  const report = (reply: FastifyReply): FastifyReply => sendJson(reply, 200, control.limits())
  const put: SignedInHandler = (request, reply) =>
    whenValid(reply, readBody(request, limitsSchema), (settings) => {
      control.setLimits({ ...settings, headers: settings.headers ?? wire.sendsLimitHeaders })
      return report(reply)
    })
  const clear: SignedInHandler = (_request, reply) => {
    control.setLimits(undefined)
    return reply.code(204).send()
  }
  app.get(
    '/local/limits',
    signedIn(deps, (_request, reply) => report(reply)),
  )
  app.put('/local/limits', signedIn(deps, put))
  app.delete('/local/limits', signedIn(deps, clear))
}

/** Answers a request of somebody who signed in. */
export type SignedInHandler = (request: FastifyRequest, reply: FastifyReply) => FastifyReply | Promise<FastifyReply>

/**
 * Answers 401 without a token of the application. A token that is good by either clock will do: one from before the clock was shifted, and
 * one that the shifted clock issued.
 */
export const signedIn =
  ({ control, identity, wire }: FaultDeps, handler: SignedInHandler): RouteHandlerMethod =>
  async (request, reply) => {
    const { authorization } = request.headers
    const isKnown = [control.trueClock, control.clock].some((clock) => identity.verifyToken(authorization, clock.now()).ok)
    return isKnown ? handler(request, reply) : wire.send(reply, wire.unauthorized(request))
  }

interface Problem {
  /** JSON pointer (RFC 6901) into the body; of the query where there is none. */
  readonly pointer: string
  readonly message: string
}

type Checked<Value> = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly problems: readonly Problem[] }

function readBody<Schema extends z.ZodType>({ body }: FastifyRequest, schema: Schema): Checked<z.output<Schema>> {
  const text = Buffer.isBuffer(body) ? body.toString('utf8') : ''
  try {
    return check(schema, text.trim() === '' ? {} : JSON.parse(text))
  } catch (error) {
    if (error instanceof SyntaxError) return { ok: false, problems: [{ pointer: '', message: `is not JSON: ${error.message}` }] }
    throw error
  }
}

function check<Schema extends z.ZodType>(schema: Schema, input: unknown): Checked<z.output<Schema>> {
  const result = schema.safeParse(input)
  return result.success ? { ok: true, value: result.data } : { ok: false, problems: result.error.issues.flatMap(toProblems) }
}

/** Members that nobody knows are named one by one, at their own places. */
function toProblems(issue: z.core.$ZodIssue): Problem[] {
  if (issue.code !== 'unrecognized_keys') return [{ pointer: toPointer(issue.path), message: issue.message }]
  return issue.keys.map((key) => ({ pointer: toPointer([...issue.path, key]), message: 'is not known here' }))
}

const toPointer = (path: readonly PropertyKey[]): string =>
  path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

function whenValid<Value>(reply: FastifyReply, checked: Checked<Value>, answer: (value: Value) => FastifyReply): FastifyReply {
  if (checked.ok) return answer(checked.value)
  const { problems } = checked
  const list = problems.map(({ pointer, message }) => `${pointer || '/'} ${message}`).join('; ')
  return sendJson(reply, 400, {
    error: { code: 'request-invalid', message: `The request cannot be used: ${list}. Correct it and send it again.`, problems },
  })
}

const sendJson = (reply: FastifyReply, status: number, body: unknown): FastifyReply =>
  reply.code(status).type('application/json; charset=utf-8').header('Cache-Control', 'no-store').send(JSON.stringify(body))
