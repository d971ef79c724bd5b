import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import type { HostProcess, ProcessIdentity } from './engine-contract.ts'

/** This process. A number that lives again as another process is told apart by its start, where the system tells it (Linux). */
export function createHostProcess(): HostProcess {
  return {
    identity: { host: thisHost(), pid: process.pid, startedAt: startOf(process.pid) ?? 'unknown' },
    isAlive: (other) => isRunning(other) && (startOf(other.pid) ?? other.startedAt) === other.startedAt,
  }
}

/**
 * Name and present start of the machine (Linux): copies of one machine often have one name, and a worker that starts must not take the steps of
 * another host's living process for those of a dead one of its own. After a restart of the machine the heartbeat finds them.
 */
function thisHost(): string {
  try {
    return `${hostname()} ${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}`
  } catch {
    return hostname()
  }
}

function isRunning({ pid }: ProcessIdentity): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it is there, it only belongs to someone else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** Clock ticks from the start of the machine to that of the process: field 22 of `/proc/<pid>/stat`, counted behind the name in parentheses. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined // no /proc on this system, or no such process: the number alone must do
  }
}
