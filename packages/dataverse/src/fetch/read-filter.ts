import type { XmlElement } from '@p2c/odata'
import { fetchErrors } from './fetch-errors.ts'
import {
  type FetchCondition,
  type FetchEntity,
  type FetchFilter,
  type FetchLink,
  FILTER_LINKS,
  JOINING_LINKS,
  TESTING_LINKS,
} from './fetch-query.ts'
import { flag, type Tally, wordOf } from './read-attributes.ts'

type EntityReader = (element: XmlElement, tally: Tally) => FetchEntity

/** Reads a `filter` with all that is inside it. */
export function readFilter(element: XmlElement, tally: Tally, readEntity: EntityReader): FetchFilter {
  const type = element.attributes.type?.trim().toLowerCase() ?? 'and'
  if (type !== 'and' && type !== 'or') throw fetchErrors.invalidFilterType(type)
  flag(element, 'isquickfindfields')
  const conditions: FetchCondition[] = []
  const filters: FetchFilter[] = []
  const links: FetchLink[] = []
  for (const child of element.children) {
    if (child.name === 'condition') conditions.push(readCondition(child, tally))
    else if (child.name === 'filter') filters.push(readFilter(child, tally, readEntity))
    else if (child.name === 'link-entity') links.push(readLink(child, tally, { place: 'filter', readEntity }))
    else throw fetchErrors.invalidNode(child.name, 'filter')
  }
  return { type, conditions, filters, links }
}

function readCondition(element: XmlElement, tally: Tally): FetchCondition {
  const unknown = element.children.find((child) => child.name !== 'value')
  if (unknown !== undefined) throw fetchErrors.invalidNode(unknown.name, 'condition')
  const { value, valueof, entityname } = element.attributes
  const children = element.children.map((child) => child.text.trim())
  const values = value === undefined ? children : [value, ...children]
  tally.add('conditions', 1)
  tally.add('values', values.length)
  return {
    attribute: wordOf(element, 'attribute'),
    operator: wordOf(element, 'operator').toLowerCase(),
    values,
    ...(valueof !== undefined && valueof !== '' && { otherColumn: valueof }),
    ...(entityname !== undefined && entityname !== '' && { entityName: entityname }),
  }
}

const BY_PLACE = { entity: [...JOINING_LINKS, ...TESTING_LINKS], filter: FILTER_LINKS } as const

/** Reads a `link-entity`; which link types there are depends on where it stands. */
export function readLink(
  element: XmlElement,
  tally: Tally,
  at: { readonly place: keyof typeof BY_PLACE; readonly readEntity: EntityReader },
): FetchLink {
  tally.add('links', 1)
  const written = element.attributes['link-type']?.trim().toLowerCase() ?? (at.place === 'entity' ? 'inner' : 'any')
  const known: readonly FetchLink['type'][] = BY_PLACE[at.place]
  // `natural` is the old word for a link that both sides must have.
  const type = known.find((candidate) => candidate === (written === 'natural' ? 'inner' : written))
  if (type === undefined) throw fetchErrors.invalidLinkType(written, at.place === 'entity' ? 'here' : 'inside a filter')
  flag(element, 'intersect')
  flag(element, 'visible')
  const { from, to, alias } = element.attributes
  return {
    ...at.readEntity(element, tally),
    type,
    ...(from !== undefined && from !== '' && { from }),
    ...(to !== undefined && to !== '' && { to }),
    ...(alias !== undefined && alias !== '' && { alias }),
  }
}
