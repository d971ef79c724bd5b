import { contract, type RecordError } from '@p2c/api'
import type { Engine, RecordFilter } from '@p2c/engine'
import { type BoundRoute, route } from '../http/serve.ts'
import { toWireRecordError, toWireWaiting } from '../http/wire.ts'
import { requireProject } from './projects.ts'

/** Rows that the engine gives at once. */
const MOST_WAITING = 1000

export const recordErrorRoutes = ({ engine }: { readonly engine: Engine }): BoundRoute[] => [
  route(contract.listRecordErrors, async ({ query }) => {
    if (query.project !== undefined) await requireProject(engine, query.project)
    const common = {
      limit: query.limit,
      ...(query.project !== undefined && { projectName: query.project }),
      ...(query.task !== undefined && { taskName: query.task }),
      ...(query.key !== undefined && { sourceKey: query.key }),
    }
    const state = query.state
    const errors =
      state === 'waiting'
        ? []
        : await engine.listRecordErrors({
            ...common,
            ...(query.code !== undefined && { code: query.code }),
            ...(state !== undefined && { states: [state] }),
          })
    const waiting = state === undefined || state === 'waiting' ? await engine.listWaitingRecords(waitingFilter(common, query.code)) : []
    const items = [
      ...errors.map(toWireRecordError),
      ...waiting.map(toWireWaiting).filter((row) => query.code === undefined || row.code === query.code),
    ]
    return { items: items.sort(newestFirst).slice(0, query.limit) }
  }),
]

/** The engine does not look for waiting rows by code, so as many as it gives at once are read and sorted out here. */
const waitingFilter = <Filter extends RecordFilter>(filter: Filter, code: string | undefined): Filter =>
  code === undefined ? filter : { ...filter, limit: MOST_WAITING }

const newestFirst = (a: RecordError, b: RecordError): number => (a.lastSeenAt < b.lastSeenAt ? 1 : a.lastSeenAt > b.lastSeenAt ? -1 : 0)
