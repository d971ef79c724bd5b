/** Whole numbers of a version, most significant first. */
export type Version = readonly number[]

/** `7.3.11971.56116` as numbers; undefined where the text is no version. */
export function parseVersion(text: string): Version | undefined {
  const parts = text.trim().split('.')
  return parts.length > 0 && parts.length <= 6 && parts.every((part) => /^\d{1,9}$/.test(part)) ? parts.map(Number) : undefined
}

/** Below 0 where `a` is older. A part that only one of them tells decides nothing: `10.0.41` is not older than `10.0.41.12`. */
export function compareVersions(a: Version, b: Version): number {
  const told = Math.min(a.length, b.length)
  for (let at = 0; at < told; at += 1) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

/** True where `text` is a version that is `least` or newer; undefined where it is no version. */
export function isAtLeast(text: string, least: string): boolean | undefined {
  const version = parseVersion(text)
  const minimum = parseVersion(least)
  return version === undefined || minimum === undefined ? undefined : compareVersions(version, minimum) >= 0
}
