/** What happened to a load. */
export interface LoadOutcome {
  readonly written: number
  readonly refused: readonly { readonly key: string; readonly reason: string }[]
}

export interface BatchOptions<Item> {
  readonly items: readonly Item[]
  readonly size: number
  /** Batches under way at the same time. */
  readonly lanes: number
  readonly keyOf: (item: Item) => string
  /** Writes all of them or throws. */
  readonly write: (items: readonly Item[]) => Promise<void>
  readonly onProgress: (done: number) => void
}

/**
 * Writes in batches; a refused batch is halved until the bad item stands alone, so that the others get in. Any other failure is thrown
 * once the batches under way are done; no further one is begun.
 */
export async function writeBatches<Item>(options: BatchOptions<Item>): Promise<LoadOutcome> {
  const refused: { key: string; reason: string }[] = []
  let done = 0
  const writePart = async (items: readonly Item[]): Promise<void> => {
    try {
      await options.write(items)
    } catch (error) {
      const [only, ...others] = items
      if (only === undefined || !isRefusal(error)) throw error
      if (others.length > 0) {
        const middle = Math.ceil(items.length / 2)
        await writePart(items.slice(0, middle))
        return writePart(items.slice(middle))
      }
      refused.push({ key: options.keyOf(only), reason: error.message })
    }
    done += items.length
    options.onProgress(done)
  }
  const batches = inBatches(options.items, options.size)
  const lane = async (): Promise<void> => {
    for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
      await writePart(batch).catch((error: unknown) => {
        batches.length = 0
        throw error
      })
    }
  }
  const lanes = await Promise.allSettled(Array.from({ length: options.lanes }, lane))
  for (const ended of lanes) if (ended.status === 'rejected') throw ended.reason
  return { written: options.items.length - refused.length, refused }
}

const isRefusal = (error: unknown): error is Error => error instanceof Error && 'code' in error && error.code === 'application-refused'

function inBatches<Item>(items: readonly Item[], size: number): (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size))
}
