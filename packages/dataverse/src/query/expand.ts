import { type ExpandItem, filterToSql, orderColumns, orderTerms, type QueryOptions, type SqlOptions } from '@p2c/odata'
import { wireErrors } from '../errors/wire-errors.ts'
import { type Model, type Navigation, type Table, tableOf } from '../model/resolved-model.ts'
import { type AnnotationFilter, jsonRow } from './json-row.ts'
import { expandOptionsAsQuery } from './links.ts'
import { selectedColumns } from './selection.ts'
import { sqlText } from './sql-text.ts'
import { joinChildren, joinSingle, tableScope } from './table-scope.ts'

export interface ExpandContext {
  readonly model: Model
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

function checkOptions(item: ExpandItem, navigation: Navigation, place: Place): void {
  const { options } = item
  const refuse = (what: string): never => {
    throw wireErrors.badQuery(`The query option ${what} is not supported in the expand of '${item.navigation}'.`)
  }
  if (item.suffix === '$ref' && navigation.kind === 'collection') refuse('$ref')
  if (options.skip !== undefined || options.skiptoken !== undefined || options.apply !== undefined) refuse('$skip, $skiptoken or $apply')
  const orderAllowed = navigation.kind === 'collection' && place === 'row'
  if (!orderAllowed && (options.top !== undefined || options.orderby !== undefined)) refuse('$top or $orderby')
  if (!orderAllowed && options.count === true) refuse('$count')
}

function referenceMember(context: ExpandContext, at: { readonly parent: Parent; readonly navigation: Navigation }): string {
  const { navigation, parent } = at
  if (navigation.kind !== 'single') throw wireErrors.badQuery(`The expand of '${navigation.name}/$ref' is not supported.`)
  const target = tableOf(context.model, navigation.target.table)
  const value = `${parent.alias}.${navigation.column.sql}`
  const fits =
    navigation.column.sqlTarget === undefined ? '' : ` and ${parent.alias}.${navigation.column.sqlTarget} = ${sqlText(target.logicalName)}`
  const open = sqlText(`{"@odata.id":"${context.root}${target.entitySetName}(`)
  return `${sqlText(`,"${navigation.name}":`)} || case when ${value} is not null${fits} then ${open} || ${value} || ${sqlText(')"}')} else 'null' end`
}

type SingleNavigation = Extract<Navigation, { kind: 'single' }>
type CollectionNavigation = Extract<Navigation, { kind: 'collection' }>

function singleMember(
  context: ExpandContext,
  at: { readonly parent: Parent; readonly navigation: SingleNavigation; readonly item: ExpandItem },
): string {
  const { navigation, item, parent } = at
  const table = tableOf(context.model, navigation.target.table)
  const alias = context.nextAlias()
  const row = rowOf(context, { table, alias, place: 'in-single' }, item.options)
  const conditions = [
    joinSingle(navigation, { alias, outer: parent.alias, table }),
    ...filterOf(context, { table, alias, options: item.options }),
  ]
  return `${sqlText(`,"${navigation.name}":`)} || coalesce((select ${row} from ${table.sql} ${alias} where ${conditions.join(' and ')}), 'null')`
}

function collectionMembers(
  context: ExpandContext,
  at: { readonly parent: Parent; readonly navigation: CollectionNavigation; readonly item: ExpandItem },
): readonly string[] {
  const { navigation, item, parent } = at
  const table = tableOf(context.model, navigation.source)
  const alias = context.nextAlias()
  const parentId = `${parent.alias}.${parent.table.primaryId.sql}`
  const row = rowOf(context, { table, alias, place: 'in-collection' }, item.options)
  const conditions = [joinChildren(navigation, { alias, parent: parentId }), ...filterOf(context, { table, alias, options: item.options })]
  const scope = tableScope(context.model, table, alias)
  const order = [...orderTerms(orderColumns(item.options.orderby ?? [], scope, context.sql)), `${alias}.${table.primaryId.sql}`].join(', ')
  const limit = Math.min(item.options.top ?? MAX_CHILDREN, parent.place === 'row' ? MAX_CHILDREN : context.pageSize)
  const from = `(select ${alias}.*, row_number() over (order by ${order}) as platform_place from ${table.sql} ${alias} where ${conditions.join(' and ')} order by ${order} limit ${limit})`
  const children = `(select string_agg(${row}, ',' order by ${alias}.platform_place) from ${from} ${alias})`
  const link = sqlText(`,"${navigation.name}@odata.nextLink":"${context.root}${parent.table.entitySetName}(`)
  const query = expandOptionsAsQuery(context.expandText.slice(item.span.start, item.span.end))
  const tail = JSON.stringify(`)/${navigation.name}${query === '' ? '' : `?${query}`}`).slice(1)
  return [`${sqlText(`,"${navigation.name}":[`)} || coalesce(${children}, '') || ']'`, `${link} || ${parentId} || ${sqlText(tail)}`]
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

const filterOf = (
  context: ExpandContext,
  at: { readonly table: Table; readonly alias: string; readonly options: QueryOptions },
): readonly string[] =>
  at.options.filter === undefined ? [] : [`(${filterToSql(at.options.filter, tableScope(context.model, at.table, at.alias), context.sql)})`]
