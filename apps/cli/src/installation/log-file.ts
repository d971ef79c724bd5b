import { once } from 'node:events'
import { type FileHandle, open, rename, stat } from 'node:fs/promises'
import { createLogger, type Logger } from '@p2c/base'

const LARGEST_LOG = 10 * 1024 * 1024

/** Opens a log to add to, for its owner only. A large one is put aside first, so a log and its predecessor take a bounded place. */
export async function openLogFile(path: string): Promise<FileHandle> {
  const size = (await stat(path).catch(() => undefined))?.size ?? 0
  if (size > LARGEST_LOG) await rename(path, `${path}.1`)
  return open(path, 'a', 0o600)
}

export interface FileLogger {
  readonly log: Logger
  /** Resolves when everything is written. */
  close(): Promise<void>
}

/** A logger that writes everything, details too, to a file. */
export async function createFileLogger(name: string, path: string): Promise<FileLogger> {
  const stream = (await openLogFile(path)).createWriteStream()
  return {
    log: createLogger({ name, level: 'debug', destination: stream }),
    close: async () => {
      if (stream.closed) return
      const closed = once(stream, 'close')
      stream.end()
      await closed
    },
  }
}
