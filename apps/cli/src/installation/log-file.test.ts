import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createFileLogger } from './log-file.ts'

test('a log is added to, for its owner only; a large one is put aside', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'p2c-log-'))
  t.onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const path = join(folder, 'part.log')
  for (const text of ['first', 'second']) {
    const { log, close } = await createFileLogger('part', path)
    log.debug({ password: 'pa55word' }, text)
    await Promise.all([close(), close()])
  }
  const lines = (await readFile(path, 'utf8')).trim().split('\n')
  expect(lines.map((line) => JSON.parse(line).msg)).toEqual(['first', 'second'])
  expect(lines.join()).not.toContain('pa55word')
  expect((await stat(path)).mode & 0o777).toBe(0o600)

  await writeFile(path, Buffer.alloc(10 * 1024 * 1024 + 1, 'x'))
  await (await createFileLogger('part', path)).close()
  expect((await readdir(folder)).sort()).toEqual(['part.log', 'part.log.1'])
  expect((await stat(path)).size).toBe(0)
})
