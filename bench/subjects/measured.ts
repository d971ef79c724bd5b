/** What one transfer took. */
export interface Measured {
  readonly rows: number
  readonly seconds: number
  /** User and system time of the process, all threads. */
  readonly cpuSeconds: number
  /** Highest resident memory of the process since its start. */
  readonly peakBytes: number
}

/** Runs `work`, which gives the number of its rows, and says what it took. */
export async function measured(work: () => Promise<number>): Promise<Measured> {
  const before = process.cpuUsage()
  const startedAt = performance.now()
  const rows = await work()
  const seconds = (performance.now() - startedAt) / 1000
  const { user, system } = process.cpuUsage(before)
  return { rows, seconds, cpuSeconds: (user + system) / 1e6, peakBytes: process.resourceUsage().maxRSS * 1024 }
}
