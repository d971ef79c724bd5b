import type { OutsideClient } from '../support/outside-client.ts'

/** How an operation of a service is met here. */
export type Outcome =
  | { readonly kind: 'works' }
  | { readonly kind: 'differs'; readonly difference: string }
  | { readonly kind: 'not-offered'; readonly answer: string; readonly instead?: string }

/** What of a reply a refusal shows in. */
export interface ReplyLike {
  readonly status: number
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: bodies of any shape are compared
  readonly json: any
}

/**
 * Carries the operation out and throws where the answer is another than the one described; `Stage` is what it may read. Leaves no row that
 * another operation looks at.
 */
export type Attempt<Stage> = (client: OutsideClient, stage: Stage) => Promise<void>

/** One operation of a service: what is asked, how it is met, and the run that proves it. */
export interface Operation<Stage> extends ListedOperation {
  readonly try: Attempt<Stage>
}

/** An operation as the coverage page lists it. */
export interface ListedOperation {
  readonly area: string
  readonly name: string
  /** The form of the request, as `POST accounts`. */
  readonly request: string
  readonly outcome: Outcome
  /** Points of the wire specification that it holds. */
  readonly points: readonly string[]
}

/** An operation before its area is known. */
export type AreaOperation<Stage> = Omit<Operation<Stage>, 'area'>

/** `'accounts({id})'` and what it is called; `points` as `'DV-031 DV-033'`. */
export interface OperationFacts {
  readonly name: string
  readonly request: string
  readonly points?: string
}

/** How a service refuses: `Refusal` is what a row says of it. */
export interface RefusalForm<Refusal> {
  /** As the coverage page shows it. */
  readonly shown: (refusal: Refusal) => string
  /** Throws where the reply is not this refusal. */
  readonly check: (reply: ReplyLike, refusal: Refusal) => void
}

/** The makers of operations of one service. */
export interface OperationKinds<Stage, Refusal> {
  readonly works: (facts: OperationFacts, attempt: Attempt<Stage>) => AreaOperation<Stage>
  /** As `works`, with what is different from the original service in one sentence. */
  readonly differs: (facts: OperationFacts & { readonly difference: string }, attempt: Attempt<Stage>) => AreaOperation<Stage>
  /** What the server does not have: the call is made and must be refused in just this way. */
  readonly notOffered: (
    facts: OperationFacts & Refusal & { readonly instead?: string },
    call: (client: OutsideClient, stage: Stage) => Promise<ReplyLike>,
  ) => AreaOperation<Stage>
  /** Operations of one area. */
  readonly area: (name: string, operations: readonly AreaOperation<Stage>[]) => readonly Operation<Stage>[]
}

const pointsOf = ({ points = '' }: OperationFacts): readonly string[] => points.split(' ').filter((point) => point !== '')

/** Makers of operations that read a `Stage` and are refused in the way of one service. */
export function operationKinds<Stage, Refusal>(refusal: RefusalForm<Refusal>): OperationKinds<Stage, Refusal> {
  const works: OperationKinds<Stage, Refusal>['works'] = (facts, attempt) => ({
    name: facts.name,
    request: facts.request,
    points: pointsOf(facts),
    outcome: { kind: 'works' },
    try: attempt,
  })
  return {
    works,
    differs: (facts, attempt) => ({ ...works(facts, attempt), outcome: { kind: 'differs', difference: facts.difference } }),
    notOffered: (facts, call) => ({
      ...works(facts, async (client, stage) => refusal.check(await call(client, stage), facts)),
      outcome: {
        kind: 'not-offered',
        answer: refusal.shown(facts),
        ...(facts.instead !== undefined && { instead: facts.instead }),
      },
    }),
    area: (name, operations) => operations.map((operation) => ({ area: name, ...operation })),
  }
}
