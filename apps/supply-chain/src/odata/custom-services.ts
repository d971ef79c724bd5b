import { readObject } from './read-body.ts'
import { type DataResponse, parserRefusal } from './response.ts'
import type { ServiceUser } from './service-user.ts'

/** One operation of a custom service. */
export interface ServiceOperation {
  readonly parameters: readonly { readonly name: string; readonly type: string; readonly isOptional?: boolean }[]
  readonly returnType: string
  /** Throws `ServiceRefusal`. */
  run(call: { readonly parameters: Readonly<Record<string, unknown>>; readonly user: ServiceUser }): Promise<unknown>
}

/** An operation that did nothing: 400 for parameters that it cannot read, 500 for a failure inside. */
export class ServiceRefusal extends Error {
  readonly status: 400 | 500

  constructor(status: 400 | 500, message: string) {
    super(message)
    this.name = 'ServiceRefusal'
    this.status = status
  }
}

/** Service groups, their services and operations, by name. */
export type ServiceCatalogue = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, ServiceOperation>>>>>>

/** The services of the application: the health check that clients call. Source: protocol specification, section 14. */
export const customServices = (clock: { now(): Date }): ServiceCatalogue => ({
  UserSessionService: {
    AifUserSessionService: {
      GetUserSessionInfo: {
        parameters: [],
        returnType: 'AifUserSessionInfo',
        run: async ({ user }) => ({
          AOSLocaleName: 'en-US',
          Company: user.defaultCompany,
          UserId: user.userId,
          UserLanguage: 'en-US',
          CurrentDateTime: clock.now().toISOString(),
          IsSysAdmin: false,
        }),
      },
    },
  },
})

const json = (status: number, body: unknown): DataResponse => ({
  status,
  headers: [['Content-Type', 'application/json; charset=utf-8']],
  body: JSON.stringify(body),
})

const find = <Value>(record: Readonly<Record<string, Value>>, name: string | undefined): Value | undefined =>
  name !== undefined && Object.hasOwn(record, name) ? record[name] : undefined

interface ServiceRequest {
  readonly method: string
  /** Path segments below `/api/services`. */
  readonly path: readonly string[]
  readonly body: string | undefined
  readonly user: ServiceUser
  /** Names this call in the log and in a failure. */
  readonly activityId: string
}

/** Answers discovery by GET on each level of the path, and calls by POST on the last one. */
export async function answerServiceRequest(
  catalogue: ServiceCatalogue,
  { method, path, body, user, activityId }: ServiceRequest,
): Promise<DataResponse> {
  const [groupName, serviceName, operationName] = path
  const notFound = json(404, { Message: `No service was found at '${path.join('/').slice(0, 200)}'.` })
  const wrongMethod = json(405, { Message: `The requested resource does not support http method '${method}'.` })
  if (groupName === undefined)
    return method === 'GET' ? json(200, { ServiceGroups: Object.keys(catalogue).map((Name) => ({ Name })) }) : wrongMethod
  const group = find(catalogue, groupName)
  if (group === undefined || path.length > 3) return notFound
  if (serviceName === undefined)
    return method === 'GET' ? json(200, { Services: Object.keys(group).map((Name) => ({ Name })) }) : wrongMethod
  const service = find(group, serviceName)
  if (service === undefined) return notFound
  if (operationName === undefined)
    return method === 'GET' ? json(200, { Operations: Object.keys(service).map((Name) => ({ Name })) }) : wrongMethod
  const operation = find(service, operationName)
  if (operation === undefined) return notFound
  if (method === 'GET') return json(200, describe(operation))
  return method === 'POST' ? call(operation, { body, user, activityId }) : wrongMethod
}

const describe = ({ parameters, returnType }: ServiceOperation) => ({
  Parameters: parameters.map(({ name, type }) => ({ Name: name, Type: type })),
  Return: { Name: 'return', Type: returnType },
})

async function call(
  operation: ServiceOperation,
  { body, user, activityId }: Pick<ServiceRequest, 'body' | 'user' | 'activityId'>,
): Promise<DataResponse> {
  try {
    const parameters = readObject(body)
    if (parameters === undefined) return json(400, { Message: 'The body must be one JSON object with the parameters of the operation.' })
    const missing = operation.parameters.find(({ name, isOptional }) => isOptional !== true && !Object.hasOwn(parameters, name))
    if (missing !== undefined) return json(400, { Message: `Parameter '${missing.name}' is not found within the request content body.` })
    return json(200, await operation.run({ parameters, user }))
  } catch (error) {
    if (error instanceof ServiceRefusal) return json(error.status, refusalBody(error, activityId))
    const refusal = parserRefusal(error)
    if (refusal === undefined) throw error
    return refusal
  }
}

/** Source: protocol specification, section 14. */
const refusalBody = ({ status, message }: ServiceRefusal, activityId: string) =>
  status === 400
    ? { Message: message }
    : {
        Message: 'An error has occurred.',
        ExceptionMessage: message,
        ExceptionType: 'Microsoft.Dynamics.Ax.Xpp.ErrorException',
        ActivityId: activityId,
      }
