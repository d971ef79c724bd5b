import type { Column, Table } from '../model/resolved-model.ts'
import { sqlText } from '../query/sql-text.ts'
import { filtersSql } from './conditions.ts'
import { fetchErrors } from './fetch-errors.ts'
import { type FetchEntity, type FetchLink, type FetchQuery, JOINING_LINKS, TESTING_LINKS } from './fetch-query.ts'
import { columnNamed, type FetchContext, type FilterScope, folded, type Source, sqlOf, tableNamed, typeFamily } from './fetch-scope.ts'

/** A link that brings columns along. */
export interface Join {
  readonly source: Source
  readonly parent: Source
  readonly link: FetchLink
  readonly on: LinkColumns
  /** One row of the parent may meet several of the link. */
  readonly multiplies: boolean
}

interface LinkColumns {
  readonly from: Column
  readonly to: Column
}

/** The tables of a query and how they hang together. */
export interface FetchTables {
  readonly root: Source
  readonly joins: readonly Join[]
  /** `from … where …`, without the keyword `from`; conditions stay apart, so that the caller may add its own. */
  readonly from: string
  readonly where: readonly string[]
}

const ALIAS = /^[A-Za-z_]\w*$/

/** The alias of an attribute or link. Throws `0x80041109`. */
export function checkedAlias(alias: string): string {
  if (!ALIAS.test(alias) || alias.length > 128) throw fetchErrors.invalidAlias(alias.slice(0, 200))
  return alias
}

/** Looks up the tables of a query and writes what they are read from. `alias` is that of the root. */
export function fetchTables(context: FetchContext, query: FetchQuery, alias: string): FetchTables {
  const root: Source = { table: tableNamed(context.model, query.entity.name), alias, entity: query.entity }
  const joins = collectJoins(context, root, query.entity)
  const sources = joins.map((join) => join.source)
  const from = joins.map((join, index) => joinSql(context, join, sources.slice(0, index + 1)))
  const where = [
    ...visibleOf(context, root),
    ...filtersSql(context, { own: root, joined: sources }, { source: root, linkSql }),
    ...testsOf(context, { own: root, joined: sources }),
  ]
  return { root, joins, from: [`${root.table.sql} ${root.alias}`, ...from].join(' '), where }
}

const visibleOf = (context: FetchContext, source: Source): readonly string[] => {
  const condition = context.visible(source.table, source.alias)
  return condition === undefined ? [] : [`(${condition})`]
}

const isAmong = (types: readonly string[], link: FetchLink): boolean => types.includes(link.type)

/** Links in the order of the document, each behind the one that it stands in. */
function collectJoins(context: FetchContext, root: Source, entity: FetchEntity): readonly Join[] {
  const found: Join[] = []
  const names = new Set<string>()
  let position = 0
  const visit = (parent: Source, links: readonly FetchLink[]): void => {
    for (const link of links) {
      position += 1
      if (!isAmong(JOINING_LINKS, link)) continue
      const name = link.alias === undefined ? `${link.name}${position}` : checkedAlias(link.alias)
      if (names.has(name)) throw fetchErrors.duplicateAlias(name)
      names.add(name)
      const source: Source = { table: tableNamed(context.model, link.name), alias: context.nextAlias(), name, entity: link }
      const on = linkColumns(parent.table, source.table, link)
      const multiplies = link.type !== 'matchfirstrowusingcrossapply' && on.from !== source.table.primaryId
      found.push({ source, parent, link, on, multiplies })
      visit(source, link.links)
    }
  }
  visit(root, entity.links)
  return found
}

/** `from` and `to` of a link; where both are left out, those of the only relationship between the tables. */
function linkColumns(parent: Table, child: Table, link: FetchLink): LinkColumns {
  if (link.from !== undefined && link.to !== undefined) return { from: columnNamed(child, link.from), to: columnNamed(parent, link.to) }
  const candidates: LinkColumns[] = [
    ...pointing(child, parent).map((from) => ({ from, to: parent.primaryId })),
    ...pointing(parent, child).map((to) => ({ from: child.primaryId, to })),
  ]
  const [only] = candidates
  if (only === undefined || candidates.length > 1 || link.from !== undefined || link.to !== undefined)
    throw fetchErrors.linkPair(child.logicalName)
  return only
}

/** Lookups of the table's own that lead to another table. */
const pointing = (table: Table, target: Table): readonly Column[] =>
  table.columns.filter((column) => column.origin === 'own' && column.targets.some((item) => item.table === target.logicalName))

function joinSql(context: FetchContext, join: Join, joined: readonly Source[]): string {
  const { source, link } = join
  const scope: FilterScope = { own: source, joined }
  const conditions = linkConditions(context, scope, join)
  const table = `${source.table.sql} ${source.alias}`
  if (link.type !== 'matchfirstrowusingcrossapply') {
    return `${link.type === 'outer' ? 'left join' : 'join'} ${table} on ${conditions.join(' and ')}`
  }
  const first = `select ${source.alias}.* from ${table} where ${conditions.join(' and ')} order by ${source.alias}.${source.table.primaryId.sql} limit 1`
  return `cross join lateral (${first}) ${source.alias}`
}

const linkConditions = (context: FetchContext, scope: FilterScope, join: Pick<Join, 'source' | 'parent' | 'on'>): readonly string[] => [
  matchSql(context, join),
  ...visibleOf(context, join.source),
  ...filtersSql(context, scope, { source: join.source, linkSql }),
  ...testsOf(context, scope),
]

/** The condition that ties a linked row to its parent. A lookup with several targets also tells which table it points to. */
function matchSql(context: FetchContext, { source, parent, on }: Pick<Join, 'source' | 'parent' | 'on'>): string {
  const [left, right] = [sqlOf(context, source, on.from), sqlOf(context, parent, on.to)]
  if (typeFamily(left) !== typeFamily(right)) throw fetchErrors.linkTypes(on.from.name, on.to.name)
  const conditions = [`${folded(left)} = ${folded(right)}`]
  if (on.from.sqlTarget !== undefined && on.to === parent.table.primaryId)
    conditions.push(`${source.alias}.${on.from.sqlTarget} = ${sqlText(parent.table.logicalName)}`)
  if (on.to.sqlTarget !== undefined && on.from === source.table.primaryId)
    conditions.push(`${parent.alias}.${on.to.sqlTarget} = ${sqlText(source.table.logicalName)}`)
  return conditions.join(' and ')
}

/** Conditions of the links that only ask whether rows exist. */
const testsOf = (context: FetchContext, scope: FilterScope): readonly string[] =>
  scope.own.entity.links
    .filter((link) => isAmong(TESTING_LINKS, link))
    .map((link) => existsSql(context, scope, { link, withFilters: true }))

/** `exists (…)` over the linked rows; the links inside it are part of the question. */
function existsSql(context: FetchContext, scope: FilterScope, at: { readonly link: FetchLink; readonly withFilters: boolean }): string {
  const { link } = at
  const parent = scope.own
  const source: Source = {
    table: tableNamed(context.model, link.name),
    alias: context.nextAlias(),
    ...(link.alias !== undefined && { name: checkedAlias(link.alias) }),
    entity: link,
  }
  const on = linkColumns(parent.table, source.table, link)
  const joins = at.withFilters ? collectJoins(context, source, link) : []
  const sources = [...scope.joined, source, ...joins.map((join) => join.source)]
  const joined = joins.map((join, index) => joinSql(context, join, sources.slice(0, scope.joined.length + 2 + index)))
  const conditions = at.withFilters
    ? linkConditions(context, { own: source, joined: sources }, { source, parent, on })
    : [matchSql(context, { source, parent, on }), ...visibleOf(context, source)]
  return `exists (select 1 from ${[`${source.table.sql} ${source.alias}`, ...joined].join(' ')} where ${conditions.join(' and ')})`
}

/** A link inside a filter. `all` means: rows are linked, and none of them meets the filter (the platform's own wording). */
function linkSql(context: FetchContext, scope: FilterScope, link: FetchLink): string {
  const meets = existsSql(context, scope, { link, withFilters: true })
  if (link.type === 'any' || link.type === 'not all') return meets
  if (link.type === 'not any') return `not ${meets}`
  return `(${existsSql(context, scope, { link, withFilters: false })} and not ${meets})`
}
