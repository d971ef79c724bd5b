import { AppError } from '@p2c/base'
import type { ReadRequest, SourcePage } from '../model/connector.ts'
import { createPageReader, type PageReader } from '../pipeline/extract.ts'
import type { Partition } from '../store/store.ts'
import type { TaskRun } from './project-inspection.ts'
import type { PartitionStep } from './write-page.ts'

/** What a partition asks its source for. */
export const readRequest = (partition: Partition, { plan }: TaskRun, pageSize: number): ReadRequest => ({
  entity: plan.source.entity,
  keyFields: plan.source.keyFields,
  fields: plan.source.fields,
  organisation: partition.organisation,
  pageSize,
  // A full read that replaces an expired incremental one is another read: an export must not be taken for the former one.
  readId: partition.fullRead ? `${partition.id}-full` : partition.id,
  ...(plan.source.filter !== undefined && { filter: plan.source.filter }),
  ...(!partition.fullRead && partition.readFrom !== undefined && { position: partition.readFrom }),
})

/** Reads pages of a partition, one of them ahead of need. */
export interface ReadAhead {
  /** Starts to read the page where `partition` stands. */
  begin(partition: Partition): void
  /** The page where `partition` stands, begun or not. */
  take(partition: Partition): Promise<SourcePage>
}

export function createReadAhead({ deps, run, signal }: PartitionStep): ReadAhead {
  let reader: { readonly fullRead: boolean; readonly pages: PageReader } | undefined
  let ahead: { readonly pageLink: string | undefined; readonly page: Promise<SourcePage> } | undefined
  const read = (partition: Partition): Promise<SourcePage> => {
    if (reader?.fullRead !== partition.fullRead) {
      reader = { fullRead: partition.fullRead, pages: createPageReader(run.source, readRequest(partition, run, deps.pageSize), signal) }
    }
    const { pages } = reader
    return deps.retry(() => pages.readPage(partition.pageLink), signal)
  }
  return {
    begin: (partition) => {
      const page = read(partition)
      page.catch(() => undefined) // told by take; a step that ends before does not want to know
      ahead = { pageLink: partition.pageLink, page }
    },
    take: (partition) => {
      const begun = ahead
      ahead = undefined
      if (begun === undefined) return read(partition)
      if (begun.pageLink === partition.pageLink) return begun.page
      throw new AppError({
        category: 'internal',
        code: 'read-out-of-step',
        message: `Partition ${partition.id} read ahead at another place than it is at.`,
      })
    },
  }
}
