import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { hasErrorCode } from './error-code.ts'

/**
 * A text that tells process `pid` from any other that gets the same number later, also after a restart of the machine or container.
 * Undefined where no such process runs or the system does not tell.
 */
export function processStart(pid: number): string | undefined {
  try {
    if (process.platform === 'linux') return linuxStart(pid)
    if (process.platform === 'win32') return undefined
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined
  } catch {
    return undefined
  }
}

/** A process that ended but that nobody collected yet still answers signals; its state is Z. */
const ENDED_STATES = ['Z', 'X', 'x']

/** Field 22 of the process status: clock ticks from system start to process start. The name in field 2 may hold spaces and brackets. */
function linuxStart(pid: number): string | undefined {
  const status = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = status.slice(status.lastIndexOf(')') + 2).split(' ')
  const [state, ticks] = [fields[0], fields[19]]
  if (state === undefined || ticks === undefined || ENDED_STATES.includes(state)) return undefined
  return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${ticks}`
}

/** True while process `pid` runs; with `start` only when it is still the process that had that mark. */
export function isAlive(pid: number, start = ''): boolean {
  if (!answersSignal(pid)) return false
  const now = processStart(pid)
  if (now === undefined) return process.platform !== 'linux'
  return start === '' || now === start
}

function answersSignal(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return hasErrorCode(error, 'EPERM') // alive, and another user's
  }
}
