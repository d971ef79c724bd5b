import { readFile } from 'node:fs/promises'

export interface SeenProcess {
  readonly pid: number
  /** Its command line, the parts separated by blanks. */
  readonly command: string
}

const textOf = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '') // gone meanwhile

/** The processes that a process started and those that they started, on Linux; the nearest first. */
export async function descendantsOf(pid: number): Promise<SeenProcess[]> {
  const pids = (await textOf(`/proc/${pid}/task/${pid}/children`))
    .trim()
    .split(' ')
    .filter((text) => text !== '')
  const children = await Promise.all(
    pids.map(async (child) => ({ pid: Number(child), command: (await textOf(`/proc/${child}/cmdline`)).replaceAll('\0', ' ').trim() })),
  )
  return [...children, ...(await Promise.all(children.map((child) => descendantsOf(child.pid)))).flat()]
}

/** The process below `pid` whose command line holds `text`; undefined while there is none. */
export const findDescendant = async (pid: number, text: string): Promise<SeenProcess | undefined> =>
  (await descendantsOf(pid)).find(({ command }) => command.includes(text))

/** Sends a signal to a process and all below it: to everything of one host, as when the host dies or is frozen. Gives their numbers. */
export async function signalTree(pid: number, signal: NodeJS.Signals): Promise<number[]> {
  const pids = [pid, ...(await descendantsOf(pid)).map((child) => child.pid)]
  for (const each of pids) signalOne(each, signal)
  return pids
}

/** False when it is gone already. */
export function signalOne(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false
    throw error
  }
}
