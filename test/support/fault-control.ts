import { p2cJson, type StartedInstallation } from './command-line.ts'
import { type CallOptions, createOutsideClient, type OutsideClient } from './outside-client.ts'

/** A fault rule as `PUT /local/faults` takes it (docs/reference/fault-injection.md). */
export interface FaultRule {
  readonly kind: string
  readonly rate: number
  readonly [member: string]: unknown
}

/** What `GET /local/limits` tells of one client of an application. */
export interface SeenClient {
  readonly client: string
  readonly accepted: number
  readonly refused: number
  /** Requests that came before the time that a 429 had told. */
  readonly early: number
  readonly earliestMs: number
}

export interface Limits {
  readonly requests: number
  readonly windowSeconds: number
  readonly executionSeconds?: number
  readonly concurrent?: number
  readonly headers?: boolean
}

/** The administration of one local application, and its data as another program sees them. */
export interface AdministeredApplication {
  readonly root: string
  /** Relative to the root of the application. */
  readonly client: OutsideClient
  setFaults(seed: number, rules: readonly FaultRule[]): Promise<void>
  clearFaults(): Promise<void>
  setLimits(limits: Limits): Promise<void>
  clearLimits(): Promise<void>
  /** Since limits were set or cleared last. */
  clients(): Promise<readonly SeenClient[]>
  /** How often each fault happened since faults were set last. */
  injected(): Promise<Readonly<Record<string, number>>>
}

export interface AdministeredApplications {
  readonly sales: AdministeredApplication
  readonly supplyChain: AdministeredApplication
}

/** Signed in as the client of each application, as `p2c token` does. */
export async function administer({ data, urls }: StartedInstallation): Promise<AdministeredApplications> {
  const tokenOf = async (part: string): Promise<string> => (await p2cJson<{ token: string }>(['token', part, '--data', data])).token
  const [sales, supplyChain] = await Promise.all([tokenOf('sales'), tokenOf('supply-chain')])
  return { sales: administered(urls.sales, sales), supplyChain: administered(urls.supplyChain, supplyChain) }
}

function administered(root: string, token: string): AdministeredApplication {
  const client = createOutsideClient(root, token)
  const call = async (method: string, path: string, options: CallOptions = {}) => {
    const reply = await client.call(method, path, options)
    if (reply.status >= 300) throw new Error(`${method} ${root}${path} answered ${reply.status}: ${reply.text.slice(0, 500)}`)
    return reply.json
  }
  return {
    root,
    client: { root, call: async (method, path, options) => expectOk(method, path, await client.call(method, path, options)) },
    setFaults: (seed, rules) => call('PUT', '/local/faults', { body: { seed, rules } }),
    clearFaults: () => call('DELETE', '/local/faults'),
    setLimits: (limits) => call('PUT', '/local/limits', { body: limits }),
    clearLimits: () => call('DELETE', '/local/limits'),
    clients: async () => (await call('GET', '/local/limits')).clients,
    injected: async () => (await call('GET', '/local/faults')).injected,
  }
}

type Reply = Awaited<ReturnType<OutsideClient['call']>>

function expectOk(method: string, path: string, reply: Reply): Reply {
  if (reply.status < 300) return reply
  throw new Error(`${method} ${path} answered ${reply.status}: ${reply.text.slice(0, 500)}`)
}
