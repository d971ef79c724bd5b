import { DEVICE_PAGE, decisionPage } from './device-page.ts'
import type { TokenIssuer } from './token-issuer.ts'

/** A request to the local authority, whatever serves it. */
export interface SignInRequest {
  /** Text of the body; empty where there is none. */
  readonly body: string
  readonly authorization: string | undefined
  /** Header `Accept`. */
  readonly accept: string | undefined
  /** Address that the client called: `http://127.0.0.1:4010`. */
  readonly base: string
}

export interface SignInAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface SignInRoute {
  readonly method: 'GET' | 'POST'
  /** `:tenant` stands for any name. */
  readonly path: string
  answer(issuer: TokenIssuer, request: SignInRequest): SignInAnswer
}

/** Where a person decides on the sign-in of a device. */
const DEVICE_PATH = '/local/devicecode'

const json = (status: number, body: object): SignInAnswer => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
  body: JSON.stringify(body),
})

/** Nothing of a page is stored, framed by another one, or loaded from elsewhere. */
const page = (status: number, body: string): SignInAnswer => ({
  status,
  headers: {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
  },
  body,
})

const answerToken: SignInRoute['answer'] = (issuer, request) => {
  const { status, body } = issuer.answerTokenRequest(new URLSearchParams(request.body))
  return json(status, body)
}

const answerDevice: SignInRoute['answer'] = (issuer, request) => {
  const { status, body } = issuer.answerDeviceRequest(new URLSearchParams(request.body), {
    verificationUri: `${request.base.replace(/\/+$/, '')}${DEVICE_PATH}`,
  })
  return json(status, body)
}

const answerDecision: SignInRoute['answer'] = (issuer, { body: form, authorization, accept }) => {
  const { status, body } = issuer.answerDeviceDecision(new URLSearchParams(form), { authorization })
  if (accept?.includes('text/html') !== true) return json(status, body)
  return page(status, decisionPage('result' in body ? `The sign-in is ${body.result}.` : body.error_description))
}

/** With a tenant in the address as the cloud has it, and without. */
const anyTenant = (path: string, answer: SignInRoute['answer']): readonly SignInRoute[] =>
  ['/:tenant', ''].map((tenant) => ({ method: 'POST', path: `${tenant}/oauth2${path}`, answer }))

/** The local authority as both applications offer it. Sources: Dataverse specification 2.1, F&O specification 2. */
export const SIGN_IN_ROUTES: readonly SignInRoute[] = [
  ...anyTenant('/v2.0/token', answerToken),
  ...anyTenant('/token', answerToken),
  ...anyTenant('/v2.0/devicecode', answerDevice),
  ...anyTenant('/devicecode', answerDevice),
  { method: 'GET', path: DEVICE_PATH, answer: () => page(200, DEVICE_PAGE) },
  { method: 'POST', path: `${DEVICE_PATH}/approve`, answer: answerDecision },
]
