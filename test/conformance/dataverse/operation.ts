import { type OperationKinds, type Operation as OperationOf, operationKinds } from '../operation.ts'
import type { Market } from './market.ts'
import { assertRefused, type Refusal } from './refusal.ts'

/** One operation of the Dataverse Web API. */
export type Operation = OperationOf<Market>

export const { works, differs, notOffered, area }: OperationKinds<Market, Refusal> = operationKinds({
  shown: ({ status, code }) => `${status}${code === '' ? '' : ` \`${code}\``}`,
  check: assertRefused,
})
