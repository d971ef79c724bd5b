import { type ExpandItem, filterToSql, orderColumns, orderTerms, type QueryOptions, type SqlOptions } from '@p2c/odata'
import { wireErrors } from '../errors/wire-errors.ts'
import { type ManyNavigation, type Model, type Navigation, type Table, tableOf } from '../model/resolved-model.ts'
import { type Holder, readScopeSql } from '../security/access.ts'
import { type AnnotationFilter, jsonRow } from './json-row.ts'
import { expandOptionsAsQuery } from './links.ts'
import { orderScope } from './order-scope.ts'
import { formatCookie } from './paging-cookie.ts'
import { selectedColumns } from './selection.ts'
import { sqlText } from './sql-text.ts'
import { joinChildren, joinSingle, tableScope, targetTables } from './table-scope.ts'

export interface ExpandContext {
  readonly model: Model
  /** Who reads: expanded rows that it may not read are left out. */
  readonly holder: Holder
  readonly sql: SqlOptions
  readonly annotations: AnnotationFilter
  /** Service root with its slash. */
  readonly root: string
  /** Decoded text of the request's `$expand`: child links repeat the client's options. */
  readonly expandText: string
  /** Children of one row at most: a page, or 5,000. */
  readonly pageSize: number
  readonly nextAlias: () => string
}

/** Where an expand stands: on a row of the answer, inside a collection, or inside a single-valued expand. */
type Place = 'row' | 'in-collection' | 'in-single'

interface Parent {
  readonly table: Table
  readonly alias: string
  readonly place: Place
}

const MAX_CHILDREN = 5_000

/** SQL of the members that `$expand` adds to a row, each with its leading comma. Source: wire specification 11.3. */
export const expandMembers = (context: ExpandContext, parent: Parent, items: readonly ExpandItem[] | undefined): readonly string[] =>
  (items ?? []).flatMap((item) => {
    const navigation = parent.table.navigations.get(item.navigation)
    if (navigation === undefined) throw wireErrors.unknownProperty(item.navigation, parent.table.logicalName)
    if (item.suffix === '$count') throw wireErrors.badQuery(`The expand of '${item.navigation}/$count' is not supported.`)
    checkOptions(item, navigation, parent.place)
    if (item.suffix === '$ref') return [referenceMember(context, { parent, navigation })]
    return navigation.kind === 'single'
      ? [singleMember(context, { parent, navigation, item })]
      : collectionMembers(context, { parent, navigation, item })
  })

/** Options that an expand does not take anywhere. Source: wire specification 11.3. */
const REFUSED_IN_EXPAND = ['skip', 'skiptoken', 'apply', 'count', 'levels', 'search', 'compute', 'format', 'deltatoken', 'id'] as const

function checkOptions(item: ExpandItem, navigation: Navigation, place: Place): void {
  const { options } = item
  const refuse = (what: string): never => {
    throw wireErrors.badQuery(`The query option ${what} is not supported in the expand of '${item.navigation}'.`)
  }
  if (item.suffix === '$ref' && navigation.kind !== 'single') refuse('$ref')
  const unknown = REFUSED_IN_EXPAND.find((name) => options[name] !== undefined)
  if (unknown !== undefined) refuse(`$${unknown}`)
  const orderAllowed = navigation.kind !== 'single' && place === 'row'
  if (!orderAllowed && (options.top !== undefined || options.orderby !== undefined)) refuse('$top or $orderby')
}

function referenceMember(context: ExpandContext, at: { readonly parent: Parent; readonly navigation: Navigation }): string {
  const { navigation, parent } = at
  if (navigation.kind !== 'single') throw wireErrors.badQuery(`The expand of '${navigation.name}/$ref' is not supported.`)
  const value = `${parent.alias}.${navigation.column.sql}`
  const links = targetTables(context.model, navigation).map((target) => {
    const fits =
      navigation.column.sqlTarget === undefined
        ? ''
        : ` and ${parent.alias}.${navigation.column.sqlTarget} = ${sqlText(target.logicalName)}`
    const open = sqlText(`{"@odata.id":"${context.root}${target.entitySetName}(`)
    return `when ${value} is not null${fits} then ${open} || ${value} || ${sqlText(')"}')}`
  })
  return `${sqlText(`,"${navigation.name}":`)} || case ${links.join(' ')} else 'null' end`
}

type SingleNavigation = Extract<Navigation, { kind: 'single' }>

function singleMember(
  context: ExpandContext,
  at: { readonly parent: Parent; readonly navigation: SingleNavigation; readonly item: ExpandItem },
): string {
  const { navigation, item, parent } = at
  const tables = targetTables(context.model, navigation)
  const rows = tables.map((table) => {
    const alias = context.nextAlias()
    const options = tables.length === 1 ? item.options : optionsFor(table, tables, item.options)
    const row = rowOf(context, { table, alias, place: 'in-single' }, options)
    const join = joinSingle(navigation, { alias, outer: parent.alias, table })
    const conditions = [join, ...conditionsOf(context, { table, alias, options })]
    return `(select ${row} from ${table.sql} ${alias} where ${conditions.join(' and ')})`
  })
  return `${sqlText(`,"${navigation.name}":`)} || coalesce(${rows.join(', ')}, 'null')`
}

/** Of a navigation to several tables each gives the selected columns that it has; one that none has is refused. */
function optionsFor(table: Table, tables: readonly Table[], options: QueryOptions): QueryOptions {
  if (options.select === undefined) return options
  const has = (candidate: Table, path: string): boolean => path === '*' || candidate.byProperty.has(path) || candidate.navigations.has(path)
  return {
    ...options,
    select: options.select.filter((item) => has(table, item.path) || !tables.some((other) => has(other, item.path))),
  }
}

function collectionMembers(
  context: ExpandContext,
  at: { readonly parent: Parent; readonly navigation: ManyNavigation; readonly item: ExpandItem },
): readonly string[] {
  const { navigation, item, parent } = at
  const table = tableOf(context.model, navigation.source)
  const alias = context.nextAlias()
  const parentId = `${parent.alias}.${parent.table.primaryId.sql}`
  const row = rowOf(context, { table, alias, place: 'in-collection' }, item.options)
  const join = joinChildren(navigation, { alias, parent: parentId, table })
  const conditions = [join, ...conditionsOf(context, { table, alias, options: item.options })]
  const scope = orderScope(context.model, table, { alias, holder: context.holder })
  const order = [...orderTerms(orderColumns(item.options.orderby ?? [], scope, context.sql)), `${alias}.${table.primaryId.sql}`].join(', ')
  const isNested = parent.place !== 'row'
  const limit = isNested ? context.pageSize + 1 : Math.min(item.options.top ?? MAX_CHILDREN, MAX_CHILDREN)
  const from = `(select ${alias}.*, row_number() over (order by ${order}) as platform_place from ${table.sql} ${alias} where ${conditions.join(' and ')} order by ${order} limit ${limit}) ${alias}`
  const place = { navigation, item, parent, parentId }
  if (!isNested) {
    const children = `(select string_agg(${row}, ',' order by ${alias}.platform_place) from ${from})`
    return [`${sqlText(`,"${navigation.name}":[`)} || coalesce(${children}, '') || ']'`, childLink(context, place, '')]
  }
  const onPage = `filter (where ${alias}.platform_place <= ${context.pageSize})`
  const link = `case when count(*) > ${context.pageSize} then ${childLink(context, place, nestedToken(table, alias, onPage))} else '' end`
  return [
    `${sqlText(`,"${navigation.name}":[`)} || (select coalesce(string_agg(${row}, ',' order by ${alias}.platform_place) ${onPage}, '') || ']' || ${link} from ${from})`,
  ]
}

/** SQL of the link to the children of a row; `token` is SQL of a skip token, empty where the children are not paged. */
function childLink(
  context: ExpandContext,
  at: {
    readonly parent: Parent
    readonly parentId: string
    readonly navigation: ManyNavigation
    readonly item: ExpandItem
  },
  token: string,
): string {
  const { navigation, item, parent } = at
  const open = sqlText(`,"${navigation.name}@odata.nextLink":"${context.root}${parent.table.entitySetName}(`)
  const query = expandOptionsAsQuery(context.expandText.slice(item.span.start, item.span.end))
  const tail = JSON.stringify(`)/${navigation.name}${query === '' ? '' : `?${query}`}`).slice(1, -1)
  if (token === '') return `${open} || ${at.parentId} || ${sqlText(`${tail}"`)}`
  return `${open} || ${at.parentId} || ${sqlText(`${tail}${query === '' ? '?' : '&'}$skiptoken=`)} || ${token} || '"'`
}

const FIRST_ID = '00000000-0000-4000-8000-00000000000A'
const LAST_ID = '00000000-0000-4000-8000-00000000000B'

/** SQL of the skip token behind a page of nested children, which are in the order of their key. */
function nestedToken(table: Table, alias: string, onPage: string): string {
  const id = `${alias}.${table.primaryId.sql}`
  const cookie = formatCookie({
    page: 2,
    names: [],
    primaryId: table.primaryId.name,
    first: { id: FIRST_ID, values: [] },
    last: { id: LAST_ID, values: [] },
  })
  const idAt = (order: string): string => `upper((array_agg(${id} order by ${alias}.platform_place${order}) ${onPage})[1]::text)`
  return `replace(replace(${sqlText(encodeURI(cookie))}, '${FIRST_ID}', ${idAt('')}), '${LAST_ID}', ${idAt(' desc')})`
}

function rowOf(context: ExpandContext, at: Parent, options: QueryOptions): string {
  return jsonRow({
    model: context.model,
    table: at.table,
    alias: at.alias,
    columns: selectedColumns(at.table, options),
    annotations: context.annotations,
    members: expandMembers(context, at, options.expand),
  })
}

/** What the caller may read, and what it asks for. */
function conditionsOf(
  context: ExpandContext,
  at: { readonly table: Table; readonly alias: string; readonly options: QueryOptions },
): readonly string[] {
  const { table, alias, options } = at
  const scope = readScopeSql(context.holder, table, alias)
  const place = { alias, holder: context.holder }
  const filter =
    options.filter === undefined ? undefined : `(${filterToSql(options.filter, tableScope(context.model, table, place), context.sql)})`
  return [scope, filter].filter((condition) => condition !== undefined)
}
