import { readFile } from 'node:fs/promises'
import { type Application, type Client, startApplication } from '../local/application.ts'
import type { LocalBareLoopOrders } from '../local/bare-loop.ts'
import { openService, type Service } from '../local/service.ts'
import { type Child, startChild } from '../processes/child.ts'
import type { System } from '../subjects/systems.ts'
import type { Bench } from './context.ts'

const CLIENT: Client = { clientId: '6f1c2a90-3b7e-4d11-9a55-0d3c8e21f0a1', clientSecret: 'known to this bench alone' }
const CONNECTIONS = 4

/** A Sales application that keeps its rows, and a Supply Chain application that may begin anew with an empty database. */
export interface LocalPair {
  readonly system: System & { readonly kind: 'local' }
  /** Signed in, to load rows. */
  readonly sales: Service
  openSupplyChain(): Promise<Service>
  /** Ends Supply Chain and starts it with nothing but its set-up rows. */
  renewSupplyChain(): Promise<void>
  startBareLoop(): Child<LocalBareLoopOrders>
  bareLoopOrder(): Parameters<LocalBareLoopOrders['run']>[0]
}

export async function startLocalPair(bench: Bench): Promise<LocalPair> {
  const started = async (name: 'sales' | 'supply-chain'): Promise<Application> =>
    bench.keep(await startApplication(name, { databaseUrl: await bench.freshDatabase(), client: CLIENT }))
  const salesApplication = await started('sales')
  let supplyChain = await started('supply-chain')
  const signedIn = async (url: string): Promise<Service> => {
    const service = await openService(url, CLIENT, CONNECTIONS)
    bench.keep({ kill: () => service.close() })
    return service
  }
  return {
    sales: await signedIn(salesApplication.url),
    get system() {
      return { kind: 'local', salesUrl: salesApplication.url, supplyChainUrl: supplyChain.url, client: CLIENT } as const
    },
    openSupplyChain: () => signedIn(supplyChain.url),
    renewSupplyChain: async () => {
      await bench.end(supplyChain)
      supplyChain = await started('supply-chain')
    },
    startBareLoop: () => bench.keep(startChild<LocalBareLoopOrders>(new URL('../local/bare-loop.ts', import.meta.url))),
    bareLoopOrder: () => ({ salesUrl: salesApplication.url, supplyChainUrl: supplyChain.url, client: CLIENT }),
  }
}

interface TaskDocument {
  readonly legs: readonly { readonly fieldMappings: readonly { readonly destinationField: string }[] }[]
}

/** The tasks of a published template. */
export async function readTasks(file: string): Promise<readonly (TaskDocument & object)[]> {
  const text = await readFile(new URL(`../../templates/${file}`, import.meta.url), 'utf8')
  return (JSON.parse(text) as { readonly entityMappingTasks: readonly TaskDocument[] }).entityMappingTasks
}
