import { crc32 } from 'node:zlib'
import { type UnzipFileInfo, unzipSync } from 'fflate'
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

/** Files of an archive by name. */
export type ZipFiles = ReadonlyMap<string, Uint8Array>

/**
 * Unpacks an archive in memory. The directory is checked before any file is unpacked, and a file never grows past the size that the
 * directory names: an archive that lies about size or content is refused. Throws `package-malformed`, `package-too-large`.
 */
export function readZip(bytes: Uint8Array, limits: ZipLimits): ZipFiles {
  let entries = 0
  let total = 0
  const names: string[] = []
  const check = (file: UnzipFileInfo): boolean => {
    entries += 1
    total += file.originalSize
    if (entries > limits.maxEntries || total > limits.maxBytes || isBomb(file, limits)) {
      const allowed = `${limits.maxEntries} files and ${limits.maxBytes} bytes unpacked, packed at most ${limits.maxRatio} to 1`
      throw packageError('package-too-large', `The package is refused at '${file.name.slice(0, 100)}': at most ${allowed}.`)
    }
    if (names.includes(file.name)) throw packageError('package-malformed', `The package holds '${file.name.slice(0, 100)}' twice.`)
    names.push(file.name)
    return !file.name.endsWith('/')
  }
  const files = unpack(bytes, check)
  const checksums = readChecksums(bytes)
  for (const [index, name] of names.entries()) {
    const content = files.get(name)
    if (content !== undefined && crc32(content) !== checksums[index]) {
      throw packageError('package-malformed', `The file '${name.slice(0, 100)}' of the package is damaged.`)
    }
  }
  return files
}

const isBomb = (file: UnzipFileInfo, limits: ZipLimits): boolean =>
  file.originalSize > RATIO_FREE_BYTES && file.originalSize / Math.max(file.size, 1) > limits.maxRatio

function unpack(bytes: Uint8Array, filter: (file: UnzipFileInfo) => boolean): Map<string, Uint8Array> {
  try {
    return new Map(Object.entries(unzipSync(bytes, { filter })))
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'string') throw error
    throw packageError('package-malformed', 'The package is not a readable zip archive.', error)
  }
}

const END_OF_DIRECTORY = 0x06054b50
const DIRECTORY_ENTRY = 0x02014b50

/** CRC-32 of each file in the order of the directory, which `unzipSync` reads but does not compare. Source: PKWARE APPNOTE 4.3.12, 4.3.16. */
function readChecksums(bytes: Uint8Array): readonly number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let end = bytes.byteLength - 22
  while (end > 0 && view.getUint32(end, true) !== END_OF_DIRECTORY) end -= 1
  const checksums: number[] = []
  let at = view.getUint32(end + 16, true)
  for (let left = view.getUint16(end + 10, true); left > 0 && view.getUint32(at, true) === DIRECTORY_ENTRY; left -= 1) {
    checksums.push(view.getUint32(at + 16, true))
    at += 46 + view.getUint16(at + 28, true) + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
  }
  return checksums
}
