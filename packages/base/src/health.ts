/** What a program says of itself to probes. */
export interface Health<Program extends string> {
  readonly status: 'ok'
  readonly program: Program
  readonly version: string
  /** The most memory that the process has had resident since it was started, in bytes. */
  readonly peakMemoryBytes: number
}

const BYTES_PER_KILOBYTE = 1024

/** The answer to a probe of this process. */
export const healthOf = <Program extends string>(program: Program, version: string): Health<Program> => ({
  status: 'ok',
  program,
  version,
  peakMemoryBytes: process.resourceUsage().maxRSS * BYTES_PER_KILOBYTE,
})
