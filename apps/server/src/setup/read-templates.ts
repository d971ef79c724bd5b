import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '@p2c/base'

/** The template documents of a folder, parsed but not yet checked, by file name. Throws `template-unreadable` with the file. */
export async function readTemplates(folder: string): Promise<unknown[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort()
  return Promise.all(names.map((name) => readDocument(join(folder, name))))
}

async function readDocument(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8')
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new AppError({
      category: 'schema',
      code: 'template-unreadable',
      message: `Template file ${path} is not JSON: ${cause instanceof Error ? cause.message : cause}. Correct the file and start again.`,
      cause,
    })
  }
}
