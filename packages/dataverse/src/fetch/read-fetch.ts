import { isAppError } from '@p2c/base'
import { readXml, type XmlElement } from '@p2c/odata'
import { fetchErrors } from './fetch-errors.ts'
import { AGGREGATES, DATE_GROUPINGS, type FetchAttribute, type FetchEntity, type FetchOrder, type FetchQuery } from './fetch-query.ts'
import { createTally, flag, type Tally, wordOf } from './read-attributes.ts'
import { readFilter, readLink } from './read-filter.ts'

/** Longest query that is read, in UTF-16 units: a stored one may be longer than an address. */
export const LONGEST_FETCH = 500_000
const LARGEST_TOP = 5_000

/**
 * Reads the text of a FetchXML query. Only its shape is checked here, names are looked up later. Throws a `PlatformError` of
 * `fetchErrors`: no document type, entity of one's own, deep nesting or unknown element is read.
 */
export function readFetch(text: string): FetchQuery {
  const root = readRoot(text)
  if (root.name !== 'fetch') throw fetchErrors.invalidNode(root.name, 'the document')
  const tally = createTally()
  const [entity, ...more] = root.children.map((child) => {
    if (child.name !== 'entity') throw fetchErrors.invalidNode(child.name, 'fetch')
    return readEntityElement(child, tally)
  })
  if (entity === undefined) throw fetchErrors.missingElement("'entity' inside 'fetch'")
  if (more.length > 0) throw fetchErrors.invalidNode('entity', 'fetch, where one was read already')
  const query = { ...readFetchAttributes(root), entity }
  if (query.top !== undefined && root.attributes.page !== undefined) throw fetchErrors.topWithPage()
  return query
}

function readRoot(text: string): XmlElement {
  try {
    return readXml(text.trim(), { maxLength: LONGEST_FETCH })
  } catch (error) {
    if (isAppError(error)) throw fetchErrors.malformedXml(error.message)
    throw error
  }
}

function readFetchAttributes(root: XmlElement): Omit<FetchQuery, 'entity'> {
  const top = wholeNumber(root, 'top')
  if (top !== undefined && top > LARGEST_TOP) throw fetchErrors.tooManyRowsAsked(LARGEST_TOP)
  const count = root.attributes.count === '0' ? undefined : wholeNumber(root, 'count')
  const page = wholeNumber(root, 'page')
  const limit = wholeNumber(root, 'aggregatelimit')
  const cookie = root.attributes['paging-cookie']
  for (const name of ['no-lock', 'latematerialize']) flag(root, name)
  return {
    distinct: flag(root, 'distinct'),
    aggregate: flag(root, 'aggregate'),
    countsTotal: flag(root, 'returntotalrecordcount'),
    rawOrder: flag(root, 'useraworderby'),
    ...(top !== undefined && { top }),
    ...(count !== undefined && { count }),
    ...(page !== undefined && { page }),
    ...(limit !== undefined && { aggregateLimit: limit }),
    ...(cookie !== undefined && cookie.trim() !== '' && { pagingCookie: cookie }),
  }
}

function wholeNumber(element: XmlElement, name: string): number | undefined {
  const text = element.attributes[name]?.trim()
  if (text === undefined || text === '') return undefined
  if (!/^\d{1,9}$/.test(text) || Number(text) < 1) throw fetchErrors.notAboveZero(name, text)
  return Number(text)
}

/** Reads what `entity` and `link-entity` have in common. */
export function readEntityElement(element: XmlElement, tally: Tally): FetchEntity {
  const name = wordOf(element, 'name')
  const of = (child: string): readonly XmlElement[] => element.children.filter((candidate) => candidate.name === child)
  for (const child of element.children) {
    if (!ENTITY_CHILDREN.has(child.name)) throw fetchErrors.invalidNode(child.name, element.name)
  }
  return {
    name,
    attributes: of('attribute').map(readAttribute),
    allAttributes: of('all-attributes').length > 0,
    orders: of('order').map(readOrder),
    filters: of('filter').map((filter) => readFilter(filter, tally, readEntityElement)),
    links: of('link-entity').map((link) => readLink(link, tally, { place: 'entity', readEntity: readEntityElement })),
  }
}

const ENTITY_CHILDREN: ReadonlySet<string> = new Set(['attribute', 'all-attributes', 'order', 'filter', 'link-entity'])

function readAttribute(element: XmlElement): FetchAttribute {
  const name = wordOf(element, 'name')
  const { alias, aggregate, dategrouping } = element.attributes
  const groupBy = flag(element, 'groupby')
  const method = aggregate === undefined || aggregate === '' ? undefined : AGGREGATES.find((known) => known === aggregate)
  if (aggregate !== undefined && aggregate !== '' && method === undefined) throw fetchErrors.invalidAggregate(aggregate, 'any kind')
  if (element.attributes.rowaggregate !== undefined) throw fetchErrors.invalidAggregate('rowaggregate', 'any kind')
  const grouping = dategrouping === undefined ? undefined : DATE_GROUPINGS.find((known) => known === dategrouping)
  if (dategrouping !== undefined && grouping === undefined) throw fetchErrors.invalidDateGrouping(`'${dategrouping}'`)
  return {
    name,
    groupBy,
    distinct: flag(element, 'distinct'),
    ...(alias !== undefined && alias !== '' && { alias }),
    ...(method !== undefined && { aggregate: method }),
    ...(grouping !== undefined && { dateGrouping: grouping }),
  }
}

function readOrder(element: XmlElement): FetchOrder {
  const { attribute, alias, entityname } = element.attributes
  return {
    descending: flag(element, 'descending'),
    ...(attribute !== undefined && { attribute }),
    ...(alias !== undefined && alias !== '' && { alias }),
    ...(entityname !== undefined && entityname !== '' && { entityName: entityname }),
  }
}
