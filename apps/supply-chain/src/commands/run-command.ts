import type { Clock, Database, Ids, SqlRunner } from '@p2c/base'
import { parseJson } from '@p2c/odata'
import { type InfologEntry, refuseField, refuseRow } from '../domain/messages.ts'
import { runChangeSet } from '../store/run-change-set.ts'
import { ChangeSetFailure } from '../store/write-change-set.ts'
import type { WriteEffects } from '../store/write-effects.ts'
import { type Command, CommandRefusal, type CommandResult } from './command.ts'
import { claimKey, type KeyedRequest, keepAnswer } from './idempotency.ts'
import { readParameters } from './read-parameters.ts'

/** Who asks. */
export interface CommandUser {
  readonly userId: string
  readonly defaultCompany: string
  readonly mayAccess: (dataAreaId: string) => boolean
}

/** One call of a command. */
export interface CommandCall {
  readonly command: Command
  readonly body: Readonly<Record<string, unknown>>
  readonly user: CommandUser
  readonly idempotencyKey?: string
}

/** What became of a call. Only `done` has changed anything. */
export type CommandAnswer =
  | {
      readonly kind: 'done'
      readonly value: Readonly<Record<string, unknown>>
      readonly warnings: readonly InfologEntry[]
      /** True where the answer is that of an earlier call with the same key. */
      readonly isRepeated: boolean
    }
  | { readonly kind: 'refused'; readonly infolog: readonly InfologEntry[] }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] }
  | { readonly kind: 'key-reused' }

/** What commands run on. */
export interface CommandDeps {
  readonly database: Database
  readonly clock: Clock
  readonly ids: Pick<Ids, 'guid'>
  readonly effects: WriteEffects
}

/**
 * Runs a command in one transaction, again when it lost a race: all that it does is there afterwards, or nothing of it. A call with the
 * idempotency key of a call that succeeded gets the answer of that one; refused calls keep no key, for they did nothing.
 */
export async function runCommand(deps: CommandDeps, call: CommandCall): Promise<CommandAnswer> {
  const body = { ...call.body, dataAreaId: call.body.dataAreaId ?? call.user.defaultCompany }
  const reading = readParameters(call.command.parameters, body)
  if (!reading.ok) return { kind: 'invalid', problems: reading.problems }
  const dataAreaId = String(body.dataAreaId).trim().toLowerCase()
  if (!call.user.mayAccess(dataAreaId)) return refused([noCompany(dataAreaId)])
  const keyed =
    call.idempotencyKey === undefined
      ? undefined
      : { userId: call.user.userId, key: call.idempotencyKey, commandName: call.command.name, body }
  try {
    const outcome = await runChangeSet(deps.database, (sql) =>
      runOnce(sql, { ...deps, call, parameters: reading.parameters, dataAreaId, ...(keyed && { keyed }) }),
    )
    return outcome instanceof ChangeSetFailure ? refused(infologOf(outcome)) : outcome
  } catch (error) {
    if (error instanceof CommandRefusal) return refused(error.infolog)
    throw error
  }
}

/** Entries of a refused command are errors, whatever severity the rules give them where a row is written: nothing of it happened. */
const refused = (infolog: readonly InfologEntry[]): CommandAnswer => ({
  kind: 'refused',
  infolog: infolog.map((entry) => ({ ...entry, severity: 'Error' })),
})

interface Attempt extends CommandDeps {
  readonly call: CommandCall
  readonly parameters: unknown
  readonly dataAreaId: string
  readonly keyed?: KeyedRequest
}

async function runOnce(sql: SqlRunner, { clock, ids, effects, call, parameters, dataAreaId, keyed }: Attempt): Promise<CommandAnswer> {
  const now = clock.now()
  const claim = keyed === undefined ? { kind: 'new' as const } : await claimKey(sql, keyed, now)
  if (claim.kind === 'reused') return { kind: 'key-reused' }
  if (claim.kind === 'answered') return { ...toDone(parseJson(claim.answer) as KeptAnswer), isRepeated: true }
  if (!(await companyExists(sql, dataAreaId))) throw new CommandRefusal(noCompany(dataAreaId))
  const context = { sql, now, userId: call.user.userId, newId: () => ids.guid(), effects }
  const result = await call.command.run(context, parameters)
  if (!result.ok) throw new CommandRefusal(...result.infolog)
  const done = toDone(result)
  if (keyed !== undefined) await keepAnswer(sql, keyed, JSON.stringify({ value: done.value, warnings: done.warnings }))
  return done
}

type KeptAnswer = Omit<Extract<CommandResult, { ok: true }>, 'ok'>

const toDone = ({ value, warnings }: KeptAnswer) => ({ kind: 'done', value, warnings: warnings ?? [], isRepeated: false }) as const

const noCompany = (dataAreaId: string): InfologEntry => refuseField('dataAreaId', 'L07', dataAreaId)

async function companyExists(sql: SqlRunner, dataAreaId: string): Promise<boolean> {
  const { rows } = await sql.query('select 1 from legal_entity where lower(legal_entity_id) = lower($1)', [dataAreaId])
  return rows.length > 0
}

/** A write of the command that the rules refused. */
const infologOf = ({ failure }: ChangeSetFailure): readonly InfologEntry[] => ('infolog' in failure ? failure.infolog : [refuseRow('L16')])
