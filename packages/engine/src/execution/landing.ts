import { comparableKey } from '../mapping/deferrable-field.ts'
import type { TransformedPage } from '../pipeline/transform.ts'
import type { LandingPlace, StoreSession } from '../store/store.ts'
import type { RunnerDeps } from './runner-deps.ts'

/** Rows that a page has brought to the destination. */
export interface Landing extends LandingPlace {
  /** Everything by which a waiting row may name one of them; worked out only where something waits. */
  keys(): readonly string[]
}

/**
 * The keys of these rows: each value that the row carries, since a reference may name any key of its target, the integration key and its parts. Blank is the
 * key of those that do not know for which row they wait.
 */
export function landedKeys(
  rows: TransformedPage['mapped'],
  /** By source key of the rows that have landed: fields that were left out. What they name is not there. */
  landed: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const keys = new Set<string>()
  for (const row of rows) {
    const leftOut = landed.get(row.source.key)
    if (leftOut === undefined) continue
    keys.add('').add(comparableKey(row.destinationKey))
    for (const [name, value] of Object.entries(row.values))
      if (value !== null && typeof value !== 'boolean' && !leftOut.includes(name)) keys.add(comparableKey(value))
  }
  return [...keys]
}

/**
 * Makes ready what waits for these rows. The rows of this project are tried before its execution ends; another project gets an execution of its own in the
 * same transaction, unless it has a live one, which looks for ready rows at its own end.
 */
export async function releaseWaiting(
  session: StoreSession,
  deps: RunnerDeps,
  landing: Landing & { readonly executionId: string },
): Promise<void> {
  const keys = landing.keys()
  if (keys.length === 0) return
  const projects = await session.releaseWaiting(landing, keys)
  if (projects.length === 0) return
  const started = await session.startReleases(projects)
  await deps.queue.send(
    started.map((executionId) => ({ kind: 'begin', executionId })),
    session.runner,
  )
}
