import type { Ids } from '../ids.ts'

/** What a device asks to sign in for. */
export interface DeviceRequest {
  readonly clientId: string
  readonly audience: string
  /** The scopes as they were asked for. */
  readonly scope: string
}

/** Codes of a request: the long one for the device, the short one for a person to type. */
export interface DeviceCodes {
  readonly deviceCode: string
  readonly userCode: string
}

/** What has become of a request; the words of the wire. */
export type DeviceProgress =
  | { readonly kind: 'approved'; readonly request: DeviceRequest }
  | { readonly kind: 'authorization_pending' | 'authorization_declined' | 'expired_token' | 'bad_verification_code' }

export interface DeviceRequests {
  start(request: DeviceRequest, now: Date): DeviceCodes
  /** The request of a user code that still waits for a decision. */
  waiting(userCode: string, now: Date): DeviceRequest | undefined
  decide(userCode: string, isApproved: boolean): void
  /** An approved request is used up by this. */
  poll(deviceCode: string, clientId: string, now: Date): DeviceProgress
}

/** Source: Dataverse specification 2.1. */
export const DEVICE_CODE_SECONDS = 900
export const POLL_SECONDS = 5

/** Nobody has to sign in to begin a request: the oldest gives way to the newest. */
const MOST_REQUESTS = 1_000
/** No vowels, so no words; nothing that looks like something else. */
const LETTERS = 'BCDFGHJKLMNPQRSTVWXZ'
const SYMBOLS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

interface Pending {
  readonly request: DeviceRequest
  readonly userCode: string
  readonly expiresAtMs: number
  decision?: boolean
}

/** Requests of one program, in its memory: a restart ends them. */
export function createDeviceRequests(ids: Ids): DeviceRequests {
  const pending = new Map<string, Pending>()
  const byUserCode = (userCode: string): Pending | undefined => [...pending.values()].find((item) => item.userCode === plainCode(userCode))
  return {
    start: (request, now) => {
      const deviceCode = ids.text(64, SYMBOLS)
      const userCode = ids.text(8, LETTERS)
      pending.set(deviceCode, { request, userCode, expiresAtMs: now.getTime() + DEVICE_CODE_SECONDS * 1000 })
      const [oldest] = pending.keys()
      if (pending.size > MOST_REQUESTS && oldest !== undefined) pending.delete(oldest)
      return { deviceCode, userCode: `${userCode.slice(0, 4)}-${userCode.slice(4)}` }
    },
    waiting: (userCode, now) => {
      const found = byUserCode(userCode)
      return found === undefined || found.decision !== undefined || found.expiresAtMs <= now.getTime() ? undefined : found.request
    },
    decide: (userCode, isApproved) => {
      const found = byUserCode(userCode)
      if (found !== undefined) found.decision = isApproved
    },
    poll: (deviceCode, clientId, now) => {
      const found = pending.get(deviceCode)
      if (found === undefined || found.request.clientId.toLowerCase() !== clientId.toLowerCase()) return { kind: 'bad_verification_code' }
      if (found.expiresAtMs <= now.getTime()) return { kind: 'expired_token' }
      if (found.decision === undefined) return { kind: 'authorization_pending' }
      if (!found.decision) return { kind: 'authorization_declined' }
      pending.delete(deviceCode)
      return { kind: 'approved', request: found.request }
    },
  }
}

/** People type codes with and without their hyphen, in either case. */
const plainCode = (userCode: string): string => userCode.replace(/[\s-]/g, '').toUpperCase()
