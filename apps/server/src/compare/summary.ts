import type { ComparedTask, Comparison } from '@p2c/api'
import { formatDecimal } from '@p2c/base'
import type { ComparedPlan, FoundExtras } from './compared-plan.ts'
import { addHashes, HASH_DIGITS } from './expected-rows.ts'

/** The documents of all companies of a comparison. */
export interface ComparedDocuments {
  readonly counts: { readonly compared: number; readonly equal: number; readonly different: number }
  readonly sourceHash: bigint
  readonly destinationHash: bigint
  readonly differing: ReadonlySet<string>
  readonly list: Comparison['documents']['differing']
}

/** Hashes of an extra row on the destination's side: any number but 0 makes its document differ. */
const EXTRA = 1n

export function documentsOf(done: readonly ComparedPlan[], extras: ReadonlyMap<string, FoundExtras>): ComparedDocuments {
  for (const part of done) settleAgreed(part)
  const contexts = [...new Set(done.map(({ input }) => input.documents))]
  for (const { document, key } of [...extras.values()].flatMap(({ extra }) => extra)) {
    const hashes = contexts[0]?.hashes
    const known = hashes?.get(document) ?? { shownKey: key.split('|', 1)[0] ?? key, source: 0n, destination: 0n }
    hashes?.set(document, { ...known, destination: addHashes(known.destination, EXTRA) })
  }
  const all = contexts.flatMap(({ hashes }) => [...hashes])
  const differing = all.filter(([, { source, destination }]) => source !== destination)
  return {
    counts: { compared: all.length, equal: all.length - differing.length, different: differing.length },
    sourceHash: all.reduce((sum, [, { source }]) => addHashes(sum, source), 0n),
    destinationHash: all.reduce((sum, [, { destination }]) => addHashes(sum, destination), 0n),
    differing: new Set(differing.map(([document]) => document)),
    list: differing.map(([, { shownKey, source, destination }]) => ({
      key: shownKey,
      sourceHash: digits(source),
      destinationHash: digits(destination),
    })),
  }
}

/** Rows that agreed at the second look leave their documents equal. */
function settleAgreed({ input, outcome, fields }: ComparedPlan): void {
  for (const key of fields.agreed) {
    const document = key.split('|', 1)[0] ?? key
    const known = input.documents.hashes.get(document)
    if (known !== undefined) input.documents.hashes.set(document, { ...known, destination: known.source })
    outcome.counts.differentRows -= 1
    outcome.counts.equalRows += 1
  }
}

export const digits = (hash: bigint): string => hash.toString(16).padStart(HASH_DIGITS, '0')

/** Counts of a task as the contract shows them; extra rows are those of the whole task, told with its first company. */
export function toComparedTask(
  { input: { plan, legalEntity }, outcome }: ComparedPlan,
  facts: { readonly documents: ComparedDocuments; readonly extras?: FoundExtras },
): ComparedTask {
  return {
    task: plan.task,
    source: plan.source.entity,
    destination: plan.destination.entity,
    legalEntity,
    ...outcome.counts,
    extraRows: facts.extras?.extra.length ?? 0,
    orphanedRows: facts.extras?.orphaned ?? 0,
    differentTotals: openTotals(outcome.totals, facts.documents).length,
    sums: [...outcome.sums]
      .filter(([, { source, destination }]) => !source.isZero() || !destination.isZero())
      .map(([currency, { source, destination }]) => ({ currency, source: formatDecimal(source), destination: formatDecimal(destination) }))
      .sort((a, b) => (a.currency < b.currency ? -1 : 1)),
  }
}

/** Totals of documents whose rows agree: of the others the difference is told already. */
export const openTotals = <Total extends { readonly document: string }>(
  totals: readonly Total[],
  { differing }: ComparedDocuments,
): readonly Total[] => totals.filter((total) => !differing.has(total.document))
