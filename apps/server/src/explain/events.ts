import type { TimelineEvent } from '@p2c/api'
import type { FeedRow } from '../compare/feed.ts'

/** An event before it has its place: some sides keep a day and no time. */
export interface FoundEvent extends TimelineEvent {
  /** Its place in the life of a document, which decides where times are equal or unknown. */
  readonly rank: number
}

/** The life of a document, step by step. */
export const STEPS = {
  lead: 0,
  opportunity: 1,
  quote: 2,
  quoteSent: 3,
  quotation: 4,
  quoteClosed: 5,
  created: 6,
  activated: 7,
  sentToSupplyChain: 8,
  received: 9,
  confirmed: 10,
  picking: 11,
  picked: 12,
  packed: 13,
  packingCancelled: 14,
  invoiced: 15,
  changed: 16,
  sentToSales: 17,
  invoiceInSales: 18,
  settled: 19,
  paid: 20,
  paidInSales: 21,
} as const

/** Reads rows of one side for a timeline; what a side does not have gives no events. */
export interface EventReader {
  readonly sales: (path: string) => Promise<readonly FeedRow[]>
  readonly supplyChain: (entity: string, filter: string, select: readonly string[]) => Promise<readonly FeedRow[]>
}
