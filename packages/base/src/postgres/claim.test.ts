import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { isAlive, processStart } from '../process-start.ts'
import { claimFolder } from './claim.ts'

async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'p2c-claim-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

async function aDeadProcess(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' })
  await once(child, 'exit')
  return child.pid ?? 0
}

const owner = (pid: number, changes: object = {}): string =>
  JSON.stringify({ pid, start: processStart(pid) ?? '', released: false, ...changes })

test('a folder is claimed once at a time and is free after its release', async () => {
  const folder = await aFolder()
  const first = await claimFolder(folder)
  await expect(claimFolder(folder)).rejects.toMatchObject({ code: 'database-in-use', category: 'conflict', details: { pid: process.pid } })
  await first.release()
  const second = await claimFolder(folder)
  expect(await readdir(folder)).toEqual(['owner.2.json'])
  await second.release()
})

test('of many claims at once after a dead owner exactly one is granted, again and again', async () => {
  const folder = await aFolder()
  await writeFile(join(folder, 'owner.41.json'), owner(await aDeadProcess(), { start: 'gone' }))
  for (let round = 1; round <= 20; round += 1) {
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => claimFolder(folder)))
    const granted = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
    expect(granted).toHaveLength(1)
    await granted[0]?.release()
  }
  expect(await readdir(folder)).toHaveLength(1)
})

const FREE: readonly (readonly [string, () => Promise<string>])[] = [
  ['a dead process', async () => owner(await aDeadProcess())],
  ['a process that has another start mark', async () => owner(process.pid, { start: 'another boot:1' })],
  ['a live process that released it', async () => owner(process.pid, { released: true })],
  ['nobody: cut short by a crash', async () => '{"pid":'],
  ['nobody: empty', async () => ''],
]

test.each(FREE)('a folder is free when its last claim is that of %s', async (_name, content) => {
  const folder = await aFolder()
  await writeFile(join(folder, 'owner.3.json'), await content())
  await (await claimFolder(folder)).release()
  expect(await readdir(folder)).toEqual(['owner.4.json'])
})

test('releasing the claim of a folder that is gone does nothing', async () => {
  const folder = await aFolder()
  const claim = await claimFolder(folder)
  await rm(folder, { recursive: true })
  await claim.release()
})

test('a process is alive with its own mark only', async () => {
  expect(isAlive(process.pid, processStart(process.pid))).toBe(true)
  expect(isAlive(process.pid)).toBe(true)
  expect(isAlive(1)).toBe(true) // may be another user's
  expect(isAlive(await aDeadProcess())).toBe(false)
  if (process.platform === 'linux') expect(isAlive(process.pid, 'another boot:1')).toBe(false)
})
