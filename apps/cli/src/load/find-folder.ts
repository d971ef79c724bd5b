import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '@p2c/base'

/** Variable that names the folder of the AdventureWorks company data. */
export const FOLDER_VARIABLE = 'P2C_ADVENTUREWORKS'

/** A file that each release of the data has, packed or not. */
const MARKS = ['order_headers.csv.gz', 'order_headers.csv', 'stores.csv.gz', 'stores.csv']

/** Where the data is looked for, from the folder that the command runs in. */
const PLACES = ['.', join('..', 'shared')].flatMap((root) => [join(root, 'adventureworks'), join(root, 'data', 'adventureworks')])

/**
 * The folder of the data: as given, else as `P2C_ADVENTUREWORKS` says, else the first of some usual places that has it. Throws
 * `data-set-not-found`.
 */
export async function findFolder(
  given: string | undefined,
  { env, cwd }: { readonly env: Readonly<Record<string, string | undefined>>; readonly cwd: string },
): Promise<string> {
  const named = given ?? env[FOLDER_VARIABLE]
  if (named !== undefined && named !== '') return named
  for (const place of PLACES) if (await hasData(join(cwd, place))) return join(cwd, place)
  throw new AppError({
    category: 'data',
    code: 'data-set-not-found',
    message: `The AdventureWorks company data is in none of ${PLACES.join(', ')}. Give its folder: p2c load adventureworks <folder>, or set ${FOLDER_VARIABLE}.`,
    details: { places: PLACES },
  })
}

async function hasData(folder: string): Promise<boolean> {
  for (const mark of MARKS) {
    const found = await stat(join(folder, mark)).catch(() => undefined)
    if (found?.isFile() === true) return true
  }
  return false
}
