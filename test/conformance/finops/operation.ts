import { type OperationKinds, type Operation as OperationOf, operationKinds } from '../operation.ts'
import { assertRefused, type Refusal } from './refusal.ts'
import type { Trade } from './trade.ts'

/** One operation of the protocol of Finance & Operations apps. */
export type Operation = OperationOf<Trade>

export const { works, differs, notOffered, area }: OperationKinds<Trade, Refusal> = operationKinds({
  shown: ({ status, says }) => `${status}${says === '' ? '' : ` \`${says}\``}`,
  check: assertRefused,
})
