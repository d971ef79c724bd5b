/** The body of a refused token request, as Microsoft Entra ID writes it (Dataverse specification, 2.1). */
export interface TokenErrorBody {
  readonly error: string
  /** Begins with `AADSTS<digits>:`. */
  readonly error_description: string
  readonly error_codes: readonly number[]
  /** `YYYY-MM-DD hh:mm:ssZ`. */
  readonly timestamp: string
  readonly trace_id: string
  readonly correlation_id: string
}

/** Why a token request is refused. */
export interface TokenRefusal {
  readonly status: 400 | 401
  readonly error: string
  readonly number: number
  readonly text: string
}

export const missingField = (name: string): TokenRefusal => ({
  status: 400,
  error: 'invalid_request',
  number: 900144,
  text: `The request body must contain the following parameter: '${name}'.`,
})

export const repeatedField = (name: string): TokenRefusal => ({
  status: 400,
  error: 'invalid_request',
  number: 900144,
  text: `The request body must contain the following parameter once: '${name}'.`,
})

export const unsupportedGrant = (grant: string): TokenRefusal => ({
  status: 400,
  error: 'unsupported_grant_type',
  number: 70003,
  text: `The app requested an unsupported grant type '${shown(grant)}'.`,
})

export const missingSecret: TokenRefusal = {
  status: 401,
  error: 'invalid_client',
  number: 7000216,
  text: "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.",
}

export const unknownCertificate: TokenRefusal = {
  status: 401,
  error: 'invalid_client',
  number: 700027,
  text: 'The certificate with identifier used to sign the client assertion is not registered on application.',
}

export const unknownClient = (clientId: string): TokenRefusal => ({
  status: 400,
  error: 'unauthorized_client',
  number: 700016,
  text: `Application with identifier '${shown(clientId)}' was not found in the directory. This can happen if the application has not been installed by the administrator of the tenant.`,
})

export const wrongSecret = (clientId: string): TokenRefusal => ({
  status: 401,
  error: 'invalid_client',
  number: 7000215,
  text: `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${shown(clientId)}'.`,
})

export const malformedScope = (scope: string): TokenRefusal => ({
  status: 400,
  error: 'invalid_scope',
  number: 70011,
  text: `The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. The scope ${shown(scope)} is not valid.`,
})

export const unknownResource = (resource: string): TokenRefusal => ({
  status: 400,
  error: 'invalid_resource',
  number: 500011,
  text: `The resource principal named ${shown(resource)} was not found in the tenant. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant.`,
})

/** What a device is told that asks too early or in vain; the names are those of the wire. Source: Dataverse specification 2.1, DV-003. */
const DEVICE_REFUSALS = {
  authorization_pending: {
    number: 70016,
    text: 'OAuth 2.0 device flow error. Authorization is pending. Continue polling.',
  },
  authorization_declined: { number: 65004, text: 'User declined to consent to access the app.' },
  expired_token: { number: 70020, text: 'The provided value for the input parameter device_code has expired. Start a new request.' },
  bad_verification_code: { number: 70018, text: 'Bad verification code: the device_code is unknown, used up, or of another client.' },
} as const

export const deviceRefusal = (error: keyof typeof DEVICE_REFUSALS): TokenRefusal => ({ status: 400, error, ...DEVICE_REFUSALS[error] })

export const invalidRefreshToken: TokenRefusal = {
  status: 400,
  error: 'invalid_grant',
  number: 70000,
  text: 'The provided value for the input parameter refresh_token is not valid, or has expired. Sign in again.',
}

export const unknownUserCode: TokenRefusal = {
  status: 400,
  error: 'invalid_request',
  number: 50199,
  text: 'No sign-in waits for this code. Look at the device again: codes expire after a quarter of an hour and count once.',
}

export const malformedDecision: TokenRefusal = {
  status: 400,
  error: 'invalid_request',
  number: 900144,
  text: "The request body must contain the parameter 'decision' with the value 'approve' or 'decline'.",
}

export const foreignDecision: TokenRefusal = {
  status: 401,
  error: 'invalid_client',
  number: 7000216,
  text: "The sign-in of a device is decided by who knows 'client_secret' of its application, or by a bearer token of the same application.",
}

const LONGEST_SHOWN = 200

/** A caller's value inside a message: one line, cut to a sensible length. */
const shown = (value: string): string => value.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '?').slice(0, LONGEST_SHOWN)

export interface ErrorTrace {
  readonly now: Date
  readonly traceId: string
  readonly correlationId: string
}

export function toErrorBody(refusal: TokenRefusal, trace: ErrorTrace): TokenErrorBody {
  const timestamp = `${trace.now.toISOString().slice(0, 19).replace('T', ' ')}Z`
  const tail = `Trace ID: ${trace.traceId} Correlation ID: ${trace.correlationId} Timestamp: ${timestamp}`
  return {
    error: refusal.error,
    error_description: `AADSTS${refusal.number}: ${refusal.text} ${tail}`,
    error_codes: [refusal.number],
    timestamp,
    trace_id: trace.traceId,
    correlation_id: trace.correlationId,
  }
}
