import { type AppError, isAppError } from '@p2c/base'
import type { TablePlatform } from '@p2c/dataverse'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { installSolution, uninstallSolution } from './install-solution.ts'
import { solutionStatus } from './solution-status.ts'
import { deleteUse, putUse, type SolutionDeps } from './solution-store.ts'

const PATH = '/local/solution'
const LONGEST_NAME = 300

const installBody = z.strictObject({ version: z.string().optional() })
/** PostgreSQL stores no NUL. */
const words = (longest: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(longest)
    .refine((text) => !text.includes('\0'), 'must not contain a NUL character')
const useBody = z.strictObject({ name: words(LONGEST_NAME) })
const useParams = z.object({ key: words(100) })

/**
 * The solution of the local application, which the cloud keeps in its admin centre: `GET`, `POST`, `DELETE /local/solution` tell, install and
 * uninstall; `PUT`, `DELETE /local/solution/uses/{key}` say which integration projects use it. Each needs a bearer token of the application.
 */
export function registerSolutionRoutes({ app, signedIn }: Pick<TablePlatform, 'app' | 'signedIn'>, deps: SolutionDeps): void {
  const report = async (reply: FastifyReply, outcome?: string): Promise<FastifyReply> =>
    sendJson(reply, 200, { ...(outcome !== undefined && { outcome }), ...(await solutionStatus(deps)) })
  app.get(
    PATH,
    signedIn((_request, reply) => report(reply)),
  )
  app.post(
    PATH,
    signedIn((request, reply) =>
      answered(reply, async () => {
        const { version } = readBody(request, installBody)
        return report(reply, await installSolution(deps, version))
      }),
    ),
  )
  app.delete(
    PATH,
    signedIn((_request, reply) =>
      answered(reply, async () => report(reply, (await uninstallSolution(deps)) === undefined ? 'unchanged' : 'uninstalled')),
    ),
  )
  registerUses({ app, signedIn }, deps)
}

function registerUses({ app, signedIn }: Pick<TablePlatform, 'app' | 'signedIn'>, deps: SolutionDeps): void {
  app.put(
    `${PATH}/uses/:key`,
    signedIn((request, reply) =>
      answered(reply, async () => {
        const { key } = check(useParams, request.params)
        const use = { key, ...readBody(request, useBody) }
        await putUse(deps, use)
        return sendJson(reply, 200, use)
      }),
    ),
  )
  app.delete(
    `${PATH}/uses/:key`,
    signedIn((request, reply) =>
      answered(reply, async () => {
        await deleteUse(deps, check(useParams, request.params).key)
        return reply.code(204).send()
      }),
    ),
  )
}

class UnusableRequest extends Error {}

/** Refusals as JSON; everything else goes to the handler of the application. */
async function answered(reply: FastifyReply, work: () => Promise<FastifyReply>): Promise<FastifyReply> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof UnusableRequest) {
      const message = `The request cannot be used: ${error.message}. Correct it and send it again.`
      return sendJson(reply, 400, { error: { code: 'request-invalid', message } })
    }
    const status = isAppError(error) ? statusOf(error) : undefined
    if (!isAppError(error) || status === undefined) throw error
    return sendJson(reply, status, {
      error: { code: error.code, message: error.message, ...(error.details && { details: error.details }) },
    })
  }
}

const STATUSES: Readonly<Partial<Record<AppError['category'], number>>> = { schema: 400, conflict: 409 }
const statusOf = (error: AppError): number | undefined => STATUSES[error.category]

function readBody<Schema extends z.ZodType>({ body }: FastifyRequest, schema: Schema): z.output<Schema> {
  const text = Buffer.isBuffer(body) ? body.toString('utf8') : ''
  return check(schema, text.trim() === '' ? {} : parseJson(text))
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new UnusableRequest(`it is not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function check<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const result = schema.safeParse(input)
  if (result.success) return result.data
  throw new UnusableRequest(result.error.issues.map((issue) => `/${issue.path.join('/')} ${issue.message}`).join('; '))
}

const sendJson = (reply: FastifyReply, status: number, body: unknown): FastifyReply =>
  reply.code(status).type('application/json; charset=utf-8').header('Cache-Control', 'no-store').send(JSON.stringify(body))
