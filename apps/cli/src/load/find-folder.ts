import { readdir, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { AppError } from '@p2c/base'

/** Variable that names the folder of the AdventureWorks company data. */
export const FOLDER_VARIABLE = 'P2C_ADVENTUREWORKS'

/** A file that each release of the data has, packed or not. */
const MARKS = ['order_headers.csv.gz', 'order_headers.csv', 'stores.csv.gz', 'stores.csv']

/** Where the data is looked for, in the folder that the command runs in and then in each of those beside it. */
const PLACES = ['adventureworks', join('data', 'adventureworks')]

/**
 * The folder of the data: as given, else as `P2C_ADVENTUREWORKS` says, else the first `adventureworks` or `data/adventureworks` that has it, here or
 * in a folder beside this one. Throws `data-set-not-found`.
 */
export async function findFolder(
  given: string | undefined,
  { env, cwd }: { readonly env: Readonly<Record<string, string | undefined>>; readonly cwd: string },
): Promise<string> {
  const named = given ?? env[FOLDER_VARIABLE]
  if (named !== undefined && named !== '') return named
  for (const root of [cwd, ...(await neighboursOf(cwd))]) {
    for (const place of PLACES) if (await hasData(join(root, place))) return join(root, place)
  }
  throw new AppError({
    category: 'data',
    code: 'data-set-not-found',
    message: `The AdventureWorks company data is neither in ${PLACES.join(' or ')} of ${cwd} nor of a folder beside it. Give its folder: p2c load adventureworks <folder>, or set ${FOLDER_VARIABLE}.`,
    details: { cwd, places: PLACES },
  })
}

/** Folders beside this one, by name; none where they may not be listed. */
async function neighboursOf(folder: string): Promise<string[]> {
  const parent = dirname(resolve(folder))
  const entries = await readdir(parent, { withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(parent, name))
    .sort()
}

async function hasData(folder: string): Promise<boolean> {
  for (const mark of MARKS) {
    const found = await stat(join(folder, mark)).catch(() => undefined)
    if (found?.isFile() === true) return true
  }
  return false
}
