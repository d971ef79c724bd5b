import type { SourcePlan } from './source-plan.ts'

/** A delta link, kept with the properties it was asked for: an increment gives no others. */
export const writePosition = (plan: SourcePlan, link: string): string => JSON.stringify({ select: plan.select.join(','), link })

/** Undefined for what another connector wrote. */
export function readPosition(text: string): { readonly select: string; readonly link: string } | undefined {
  try {
    const { select, link } = JSON.parse(text) as Record<string, unknown>
    return typeof select === 'string' && typeof link === 'string' ? { select, link } : undefined
  } catch {
    return undefined // written by another connector: as good as expired
  }
}

/** The token as it stands in the link, not decoded: it is only ever sent back (DV-019). */
export const deltaTokenOf = (position: string): string | undefined =>
  /[?&](?:\$|%24)deltatoken=([^&#]+)/i.exec(readPosition(position)?.link ?? '')?.[1]
