import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findFolder } from './find-folder.ts'

test('the folder is the one given, else that of the environment, else a usual place, else a clear error', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'p2c-folder-'))
  t.onTestFinished(() => rm(root, { recursive: true, force: true }))
  const cwd = join(root, 'work')
  const beside = join(root, 'elsewhere', 'data', 'adventureworks')
  await mkdir(cwd)
  const env = { P2C_ADVENTUREWORKS: '/from/environment' }
  expect(await findFolder('given', { env, cwd })).toBe('given')
  expect(await findFolder(undefined, { env, cwd })).toBe('/from/environment')
  await expect(findFolder(undefined, { env: {}, cwd })).rejects.toMatchObject({
    code: 'data-set-not-found',
    message: expect.stringContaining('P2C_ADVENTUREWORKS'),
  })
  await mkdir(beside, { recursive: true })
  await writeFile(join(beside, 'stores.csv'), '')
  expect(await findFolder(undefined, { env: { P2C_ADVENTUREWORKS: '' }, cwd })).toBe(beside)
  const near = join(cwd, 'adventureworks')
  await mkdir(near)
  expect(await findFolder(undefined, { env: {}, cwd })).toBe(beside)
  await writeFile(join(near, 'order_headers.csv.gz'), '')
  expect(await findFolder(undefined, { env: {}, cwd })).toBe(near)
})
