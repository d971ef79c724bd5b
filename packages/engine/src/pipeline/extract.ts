import type { Connector, ReadRequest, SourcePage } from '../model/connector.ts'

/** A read that can be taken up at any page link, and that goes on in one stream as long as nothing goes wrong. */
export interface PageReader {
  /** The page behind `pageLink`, the first one without it. After a failure the next call opens a new stream at its own link. */
  readPage(pageLink: string | undefined): Promise<SourcePage>
  close(): Promise<void>
}

export function createPageReader(connector: Pick<Connector, 'read'>, request: ReadRequest, signal: AbortSignal): PageReader {
  let stream: AsyncGenerator<SourcePage> | undefined
  let nextLink: string | undefined
  const drop = async (): Promise<void> => {
    const open = stream
    stream = undefined
    await open?.return(undefined)
  }
  return {
    readPage: async (pageLink) => {
      if (stream === undefined || nextLink !== pageLink) {
        await drop()
        stream = connector.read(pageLink === undefined ? request : { ...request, pageLink }, signal)
      }
      try {
        const { done, value } = await stream.next()
        const page = done === true ? { rows: [] } : value
        nextLink = page.pageLink
        if (page.pageLink === undefined) await drop()
        return page
      } catch (error) {
        stream = undefined // a generator that has thrown is finished
        throw error
      }
    },
    close: drop,
  }
}
