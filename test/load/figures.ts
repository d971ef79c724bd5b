/** What was measured of one kind of request. */
export interface Figures {
  readonly name: string
  readonly count: number
  /** Milliseconds. */
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly longest: number
}

export interface Stopwatch {
  /** Notes how long a request of this kind took. */
  note(name: string, milliseconds: number): void
  /** One row per kind in the order of their names, and one of all. */
  figures(): readonly Figures[]
}

export function createStopwatch(): Stopwatch {
  const times = new Map<string, number[]>()
  return {
    note(name, milliseconds) {
      const known = times.get(name)
      if (known === undefined) times.set(name, [milliseconds])
      else known.push(milliseconds)
    },
    figures: () => [
      ...[...times].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, values]) => summed(name, values)),
      summed('all', [...times.values()].flat()),
    ],
  }
}

function summed(name: string, values: readonly number[]): Figures {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
  return { name, count: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), longest: sorted.at(-1) ?? 0 }
}

/** A table for people; times in milliseconds. */
export function toTable(figures: readonly Figures[], seconds: number): string {
  const rows = figures.map(({ name, count, p50, p95, p99, longest }) =>
    [name.padEnd(28), ...[count, count / seconds, p50, p95, p99, longest].map((value) => value.toFixed(0).padStart(9))].join(''),
  )
  const head = ['request'.padEnd(28), ...['count', 'per s', 'p50 ms', 'p95 ms', 'p99 ms', 'longest'].map((word) => word.padStart(9))].join(
    '',
  )
  return [head, ...rows].join('\n')
}
