import type { SqlRunner } from '@p2c/base'
import type { z } from 'zod'
import type { InfologEntry } from '../domain/messages.ts'
import type { WriteEffects } from '../store/write-effects.ts'

/** What a command runs with: one transaction, the time, and who asked. */
export interface CommandContext {
  /** The transaction of the command; a refusal rolls it back. */
  readonly sql: SqlRunner
  readonly now: Date
  readonly userId: string
  /** A new identifier in lower case with hyphens. */
  readonly newId: () => string
  /** For commands that write orders through change sets. */
  readonly effects: WriteEffects
}

/** What a command did, as JSON members; or why it did nothing. */
export type CommandResult =
  | { readonly ok: true; readonly value: Readonly<Record<string, unknown>>; readonly warnings?: readonly InfologEntry[] }
  | { readonly ok: false; readonly infolog: readonly InfologEntry[] }

/**
 * A posting command: confirm an order, post a packing slip. Reached as `POST /api/commands/<name>`, as the custom service operation
 * `/api/services/<group>/<service>/<operation>`, and by `p2c`. Not an OData action: posting is not part of the public entities.
 * Source: Supply Chain specification, 11.
 */
export interface Command<Schema extends z.ZodType = z.ZodType> {
  /** Verb and document in kebab case: `post-packing-slip`. */
  readonly name: string
  /** What it does, one sentence. */
  readonly summary: string
  /** `SalesOrderServices/SalesOrderService/PostPackingSlip`. */
  readonly operation: { readonly group: string; readonly service: string; readonly name: string }
  /** Its parameters; `dataAreaId` is among them. Amounts and quantities are decimal texts or numbers. */
  readonly parameters: Schema
  readonly run: (context: CommandContext, parameters: z.output<Schema>) => Promise<CommandResult>
}

/** A command with the types of its parameters kept. */
export const command = <Schema extends z.ZodType>(definition: Command<Schema>): Command<Schema> => definition

/** Rolls the transaction of a command back; thrown deep inside one, answered as its refusal. */
export class CommandRefusal extends Error {
  readonly infolog: readonly InfologEntry[]

  constructor(...infolog: readonly InfologEntry[]) {
    super(infolog.map((entry) => entry.text).join(' '))
    this.name = 'CommandRefusal'
    this.infolog = infolog
  }
}

/** Throws the refusal of a command where something stands in its way. */
export function assertNoProblems(problems: readonly InfologEntry[]): void {
  if (problems.length > 0) throw new CommandRefusal(...problems)
}
