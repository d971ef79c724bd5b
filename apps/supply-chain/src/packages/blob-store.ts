import type { Clock, Database, Ids } from '@p2c/base'
import { packageError } from './package-error.ts'

/** Blobs live this long; signed addresses end earlier. Source: F&O protocol specification, section 15. */
const RETENTION_MS = 7 * 24 * 3_600_000
/** One row of the chunk table: large enough for few statements, small enough for many readers at once. */
const CHUNK_BYTES = 1024 * 1024

export interface Blob {
  readonly id: string
  readonly name: string
  readonly contentType: string
  /** In bytes; undefined until everything is stored. */
  readonly size: number | undefined
}

export interface BlobStoreDeps {
  readonly database: Database
  readonly clock: Clock
  readonly ids: Ids
}

/** Bytes in the database of the application, in chunks: no file system to share, and a blob is never larger in memory than a chunk. */
export interface BlobStore {
  /** An empty blob; blobs that have outlived their time are removed by the way. */
  create(name: string, contentType: string): Promise<Blob>
  find(id: string): Promise<Blob | undefined>
  /** Replaces the content. Throws `package-too-large` beyond `maxBytes`, and leaves the blob empty then. */
  write(id: string, chunks: AsyncIterable<Uint8Array>, maxBytes: number): Promise<number>
  /** In order, up to the size that the blob has; it ends with the last byte, without another look at the database. */
  read(blob: Blob): AsyncGenerator<Buffer>
  /** From `start` up to, not including, `end`; one chunk in memory at a time. */
  readRange(blob: Blob, range: ByteRange): AsyncGenerator<Buffer>
}

export interface ByteRange {
  readonly start: number
  readonly end: number
}

export function createBlobStore({ database, clock, ids }: BlobStoreDeps): BlobStore {
  return {
    create: (name, contentType) => create({ database, clock, ids }, name, contentType),
    async find(id) {
      const { rows } = await database.query<{ name: string; content_type: string; size: string | null }>(
        'select name, content_type, size from data_blob where id = $1 and expires_at >= $2',
        [id, clock.now().toISOString()],
      )
      const row = rows[0]
      return row && { id, name: row.name, contentType: row.content_type, size: row.size === null ? undefined : Number(row.size) }
    },
    async write(id, chunks, maxBytes) {
      await database.query(
        'with cleared as (delete from data_blob_chunk where blob_id = $1) update data_blob set size = null where id = $1',
        [id],
      )
      const size = await writeChunks(database, id, limited(chunks, maxBytes))
      await database.query('update data_blob set size = $2 where id = $1', [id, size])
      return size
    },
    async *read({ id, size = 0 }) {
      let left = size
      for (let ordinal = 0; left > 0; ordinal += 1) {
        const { rows } = await database.query<{ bytes: Buffer }>('select bytes from data_blob_chunk where blob_id = $1 and ordinal = $2', [
          id,
          ordinal,
        ])
        if (rows[0] === undefined) throw packageError('package-blob-missing', `The blob ${id} was removed while it was read.`)
        left -= rows[0].bytes.byteLength
        yield rows[0].bytes
      }
    },
    readRange: (blob, range) => readRange(database, blob, range),
  }
}

/** Chunks are of different length: where each one begins is asked first, which reads none of their bytes. */
async function* readRange(database: Database, blob: Blob, { start, end }: ByteRange): AsyncGenerator<Buffer> {
  const { rows: chunks } = await database.query<{ ordinal: number; begins: string; length: number }>(
    `select ordinal, begins, length from (
       select ordinal, octet_length(bytes) as length, sum(octet_length(bytes)) over (order by ordinal) - octet_length(bytes) as begins
       from data_blob_chunk where blob_id = $1) c
     where begins < $3 and begins + length > $2 order by ordinal`,
    [blob.id, start, end],
  )
  let at = start
  for (const chunk of chunks) {
    const begins = Number(chunk.begins)
    const from = Math.max(start, begins) - begins
    const to = Math.min(end, begins + chunk.length) - begins
    // The part that is wanted, cut by the database: an archive is read in many small ranges.
    const { rows } = await database.query<{ bytes: Buffer }>(
      'select substring(bytes from $3 for $4) as bytes from data_blob_chunk where blob_id = $1 and ordinal = $2',
      [blob.id, chunk.ordinal, from + 1, to - from],
    )
    if (rows[0] === undefined) break
    at += rows[0].bytes.byteLength
    yield rows[0].bytes
  }
  if (at < Math.min(end, blob.size ?? 0)) throw packageError('package-blob-missing', `The blob ${blob.id} was removed while it was read.`)
}

async function create({ database, clock, ids }: BlobStoreDeps, name: string, contentType: string): Promise<Blob> {
  const now = clock.now()
  await database.query('delete from data_blob where expires_at < $1', [now.toISOString()])
  const id = ids.guid()
  const expires = new Date(now.getTime() + RETENTION_MS).toISOString()
  await database.query('insert into data_blob (id, name, content_type, expires_at) values ($1, $2, $3, $4)', [
    id,
    name,
    contentType,
    expires,
  ])
  return { id, name, contentType, size: undefined }
}

async function* limited(chunks: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Uint8Array> {
  let size = 0
  for await (const chunk of chunks) {
    size += chunk.byteLength
    if (size > maxBytes)
      throw packageError('package-too-large', `The package is larger than ${maxBytes} bytes. Split it into several packages.`)
    yield chunk
  }
}

/** Gathers what comes into chunks of one size; returns the number of bytes. */
async function writeChunks(database: Database, id: string, chunks: AsyncIterable<Uint8Array>): Promise<number> {
  let pending: Uint8Array[] = []
  let pendingBytes = 0
  let ordinal = 0
  let size = 0
  const flush = async () => {
    await database.query('insert into data_blob_chunk (blob_id, ordinal, bytes) values ($1, $2, $3)', [id, ordinal, Buffer.concat(pending)])
    ordinal += 1
    pending = []
    pendingBytes = 0
  }
  for await (const chunk of chunks) {
    pending.push(chunk)
    pendingBytes += chunk.byteLength
    size += chunk.byteLength
    if (pendingBytes >= CHUNK_BYTES) await flush()
  }
  if (pendingBytes > 0) await flush()
  return size
}
