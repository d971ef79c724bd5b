import { Readable } from 'node:stream'
import { crc32 } from 'node:zlib'
import { isAppError } from '@p2c/base'
import { type Entry, fromRandomAccessReader, RandomAccessReader, type ZipFile } from 'yauzl'
import { packageError } from './package-error.ts'

export interface ZipLimits {
  readonly maxEntries: number
  /** All files together, unpacked. */
  readonly maxBytes: number
  /** Unpacked to packed size of a file beyond `RATIO_FREE_BYTES`. */
  readonly maxRatio: number
}

/** A package holds two documents and a file per entity; data files rarely pack to less than a thirtieth. */
export const PACKAGE_ZIP_LIMITS: ZipLimits = { maxEntries: 200, maxBytes: 512 * 1024 * 1024, maxRatio: 250 }

/** Small files may pack as well as they like. */
const RATIO_FREE_BYTES = 4 * 1024 * 1024

/** Bytes that can be read from anywhere. */
export interface RangeSource {
  /** In bytes. */
  readonly size: number
  /** From `start` up to, not including, `end`. */
  read(start: number, end: number): AsyncIterable<Uint8Array>
}

/** One file of an archive. */
export interface ZipFileEntry {
  readonly name: string
  /** Unpacked, in bytes. */
  readonly size: number
  /** The unpacked bytes, as they are asked for. Throws `package-malformed` at the end where they are not those that were packed. */
  read(): AsyncGenerator<Uint8Array>
}

/** Files of an archive by name. */
export type ZipFiles = ReadonlyMap<string, ZipFileEntry>

/**
 * The files of an archive: its directory is read and checked, no file is unpacked yet, and never more than a few pages of one are in memory.
 * A file never grows past the size that the directory names: an archive that lies about size or content is refused while it is read.
 * Throws `package-malformed` (also for names that lead out of the archive), `package-too-large`.
 */
export async function openZip(source: RangeSource, limits: ZipLimits): Promise<ZipFiles> {
  const reader = new SourceReader(source)
  const zip = await openArchive(reader)
  const files = new Map<string, ZipFileEntry>()
  let total = 0
  let packed = 0
  let entries = 0
  for await (const entry of entriesOf(zip, reader)) {
    entries += 1
    total += entry.uncompressedSize
    packed += entry.compressedSize
    if (entries > limits.maxEntries || total > limits.maxBytes || isBomb(entry, limits)) {
      const allowed = `${limits.maxEntries} files and ${limits.maxBytes} bytes unpacked, packed at most ${limits.maxRatio} to 1`
      throw packageError('package-too-large', `The package is refused at '${shown(entry)}': at most ${allowed}.`)
    }
    // Files that share their bytes unpack to far more than the archive holds.
    if (packed > source.size) throw packageError('package-malformed', `The files of the package overlap at '${shown(entry)}'.`)
    if (files.has(entry.fileName)) throw packageError('package-malformed', `The package holds '${shown(entry)}' twice.`)
    if (entry.isEncrypted()) throw packageError('package-malformed', `The file '${shown(entry)}' of the package is encrypted.`)
    if (!entry.fileName.endsWith('/')) files.set(entry.fileName, toFile(zip, reader, entry))
  }
  return files
}

const shown = (entry: Entry): string => entry.fileName.slice(0, 100)

const isBomb = ({ uncompressedSize, compressedSize }: Entry, limits: ZipLimits): boolean =>
  uncompressedSize > RATIO_FREE_BYTES && uncompressedSize / Math.max(compressedSize, 1) > limits.maxRatio

/** A small file as a whole. Throws `package-too-large` beyond `maxBytes`. */
export async function readWhole(file: ZipFileEntry, maxBytes: number): Promise<Uint8Array> {
  if (file.size > maxBytes)
    throw packageError('package-too-large', `The file '${file.name.slice(0, 100)}' is larger than ${maxBytes} bytes.`)
  const chunks: Uint8Array[] = []
  for await (const chunk of file.read()) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** What the archive library reads from. It remembers the error of the source: the library would say that the archive is damaged. */
class SourceReader extends RandomAccessReader {
  readonly source: RangeSource
  failure: unknown

  constructor(source: RangeSource) {
    super()
    this.source = source
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(this.watched(start, end), { objectMode: false })
  }

  async *watched(start: number, end: number): AsyncGenerator<Uint8Array> {
    try {
      yield* this.source.read(start, end)
    } catch (error) {
      this.failure = error
      throw error
    }
  }
}

/** The error of the source where it failed; else what the archive lacks. */
function readFailure(reader: SourceReader, error: unknown): unknown {
  if (reader.failure !== undefined) return reader.failure
  if (isAppError(error)) return error
  const reason = error instanceof Error ? error.message : String(error)
  return packageError('package-malformed', `The package is not a readable zip archive: ${reason.slice(0, 200)}.`, error)
}

function openArchive(reader: SourceReader): Promise<ZipFile> {
  const { promise, resolve, reject } = Promise.withResolvers<ZipFile>()
  const options = { lazyEntries: true, autoClose: false, decodeStrings: true, validateEntrySizes: true, strictFileNames: true }
  fromRandomAccessReader(reader, reader.source.size, options, (error, zip) => {
    if (error === null) resolve(zip)
    else reject(readFailure(reader, error))
  })
  return promise
}

async function* entriesOf(zip: ZipFile, reader: SourceReader): AsyncGenerator<Entry> {
  for (;;) {
    const { promise, resolve, reject } = Promise.withResolvers<Entry | undefined>()
    const fail = (error: unknown) => reject(readFailure(reader, error))
    zip
      .once('entry', resolve)
      .once('end', () => resolve(undefined))
      .once('error', fail)
    zip.readEntry()
    const entry = await promise.finally(() => zip.removeAllListeners())
    if (entry === undefined) return
    yield entry
  }
}

function toFile(zip: ZipFile, reader: SourceReader, entry: Entry): ZipFileEntry {
  return {
    name: entry.fileName,
    size: entry.uncompressedSize,
    async *read() {
      let checksum = 0
      try {
        for await (const chunk of await openStream(zip, entry)) {
          checksum = crc32(chunk, checksum)
          yield chunk
        }
      } catch (error) {
        throw readFailure(reader, error)
      }
      if (checksum !== entry.crc32) throw packageError('package-malformed', `The file '${shown(entry)}' of the package is damaged.`)
    },
  }
}

function openStream(zip: ZipFile, entry: Entry): Promise<Readable> {
  const { promise, resolve, reject } = Promise.withResolvers<Readable>()
  zip.openReadStream(entry, (error, stream) => {
    if (error === null) resolve(stream)
    else reject(error)
  })
  return promise
}
