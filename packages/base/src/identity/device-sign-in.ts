import type { Ids } from '../ids.ts'
import { createDeviceRequests, DEVICE_CODE_SECONDS, POLL_SECONDS } from './device-requests.ts'
import { deviceRefusal, foreignDecision, malformedDecision, missingField, type TokenRefusal, unknownUserCode } from './token-errors.ts'
import { field, type KnownParties, readClient, readDelegatedScope, type TokenForm } from './token-form.ts'

/** Body of the reply to a device that begins to sign in. */
export interface DeviceBody {
  readonly device_code: string
  readonly user_code: string
  readonly verification_uri: string
  /** Seconds. */
  readonly expires_in: number
  /** Seconds between two polls. */
  readonly interval: number
  readonly message: string
}

/** What a device may sign in with: the grant of an access token, and more where it was asked for. */
export interface DeviceGrant {
  readonly clientId: string
  readonly audience: string
  readonly scope: string
}

/** Who decides on the sign-in of a device. */
export interface Decider {
  /** Judges `client_secret` of the form. */
  isSecretOf(clientId: string): boolean
  /** Client of the bearer token that came along, if any. */
  readonly signedInClient: string | undefined
}

/** The device code flow: begin, decide, redeem. Source: Dataverse specification 2.1, DV-003. */
export interface DeviceSignIn {
  begin(form: TokenForm, known: KnownParties, at: { readonly verificationUri: string; readonly now: Date }): DeviceBody | TokenRefusal
  decide(form: TokenForm, by: Decider, now: Date): 'approved' | 'declined' | TokenRefusal
  redeem(form: TokenForm, now: Date): DeviceGrant | TokenRefusal
}

export function createDeviceSignIn(ids: Ids): DeviceSignIn {
  const requests = createDeviceRequests(ids)
  return {
    begin: (form, known, { verificationUri, now }) => {
      const client = readClient(form, known)
      if ('number' in client) return client
      const scope = readDelegatedScope(form, known)
      if ('number' in scope) return scope
      const codes = requests.start({ clientId: client.clientId, ...scope }, now)
      return {
        device_code: codes.deviceCode,
        user_code: codes.userCode,
        verification_uri: verificationUri,
        expires_in: DEVICE_CODE_SECONDS,
        interval: POLL_SECONDS,
        message: `To sign in, use a web browser to open the page ${verificationUri} and enter the code ${codes.userCode} to authenticate.`,
      }
    },
    decide: (form, by, now) => {
      const userCode = field(form, 'user_code')
      if (userCode === undefined) return missingField('user_code')
      const decision = field(form, 'decision')
      if (decision !== 'approve' && decision !== 'decline') return malformedDecision
      const request = requests.waiting(userCode, now)
      if (request === undefined) return unknownUserCode
      // The device needs no secret: whoever lets it in does.
      if (by.signedInClient?.toLowerCase() !== request.clientId.toLowerCase() && !by.isSecretOf(request.clientId)) return foreignDecision
      requests.decide(userCode, decision === 'approve')
      return decision === 'approve' ? 'approved' : 'declined'
    },
    redeem: (form, now) => {
      const clientId = field(form, 'client_id')
      if (clientId === undefined) return missingField('client_id')
      const deviceCode = field(form, 'device_code')
      if (deviceCode === undefined) return missingField('device_code')
      const progress = requests.poll(deviceCode, clientId, now)
      return progress.kind === 'approved' ? progress.request : deviceRefusal(progress.kind)
    },
  }
}
