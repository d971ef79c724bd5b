import { type CommandContext, cachedToken } from '../context.ts'
import { findRunning } from '../installation/installation.ts'
import { type ApplicationClient, createApplicationClient } from './http.ts'

/** Service roots of the two applications. */
export const SALES_ROOT = '/api/data/v9.2'
export const SUPPLY_CHAIN_ROOT = '/data'

export interface Applications {
  readonly sales: ApplicationClient
  readonly supplyChain: ApplicationClient
}

/**
 * Clients of the two running applications. With `patienceMs` calls are repeated while an application is away (see `ApplicationClientDeps`).
 * Throws `nothing-running`.
 */
export async function connectApplications(
  context: Pick<CommandContext, 'dataDir' | 'clock'>,
  options: { readonly patienceMs?: number } = {},
): Promise<Applications> {
  const running = await findRunning(context.dataDir)
  const client = (baseUrl: string, part: 'sales' | 'supply-chain'): ApplicationClient =>
    createApplicationClient({ baseUrl, token: cachedToken(context, part), fetch, clock: context.clock, ...options })
  return { sales: client(running.sales, 'sales'), supplyChain: client(running.supplyChain, 'supply-chain') }
}
