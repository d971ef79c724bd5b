import { once } from 'node:events'
import { constants, crc32, createDeflateRaw } from 'node:zlib'
import { Zip, type ZipInputFile } from 'fflate'
import { packageError } from './package-error.ts'

/** One file of an archive: its bytes come when they are asked for. */
export interface ZipSource {
  /** A name without folders. */
  readonly name: string
  readonly content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>
}

/** Sizes are 32 bits wide in the archive. */
const LARGEST_FILE = 4_000_000_000
/** Deflate method of the archive format. */
const DEFLATE = 8

/**
 * The bytes of a zip archive, file after file. Compression runs outside the event loop, and no more than a few pages of
 * content are in memory at a time. Throws `package-too-large` for a file of 4 GB. Source: PKWARE APPNOTE 4.3.9 (data descriptors).
 */
export async function* writeZip(sources: Iterable<ZipSource>): AsyncGenerator<Uint8Array> {
  const ready: Uint8Array[] = []
  const zip = new Zip((error, chunk) => {
    if (error !== null) throw error
    ready.push(chunk)
  })
  for (const source of sources) {
    for await (const _ of deflateInto(zip, source)) yield* ready.splice(0)
  }
  zip.end()
  yield* ready.splice(0)
}

/** Feeds one file; yields whenever the archive may have new bytes. */
async function* deflateInto(zip: Zip, source: ZipSource): AsyncGenerator<undefined> {
  const file: ZipInputFile = { filename: source.name, size: 0, crc: 0, compression: DEFLATE }
  zip.add(file)
  const deflate = createDeflateRaw({ level: constants.Z_BEST_SPEED })
  const ended = once(deflate, 'end')
  deflate.on('data', (chunk: Buffer) => file.ondata?.(null, new Uint8Array(chunk), false))
  try {
    for await (const bytes of source.content) {
      file.size += bytes.byteLength
      if (file.size > LARGEST_FILE) throw packageError('package-too-large', `The file ${source.name} is larger than ${LARGEST_FILE} bytes.`)
      file.crc = crc32(bytes, file.crc)
      if (!deflate.write(bytes)) await once(deflate, 'drain')
      yield
    }
    deflate.end()
    await ended
    file.ondata?.(null, new Uint8Array(0), true)
    yield
  } finally {
    deflate.destroy()
  }
}
