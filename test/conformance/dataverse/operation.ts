import type { OutsideClient } from '../../support/outside-client.ts'
import type { Market } from './market.ts'
import { assertRefused, type Refusal, type ReplyLike } from './refusal.ts'

/** How an operation of Microsoft's Web API is met here. */
export type Outcome =
  | { readonly kind: 'works' }
  | { readonly kind: 'differs'; readonly difference: string }
  | { readonly kind: 'not-offered'; readonly answer: string; readonly instead?: string }

/** Carries the operation out and throws where the answer is another than the one described. Leaves no row that another operation looks at. */
export type Attempt = (dv: OutsideClient, market: Market) => Promise<void>

/** One operation of the Web API: what is asked, how it is met, and the run that proves it. */
export interface Operation {
  readonly area: string
  readonly name: string
  /** The form of the request, as `POST accounts`. */
  readonly request: string
  readonly outcome: Outcome
  /** Points of the wire specification that it holds. */
  readonly points: readonly string[]
  readonly try: Attempt
}

/** An operation before its area is known. */
export type AreaOperation = Omit<Operation, 'area'>

/** `'accounts({id})'` and what it is called; `points` as `'DV-031 DV-033'`. */
export interface OperationFacts {
  readonly name: string
  readonly request: string
  readonly points?: string
}

const pointsOf = ({ points = '' }: OperationFacts): readonly string[] => points.split(' ').filter((point) => point !== '')

export const works = (facts: OperationFacts, attempt: Attempt): AreaOperation => ({
  name: facts.name,
  request: facts.request,
  points: pointsOf(facts),
  outcome: { kind: 'works' },
  try: attempt,
})

/** As `works`, with what is different from Microsoft's service in one sentence. */
export const differs = (facts: OperationFacts & { readonly difference: string }, attempt: Attempt): AreaOperation => ({
  ...works(facts, attempt),
  outcome: { kind: 'differs', difference: facts.difference },
})

/** What the server does not have: the call is made and must be refused in just this way. */
export const notOffered = (
  facts: OperationFacts & Refusal & { readonly instead?: string },
  call: (dv: OutsideClient, market: Market) => Promise<ReplyLike>,
): AreaOperation => ({
  name: facts.name,
  request: facts.request,
  points: pointsOf(facts),
  outcome: {
    kind: 'not-offered',
    answer: `${facts.status}${facts.code === '' ? '' : ` \`${facts.code}\``}`,
    ...(facts.instead !== undefined && { instead: facts.instead }),
  },
  try: async (dv, market) => assertRefused(await call(dv, market), facts),
})

/** Operations of one area. */
export const area = (name: string, operations: readonly AreaOperation[]): readonly Operation[] =>
  operations.map((operation) => ({ area: name, ...operation }))
