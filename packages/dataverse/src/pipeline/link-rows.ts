import { PlatformError } from '../errors/platform-error.ts'
import { wireErrors } from '../errors/wire-errors.ts'
import type { TableRelation } from '../model/many-to-many.ts'
import type { ManyNavigation, Table } from '../model/resolved-model.ts'
import { tableOf } from '../model/resolved-model.ts'
import { hasPrivilege } from '../security/access.ts'
import { deletePairs, deletePairsOf, insertPairs, type LinkPair } from '../storage/link-statements.ts'
import { checkRowsById, holderOf } from './check-rights.ts'
import type { WriteContext } from './write-context.ts'

export type LinkNavigation = Extract<ManyNavigation, { kind: 'many' }>

/** A row and those that it is paired with through a navigation property. */
export interface LinkChange {
  readonly navigation: LinkNavigation
  readonly id: string
  readonly others: readonly string[]
}

/**
 * Pairs rows. A pair that exists already is refused by 412 `0x80040237`, as the platform's own data layer refuses it. Source: wire
 * specification 10 (the code is derived from field reports of "Cannot insert duplicate key").
 */
export async function associateRows(context: WriteContext, change: LinkChange): Promise<void> {
  const pairs = pairsOf(change)
  if (pairs.length === 0) return
  refuseClosed(context, change.navigation)
  await checkBothSides(context, change)
  await runLinkRules(context, { change, message: 'associate', pairs })
  const added = await insertPairs(context.sql, intersectOf(context, change.navigation), pairs)
  if (added.length < pairs.length) throw new PlatformError(412, '0x80040237', 'Cannot insert duplicate key.')
}

/** Ends pairs; one that is not there is a row that is not found (404). */
export async function disassociateRows(context: WriteContext, change: LinkChange): Promise<void> {
  const pairs = pairsOf(change)
  refuseClosed(context, change.navigation)
  await checkBothSides(context, change)
  const removed = await deletePairs(context.sql, intersectOf(context, change.navigation), pairs)
  if (removed.length < pairs.length) throw wireErrors.rowNotFound(change.navigation.source, change.others[0] ?? '')
  await runLinkRules(context, { change, message: 'disassociate', pairs })
}

/** Deleted rows are in no pair any more. */
export async function removePairsOf(context: WriteContext, table: Table, ids: readonly string[]): Promise<void> {
  for (const relation of table.relations) await deletePairsOf(context.sql, intersectOf(context, relation), { side: relation.own, ids })
}

const intersectOf = (context: WriteContext, { relation }: Pick<TableRelation, 'relation'>): Table =>
  tableOf(context.core.model, relation.intersectTable)

/** In the order of the relationship's sides, whichever of them was addressed. */
function pairsOf({ navigation, id, others }: LinkChange): readonly LinkPair[] {
  const isFirst = navigation.relation.sides[0] === navigation.own
  return others.map((other) => (isFirst ? { first: id, second: other } : { first: other, second: id }))
}

function refuseClosed(context: WriteContext, { relation, own }: LinkNavigation): void {
  if (relation.closed !== true || context.origin === 'application') return
  throw wireErrors.badPayload(
    tableOf(context.core.model, own.table).entitySetName,
    `The relationship '${relation.schemaName}' is written by actions, not by associating rows.`,
  )
}

/** The rows that are paired need Append on the one and AppendTo on the other side. */
async function checkBothSides(context: WriteContext, { navigation, id, others }: LinkChange): Promise<void> {
  const { model } = context.core
  await checkRowsById(context, tableOf(model, navigation.own.table), { right: 'Append', ids: [id] })
  await checkRowsById(context, tableOf(model, navigation.source), { right: 'AppendTo', ids: others })
}

async function runLinkRules(
  context: WriteContext,
  at: { readonly change: LinkChange; readonly message: 'associate' | 'disassociate'; readonly pairs: readonly LinkPair[] },
): Promise<void> {
  if (!context.runPlugins) return
  const { schemaName } = at.change.navigation.relation
  const rules = context.core.linkRules.filter((rule) => rule.relationship === schemaName && rule.message === at.message)
  for (const rule of rules) {
    await rule.run(at.pairs, {
      origin: context.origin,
      userId: context.caller.userId,
      hasPrivilege: (name) => hasPrivilege(holderOf(context), name),
      sql: context.sql,
    })
  }
}
