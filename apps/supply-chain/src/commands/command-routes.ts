import { decodeUtf8 } from '@p2c/odata'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { infologText } from '../domain/messages.ts'
import { readObject } from '../odata/read-body.ts'
import { mayAccessCompany, type ServiceUser } from '../odata/service-user.ts'
import type { Command } from './command.ts'
import { operationPath, parameterSchema } from './describe-command.ts'
import { type CommandAnswer, type CommandDeps, type CommandUser, runCommand } from './run-command.ts'

/** Longest idempotency key. */
const KEY_LENGTH = 200

/** A user of the service as commands see it. */
export const commandUser = (user: ServiceUser): CommandUser => ({
  userId: user.userId,
  defaultCompany: user.defaultCompany,
  mayAccess: (dataAreaId) => mayAccessCompany(user, dataAreaId),
})

/** Routes of commands: `GET /api/commands`, `GET` and `POST /api/commands/<name>`. The check of tokens runs before them. */
export function registerCommandRoutes(fastify: FastifyInstance, deps: CommandDeps, commands: readonly Command[]): void {
  const byName = new Map(commands.map((each) => [each.name, each]))
  fastify.get('/api/commands', async () => ({ commands: commands.map(describe) }))
  fastify.route<{ Params: { name: string } }>({
    method: ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'],
    url: '/api/commands/:name',
    handler: async (request, reply) => {
      const command = byName.get(request.params.name)
      if (command === undefined)
        return refuse(reply, 404, { code: 'command-not-found', text: `There is no command '${request.params.name.slice(0, 100)}'.` })
      if (request.method === 'GET') return describe(command)
      if (request.method === 'POST') return answer(request, reply, { deps, command })
      const text = `The requested resource does not support http method '${request.method}'.`
      return refuse(reply, 405, { code: 'method-not-allowed', text })
    },
  })
}

const describe = (command: Command) => ({
  name: command.name,
  summary: command.summary,
  operation: operationPath(command),
  parameters: parameterSchema(command),
})

async function answer(request: FastifyRequest, reply: FastifyReply, { deps, command }: { deps: CommandDeps; command: Command }) {
  const body = readObject(Buffer.isBuffer(request.body) ? decodeUtf8(request.body) : undefined)
  if (body === undefined)
    return refuse(reply, 400, { ...INVALID, text: 'The body must be one JSON object with the parameters of the command.' })
  const key = request.headers['idempotency-key']
  if (key !== undefined && (typeof key !== 'string' || key.length === 0 || key.length > KEY_LENGTH))
    return refuse(reply, 400, { ...INVALID, text: `The header Idempotency-Key must have 1 to ${KEY_LENGTH} characters.` })
  if (request.serviceUser === undefined) throw new TypeError('a protected route without a user')
  const user = commandUser(request.serviceUser)
  return sendAnswer(reply, await runCommand(deps, { command, body, user, ...(key !== undefined && { idempotencyKey: key }) }))
}

const INVALID = { code: 'command-parameter', message: 'The request is invalid.', type: 'System.ArgumentException' }
const REFUSED_TYPE = 'Microsoft.Dynamics.Ax.Xpp.ErrorException'

function sendAnswer(reply: FastifyReply, outcome: CommandAnswer): FastifyReply {
  switch (outcome.kind) {
    case 'done':
      if (outcome.isRepeated) reply.header('Idempotency-Replayed', 'true')
      return reply.code(200).send({ result: outcome.value, warnings: outcome.warnings })
    case 'invalid':
      return refuse(reply, 400, { ...INVALID, text: outcome.problems.join(' ') })
    case 'key-reused':
      return refuse(reply, 409, { code: 'idempotency-key-reused', text: 'The idempotency key belongs to another request of this user.' })
    case 'refused': {
      const code = (outcome.infolog.find(({ severity }) => severity === 'Error') ?? outcome.infolog[0])?.code ?? ''
      return refuse(reply, 400, { code, text: infologText(outcome.infolog), type: REFUSED_TYPE, infolog: outcome.infolog })
    }
  }
}

interface Refusal {
  /** Stable code: that of the first Infolog entry, or what is wrong with the request. */
  readonly code: string
  readonly text: string
  readonly message?: string
  readonly type?: string
  readonly infolog?: readonly unknown[]
}

/** The error body of section 8, with the stable code of the reason and the entries of the Infolog beside its text. */
function refuse(
  reply: FastifyReply,
  status: number,
  { code, text, message = 'An error has occurred.', type, infolog }: Refusal,
): FastifyReply {
  const innererror = { message: text, type: type ?? 'System.InvalidOperationException', stacktrace: '' }
  return reply.code(status).send({ error: { code, message, innererror, ...(infolog && { infolog }) } })
}
