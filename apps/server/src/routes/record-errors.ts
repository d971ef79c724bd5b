import { contract, type RecordError } from '@p2c/api'
import type { Engine } from '@p2c/engine'
import { type BoundRoute, route } from '../http/serve.ts'
import { toWireRecordError, toWireWaiting } from '../http/wire.ts'
import { requireProject } from './projects.ts'

export const recordErrorRoutes = ({ engine }: { readonly engine: Engine }): BoundRoute[] => [
  route(contract.listRecordErrors, async ({ query }) => {
    if (query.project !== undefined) await requireProject(engine, query.project)
    const common = {
      limit: query.limit,
      ...(query.project !== undefined && { projectName: query.project }),
      ...(query.task !== undefined && { taskName: query.task }),
      ...(query.key !== undefined && { sourceKey: query.key }),
      ...(query.code !== undefined && { code: query.code }),
      ...(query.execution !== undefined && { executionId: query.execution }),
    }
    const { state, fingerprint } = query
    const errors =
      state === 'waiting'
        ? []
        : await engine.listRecordErrors({
            ...common,
            ...(fingerprint !== undefined && { fingerprint }),
            ...(state !== undefined && { states: [state] }),
          })
    const withWaiting = (state === undefined && fingerprint === undefined) || state === 'waiting'
    const waiting = withWaiting ? await engine.listWaitingRecords(common) : []
    const items = [...errors.map(toWireRecordError), ...waiting.map(toWireWaiting)]
    return { items: items.sort(newestFirst).slice(0, query.limit) }
  }),
]

const newestFirst = (a: RecordError, b: RecordError): number => (a.lastSeenAt < b.lastSeenAt ? 1 : a.lastSeenAt > b.lastSeenAt ? -1 : 0)
