import type { SqlRunner } from '@p2c/base'
import type { ColumnValue, Plugin, PluginContext, TableEvent } from '@p2c/dataverse'
import { PRODUCT_IS_STRUCTURAL } from '../../domain/catalogue/product-rules.ts'
import {
  initialProductState,
  isHandedDown,
  mayRestructure,
  PRODUCT_REASONS,
  PRODUCT_STATES,
  PRODUCT_STRUCTURES,
  type ProductSituation,
  type ProductState,
  type ProductStructure,
  productStateOf,
  refuseProductMove,
  STRUCTURAL_PRODUCT_COLUMNS,
} from '../../domain/catalogue/product-state.ts'
import { byId, changes, enforce, idOf, nextIds, nextValue } from '../row-values.ts'

/** New products are Draft, or Active where the organisation says so. The state is not for the caller to choose. */
async function setInitialStates(events: readonly TableEvent[], context: PluginContext): Promise<void> {
  const [organization] = await context.service.find({
    table: 'organization',
    columns: ['createproductswithoutparentinactivestate'],
    limit: 1,
  })
  const activeByDefault = organization?.createproductswithoutparentinactivestate === true
  for (const { target } of events) {
    const structure = Number(target.productstructure ?? PRODUCT_STRUCTURES.product)
    const state = initialProductState({ hasParent: idOf(target.parentproductid) !== null, structure, activeByDefault })
    target.statecode = PRODUCT_STATES[state]
    target.statuscode = PRODUCT_REASONS[state]
  }
}

async function checkMoves(events: readonly TableEvent[], context: PluginContext): Promise<void> {
  const moves = events.flatMap((event) => {
    const from = productStateOf(event.before?.statecode)
    const to = productStateOf(event.target.statecode)
    return from === undefined || to === undefined ? [] : [{ event, from, to }]
  })
  if (moves.length === 0) return
  const facts = await readFacts(context, events)
  for (const { event, from, to } of moves) enforce(refuseProductMove(from, to, situationOf(event, facts)))
}

interface MoveFacts {
  readonly parents: ReadonlyMap<string, { readonly statecode?: ColumnValue }>
  readonly priced: ReadonlySet<string>
  readonly withOpenChildren: ReadonlySet<string>
  readonly bundled: ReadonlySet<string>
  readonly withUnpublishedItems: ReadonlySet<string>
}

async function readFacts(context: PluginContext, events: readonly TableEvent[]): Promise<MoveFacts> {
  const parentIds = nextIds(events, 'parentproductid')
  const parents =
    parentIds.length === 0 ? [] : await context.service.find({ table: 'product', columns: ['statecode'], where: { productid: parentIds } })
  const idsGoingTo = (state: ProductState): readonly string[] =>
    events.filter((event) => event.target.statecode === PRODUCT_STATES[state]).map((event) => event.id)
  const retired = idsGoingTo('retired')
  return {
    parents: byId(parents, 'productid'),
    priced: await idsFrom(context.sql, 'select distinct productid as id from productpricelevel where productid = any($1::uuid[])', retired),
    withOpenChildren: await idsFrom(
      context.sql,
      `select distinct parentproductid as id from product where parentproductid = any($1::uuid[])
         and statecode in (${PRODUCT_STATES.draft}, ${PRODUCT_STATES.underRevision})`,
      retired,
    ),
    // Products and bundles that take the same step in the same write do not stand in each other's way.
    bundled: await idsFrom(
      context.sql,
      `select distinct i.associatedproduct as id from productassociation i join product b on b.productid = i.productid
       where i.associatedproduct = any($1::uuid[]) and b.statecode = ${PRODUCT_STATES.active} and b.productid <> all($1::uuid[])`,
      retired,
    ),
    withUnpublishedItems: await idsFrom(
      context.sql,
      `select distinct i.productid as id from productassociation i join product p on p.productid = i.associatedproduct
       where i.productid = any($1::uuid[]) and p.statecode <> ${PRODUCT_STATES.active} and p.productid <> all($1::uuid[])`,
      idsGoingTo('active'),
    ),
  }
}

async function idsFrom(sql: SqlRunner, statement: string, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set()
  const found = await sql.query<{ id: string }>(statement, [ids])
  return new Set(found.rows.map((row) => row.id))
}

const STRUCTURE_NAMES: Readonly<Record<number, ProductStructure>> = { 1: 'product', 2: 'family', 3: 'bundle' }

function situationOf(event: TableEvent, facts: MoveFacts): ProductSituation {
  const parentState = productStateOf(facts.parents.get(idOf(nextValue(event, 'parentproductid')) ?? '')?.statecode)
  return {
    name: String(nextValue(event, 'name') ?? nextValue(event, 'productnumber') ?? event.id),
    structure: STRUCTURE_NAMES[Number(nextValue(event, 'productstructure') ?? 1)] ?? 'product',
    ...(parentState !== undefined && { parentState }),
    priced: facts.priced.has(event.id),
    hasUnretirableChild: facts.withOpenChildren.has(event.id),
    bundled: facts.bundled.has(event.id),
    hasUnpublishedItem: facts.withUnpublishedItems.has(event.id),
  }
}

/** Revising or retiring a family does the same to its Active products. */
async function handDown(events: readonly TableEvent[], context: PluginContext): Promise<void> {
  const states = new Map<string, ProductState>()
  for (const { id, after } of events) {
    const state = productStateOf(after?.statecode)
    if (state !== undefined && isHandedDown(state) && after?.productstructure === PRODUCT_STRUCTURES.family) states.set(id, state)
  }
  if (states.size === 0) return
  const where = { parentproductid: [...states.keys()], statecode: PRODUCT_STATES.active }
  const children = await context.service.find({ table: 'product', columns: ['parentproductid'], where })
  const changed = children.map((child) => ({
    id: String(child.productid),
    values: { statecode: PRODUCT_STATES[states.get(idOf(child.parentproductid) ?? '') ?? 'active'] },
  }))
  await context.service.update('product', changed)
}

/** A published product keeps its structure, unless the integration maintains it. */
async function checkStructure(events: readonly TableEvent[]): Promise<void> {
  for (const event of events) {
    const state = productStateOf(event.before?.statecode)
    if (state === undefined || mayRestructure(state, nextValue(event, 'msdynce_ismaintainedexternally') === true)) continue
    const column = STRUCTURAL_PRODUCT_COLUMNS.find((name) => changes(event, name))
    if (column !== undefined) enforce(PRODUCT_IS_STRUCTURAL(String(event.before?.name ?? event.id), column))
  }
}

const product = { table: 'product', name: 'product states' } as const

/** Life of a product: Draft, Active, Under Revision, Retired. Source: Sales 2.6. */
export const productStatePlugins: readonly Plugin[] = [
  { ...product, message: 'create', stage: 'pre-operation', run: setInitialStates },
  { ...product, message: 'update', stage: 'pre-operation', columns: ['statecode'], run: checkMoves },
  { ...product, message: 'update', stage: 'pre-operation', columns: STRUCTURAL_PRODUCT_COLUMNS, run: checkStructure },
  { ...product, message: 'update', stage: 'post-operation', columns: ['statecode'], run: handDown },
]
