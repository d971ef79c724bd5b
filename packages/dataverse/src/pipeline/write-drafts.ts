import type { Row } from '../model/plugin.ts'
import type { Column, ManyNavigation, Table } from '../model/resolved-model.ts'
import type { EntityDraft, NestedDraft } from '../payload/read-entity.ts'
import type { EntityReference } from '../payload/read-reference.ts'
import { createRows } from './create-rows.ts'
import { associateRows, type LinkNavigation } from './link-rows.ts'
import { resolveReferences } from './resolve-references.ts'
import { type RowChange, updateRows } from './update-rows.ts'
import type { WriteContext } from './write-context.ts'

type Single = Extract<NestedDraft, { kind: 'single' }>
type Collection = Extract<NestedDraft, { kind: 'collection' }>

/**
 * Creates rows of one table from bodies, deep inserts included: what they point to first, then the rows, then what points to them.
 * Gives the ids in order. Source: wire specification 7, DV-034.
 */
export async function createDrafts(context: WriteContext, table: Table, drafts: readonly EntityDraft[]): Promise<readonly string[]> {
  await bindReferences(context, drafts)
  await createTargets(context, drafts)
  const ids = await createRows(context, table, { rows: drafts.map((draft) => draft.values) })
  await createChildren(context, table, { drafts, ids })
  return ids
}

/** Creates a row through a collection of the row `parent`, and links it to that one, whatever its body says. Gives its id. */
export async function createRelated(
  context: WriteContext,
  at: {
    readonly parent: { readonly table: string; readonly id: string }
    readonly navigation: ManyNavigation
    readonly draft: EntityDraft
  },
): Promise<string> {
  const { parent, navigation, draft } = at
  if (navigation.kind === 'many') {
    const [id = ''] = await createDrafts(context, draft.table, [draft])
    await associateRows(context, { navigation, id: parent.id, others: [id] })
    return id
  }
  const { column } = navigation
  const binds = draft.binds.filter((bind) => bind.column.name !== column.name)
  const children = draft.children.filter((child) => child.kind !== 'single' || child.column.name !== column.name)
  const [id = ''] = await createDrafts(context, draft.table, [withLink({ ...draft, binds, children }, column, parent)])
  return id
}

/** Resolves the binds of all bodies at once and writes them into their values. */
export async function bindReferences(context: WriteContext, drafts: readonly EntityDraft[]): Promise<void> {
  const binds = drafts.flatMap((draft) => draft.binds.map((bind) => ({ values: draft.values, ...bind })))
  const resolved = await resolveReferences(
    context,
    binds.map((bind) => bind.reference),
  )
  binds.forEach((bind, index) => {
    const value = resolved[index]
    if (value !== undefined) bind.values[bind.column.name] = value
  })
}

async function createTargets(context: WriteContext, drafts: readonly EntityDraft[]): Promise<void> {
  const nested = drafts.flatMap((draft) =>
    draft.children.filter((child): child is Single => child.kind === 'single').map((child) => ({ values: draft.values, child })),
  )
  for (const group of byTable(nested, ({ child }) => child.draft.table)) {
    const ids = await createDrafts(
      context,
      group.table,
      group.items.map(({ child }) => child.draft),
    )
    group.items.forEach(({ values, child }, index) => {
      values[child.column.name] = { table: group.table.logicalName, id: ids[index] ?? '' }
    })
  }
}

async function createChildren(
  context: WriteContext,
  table: Table,
  parents: { drafts: readonly EntityDraft[]; ids: readonly string[] },
): Promise<void> {
  const children: { draft: EntityDraft; table: Table }[] = []
  for (const [index, draft] of parents.drafts.entries()) {
    const parent = { table: table.logicalName, id: parents.ids[index] ?? '' }
    for (const child of draft.children.filter((item): item is Collection => item.kind === 'collection')) {
      const { navigation } = child
      if (navigation.kind === 'many') {
        await pairWith(context, { navigation, id: parent.id, drafts: child.drafts, references: child.references })
        continue
      }
      for (const row of child.drafts) children.push({ draft: withLink(row, navigation.column, parent), table: row.table })
      if (child.references.length > 0) await linkRows(context, child.references, { [navigation.column.name]: parent })
    }
  }
  for (const group of byTable(children, (item) => item.table)) {
    await createDrafts(
      context,
      group.table,
      group.items.map((item) => item.draft),
    )
  }
}

/** Rows of a many-to-many relationship: new ones are created first, then all are paired with the row. */
async function pairWith(
  context: WriteContext,
  at: {
    readonly navigation: LinkNavigation
    readonly id: string
    readonly drafts: readonly EntityDraft[]
    readonly references: readonly EntityReference[]
  },
): Promise<void> {
  const table = at.drafts[0]?.table
  const created = table === undefined ? [] : await createDrafts(context, table, at.drafts)
  const existing = await resolveReferences(context, at.references)
  await associateRows(context, { navigation: at.navigation, id: at.id, others: [...created, ...existing.map((row) => row.id)] })
}

const withLink = (draft: EntityDraft, column: Column, parent: { table: string; id: string }): EntityDraft => ({
  ...draft,
  values: { ...draft.values, [column.name]: parent },
})

/** Points existing rows to a parent. */
export async function linkRows(context: WriteContext, references: readonly EntityReference[], values: Row): Promise<void> {
  const resolved = await resolveReferences(context, references)
  const changes = resolved.map((row): RowChange => ({ id: row.id, values: { ...values } }))
  const table = references[0]?.table
  if (table !== undefined) await updateRows(context, table, { changes })
}

function byTable<Item>(
  items: readonly Item[],
  tableOf: (item: Item) => Table,
): readonly { readonly table: Table; readonly items: readonly Item[] }[] {
  const groups = new Map<Table, Item[]>()
  for (const item of items) {
    const table = tableOf(item)
    const known = groups.get(table)
    if (known === undefined) groups.set(table, [item])
    else known.push(item)
  }
  return [...groups].map(([table, list]) => ({ table, items: list }))
}
