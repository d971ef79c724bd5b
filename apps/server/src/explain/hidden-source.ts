import type { ExplainedReason } from '@p2c/api'
import type { Side } from '../compare/feed.ts'
import { readLive } from './live-rows.ts'
import { type ReasonCode, toReason } from './reasons.ts'
import type { KeyedSet } from './record-kinds.ts'

export interface HiddenQuestion {
  readonly side: Side
  readonly set: KeyedSet
  readonly key: string
  readonly legalEntity: string
}

/** Where a row is that an entity of Supply Chain does not show, and why it does not (templates specification 6, C2 and C3). */
const BEHIND: Readonly<Record<string, { readonly entity: string; readonly key: string; readonly reason: ReasonCode }>> = {
  externallymaintainedcustomersalesinvoiceheaders: {
    entity: 'SalesInvoiceHeadersV2',
    key: 'InvoiceNumber',
    reason: 'customer-not-from-sales',
  },
  sellablereleasedproducts: {
    entity: 'ReleasedProductsV2',
    key: 'ItemNumber',
    reason: 'not-sellable',
  },
}

/** Why the source does not show a row that it has; empty where it has none. */
export async function hiddenReasons(
  { side, set, key, legalEntity }: HiddenQuestion,
  signal: AbortSignal,
): Promise<readonly ExplainedReason[]> {
  const behind = BEHIND[set.entity.toLowerCase()]
  if (behind === undefined) return []
  const rows = await readLive({ side, set: { environmentType: 'AX', ...behind }, fields: [], legalEntity, key }, signal)
  return rows.length > 0 ? [toReason(behind.reason)] : []
}
