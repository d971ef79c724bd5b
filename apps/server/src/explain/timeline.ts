import type { ExplainedRow, TimelineEvent } from '@p2c/api'
import { isAppError } from '@p2c/base'
import type { Project } from '@p2c/engine'
import { type FeedRow, readFeed, type Side } from '../compare/feed.ts'
import { type EventReader, type FoundEvent, STEPS } from './events.ts'
import type { ExplainDeps } from './explain-leg.ts'
import type { RecordNoun } from './record-kinds.ts'
import { masterDataEvents, quoteEvents, salesOrderEvents } from './sales-events.ts'
import { invoiceOrder, quotationEvents, supplyOrderEvents } from './supply-chain-events.ts'

export interface TimelineQuestion {
  readonly noun?: RecordNoun
  readonly key: string
  readonly line?: number
  readonly rows: readonly ExplainedRow[]
  readonly projects: readonly Project[]
}

/** Dated events of the record across both sides and the integrator, in the order of time. */
export async function readTimeline(question: TimelineQuestion, deps: ExplainDeps, signal: AbortSignal): Promise<TimelineEvent[]> {
  const { rows, projects } = question
  const [first] = rows
  const setName = projects.find((project) => project.name === first?.project)?.connectionSetName
  if (first === undefined || setName === undefined) return []
  const [sales, supplyChain] = [await sideIfAny(deps, setName, 'CRM'), await sideIfAny(deps, setName, 'AX')]
  const read = createReader({ sales, supplyChain, legalEntity: first.legalEntity }, signal)
  const events = [...(await documentEvents(question, read)), ...integratorEvents(question)]
  return inOrder(events).map(({ rank: _, ...event }) => event)
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** A connection set without the side has no events of it. */
async function sideIfAny(deps: ExplainDeps, setName: string, environmentType: 'CRM' | 'AX'): Promise<Side | undefined> {
  try {
    return await deps.side(setName, environmentType)
  } catch (error) {
    if (isAppError(error) && error.code === 'connection-missing') return undefined
    throw error
  }
}

interface ReadPlace {
  readonly sales: Side | undefined
  readonly supplyChain: Side | undefined
  readonly legalEntity: string
}

function createReader({ sales, supplyChain, legalEntity }: ReadPlace, signal: AbortSignal): EventReader {
  const all = async (side: Side | undefined, path: string): Promise<readonly FeedRow[]> => {
    if (side === undefined) return []
    const rows: FeedRow[] = []
    for await (const page of readFeed(side, path, signal)) rows.push(...page)
    return rows
  }
  return {
    sales: (path) => all(sales, `/api/data/v9.2/${path}`),
    supplyChain: (entity, filter, select) => {
      const company = `dataAreaId eq ${quoted(legalEntity)} and ${filter}`
      return all(supplyChain, `/data/${entity}?cross-company=true&$select=${select.join(',')}&$filter=${encodeURIComponent(company)}`)
    },
  }
}

async function documentEvents({ noun, key }: TimelineQuestion, read: EventReader): Promise<readonly FoundEvent[]> {
  switch (noun) {
    case 'order':
      return [...(await salesOrderEvents(key, read)), ...(await supplyOrderEvents(key, read))]
    case 'invoice': {
      const order = await invoiceOrder(key, read)
      if (order === undefined) return []
      const events = [...(await salesOrderEvents(order, read)), ...(await supplyOrderEvents(order, read))]
      return events.filter((event) => event.rank < STEPS.invoiced || event.document.toLowerCase() === key.toLowerCase())
    }
    case 'quote':
      return [...(await quoteEvents(key, read)), ...(await quotationEvents(key, read))]
    case undefined:
      return []
    default:
      return masterDataEvents(noun, key, read)
  }
}

/** What the integrator did: the last write of each row, and what failed or waits. Lines are told only where one was asked for. */
function integratorEvents({ rows, line, noun }: TimelineQuestion): FoundEvent[] {
  return rows
    .filter((row) => line !== undefined || !row.source.key.includes('|'))
    .flatMap((row) => [...sentEvents(row, noun), ...row.errors.map((error) => failedEvent(error, row))])
}

function sentEvents(row: ExplainedRow, noun: RecordNoun | undefined): FoundEvent[] {
  const { sent } = row
  if (sent === undefined) return []
  const rank = sentRank(row)
  const common = { at: sent.at, document: row.source.key, project: row.project, executionId: sent.executionId }
  const events: FoundEvent[] = [
    { ...common, side: 'integrator', event: 'sent', text: `${row.source.entity} > ${row.destination.entity}`, rank },
  ]
  // Sales keeps no time of the activation; the order is locked from then on, so its write followed soon.
  if (noun === 'order' && row.source.side === 'sales' && !row.source.key.includes('|'))
    events.push({ at: sent.at, side: 'sales', event: 'order-activated', document: row.source.key, isLatest: true, rank: STEPS.activated })
  return events
}

const sentRank = ({ source, destination }: ExplainedRow): number =>
  source.side === 'sales' || destination.side === 'supply-chain'
    ? source.entity.startsWith('quote') || destination.entity.includes('Quotation')
      ? STEPS.quoteSent
      : STEPS.sentToSupplyChain
    : STEPS.sentToSales

function failedEvent(error: ExplainedRow['errors'][number], row: ExplainedRow): FoundEvent {
  return {
    at: error.firstSeenAt,
    side: 'integrator',
    event: error.state === 'waiting' ? 'waiting' : error.state === 'open' ? 'failed' : `failed-${error.state}`,
    document: row.source.key,
    project: row.project,
    executionId: error.executionId,
    text: `${error.code}: ${error.message}`,
    rank: sentRank(row),
  }
}

const isDay = (at: string): boolean => !at.includes('T')

/** By time; an event of which only the day is known stands behind the earlier steps of that day, and before the later ones where they are known. */
export function inOrder(events: readonly FoundEvent[]): readonly FoundEvent[] {
  const placed: { readonly event: FoundEvent; readonly time: string }[] = []
  for (const event of [...events].sort((a, b) => a.rank - b.rank)) {
    if (!isDay(event.at)) {
      placed.push({ event, time: new Date(event.at).toISOString() })
      continue
    }
    const before = placed.filter((one) => one.event.rank <= event.rank && one.time.startsWith(event.at)).map((one) => one.time)
    placed.push({ event, time: before.sort().at(-1) ?? `${event.at}T00:00:00.000Z` })
  }
  return placed.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : a.event.rank - b.event.rank)).map(({ event }) => event)
}
