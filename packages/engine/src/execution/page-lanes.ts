import { sameRowKey } from '../pipeline/load.ts'
import type { TransformedPage } from '../pipeline/transform.ts'
import type { Partition } from '../store/store.ts'
import { savePage } from './save-page.ts'
import { type PartitionStep, type ReadPage, writePage } from './write-page.ts'

export interface PageToLoad {
  readonly partition: Partition
  readonly page: ReadPage
  /** The step ends behind this page. */
  readonly isLast: boolean
  /** Nothing is written beside this page: what becomes of rows that are tried again decides what the next page must know. */
  readonly alone: boolean
}

/**
 * The pages of one step that are under way. They are written side by side, at most `lanes` of them, and saved one after the other in the order
 * of the source: a crash repeats no more than those. Rows of one key are written in the order in which they were read, on whatever page.
 */
export interface PageLanes {
  /**
   * Begins a page once a lane is free. False where no page may begin any more: the engine stops, the execution was cancelled, or an earlier
   * page failed, which `finish` tells.
   */
  begin(page: PageToLoad): Promise<boolean>
  /** Once every page begun is saved: whether the last of them has ended the step. Throws what one of them failed with. */
  finish(): Promise<boolean>
  /** Resolves when nothing is written or saved any more, however it ended. */
  settle(): Promise<void>
}

interface PageUnderWay {
  /** Resolves once the keys of the page are known. */
  readonly keys: Promise<PageKeys>
  readonly written: Promise<unknown>
  readonly saved: Promise<void>
}

interface PageKeys {
  readonly source: ReadonlySet<string>
  readonly destination: ReadonlySet<string>
}

const NO_KEYS: PageKeys = { source: new Set(), destination: new Set() }

export function createPageLanes(step: PartitionStep, options: { readonly lanes: number; readonly hasOpenRows: boolean }): PageLanes {
  const { stopping } = step.deps
  const underWay = new Set<PageUnderWay>()
  let { hasOpenRows } = options
  let begun = 0
  let saved: Promise<void> = Promise.resolve()
  /** No further page begins; set in one go with the decision of the last page, so that no page can slip in behind it. */
  let closed = false
  let ended = false
  /** A step that was taken over shows first that it goes on: pages beside the first one would only hold it up in a process that is still cold. */
  let lanes = step.job.retryCount > 0 ? 1 : options.lanes

  const save = async ({ partition, isLast }: PageToLoad, number: number, written: ReturnType<typeof writePage>): Promise<void> => {
    const outcome = await written
    const endStep = begun === number && (isLast || closed || stopping.aborted)
    closed ||= endStep
    const goesOn = await savePage({ ...step, partition, outcome, endStep })
    closed ||= !goesOn
    ended = endStep
    lanes = options.lanes
    hasOpenRows ||= outcome.errors.length > 0 || outcome.waiting.length > 0
  }

  const start = (page: PageToLoad): void => {
    const number = ++begun
    const earlier = [...underWay]
    const keys = Promise.withResolvers<PageKeys>()
    const turn = async (transformed: TransformedPage): Promise<void> => {
      const own = keysOf(transformed)
      keys.resolve(own)
      for (const other of earlier) if (haveCommon(own, await other.keys)) await other.saved
    }
    const written = writePage(step, { ...page, turn, hasOpenRows: () => hasOpenRows })
    saved = saved.then(() => save(page, number, written))
    const entry: PageUnderWay = { keys: keys.promise, written, saved }
    underWay.add(entry)
    void Promise.allSettled([written, saved]).then((results) => {
      closed ||= results.some(({ status }) => status === 'rejected') // told by `finish`
      keys.resolve(NO_KEYS) // a page that failed before it knew them keeps nobody waiting
      underWay.delete(entry)
    })
  }

  return {
    begin: async (page) => {
      while (underWay.size >= (page.alone ? 1 : lanes)) await Promise.allSettled([[...underWay][0]?.saved])
      closed ||= stopping.aborted
      if (closed) return false
      start(page)
      if (page.alone) await Promise.allSettled([saved])
      return !closed
    },
    finish: async () => {
      await saved
      return ended
    },
    settle: async () => {
      await Promise.allSettled([...underWay].flatMap((page) => [page.written, page.saved]))
    },
  }
}

const keysOf = ({ mapped, failed }: TransformedPage): PageKeys => ({
  source: new Set([...mapped.map((row) => row.source.key), ...failed.map((row) => row.source.key)]),
  destination: new Set(mapped.map((row) => sameRowKey(row.destinationKey))),
})

const haveCommon = (a: PageKeys, b: PageKeys): boolean => meet(a.source, b.source) || meet(a.destination, b.destination)

function meet(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  for (const key of a) if (b.has(key)) return true
  return false
}
