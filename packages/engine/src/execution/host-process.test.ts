import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { createHostProcess } from './host-process.ts'

test('this process lives, an ended one and one of another start do not', () => {
  const host = createHostProcess()
  expect(host.isAlive(host.identity)).toBe(true)
  const ended = spawnSync(process.execPath, ['-e', ''])
  expect(host.isAlive({ ...host.identity, pid: ended.pid })).toBe(false)
  if (host.identity.startedAt !== 'unknown') expect(host.isAlive({ ...host.identity, startedAt: '1' })).toBe(false)
})
