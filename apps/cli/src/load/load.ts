import type { CommandContext } from '../context.ts'
import { startProgress } from '../output/progress.ts'
import { connectApplications } from './applications.ts'
import type { LoadSet } from './load-set.ts'
import { createSalesLoader } from './sales-loader.ts'
import { createSupplyChainLoader } from './supply-chain-loader.ts'
import type { LoadOutcome } from './write-batches.ts'

/** The company of a new installation. */
export const COMPANY = 'usmf'

export interface LoadedEntity extends LoadOutcome {
  readonly entity: 'products' | 'accounts' | 'contacts'
  readonly seconds: number
}

/** Loads a set into the running applications: products into Supply Chain, accounts and then contacts into Sales. Throws `nothing-running`. */
export async function loadInto(context: CommandContext, set: LoadSet): Promise<LoadedEntity[]> {
  const applications = await connectApplications(context)
  const sales = await createSalesLoader(applications.sales)
  const supplyChain = await createSupplyChainLoader(applications.supplyChain, COMPANY)
  return [
    await loadEntity(context, 'products', {
      total: set.products.length,
      load: (progress) => supplyChain.loadProducts(set.products, progress),
    }),
    await loadEntity(context, 'accounts', { total: set.accounts.length, load: (progress) => sales.loadAccounts(set.accounts, progress) }),
    await loadEntity(context, 'contacts', { total: set.contacts.length, load: (progress) => sales.loadContacts(set.contacts, progress) }),
  ]
}

interface EntityLoad {
  readonly total: number
  readonly load: (onProgress: (done: number) => void) => Promise<LoadOutcome>
}

async function loadEntity(context: CommandContext, entity: LoadedEntity['entity'], { total, load }: EntityLoad): Promise<LoadedEntity> {
  const { clock, messages, output } = context
  const startedAt = clock.now().getTime()
  const label = (done: number): string => messages.text('load.progress', { entity, done, total })
  const progress = startProgress({ clock, messages, interactive: output.interactive, label })
  try {
    const outcome = await load((done) => progress.update(done, total))
    return { entity, ...outcome, seconds: (clock.now().getTime() - startedAt) / 1000 }
  } finally {
    progress.stop()
  }
}
